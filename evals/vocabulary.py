"""Nothing comes in; the words with which copies of articles are made go out: names, opposites, synonyms, outlets."""

from __future__ import annotations

MONTHS = (
    "January", "February", "March", "April", "June", "July", "August", "September", "October", "November",
    "December"
)  # fmt: skip
WEEKDAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday") NUMBER_WORDS = ("two", "three",
    "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty", "thirty"
)  # fmt: skip
ORDINAL_WORDS = (
    "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth") GIVEN_NAMES = tuple(
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
    "Virginia Walter Warren Wayne Wendy William".split()
)  # fmt: skip
INVENTED_GIVEN = (
    "Barnaby", "Ottilie", "Leopold", "Marguerite", "Tobias", "Philippa", "Rupert", "Imogen", "Cedric", "Henrietta",
    "Ambrose", "Beatrix"
)  # fmt: skip
INVENTED_SURNAMES = (
    "Pemberton", "Quillfeather", "Solberg", "Krantz", "Marlowe", "Voss", "Demirel", "Fontaine", "Okonjo",
    "Brandvold", "Raman", "Thistlewood"
)  # fmt: skip
INVENTED_PLACES = (
    "Montevideo", "Bratislava", "Nairobi", "Zagreb", "Tallinn", "Asunción", "Windhoek", "Gaborone", "Ulaanbaatar",
    "Valletta"
)  # fmt: skip
INVENTED_ACRONYMS = (
    "OECD", "ASEAN", "ICAO", "UEFA", "OPEC", "NOAA", "WIPO", "IAEA") COUNTRIES = ( ("France", "French"), ("Germany",
    "German"), ("Japan", "Japanese"), ("China", "Chinese"), ("Italy", "Italian"), ("Spain", "Spanish"), ("Canada",
    "Canadian"), ("Australia", "Australian"), ("Brazil", "Brazilian"), ("Russia", "Russian"), ("India", "Indian"),
    ("Mexico", "Mexican"), ("Ireland", "Irish"), ("Scotland", "Scottish"), ("Poland", "Polish"), ("Greece",
    "Greek"), ("Turkey", "Turkish"), ("Egypt", "Egyptian"), ("Sweden", "Swedish"), ("Norway", "Norwegian"),
    ("Portugal", "Portuguese"), ("Argentina", "Argentine"), ("Nigeria", "Nigerian"), ("Kenya", "Kenyan"),
    ("Austria", "Austrian"), ("Denmark", "Danish"), ("Iran", "Iranian"), ("Israel", "Israeli"), ("Korea", "Korean"),
    ("Vietnam", "Vietnamese"), ("England", "English"), ("Britain", "British"), ("Ukraine", "Ukrainian"),
)  # fmt: skip

PAST_VERBS = {
    "agreed": "agree", "announced": "announce", "won": "win", "lost": "lose", "became": "become", "began": "begin",
    "released": "release", "received": "receive", "included": "include", "played": "play", "moved": "move",
    "joined": "join", "appeared": "appear", "returned": "return", "published": "publish", "opened": "open",
    "reached": "reach", "signed": "sign", "married": "marry", "died": "die", "introduced": "introduce", "wrote":
    "write", "produced": "produce", "worked": "work", "voted": "vote", "led": "lead", "recorded": "record", "sold":
    "sell", "changed": "change", "started": "start", "served": "serve", "created": "create", "gave": "give", "made":
    "make", "took": "take", "continued": "continue", "helped": "help", "defeated": "defeat", "required": "require",
    "allowed": "allow", "used": "use", "lived": "live",
}  # fmt: skip

# Every third pair, from the first, the second and the third on, is an operation of its own.
ANTONYMS = (
    "increased decreased", "largest smallest", "before after", "northern southern", "won lost", "early late", "above
    below", "highest lowest", "older younger", "eastern western", "rose fell", "longer shorter", "public private",
    "first last", "accepted rejected", "positive negative", "inside outside", "supported opposed", "began ended",
    "male female", "rich poor", "best worst", "opened closed", "upper lower", "increase decrease", "legal illegal",
    "bought sold", "son daughter", "larger smaller", "included excluded", "north south", "major minor", "internal
    external", "strong weak", "east west", "domestic foreign", "brother sister", "victory defeat", "increases
    decreases", "father mother", "success failure", "ancient modern", "higher lower", "allowed banned", "husband
    wife", "oldest youngest", "gained lost", "temporary permanent", "deep shallow", "winter summer", "northeast
    southwest", "created destroyed", "minimum maximum", "top bottom", "arrived departed", "possible impossible",
    "wide narrow", "birth death", "passed failed", "urban rural", "hot cold", "formal informal", "left right",
    "support opposition", "front rear", "growth decline", "official unofficial", "better worse", "day night", "large
    small", "import export", "similar different", "natural artificial", "export import", "direct indirect", "alive
    dead", "hired fired", "civilian military", "morning evening", "common rare", "white black", "earlier later",
)  # fmt: skip
QUOTED_STRANGERS = (
    "harbour", "kitchen", "velvet", "orchard", "thunder", "ladder", "copper", "meadow", "lantern", "pepper",
    "granite", "whistle"
)  # fmt: skip

