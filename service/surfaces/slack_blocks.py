"""An answer as Slack's blocks, within Slack's limits: pure, from types to JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from ingest.report_in_words import quoted
from service.contract.response_bodies import answer_of
from service.surfaces import slack_text
from service.surfaces.slack_text import day_in_words, escape, link, linked, packed, short
from service.surfaces.source_links import closest, is_web_address, origin
from service.types import Account, Answer, ArticleCard, Citation, Conflict

Block = dict[str, Any]

# docs.slack.dev/reference/block-kit
BLOCKS = 50  # of one message
SECTION_CHARACTERS = 3_000
CARDS = 10  # of one carousel
CARD_TITLE, CARD_BODY = 150, 200
PROMPTS = 4  # of docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts
# A message that is streamed holds about 10,600 UTF-8 bytes before `msg_too_long`, and the Markdown
# of one message at most 12,000 characters; the rest is room for what stands around it.
MESSAGE_BYTES = 9_000
ANSWER_CHARACTERS = 2_500  # of each answer to a saved question; a section takes 3,000
QUOTE_CHARACTERS = 1_200
CLOSEST_CHARACTERS = 600
DIFFERENCE_CHARACTERS = 60  # of one account of a conflict
WORDS_AROUND = 4  # kept on each side of what differs between two accounts

RATE, QUOTES, AGAIN = "dateline_rate", "dateline_quotes", "dateline_again"  # actions
CHECK = "dateline_check"  # callback of the message shortcut
VERDICTS = {
    "supported": ("✓", "The archive bears this out"),
    "partial": ("◐", "The archive bears this out in part"),
    "contradicted": ("✗", "The archive says otherwise"),
    "not_found": ("?", "Not found in the archive"),
    "not_checked": ("–", "Not checked"),
}
_ROLE = {
    "republished": "republished copy",
    "fragment": "fragment",
    "updated": "updated version",
    "altered": "altered copy",
}


def size(text: str) -> int:
    """What Slack counts of a streamed message: UTF-8 bytes."""
    return len(text.encode())


def body(text: str) -> list[Block]:
    """The Markdown of one message as blocks."""
    return [{"type": "markdown", "text": text}] if text.strip() else []


def settled(answer: Answer, public_url: str | None, cards: bool = True) -> list[list[Block]]:
    """What stands below an answer's text: blocks of one message, and more where they need it.

    Without `cards` they are made of sections alone, which every workspace shows. `public_url` is
    where readers reach the service, for articles that state no address of their own.
    """
    blocks: list[Block] = []
    if answer.read_as:
        blocks.append(note(f"Read as: {short(answer.read_as, 300)}"))
    if answer.citations:
        families: dict[str, list[Citation]] = {}  # whose articles are copies of one another
        for citation in answer.citations:
            families.setdefault(citation.article.family.id, []).append(citation)
        grouped = [*families.values()]
        if cards:
            shown = [_card(citations, public_url) for citations in grouped]
            carousels = [shown[at : at + CARDS] for at in range(0, len(shown), CARDS)]
            blocks += ({"type": "carousel", "elements": elements} for elements in carousels)
        else:
            blocks += _lines(grouped, public_url)
    for conflict in answer.conflicts:
        title, said = _told(conflict)
        blocks.append(
            {"type": "card", "title": _mrkdwn(title), "body": _mrkdwn(said)}
            if cards
            else section(f"*{title}*\n{said}")
        )
    if answer.outcome == "declined":
        blocks += _nearest(answer, public_url)
        again = "Ask again as of another day"
        picker = {"type": "datepicker", "action_id": AGAIN, "placeholder": _words(again)}
        blocks.append({"type": "actions", "block_id": f"again:{answer.id}", "elements": [picker]})
    elif answer.citations:
        button = {"type": "button", "text": _words("Show quotes"), "action_id": QUOTES}
        blocks.append({"type": "actions", "elements": [button | {"value": answer.id}]})
    blocks.append(_feedback(answer.id))
    return _messages(blocks)


def quotes(answer: Answer, public_url: str | None) -> list[list[Block]]:
    """The exact words that each number stands for, with their source; blocks of messages."""
    blocks = [
        section(
            f"*[{citation.number}]* {quoted(short(citation.quote, QUOTE_CHARACTERS))}\n"
            f"{_described(citation.article, public_url)}"
        )
        for citation in answer.citations
    ]
    return _messages(blocks)


def out_of_date(receipt: dict[str, Any], public_url: str | None) -> list[list[Block]]:
    """Why an answer no longer holds, and what is said in its place; blocks of messages."""
    because, now = receipt["stale"]["because"], receipt["stale"]["now"]
    said = section(slack_text.OUT_OF_DATE.format(because=slack_text.BECAUSE[because]))
    if not now:
        return [[said]]
    first, *more = quotes(answer_of(receipt | {"citations": now}), public_url)
    return [[said, *first], *more]


def changed(change: dict[str, Any], public_url: str | None) -> list[list[Block]]:
    """Both answers to a saved question, and the sources of the new one; blocks of messages."""
    told = [(name, change[side]) for name, side in (("Before", "before"), ("Now", "after"))]
    texts = [
        section(f"*{name}:* {short(one['text'], ANSWER_CHARACTERS)}") for name, one in told if one
    ]
    if not change["after"] or not change["after"]["citations"]:
        return [texts or [note(slack_text.GONE)]]
    first, *more = quotes(answer_of(change["after"]), public_url)
    return [[*texts, *first], *more]


def checked(check: dict[str, Any], public_url: str | None) -> list[list[Block]]:
    """A verdict a sentence, as `POST /v1/checks` gives them, then the sources; blocks of messages."""
    texts = []
    for sentence in check["sentences"]:
        sign, verdict = VERDICTS.get(sentence["verdict"], ("–", sentence["verdict"]))
        numbers = "".join(f"[{number}]" for number in sentence["citations"])
        why = short(sentence["why"] or "", CLOSEST_CHARACTERS)
        texts.append(
            f"{sign} {quoted(short(sentence['text'], CLOSEST_CHARACTERS))}\n"
            + f"*{verdict}* {numbers}".rstrip()
            + (f" – {why}" if why else "")
        )
    for citation in check["citations"]:
        day = date.fromisoformat(citation["published_on"]) if citation["published_on"] else None
        name = short(citation["title"], CARD_TITLE)
        url = citation["url"] if is_web_address(citation["url"] or "") else None
        outlet = short(citation["publisher"] or "outlet unknown", slack_text.OUTLET_CHARACTERS)
        texts.append(
            f"[{citation['number']}] {linked(name, url)}, {outlet}, {day_in_words(day)}: "
            + quoted(short(citation["quote"], CLOSEST_CHARACTERS))
        )
    blocks = [section(text) for text in packed((f"{t}\n\n" for t in texts), SECTION_CHARACTERS)]
    return _messages(blocks)


def prompts(titles: Iterable[str]) -> list[dict[str, str]]:
    """Questions about the newest stories, for the start of a conversation."""
    return [
        {"title": _cut(title, CARD_TITLE), "message": f"Tell me about “{_cut(title, 300)}”"}
        for title in list(titles)[:PROMPTS]
    ]


def in_words(blocks: list[Block]) -> str:
    """What a notification says of blocks without an answer's text; marked, as no turn of a talk."""
    texts = (block.get("text") or block.get("elements", [{}])[0].get("text") for block in blocks)
    said = next((text["text"] for text in texts if isinstance(text, dict)), "…")
    return slack_text.ASIDE + said


