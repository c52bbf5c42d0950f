"""A word in, what it does in a sentence out: English number, date, negation, quantity, modal and function words."""

from __future__ import annotations

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
NUMBER_WORDS: dict[str, int] = {
    word: n for n, word in enumerate(f"{_UNITS} seventeen eighteen nineteen".split())
}
NUMBER_WORDS |= {
    w: 10 * n
    for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
}
SCALES |= {"trillion": 10**12}
SCALE_LETTERS = {
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "b": 10**9,
    "tn": 10**12,
    "trn": 10**12,
}
ORDINAL_WORDS: dict[str, int] = {
    word: n
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
ORDINAL_WORDS |= {
    word: 10 * n
    for n, word in enumerate(
        "thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth".split(), 3
    )
}
MULTIPLES = {
    "double": 2,
    "doubled": 2,
    "doubles": 2,
    "doubling": 2,
    "twofold": 2,
    "twice": 2,
    "triple": 3,
    "tripled": 3,
    "triples": 3,
    "tripling": 3,
    "treble": 3,
    "trebled": 3,
    "threefold": 3,
    "thrice": 3,
    "quadruple": 4,
    "quadrupled": 4,
    "quadruples": 4,
    "quadrupling": 4,
    "fourfold": 4,
    "quintuple": 5,
    "quintupled": 5,
    "fivefold": 5,
    "sixfold": 6,
    "sevenfold": 7,
    "eightfold": 8,
    "ninefold": 9,
    "tenfold": 10,
    "hundredfold": 100,
    "halve": 0.5,
    "halved": 0.5,
    "halves": 0.5,
    "halving": 0.5,
}
AMOUNTS = {"half": "0.5", "dozen": "12", "quarter": "0.25"}
CURRENCIES = {
    "$": "usd",
    "us$": "usd",
    "usd": "usd",
    "dollar": "usd",
    "dollars": "usd",
    "a$": "aud",
    "aud": "aud",
    "c$": "cad",
    "cad": "cad",
    "nz$": "nzd",
    "hk$": "hkd",
    "s$": "sgd",
    "€": "eur",
    "eur": "eur",
    "euro": "eur",
    "euros": "eur",
    "£": "gbp",
    "gbp": "gbp",
    "pound": "gbp",
    "pounds": "gbp",
    "sterling": "gbp",
    "¥": "jpy",
    "jpy": "jpy",
    "yen": "jpy",
    "yuan": "cny",
    "cny": "cny",
    "rmb": "cny",
    "renminbi": "cny",
    "₹": "inr",
    "inr": "inr",
    "rupee": "inr",
    "rupees": "inr",
    "₩": "krw",
    "won": "krw",
    "krw": "krw",
    "rub": "rub",
    "rouble": "rub",
    "roubles": "rub",
    "ruble": "rub",
    "rubles": "rub",
    "chf": "chf",
    "franc": "chf",
    "francs": "chf",
    "peso": "peso",
    "pesos": "peso",
    "₽": "rub",
    "cent": "cent",
    "cents": "cent",
    "pence": "penny",
}
_MONTHS = "january february march april may june july august september october november december"
MONTHS: dict[str, int] = {word: n for n, word in enumerate(_MONTHS.split(), 1)}
MONTHS |= {word[:3]: n for word, n in list(MONTHS.items()) if word != "may"} | {"sept": 9}
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
WEEKDAYS: dict[str, str] = {word: word[:3] for word in _DAYS.split()}
WEEKDAYS |= {
    "tue": "tue",
    "tues": "tue",
    "wed": "wed",
    "thu": "thu",
    "thur": "thu",
    "thurs": "thu",
    "fri": "fri",
}

HONORIFICS = frozenset(
    "mr mrs ms miss mx dr prof sir dame lord lady sen rep gov gen col lt capt sgt maj adm rev hon st "
    "president chancellor minister secretary senator representative governor mayor king queen prince princess pope "
    "professor doctor justice judge general colonel captain congressman congresswoman ambassador chairman chairwoman "
    "ceo".split()
)
NAME_SUFFIXES = frozenset("jr sr ii iii iv".split())

NEGATIONS = {
    "not": "not",
    "never": "never",
    "neither": "not",
    "nor": "not",
    "cannot": "not",
    "without": "without",
    "no": "not",
    "nobody": "nobody",
    "nothing": "nothing",
    "nowhere": "nowhere",
    "hardly": "hardly",
    "barely": "hardly",
    "scarcely": "hardly",
    "unable": "not",
    "fail": "not",
    "fails": "not",
    "failed": "not",
    "failing": "not",
    "refuse": "not",
    "refuses": "not",
    "refused": "not",
    "refusing": "not",
    "decline": "not",
    "declined": "not",
    "declines": "not",
    "declining": "not",
}
NEGATES_BEFORE_TO = frozenset(
    "fail fails failed failing refuse refuses refused refusing decline declined declines declining".split()
)
QUANTIFIERS = {
    "all": "all",
    "every": "all",
    "everyone": "all",
    "everybody": "all",
    "everything": "all",
    "always": "always",
    "most": "most",
    "majority": "most",
    "mostly": "most",
    "minority": "few",
    "many": "many",
    "numerous": "many",
    "countless": "many",
    "some": "some",
    "several": "some",
    "sometimes": "sometimes",
    "occasionally": "sometimes",
    "often": "often",
    "frequently": "often",
    "usually": "often",
    "rarely": "rarely",
    "seldom": "rarely",
    "few": "few",
    "none": "none",
    "both": "both",
    "either": "either",
    "only": "only",
    "solely": "only",
    "exclusively": "only",
    "entire": "all",
    "whole": "all",
    "entirely": "entirely",
    "completely": "entirely",
    "fully": "entirely",
    "totally": "entirely",
    "partly": "partly",
    "partially": "partly",
    "dozens": "dozens",
    "hundreds": "hundreds",
    "thousands": "thousands",
    "millions": "millions",
    "billions": "billions",
    "tens": "tens",
}
MODALS = {
    "may": "can",
    "might": "can",
    "could": "can",
    "can": "can",
    "possibly": "can",
    "perhaps": "can",
    "maybe": "can",
    "must": "must",
    "should": "must",
    "ought": "must",
    "will": "will",
    "shall": "will",
}
# phrases are read before words: words → (kind, value)
PHRASES = {
    "not only": ("quantifier", "not only"),
    "not just": ("quantifier", "not only"),
    "no longer": ("negation", "no longer"),
    "not any longer": ("negation", "no longer"),
    "no one": ("quantifier", "none"),
    "by no means": ("negation", "not"),
    "far from": ("negation", "not"),
    "in no way": ("negation", "not"),
    "no doubt": ("function", ""),
    "if not": ("function", ""),
    "whether or not": ("function", ""),
    "no matter": ("function", ""),
    "none of": ("quantifier", "none"),
    "each of": ("quantifier", "all"),
    "a few": ("quantifier", "some"),
    "a number of": ("quantifier", "some"),
    "a handful of": ("quantifier", "few"),
    "a lot of": ("quantifier", "many"),
    "lots of": ("quantifier", "many"),
    "plenty of": ("quantifier", "many"),
    "scores of": ("quantifier", "many"),
    "a couple of": ("quantifier", "some"),
    "a great many": ("quantifier", "many"),
    "the majority of": ("quantifier", "most"),
    "a majority of": ("quantifier", "most"),
    "a minority of": ("quantifier", "few"),
    "quite a few": ("quantifier", "many"),
    "very few": ("quantifier", "few"),
    "at most": ("word", "less than"),
    "most recent": ("word", "latest"),
    "at all": ("function", ""),
    "above all": ("function", ""),
    "after all": ("function", ""),
    "all but": ("word", "nearly"),
    "all but one": ("quantifier", "most"),
    "once again": ("word", "again"),
    "once more": ("word", "again"),
    "one another": ("function", ""),
    "each other": ("function", ""),
    "as well as": ("function", ""),
    "in addition to": ("function", ""),
    "in order to": ("function", ""),
    "so as to": ("function", ""),
    "such as": ("function", ""),
    "as well": ("function", ""),
    "for example": ("function", ""),
    "for instance": ("function", ""),
    "in addition": ("function", ""),
    "in particular": ("word", "particularly"),
    "in general": ("word", "generally"),
    "due to": ("function", ""),
    "because of": ("function", ""),
    "according to": ("function", ""),
    "in light of": ("function", ""),
    "in spite of": ("word", "despite"),
    "at odds": ("word", "at odds"),
    "in lockstep": ("word", "in agreement"),
    "in agreement": ("word", "in agreement"),
    "in step": ("word", "in agreement"),
    "in line": ("word", "in agreement"),
    "in accord": ("word", "in agreement"),
    "in unison": ("word", "in agreement"),
    "on the same page": ("word", "in agreement"),
    "out of step": ("word", "at odds"),
    "at loggerheads": ("word", "at odds"),
    "in conflict": ("word", "at odds"),
    "in dispute": ("word", "at odds"),
    "in favor of": ("word", "favor"),
    "in favour of": ("word", "favor"),
    "opposed to": ("word", "against"),
    "come out against": ("word", "oppose"),
    "have to": ("modal", "must"),
    "has to": ("modal", "must"),
    "had to": ("modal", "must"),
    "need to": ("modal", "must"),
    "needs to": ("modal", "must"),
    "going to": ("modal", "will"),
    "more than": ("word", "more than"),
    "less than": ("word", "less than"),
    "fewer than": ("word", "less than"),
    "over the": ("function", ""),
    "at least": ("word", "more than"),
    "up to": ("word", "less than"),
    "per annum": ("word", "annual"),
    "prime minister": ("word", "prime minister"),
    "world war ii": ("name", "world war 2"),
    "world war two": ("name", "world war 2"),
    "second world war": ("name", "world war 2"),
    "world war i": ("name", "world war 1"),
    "world war one": ("name", "world war 1"),
    "first world war": ("name", "world war 1"),
    "first lady": ("word", "first lady"),
    "second hand": ("word", "secondhand"),
    "first of all": ("function", ""),
    "at first": ("function", ""),
    "one of": ("function", ""),
    "one day": ("function", ""),
}
FUNCTION_WORDS = frozenset(
    "a an the this that these those there here it its it's he she they them their theirs his her hers him i me my "
    "mine we us our ours you your yours who whom whose which what when where why how whether if then than as at by "
    "for from in into of off on onto to toward towards with within upon via and or but so yet also too very quite "
    "rather just even still already again is are was were be been being am 's 're 've 'd 'll 'm has have had having "
    "do does did doing done would s t re ve ll d m itself himself herself themselves ourselves one's about around "
    "approximately roughly nearly almost while whereas although though however moreover furthermore additionally "
    "besides meanwhile thus therefore hence because since per each other another such same own much well indeed "
    "nevertheless nonetheless similarly likewise instead namely over through throughout among amid between across "
    "along like one ones something anything any that's there's he's she's let lets get gets got getting now today "
    "yesterday tomorrow out up down regarding concerning despite until till during next make made makes making take "
    "took taken takes taking come came comes coming go goes went going gone use used uses using sup sub following "
    "once away back together later soon onwards thereby whereby etc eg ie".split()
)

# words before a title that change who is meant: "professor" is not "assistant professor"
RANKS = frozenset(
    "assistant associate deputy vice acting interim emeritus former ex retired co junior adjunct honorary".split()
)

# given names that are short enough to begin ordinary words, or are written small as parts of them
GIVEN_NAMES = frozenset(
    "abe ada al alan alex ali amy ana andy ann anna anne art ben beth bob brad cal carl chad chen chris cindy dale "
    "dan dana dave dean deb don donna doug ed ella emma eric eva eve evan fred gal gary gene gina glen greg gus guy "
    "hal hank hans helen ian ida ira ivan jan jane jay jean jeff jen jess jill jim jin joan joe john jon jose josh "
    "juan jude judy karl kate kay ken kevin kim kurt kyle lara lee len leo leon lena lin linda lisa liu liz lou "
    "luis luke luna lyn marc maria marie mary matt max meg mel mia mike milo min mo moe molly nan nate ned neil "
    "nick nina noah nora omar otto pam pat paul pete phil ray rick rita rob rod ron rosa ross roy russ ruth ryan "
    "sam sara sean seth sid simon stan steve sue sven tara ted theo tim tina todd tom tony val vera vic wang wei "
    "wendy xi yan zach zoe".split()
)
