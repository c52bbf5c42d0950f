"""The language of a text, known only where it is long enough."""

from __future__ import annotations

import pytest
from files import (
    OPENED,
)

from ingest.formats.reading_process import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (OPENED, "en"),
        (
            "Der Bürgermeister eröffnete am Freitag die Brücke über die Orvel, an der vier Jahre lang gebaut worden war, und er weinte.",
            "de",
        ),
        (
            "Le maire a inauguré vendredi le pont sur l’Orvel, quatre ans après le début des travaux, et il a pleuré sous la pluie.",
            "fr",
        ),
        (
            "Мэр открыл в пятницу мост через Орвель, который строили четыре года, и заплакал под дождём, говорят жители города.",
            "ru",
        ),
        (
            "市長は金曜日、四年をかけて建設されたオルベル橋を開通させ、雨の中で涙を流したと住民は語った。橋には二車線がある。",
            "ja",
        ),
        ("It rained.", None),
        ("", None),
        ("12 345 " * 40, None),
    ],
)
def test_the_language_of_a_text_is_known_unless_it_is_short(
    text: str, language: str | None
) -> None:
    assert language_of(text) == language