def note(words: str) -> Block:
    """A remark in small print; the words are ours."""
    return {"type": "context", "elements": [_mrkdwn(words)]}


def _messages(blocks: list[Block]) -> list[list[Block]]:
    """Blocks of messages, one at least."""
    blocks = blocks or [note("There is nothing to show.")]
    return [blocks[at : at + BLOCKS] for at in range(0, len(blocks), BLOCKS)]


def _card(citations: Sequence[Citation], public_url: str | None) -> Block:
    article = citations[0].article
    numbers = _numbers(citations)
    title = short(article.title, CARD_TITLE - len(numbers) - 1)
    outlet = short(article.publisher or "outlet unknown", slack_text.OUTLET_CHARACTERS)
    card: Block = {
        "type": "card",
        "title": _mrkdwn(f"{numbers} {title}"),
        "subtitle": _mrkdwn(f"{outlet} · {day_in_words(article.published_on)}"),
    }
    if copies := _copies(citations):
        card["body"] = _mrkdwn(copies)
    if url := link(article, public_url):
        button = {"type": "button", "text": _words("Open"), "url": url}
        card["actions"] = [button | {"action_id": f"dateline_open_{citations[0].number}"}]
    return card


def _numbers(citations: Sequence[Citation]) -> str:
    """`[1][3]`; of more than six, the first six and an ellipsis."""
    shown = "".join(f"[{citation.number}]" for citation in citations[:6])
    return shown + "…" * (len(citations) > 6)


