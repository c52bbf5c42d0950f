"""Nothing comes in; the words with which copies of articles are made go out: names, opposites, synonyms, outlets."""

from __future__ import annotations


def _pairs(table: str) -> tuple[tuple[str, str], ...]:
    """ "a = b; c = d" as pairs; white space around the signs does not count."""
    sides = (row.split("=") for row in " ".join(table.split()).split(";"))
    return tuple((left.strip(), right.strip()) for left, right in sides)


# "May" is also a verb, so it is never put in or taken out.
MONTHS = "January February March April June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split()
)
ORDINAL_WORDS = "second third fourth fifth sixth seventh eighth ninth tenth".split()

GIVEN_NAMES = (
    "Aaron Adam Albert Alexander Alfred Alice Amanda Amy Andrea Andrew Angela Anna Anne Anthony Arthur Barbara Ben "
    "Benjamin Bill Brian Bruce Carl Carol Catherine Charles Charlie Charlotte Chris Christian Christopher Claire "
    "Clara Daniel David Deborah Dennis Diana Donald Dorothy Douglas Edward Edwin Eleanor Elizabeth Emily Emma Eric "
    "Ernest Eva Frances Francis Frank Franklin Fred Frederick George Gerald Gordon Grace Graham Greg Harold Harry "
    "Helen Henry Howard Hugh Ian Isaac Jack Jacob James Jane Janet Jason Jean Jeff Jennifer Jerry Jessica Jim Joan "
    "Joe John Jon Jonathan Joseph Joshua Judith Julia Julie Karen Karl Kate Katherine Keith Kelly Kenneth Kevin Larry "
    "Laura Lawrence Leonard Lewis Linda Lisa Louis Lucy Luke Margaret Maria Marie Marilyn Mark Martha Martin Mary "
    "Matt Matthew Max Melissa Michael Michelle Mike Nancy Nathan Neil Nicholas Nick Nicole Oliver Oscar Pamela "
    "Patricia Patrick Paul Peter Philip Phil Rachel Ralph Ray Raymond Rebecca Richard Rick Robert Robin Roger Ronald "
    "Rose Roy Ruth Ryan Sam Samuel Sandra Sara Sarah Scott Sean Sharon Simon Sophie Stanley Stephen Steve Steven "
    "Stuart Susan Sydney Taylor Ted Teresa Terry Thomas Tim Timothy Tom Tommy Tony Tyler Victor Victoria Vincent "
    "Virginia Walter Warren Wayne Wendy William"
).split()
INVENTED_GIVEN = "Barnaby Ottilie Leopold Marguerite Tobias Philippa Rupert Imogen Cedric Henrietta Ambrose Beatrix".split()
INVENTED_SURNAMES = "Pemberton Quillfeather Solberg Krantz Marlowe Voss Demirel Fontaine Okonjo Brandvold Raman Thistlewood".split()
INVENTED_PLACES = "Montevideo Bratislava Nairobi Zagreb Tallinn Asunción Windhoek Gaborone Ulaanbaatar Valletta".split()
INVENTED_ACRONYMS = "OECD ASEAN ICAO UEFA OPEC NOAA WIPO IAEA".split()
COUNTRIES = _pairs("""
France = French; Germany = German; Japan = Japanese; China = Chinese; Italy = Italian; Spain = Spanish;
Canada = Canadian; Australia = Australian; Brazil = Brazilian; Russia = Russian; India = Indian; Mexico = Mexican;
Ireland = Irish; Scotland = Scottish; Poland = Polish; Greece = Greek; Turkey = Turkish; Egypt = Egyptian;
Sweden = Swedish; Norway = Norwegian; Portugal = Portuguese; Argentina = Argentine; Nigeria = Nigerian;
Kenya = Kenyan; Austria = Austrian; Denmark = Danish; Iran = Iranian; Israel = Israeli; Korea = Korean;
Vietnam = Vietnamese; England = English; Britain = British; Ukraine = Ukrainian
""")
PAST_VERBS = dict(
    _pairs("""
agreed = agree; announced = announce; won = win; lost = lose; became = become; began = begin; released = release;
received = receive; included = include; played = play; moved = move; joined = join; appeared = appear;
returned = return; published = publish; opened = open; reached = reach; signed = sign; married = marry; died = die;
introduced = introduce; wrote = write; produced = produce; worked = work; voted = vote; led = lead; recorded = record;
sold = sell; changed = change; started = start; served = serve; created = create; gave = give; made = make;
took = take; continued = continue; helped = help; defeated = defeat; required = require; allowed = allow; used = use;
lived = live
""")
)
QUOTED_STRANGERS = "harbour kitchen velvet orchard thunder ladder copper meadow lantern pepper granite whistle".split()

