"""Names of countries and regions: `COUNTRIES["dutch"]` is `netherlands`; "US" keeps its capitals."""

from __future__ import annotations

from ingest.english import word_tables


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, others, *_ in ((*row, "") for row in word_tables.rows("countries.tsv")):
        for name in (key, *filter(None, others.split("; "))):
            found[name if name.isupper() else name.lower()] = key
            if not name.isupper() and name != key:
                found.setdefault(f"{name.lower()}s", key)  # "afghans"
    return found


COUNTRIES = _names()
COUNTRY_PHRASES = frozenset(name for name in COUNTRIES if " " in name)

# News writes a capital for its government: "Tokyo said" and "Japan said" are the same.
CAPITALS = {
    capital: row[0]
    for row in word_tables.rows("countries.tsv")
    for capital in (row[2].split("; ") if len(row) > 2 else ())
}