def _copies(citations: Sequence[Citation]) -> str:
    """How many copies one source stands for, and whether what is cited is an altered one."""
    family = citations[0].article.family
    roles = dict.fromkeys(citation.article.family.role for citation in citations)
    said = [f"{_ROLE[role]}" for role in roles if role in _ROLE]
    if family.size > 1:
        said.append(f"one of {family.size} copies, counted once")
    warned = "⚠ Altered copy. " if "altered" in roles else ""
    return (warned + ", ".join(said).capitalize())[:CARD_BODY]


def _lines(grouped: Sequence[list[Citation]], public_url: str | None) -> list[Block]:
    """The sources as sections."""
    told = []
    for citations in grouped:
        line = f"{_numbers(citations)} {_described(citations[0].article, public_url)}"
        copies = _copies(citations)
        told.append(f"{line} ({copies})\n" if copies else f"{line}\n")
    return [section(text) for text in packed(["*Sources*\n", *told], SECTION_CHARACTERS)]


def _described(article: ArticleCard, public_url: str | None) -> str:
    """Title with its link, outlet and date, in mrkdwn."""
    name = linked(short(article.title, slack_text.TITLE_CHARACTERS), link(article, public_url))
    outlet = short(article.publisher or "", slack_text.OUTLET_CHARACTERS)
    return ", ".join(filter(None, (name, outlet, day_in_words(article.published_on))))


def _told(conflict: Conflict) -> tuple[str, str]:
    """A title, and which outlet has which words; at most a card's 200 characters."""
    used = conflict.accounts[conflict.chosen or 0]
    others = [account for account in conflict.accounts if account is not used]
    if conflict.status == "altered_copy":
        title = "⚠ An altered copy says otherwise"
        outlets = ", ".join(dict.fromkeys(_who(account.citation) for account in others))
        lines = [f"{outlets}: ", escape(conflict.about)]
    else:
        title = "Accounts disagree" if conflict.chosen is None else "A newer account differs"
        number = f" [{used.citation.number}]" if used.citation.number is not None else ""
        here = f"{_who(used.citation)}: {_differing(used, others[0] if others else used)}{number}"
        there = [f"\n{_who(one.citation)}: {_differing(one, used)}" for one in others]
        lines = [here, *there]
    return title, packed(lines, CARD_BODY)[0]


def _who(citation: Citation) -> str:
    """The outlet, else the title, with the date where there is one."""
    article = citation.article
    name = short(article.publisher or article.title, 30)
    return f"{name} ({article.published_on})" if article.published_on else name


def _differing(account: Account, other: Account) -> str:
    """What this account has where the other has something else, with a few words around it."""
    mine, theirs = account.text.split(), other.text.split()
    before = _agreeing(mine, theirs)
    after = _agreeing(mine[before:][::-1], theirs[before:][::-1])
    start, end = max(0, before - WORDS_AROUND), min(len(mine), len(mine) - after + WORDS_AROUND)
    if before == len(mine):
        start, end = 0, len(mine)
    shown = short(" ".join(mine[start:end]), DIFFERENCE_CHARACTERS)
    return f"“{'…' * (start > 0)}{shown}{'…' * (end < len(mine) and shown[-1:] != '…')}”"


def _agreeing(mine: list[str], theirs: list[str]) -> int:
    """How many words the two begin with alike."""
    return next(
        (n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
        min(len(mine), len(theirs)),
    )


def _nearest(answer: Answer, public_url: str | None) -> Iterator[Block]:
    """The closest sentence, quoted, dated and linked, and the articles that are near too."""
    near = closest(answer)
    if near is not None and near.sentence is not None:
        source = linked(short(origin(near.article), 300), link(near.article, public_url))
        words = short(near.sentence.text, CLOSEST_CHARACTERS)
        yield section(f"The closest passage, from {source}, says: {quoted(words)}")
    others = [hit for hit in answer.nearest if hit is not near]
    if others:
        lines = "".join(f"\n• {_described(hit.article, public_url)}" for hit in others)
        yield section(f"{'Also near' if near else 'Nearest in the archive'}:{lines}")


def _feedback(answer_id: str) -> Block:
    def choice(words: str, rating: str) -> Block:
        return {"text": _words(words), "value": f"{rating} {answer_id}"}

    buttons = {
        "type": "feedback_buttons",
        "action_id": RATE,
        "positive_button": choice("Good answer", "up"),
        "negative_button": choice("Bad answer", "down"),
    }
    return {"type": "context_actions", "elements": [buttons]}


def section(text: str) -> Block:
    """Whole and verbatim: a bare address in an article's words stays words."""
    return {"type": "section", "expand": True, "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _words(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _cut(text: str, limit: int) -> str:
    """One line of at most `limit` characters, not escaped: for what Slack shows as it is."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
