"""Questions as tests ask them: read once, without a day to count from."""

from service.query.analysis import Query, analyse
from service.types import Question


def query(text: str) -> Query:
    return analyse(Question(text), None)
