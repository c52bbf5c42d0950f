"""A word in, its standard spelling, its opposites and the word that stands for its synonyms out: English word lists."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SPELLINGS = {
    "defence": "defense",
    "offence": "offense",
    "licence": "license",
    "pretence": "pretense",
    "practise": "practice",
    "cheque": "check",
    "tyre": "tire",
    "kerb": "curb",
    "grey": "gray",
    "programme": "program",
    "programmes": "programs",
    "sceptical": "skeptical",
    "plough": "plow",
    "aluminium": "aluminum",
    "jewellery": "jewelry",
    "mould": "mold",
    "draught": "draft",
    "aeroplane": "airplane",
    "analyse": "analyze",
    "analysed": "analyzed",
    "analyses": "analyzes",
    "paralyse": "paralyze",
    "paralysed": "paralyzed",
    "catalyse": "catalyze",
    "manoeuvre": "maneuver",
    "judgement": "judgment",
    "ageing": "aging",
    "farther": "further",
    "farthest": "furthest",
    "whilst": "while",
    "amongst": "among",
    "towards": "toward",
    "afterwards": "afterward",
    "storey": "story",
    "storeys": "stories",
    "pyjamas": "pajamas",
    "moustache": "mustache",
    "sulphur": "sulfur",
    "foetus": "fetus",
    "archaeology": "archeology",
    "orthopaedic": "orthopedic",
    "paediatric": "pediatric",
    "haemorrhage": "hemorrhage",
    "anaesthetic": "anesthetic",
    "encyclopaedia": "encyclopedia",
    "enrol": "enroll",
    "fulfil": "fulfill",
    "instalment": "installment",
    "skilful": "skillful",
    "wilful": "willful",
    "artefact": "artifact",
    "cosy": "cozy",
    "gaol": "jail",
    "lorry": "truck",
    "co-operation": "cooperation",
    "adviser": "advisor",
    "advisers": "advisors",
    "protestor": "protester",
    "dialogue": "dialog",
    "catalogue": "catalog",
    "mum": "mom",
    "km": "kilometer",
    "kms": "kilometer",
    "mi": "mile",
    "kg": "kilogram",
    "cm": "centimeter",
    "mm": "millimeter",
    "ft": "foot",
    "feet": "foot",
    "lb": "pound",
    "lbs": "pound",
    "hr": "hour",
    "hrs": "hour",
    "mins": "minute",
    "sq": "square",
    "mph": "mph",
    "govt": "government",
    "pm": "pm",
    "gdp": "gdp",
}
NAME_SPELLINGS = {
    "kiev": "kyiv",
    "kharkov": "kharkiv",
    "odessa": "odesa",
    "lvov": "lviv",
    "peking": "beijing",
    "bombay": "mumbai",
    "calcutta": "kolkata",
    "madras": "chennai",
    "bangalore": "bengaluru",
    "rangoon": "yangon",
    "saigon": "ho chi minh city",
    "qur'an": "koran",
    "quran": "koran",
    "moslem": "muslim",
    "moslems": "muslim",
    "muslims": "muslim",
    "zelenskyy": "zelensky",
    "zelenskiy": "zelensky",
    "gaddafi": "qaddafi",
}
IRREGULAR = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "people",
    "persons": "person",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
    "lives": "life",
    "wives": "wife",
    "leaves": "leave",
    "said": "say",
    "told": "tell",
    "bought": "buy",
    "sold": "sell",
    "won": "win",
    "lost": "lose",
    "left": "leave",
    "rose": "rise",
    "risen": "rise",
    "fell": "fall",
    "fallen": "fall",
    "grew": "grow",
    "grown": "grow",
    "began": "begin",
    "begun": "begin",
    "built": "build",
    "sent": "send",
    "spent": "spend",
    "kept": "keep",
    "held": "hold",
    "met": "meet",
    "led": "lead",
    "paid": "pay",
    "gave": "give",
    "given": "give",
    "saw": "see",
    "seen": "see",
    "knew": "know",
    "known": "know",
    "thought": "think",
    "brought": "bring",
    "caught": "catch",
    "taught": "teach",
    "fought": "fight",
    "found": "find",
    "stood": "stand",
    "understood": "understand",
    "wrote": "write",
    "written": "write",
    "spoke": "speak",
    "spoken": "speak",
    "broke": "break",
    "broken": "break",
    "chose": "choose",
    "chosen": "choose",
    "drove": "drive",
    "driven": "drive",
    "flew": "fly",
    "flown": "fly",
    "forgot": "forget",
    "hid": "hide",
    "hidden": "hide",
    "ran": "run",
    "sang": "sing",
    "sat": "sit",
    "shot": "shoot",
    "slept": "sleep",
    "stole": "steal",
    "stolen": "steal",
    "struck": "strike",
    "swore": "swear",
    "threw": "throw",
    "thrown": "throw",
    "wore": "wear",
    "worn": "wear",
    "dealt": "deal",
    "died": "die",
    "dying": "die",
    "lying": "lie",
    "lay": "lie",
    "bore": "bear",
    "born": "born",
    "became": "become",
    "drew": "draw",
    "drawn": "draw",
    "lent": "lend",
    "fed": "feed",
    "felt": "feel",
    "heard": "hear",
    "laid": "lay",
    "meant": "mean",
    "shown": "show",
    "sought": "seek",
    "shook": "shake",
    "sank": "sink",
    "sunk": "sink",
    "swept": "sweep",
    "countries": "country",
    "analyses": "analysis",
    "crises": "crisis",
    "criteria": "criterion",
    "media": "media",
    "data": "data",
    "better": "better",
}

# one of these cannot stand for another on its line
OPPOSITES = """
unilateral bilateral trilateral multilateral; north south east west; northern southern eastern western; northeast
northwest southeast southwest; male female; man woman; men women; boy girl; father mother; son daughter; brother
sister; husband wife; uncle aunt; king queen; prince princess; morning afternoon evening night; hour day week month
year decade century; kilometer mile; meter foot; celsius fahrenheit; kilogram pound tonne ounce; daily weekly monthly
annual; winter spring summer autumn; bronze silver gold; democrat republican; democratic authoritarian autocratic;
democracy dictatorship autocracy; liberal conservative; leftist rightist; import export; importer exporter; buy sell;
buyer seller; purchase sale; spend save; spending saving; lend borrow; lender borrower; creditor debtor; profit loss;
surplus deficit; income expense; asset liability; supply demand; rise fall; increase decrease; grow shrink; growth
decline; gain lose; gain loss; upward downward; raise lower; high low; higher lower; highest lowest; more less; most
least; maximum minimum; above below; more than|less than; before after; earlier later; early late; past future; former
current; previous next; first last; begin end; start stop; start finish; open close; opening closing; win lose; winner
loser; victory defeat; success failure; succeed fail; pass reject; accept reject; approve reject; approval rejection;
approve veto; adopt reject; allow ban; allow forbid; permit prohibit; allow prevent; legal illegal; lawful unlawful;
guilty innocent; convict acquit; conviction acquittal; convicted acquitted; arrest release; imprison free; support
oppose; supporter opponent; support opposition; favor oppose; favor against; agree disagree; agreement disagreement;
in agreement|at odds; united divided; friend enemy; friendly hostile; peace war; peaceful violent; attack defend;
offensive defensive; offense defense; advance retreat; invade withdraw; enter leave; enter exit; join leave; join
quit; arrive depart; arrival departure; appear disappear; confirm deny; admit deny; acknowledge deny; affirm deny;
true false; truth lie; correct incorrect; praise criticize; praise condemn; welcome condemn; love hate; strong weak;
stronger weaker; strength weakness; strengthen weaken; improve worsen; better worse; best worst; good bad; positive
negative; optimistic pessimistic; optimism pessimism; hope fear; large small; larger smaller; largest smallest; big
small; biggest smallest; long short; longer shorter; longest shortest; wide narrow; widen narrow; deep shallow; thick
thin; heavy light; fast slow; faster slower; accelerate slow; rapid slow; quick slow; hot cold; warm cool; wet dry;
old new; old young; older younger; oldest youngest; oldest newest; rich poor; richer poorer; wealthy poor; expensive
cheap; easy difficult; easy hard; simple complex; safe dangerous; safety danger; secure insecure; stable unstable;
stability instability; certain uncertain; certainty uncertainty; likely unlikely; possible impossible; able unable;
willing unwilling; public private; individual collective; domestic foreign; internal external; local national global;
local international; national international; rural urban; civilian military; permanent temporary; voluntary
compulsory; mandatory optional; direct indirect; partial complete; partial total; full empty; full partial; majority
minority; major minor; senior junior; superior inferior; teacher student; employer employee; landlord tenant;
plaintiff defendant; prosecution defense; prosecutor defendant; victim perpetrator; victim attacker; survive die;
survivor victim; alive dead; live die; life death; birth death; born died; marry divorce; marriage divorce; build
destroy; create destroy; construction demolition; add remove; include exclude; inclusion exclusion; push pull; lock
unlock; hide reveal; conceal reveal; remember forget; send receive; give receive; teach learn; ask answer; expand
contract; expansion contraction; expand shrink; extend shorten; encourage discourage; attract repel; connect
disconnect; unite divide; immigrant emigrant; immigration emigration; inflow outflow; inflation deflation; incumbent
challenger; government opposition; ruling opposition; rebel government; host guest; indoor outdoor; inside outside;
interior exterior; front back; top bottom; upper lower; upstream downstream; absent present; absence presence; cause
effect; active passive; ancient modern; front rear; formal informal; official unofficial; natural artificial;
religious secular; sacred secular; physical virtual; lucky unlucky; happy sad; happy unhappy; satisfied dissatisfied;
innocence guilt; hard soft; tight loose; tighten loosen; tighten ease; escalate de-escalate; heighten lower; boost
cut; boost curb; boost reduce; boost hinder; raise cut; raise reduce; increase cut; increase reduce; increase
reduction; rise drop; rise decrease; soar plunge; surge slump; surge plunge; climb drop; climb fall; grow decline;
grow fall; help hinder; help hurt; assist hinder; enable prevent; advantage disadvantage; benefit harm; beneficial
harmful; useful useless; hawkish dovish; voluntarily forcibly; reluctant eager; reluctantly eagerly; temporarily
permanently; narrowly overwhelmingly; unanimous split; unanimously narrowly; colonize liberate; colonization
liberation; occupy liberate; occupation liberation; constitutional unconstitutional; guarantee deny; hire fire; hire
dismiss; appoint dismiss; nominate reject; lift impose; impose remove; sign veto; launch cancel; launch end; maintain
abandon; continue stop; continue cease; continue end; resume suspend; resume halt; delay accelerate; postpone advance;
left right; ally enemy; right wrong; common rare; commonly rarely; black white; say deny; state deny; announce deny;
claim deny; report deny; believe doubt; think doubt; trust distrust; rarely frequently
"""

# each line says the same thing in news prose; the first word stands for all
SYNONYMS = """
show demonstrate reveal display; say state tell declare announce assert remark; help assist aid; use utilize employ;
need require; want desire wish; buy purchase acquire; begin start commence; end finish conclude; try attempt seek;
think believe; keep retain; allow permit let; reiterate repeat restate; reduce cut decrease lower; increase raise
boost; strong robust powerful; big large huge sizable; quick fast rapid swift; important significant key crucial
vital; main chief principal primary; difficult hard challenging tough; clear apparent evident plain obvious; busy
hectic; plan strategy scheme; attention focus emphasis; emphasize stress underline underscore highlight; effort
endeavor; tie link connection bond; nation country; region area; world globe; worldwide global; goal objective target
aim; threat risk danger; problem issue; reluctance hesitancy reticence hesitation; fear dread; prevailing prevalent;
revitalize reinvigorate revive; demand require insist; stop halt cease; agreement deal accord pact; firm company
business corporation; factory plant; leader head chief; kill slay assassinate; car automobile; child kid; film movie;
people citizen; visit trip tour; foundation groundwork basis; remark speech address; ensure assure guarantee; part
portion; reliable trustworthy dependable; supporter advocate proponent; different various diverse; create produce
generate; difference distinction; promote encourage foster; deep great profound; meeting encounter; prominent leading
top; also additionally; expert specialist; real genuine; charge lead; regardless irrespective; include contain
comprise; capability capacity ability; security safety; extend expand widen; cooperation collaboration; joint shared
common; training instruction; consequence implication; existing current present; victory win triumph; government
administration; purchase acquisition; potential possible probable; annual yearly; loss defeat; notable remarkable;
personal individual private; politician lawmaker legislator; general overall; trend tendency; benefit advantage;
injure wound hurt; die perish; dead deceased; resign quit; dismiss sack; hire recruit; vote ballot; poll survey; jail
prison; earthquake quake temblor; blaze fire; blast explosion; crash collision accident; investigate probe examine;
inquiry investigation probe; study research; scientist researcher; discovery finding; discover find; cause trigger
spark prompt; affect influence; hit strike; expect anticipate; predict forecast project; estimate reckon; warn
caution; criticize denounce condemn slam; praise laud hail; reject refuse; approve endorse; ban prohibit outlaw; force
compel; send dispatch; arrive reach; depart leave; remain stay; continue proceed; change alter modify; move shift;
home house; street road; city town; resident inhabitant; money fund cash; cost price; spending expenditure; income
revenue; trade commerce; job post position; wage salary pay; law legislation statute; rule regulation; court tribunal;
crime offense; weapon arm; soldier troop; army military; war conflict; fight battle; attack assault; treaty pact; talk
negotiation discussion; discuss debate; summit conference; announcement statement declaration; spokesman spokesperson
spokeswoman; journalist reporter; website site; chairman chairperson chairwoman chair; team side squad; match game;
championship title; student pupil; teacher instructor; disease illness; drug medicine medication; oil petroleum; sea
ocean; ship vessel; plane aircraft airplane jet airliner; forest wood; coast shore; border frontier; hectic frantic;
huge enormous vast; tiny small; rich wealthy affluent; roughly about; forecast prediction; plunge plummet; raise lift;
gather collect; choose select pick; answer reply respond; show indicate; aim intend; handle tackle; mainly mostly;
angry furious; former ex; doctor physician; lawyer attorney; police officer; blame accuse; give provide supply; choice
option; fault error mistake; chance opportunity; period time era; place location site; way method manner; response
reaction; goods products; rate pace; total sum; bill legislation; unrest turmoil; clash fight; strengthen bolster
reinforce fortify; keen eager enthusiastic strong intense; traditional conventional customary; know aware realize
recognize; restore renew reestablish rekindle revive; man gentleman; woman lady; threaten endanger jeopardize harm;
harm hurt damage injure; presidency administration tenure; connection relationship link tie; notable noteworthy
interesting striking; enhance improve boost strengthen; globally internationally worldwide; initiative campaign drive
push effort; dispute disagreement quarrel row; disagreement difference; scenario situation circumstance; issue concern
matter; concern interest; elite leader; continue keep maintain sustain; look want seek; finish complete; prosperity
growth wealth; manufacturer maker producer; manufacture make produce; point highlight; describe portray depict call;
description account; become turn get; greater bigger larger; build develop construct; develop evolve; form type kind
sort; role position part; claim assert allege contend argue; suggest propose recommend; indicate signal imply; reveal
disclose expose uncover; present unveil introduce launch; introduce bring; launch start begin; offer provide; vow
pledge promise swear; urge press push; appeal plea; seek pursue; pursue chase; pursuit quest; grant award give; prize
award; honor award; seize capture take; grab seize; control dominate; govern rule; rule reign; monitor watch observe
track; observe note notice; note mention; mention cite; cite quote; quote say; comment remark; stress insist; argue
maintain; admit acknowledge concede confess; deny dispute reject; hint suggest; recall remember; plan intend; design
plan; schedule plan; arrange organize; organize hold; host hold; attend visit; join participate; participant attendee;
gather assemble meet convene; crowd throng; protest demonstration rally march; protester demonstrator; riot unrest;
clash confrontation; confront face; face encounter; struggle fight; defend protect guard; protect shield safeguard;
protection security defense; secure safe; ensure secure; raid attack; bombing blast; shoot fire; shooting gunfire;
gunman shooter attacker; suspect accused; detain arrest hold; custody detention; charge accuse indict; sue litigate;
lawsuit suit case; verdict ruling decision judgment; decide determine resolve; decision choice; settle resolve;
settlement agreement; sign ink; ratify approve; pass adopt; adopt embrace accept; oppose resist reject; resistance
opposition; critic opponent; criticism condemnation; rebuke criticize; attack criticize; support back endorse;
supporter backer fan; ally partner; partner associate; coalition alliance bloc; union alliance; partnership alliance
association; association organization; organization group body; agency body; committee panel commission; panel board;
board council; head lead; executive boss; manager director; official officer; authority official; government state;
ministry department; minister secretary; lawmaker legislator parliamentarian; parliament legislature assembly;
assembly council; candidate contender; contender rival; rival opponent competitor; campaign race; race contest;
contest competition; win gain; win secure; victory success; success achievement; achieve accomplish attain; accomplish
complete; fail collapse; failure collapse; lose surrender; collapse fall; decline drop fall decrease; rise grow
increase climb; growth expansion increase; surge jump soar; jump leap; plunge tumble slump; slump drop; reduction cut
decrease; ease relax; relax loosen; tighten restrict; limit restrict curb; restriction limit curb; barrier obstacle
hurdle; obstacle challenge; challenge problem; crisis emergency; disaster catastrophe tragedy; destroy ruin demolish
devastate; ruin wreck; collapse crumble; survive live; injury wound; casualty victim; death fatality; deadly fatal
lethal; dangerous hazardous risky; risk hazard; fear worry concern; worry anxiety; anxious worried nervous; hope wish;
hopeful optimistic; expect hope; confident sure certain; doubt question; uncertain unsure unclear; clarify explain;
explain describe; explanation reason; reason cause; purpose aim; intention aim; aim seek; outcome result consequence;
effect impact consequence influence; influence power; power strength force; strength might; skill talent; talented
gifted; clever smart intelligent; famous wellknown renowned celebrated; celebrate mark; mark commemorate; ceremony
event; event incident; incident episode; happen occur take; occasion event; recent latest new; new fresh; fresh
recent; current present ongoing; ongoing continuing; previous earlier prior former; subsequent later following; later
afterwards; eventually finally ultimately; immediately instantly; quickly rapidly swiftly speedily; slowly gradually;
suddenly abruptly; sudden abrupt; frequently often regularly; usually normally generally typically; typical usual
normal; common widespread; widespread broad; broad wide extensive; extensive large; massive huge enormous; significant
considerable substantial; substantial large; considerable sizable; major big main leading; primary key; essential
vital crucial necessary; necessary needed required; need demand; demand call; call urge; request ask seek; apply
request; application request; permit license; license permission; permission approval; approval consent; agree
consent; contract deal; transaction deal; trade business; business commerce; market trade; shop store; customer client
buyer; client consumer; consumer buyer; sell market; expensive costly; cheap inexpensive affordable; fee charge; fund
finance; finance money; financial monetary fiscal; fiscal budget; investment funding; invest put; profit gain; gain
benefit; advantage edge; income earnings; employ hire; employee worker staff; staff personnel; personnel crew; crew
team; layoff dismissal; unemployment joblessness; jobless unemployed; poverty hardship; poor impoverished needy; aid
help relief; relief assistance; assistance support; donate give contribute; donation contribution gift; refugee
asylum; migrant immigrant; flee run escape; evacuate leave; shelter refuge; house residence; residence home; resident
local; local area; area zone; zone region; region territory; territory land; land ground; soil land; field area;
countryside rural; village town; city metropolis; neighborhood district; district area; province region state; border
boundary; limit boundary; road highway; path way; route way; journey trip; travel journey; traveler passenger; vehicle
car; truck lorry; ship boat; harbor port; airport airfield; pilot captain; speed rate; rate level; level degree;
amount quantity sum; number figure count; figure statistic; statistic data; data information; information detail;
record document; document paper; paper report; report study; analysis study assessment; assess evaluate; evaluate
judge; judge consider; consider regard think; regard see; view see; opinion view; belief opinion; believe consider;
idea concept notion; concept thought; theory idea; method approach technique; approach strategy; tactic strategy;
policy plan; program scheme project; project plan; task job; duty responsibility; responsible accountable; mission
task; operation mission; activity action; action step measure; step move; move action; change shift; transform change;
reform change; revise amend; amend change; adjust adapt; adapt change; replace substitute; swap exchange; exchange
trade; transfer move; remove eliminate; eliminate end; abolish end scrap; scrap cancel; postpone delay; suspend halt;
interrupt disrupt; disrupt disturb
"""


def fold(word: str) -> str:
    """Without accents, in small letters."""
    if word.isascii():
        return word.lower()
    return "".join(
        c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c)
    )


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """What all inflections and both spellings of a lower-case word share; not always a word itself."""
    word = SPELLINGS.get(fold(word), fold(word))
    if word in IRREGULAR:
        return standard(IRREGULAR[word])
    if len(word) > 4 and word.endswith(("ies", "ied")):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "zes", "ches", "shes", "oes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) > 2 and re.search("[aeiouy]", base):
            word = IRREGULAR.get(base, base)
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return standard(word)


def standard(word: str) -> str:
    """British and American spelling, a final e and an adverb's -ly make no difference."""
    word = re.sub(r"is(?=(e|ation|er)?$)", "iz", word) if len(word) > 5 else word
    word = word[:2] + word[2:].replace("our", "or")
    word = re.sub(r"(?<=[tb])re$", "er", word).replace("ll", "l")
    if len(word) > 5 and word.endswith("ly"):
        word = word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_DERIVATIONS = re.compile(
    r"(ization|ational|ation|ition|ement|ment|ness|ality|ibility|ability|ity|ively|ive|ably|able|ible|ically|ical|ally"
    r"|al|ic|ous|ful|ance|ence|ancy|ency|acy|ant|ent|ator|or|er|ion|ize|iz|at|y)$"
)


