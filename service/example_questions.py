"""Makes questions that an archive can answer from what its stories are called and when they appeared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.english import analyse
from service.archive_questions import ArchiveRow

TITLES_READ = 200  # the newest stories
SHOWN = 4


def example_questions(stories: Sequence[ArchiveRow]) -> list[str]:
    """At most four; `stories` is one article a family, newest first. [] where titles name nobody."""
    names: dict[str, list[ArchiveRow]] = {}
    for row in stories[:TITLES_READ]:
        for one in analyse(row.title).names:
            name = row.title[one.start : one.end]
            if one.start > 0 or " " in name:  # a single first word may be no name but ordinary
                names.setdefault(name, []).append(row)
    # names of several words are seldom ordinary ones; of equals the newest first
    often = sorted(names, key=lambda name: (-len(names[name]), " " not in name))
    months = Counter(f"{row.published_on:%B %Y}" for row in stories if row.published_on)
    found = [f"Timeline of {name}" for name in often[:1] if len(names[name]) > 1]
    rest = often[len(found) :]
    found += [f"What is the latest on {name}?" for name in rest[:1]]
    busiest = [month for month, number in months.most_common(1) if number > 1]
    found += [f"What happened in {month}?" for month in busiest]
    found += [f"Tell me about {name}" for name in rest[1:2]]
    return found[:SHOWN]
