"""Share links: an answer as it was given, for whoever has the link, until somebody revokes it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from sqlalchemy import and_, delete, insert, select

from ingest.errors import NotFound
from ingest.storage.database import Database
from service.given_answers.receipts import NO_ANSWER, Receipts
from service.record_tables import receipts, shares

TOKEN_BYTES = 24  # 192 bits: nobody finds one by trying


class Shares:
    """One link for each answer and owner. Of a token only its hash is kept.

    It is made of the `secret` and of what the row says, so that a second request for the link of an
    answer gives the first one again.
    """

    def __init__(self, database: Database, receipts: Receipts, secret: bytes):
        self._database = database
        self._receipts = receipts
        self._secret = secret

    def share(self, answer_id: str, owner: str) -> str:
        """The token of the link, a new one where there is none. NotFound without the answer."""
        if (token := self.token(answer_id, owner)) is not None:
            return token
        moment = datetime.now(UTC).isoformat(timespec="microseconds")
        token = self._token(answer_id, owner, moment)
        row = {"answer_id": answer_id, "owner": owner, "shared_at": moment}
        with self._database.write() as connection:
            connection.execute(insert(shares), row | {"token_hash": _hash(token)})
        return token

    def token(self, answer_id: str, owner: str) -> str | None:
        """The token of the link that there is. NotFound where there is no such answer."""
        if self._receipts.get(answer_id) is None:
            raise NotFound(NO_ANSWER)
        own = and_(shares.c.answer_id == answer_id, shares.c.owner == owner)
        rows = self._database.rows(select(shares).where(own).order_by(shares.c.shared_at))
        return self._token(answer_id, owner, rows[0].shared_at) if rows else None

    def revoke(self, answer_id: str, owner: str) -> bool:
        """Whether there was a link, which leads nowhere from now on."""
        own = and_(shares.c.answer_id == answer_id, shares.c.owner == owner)
        with self._database.write() as connection:
            return connection.execute(delete(shares).where(own)).rowcount > 0

    def answer_id(self, token: str) -> str | None:
        """The answer that a link leads to; None for one that is revoked, or none of ours."""
        rows = self._database.rows(
            select(shares.c.answer_id)
            .join_from(shares, receipts, receipts.c.answer_id == shares.c.answer_id)
            .where(shares.c.token_hash == _hash(token))
        )
        return rows[0].answer_id if rows else None

    def _token(self, answer_id: str, owner: str, moment: str) -> str:
        said = f"share {answer_id} {owner} {moment}".encode()
        made = hmac.digest(self._secret, said, "sha256")[:TOKEN_BYTES]
        return base64.urlsafe_b64encode(made).decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