@lru_cache(maxsize=16384)
def root(stemmed: str) -> str:
    """A stem without its derivational ending: "committ" of "commitment"; never shorter than four letters."""
    shortened = _DERIVATIONS.sub("", stemmed)
    return shortened if len(shortened) >= 4 else stemmed


def related(left: str, right: str) -> bool:
    """Whether two stems are derived from one word, or stand in the list of synonyms."""
    if left == right or root(left) == root(right):
        return True
    return bool(_SYNONYM_GROUPS.get(left, _NONE) & _SYNONYM_GROUPS.get(right, _NONE))


# looks like a negating prefix and is none
_NOT_NEGATED = frozenset(
    "import improve impress inform increase income invest indeed inside intent discount discover display".split()
)


def opposite(left: str, right: str) -> bool:
    """Whether two stems exclude each other: listed opposites, "legal" and "illegal", "careful" and "careless"."""
    if left == right:
        return False
    if _OPPOSITE_GROUPS.get(left, _NONE) & _OPPOSITE_GROUPS.get(right, _NONE):
        return True
    short, long = sorted((left, right), key=len)
    if len(short) >= 3 and long.endswith(short) and long not in _NOT_NEGATED:
        prefix = long[: -len(short)]
        return prefix in {"un", "dis", "non"} or (
            len(short) >= 4 and prefix in {"in", "im", "il", "ir", "mis"}
        )
    pairs = ((left, right), (right, left))
    return any(
        careful.endswith("ful") and careless == f"{careful[:-3]}less" for careful, careless in pairs
    )


def _groups(table: str, separator: str) -> dict[str, frozenset[int]]:
    """Stem → the numbers of the groups it stands in; "|" separates phrases."""
    found: dict[str, set[int]] = {}
    for number, group in enumerate(" ".join(table.split()).split(separator)):
        for member in group.split("|") if "|" in group else group.split():
            found.setdefault(member.strip() if " " in member.strip() else stem(member), set()).add(
                number
            )
    return {word: frozenset(numbers) for word, numbers in found.items()}


_NONE: frozenset[int] = frozenset()
_OPPOSITE_GROUPS = _groups(OPPOSITES, ";")
_SYNONYM_GROUPS = _groups(SYNONYMS, ";")