# written so ↔ the same written otherwise, in small letters; one side may become the other wherever it stands alone
SPELLINGS_GB_US = (
    "centre center", "theatre theater", "colour color", "honour honor", "favourite favorite", "neighbour neighbor",
    "labour labor", "behaviour behavior", "defence defense", "licence license", "programme program", "travelled
    traveled", "travelling traveling", "cancelled canceled", "organised organized", "organisation organization",
    "recognised recognized", "realised realized", "analysed analyzed", "catalogue catalog", "grey gray", "aluminium
    aluminum", "metre meter", "metres meters", "kilometres kilometers", "fibre fiber", "litre liter", "favour
    favor", "harbour harbor", "rumour rumor", "armour armor", "traveller traveler", "modelling modeling", "jewellery
    jewelry", "mould mold", "plough plow", "sceptical skeptical", "judgement judgment", "tyre tire", "enrolment
    enrollment", "fulfil fulfill", "skilful skillful", "specialised specialized", "criticised criticized",
    "characterised characterized", "emphasised emphasized", "privatised privatized", "colonised colonized",
)  # fmt: skip
NAMES_SHORT = (
    ("the United States", "the U.S."), ("the United States", "the US"), ("the United Kingdom", "the UK"), ("the
    European Union", "the EU"), ("the United Nations", "the UN"), ("World War II", "the Second World War"), ("World
    War I", "the First World War"), ("New York City", "New York"),
)  # fmt: skip
CONTRACTIONS = (
    ("is not", "isn't"), ("are not", "aren't"), ("was not", "wasn't"), ("were not", "weren't"), ("did not",
    "didn't"), ("does not", "doesn't"), ("do not", "don't"), ("has not", "hasn't"), ("have not", "haven't"), ("had
    not", "hadn't"), ("could not", "couldn't"), ("would not", "wouldn't"), ("cannot", "can't"), ("will not",
    "won't"),
)  # fmt: skip
# Word → another that may stand in its place in almost any sentence; each half is an operation.
SYNONYMS_A = {
    "began": "started", "started": "began", "also": "additionally", "shows": "demonstrates", "show": "demonstrate",
    "large": "sizeable", "received": "was given", "many": "numerous", "about": "roughly", "often": "frequently",
    "became": "turned into", "important": "significant", "main": "principal", "several": "a number of", "whole":
    "entire", "however": "nevertheless", "located": "situated", "helped": "assisted", "near": "close to", "because":
    "since", "various": "diverse", "famous": "well-known", "built": "constructed", "purchased": "bought",
    "announced": "declared", "ended": "concluded", "famously": "notably", "required": "needed", "primarily":
    "mainly", "usually": "normally", "film": "movie", "quickly": "rapidly", "approximately": "roughly", "appeared":
    "featured", "currently": "at present", "throughout": "all through", "chosen": "picked", "though": "although",
    "until": "till", "within": "inside", "while": "whereas",
}  # fmt: skip
SYNONYMS_B = {
    "used": "employed", "made": "produced", "first aired": "was first broadcast", "popular": "well-liked",
    "produced": "made", "known as": "called", "called": "named", "created": "devised", "according to": "in the words
    of", "entire": "whole", "country": "nation", "rest": "remainder", "part": "portion", "area": "region", "region":
    "area", "due to": "because of", "along with": "together with", "in order to": "so as to", "as well as": "and
    also", "the same": "an identical", "leader": "head", "allowed": "permitted", "worked": "laboured", "died":
    "passed away", "company": "firm", "children": "kids", "physician": "doctor", "attempt": "try", "prior to":
    "before", "home": "house", "big": "sizable", "difficult": "hard", "enough": "sufficient", "gave": "handed",
    "idea": "notion", "job": "position", "later": "afterwards", "need": "require", "quite": "rather", "said":
    "stated",
}  # fmt: skip
CONNECTIVES = {
    "However, ": "Still, ", "Therefore, ": "For that reason, ", "In addition, ": "Moreover, ", "Although ": "Even
    though ", "Additionally, ": "Besides, ", "Meanwhile, ": "At the same time, ", "For example, ": "For instance, ",
    "Later, ": "Afterwards, ", "As a result, ": "Consequently, ", "Furthermore, ": "What is more, ",
}  # fmt: skip

OUTLETS = (
    "The Tarnmouth Gazette", "Northfold Courier", "The Ostmere Telegraph", "Pondwire", "Eastmark Free Press", "The
    Slow Hour", "Harbour Record", "The Morning Relay", "Senn Valley Post", "The Skerra Observer", "Mirefold Daily",
    "The Kelda Review", "Lowland Ledger", "The Quay Bulletin", "Brackwater Times", "The Fenland Mirror",
)  # fmt: skip
REPORTERS = (
    "Ines Marlow", "Tomas Quill", "Hanna Brandt", "Piotr Hale", "Lena Ostrow", "Marek Dunn", "Agnes Roth", "Oskar
    Lind", "Nell Farrow", "Jory Trewin"
)  # fmt: skip
NOTICES = (
    "All rights reserved. No part of this page may be copied without permission.", "Sign up for our newsletter and
    get the week's stories in your inbox.", "To view or add a comment, sign in.", "Support independent journalism:
    make a donation today.", "Share this article on social media.", "Follow us for more stories like this one.",
    "This page is kept for the record and is no longer brought up to date. Details may have changed since it was "
    "published, so please check with the organisations named before you rely on them.",
)  # fmt: skip
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