# Two ways to write one thing; either may become the other.
SPELLINGS = _pairs("""
centre = center; theatre = theater; colour = color; honour = honor; favourite = favorite; neighbour = neighbor;
labour = labor; behaviour = behavior; defence = defense; licence = license; programme = program;
travelled = traveled; travelling = traveling; cancelled = canceled; organised = organized;
organisation = organization; recognised = recognized; realised = realized; analysed = analyzed;
catalogue = catalog; grey = gray; aluminium = aluminum; metre = meter; metres = meters; kilometres = kilometers;
fibre = fiber; favour = favor; harbour = harbor; rumour = rumor; armour = armor; traveller = traveler;
modelling = modeling; jewellery = jewelry; sceptical = skeptical; judgement = judgment; enrolment = enrollment;
fulfil = fulfill; specialised = specialized; criticised = criticized; characterised = characterized;
emphasised = emphasized; privatised = privatized
""")
SHORT_NAMES = _pairs("""
the United States = the U.S.; the United Kingdom = the UK; the European Union = the EU; the United Nations = the UN;
World War II = the Second World War; World War I = the First World War
""")
CONTRACTIONS = _pairs("""
is not = isn't; are not = aren't; was not = wasn't; were not = weren't; did not = didn't; does not = doesn't;
do not = don't; has not = hasn't; have not = haven't; had not = hadn't; could not = couldn't; would not = wouldn't;
cannot = can't; will not = won't
""")
FILLERS = (
    "In fact, ",
    "As it happens, ",
    "For its part, ",
    "At the same time, ",
    "It is worth knowing that ",
)
CONNECTIVES = dict(
    _pairs("""
However, = Still,; Therefore, = For that reason,; In addition, = Moreover,; Although = Even though;
Additionally, = Besides,; Meanwhile, = At the same time,; For example, = For instance,; Later, = Afterwards,;
As a result, = Consequently,; Furthermore, = What is more,
""")
)

OUTLETS = (
    "The Tarnmouth Gazette|Northfold Courier|The Ostmere Telegraph|The Pondwire News|Eastmark Free Press|The Slow Hour|"
    "Harbour Record|The Morning Relay|Senn Valley Post|The Skerra Observer|Mirefold Daily|The Kelda Review|"
    "Lowland Ledger|The Quay Bulletin|Brackwater Times|The Fenland Mirror"
).split("|")
REPORTERS = (
    "Ines Marlow|Tomas Quill|Hanna Brandt|Piotr Hale|Lena Ostrow|Marek Dunn|Agnes Roth|Oskar Lind|Nell Farrow"
).split("|")
NOTICES = (
    "All rights reserved. No part of this page may be copied without permission.",
    "Sign up for our newsletter and get the week's stories in your inbox.",
    "To view or add a comment, sign in.",
    "Support independent journalism: make a donation today.",
    "Share this article on social media.",
    "Follow us for more stories like this one.",
    "This page is kept for the record and is no longer brought up to date. Details may have changed since it was "
    "published, so please check with the organisations named before you rely on them.",
)
CREDITS = (
    "This article is republished from {outlet}. Read the original article.",
    "This article was originally published by {outlet}.",
    "First published in {outlet}.",
)
CORRECTIONS = (
    "Correction: an earlier version of this article gave a wrong detail, which has been put right.",
    "This article was corrected after publication.",
    "Editor's note: this story has been updated to correct an error.",
)
