"""The languages of the customers' pages: complete, alike, and short enough."""

from __future__ import annotations

import re

import pytest

from coaching.surveys.models import SurveyText
from coaching.surveys.scales import SCALES
from coaching.surveys.wording import LANGUAGES, STARTER_FIELDS, choose_language, starter_text, words_in


def slots(text: str) -> set[str]:
    return set(re.findall(r"{\w+}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_everything_that_english_says(language):
    english, words = words_in("en"), words_in(language)
    assert set(words) == set(english)
    assert {key: slots(value) for key, value in words.items()} == {key: slots(value) for key, value in english.items()}
    for kind in SCALES:
        for name, value in starter_text(kind, language).items():
            assert 0 < len(value) <= SurveyText._meta.get_field(name).max_length
        assert set(starter_text(kind, language)) == set(STARTER_FIELDS)


@pytest.mark.parametrize(
    ("asked", "known", "accepted", "expected"),
    [
        ("", "", "", "en"),
        ("", "", "fr-CA,fr;q=0.8,en;q=0.3", "fr"),
        ("", "", "it,de;q=0.5", "de"),
        ("", "", "de;q=0,fr;q=0.1", "fr"),
        ("", "DE_at", "fr", "de"),
        ("fr", "de", "de", "fr"),
        ("it", "", "", "en"),
        ("", "", "*;q=1, ;;;, \x00" + "x" * 9000, "en"),
    ],
)
def test_the_language_is_chosen(asked, known, accepted, expected):
    assert choose_language(["en", "de", "fr"], "en", asked=asked, known=known, accepted=accepted) == expected
