"""Reads a newsletter as mail, and a web page that a browser saved in one file (MHTML)."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from ingest.errors import BadArticle

Fields = dict[str, object]


def read_mail(data: bytes) -> Fields:
    """The fields of an article. Of a mail its subject, sender, day and text; of a saved page its
    HTML and address, whose own words go before the rest. Attachments are left out.

    Raises BadArticle where it has no text.
    """
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("html", "plain"))
    if body is None and mail.get_content_maintype() == "multipart":
        body = next((part for part in mail.walk() if part.get_content_type() == "text/html"), None)
    words = ""
    if isinstance(body, EmailMessage):
        try:
            words = str(body.get_content())
        except (LookupError, ValueError):  # an encoding that nobody knows
            payload = body.get_payload(decode=True)
            words = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    words = re.sub("[\ud800-\udfff]", "\ufffd", words.replace("\0", ""))  # as of other files
    if not words.strip():
        raise BadArticle("holds no text of a mail or page; save it anew")
    name = "html" if body is not None and body.get_content_type() == "text/html" else "text"
    address = _header(mail, "Snapshot-Content-Location") or _header(mail, "Content-Location")
    if address or (mail.get_content_type() == "multipart/related" and "From" not in mail):
        return {name: words, "url": address}
    try:
        day = parsedate_to_datetime(
            _header(mail, "Date")
        ).isoformat()  # as the sender's clock had it
    except (TypeError, ValueError, IndexError):
        day = ""
    senders = getattr(mail.get("From"), "addresses", ())
    return {
        name: words,
        "title": _header(mail, "Subject"),
        "publisher": senders[0].display_name if senders else "",
        "published_on": day,
    }


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name) or "").strip()
    except (ValueError, IndexError, AttributeError):  # what the parser of the library breaks on
        return ""
