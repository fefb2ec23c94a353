"""The fixed words of the customers' pages, and a first wording of each kind of survey, in the languages we know.

Customers read in their own language, whatever language colleagues use the site in; so these words do not go through
the site's translations. One file of `words/` per language, all with the same keys.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation.trans_real import parse_accept_lang_header

FOLDER = Path(__file__).resolve().parent / "words"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
FALLBACK = "en"
STARTER_FIELDS = ("subject", "intro", "question", "low_label", "high_label", "comment_question", "thanks")


@lru_cache(maxsize=len(LANGUAGES))
def _file(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def words_in(language: str) -> dict[str, str]:
    """The fixed words of a language; English for one we do not know."""
    values = _file(language if language in LANGUAGES else FALLBACK)
    return {key: value for key, value in values.items() if isinstance(value, str)}


def starter_text(kind: str, language: str) -> dict[str, str]:
    """A first wording of this kind of survey, to be changed: the fields of `SurveyText`."""
    values: dict[str, str] = _file(language if language in LANGUAGES else FALLBACK)[kind]
    return {name: values[name] for name in STARTER_FIELDS}


def language_choices() -> list[tuple[str, str]]:
    """Languages by their own names."""
    return [(language, words_in(language)["name"]) for language in LANGUAGES]


def plain(language: str) -> str:
    """ "de-AT" and "de_AT" → "de"."""
    return language.strip().lower().replace("_", "-").partition("-")[0]


def choose_language(offered: list[str], default: str, *, asked: str = "", known: str = "", accepted: str = "") -> str:
    """The language of a page: what was asked for on it, else what is known of the customer, else what the browser
    accepts (an Accept-Language header), else the survey's default; each only where the survey offers it.
    """
    wanted = [plain(asked), plain(known)]
    wanted += [plain(name) for name, quality in parse_accept_lang_header(accepted[:500].lower()) if quality > 0]
    for language in [*wanted, default]:
        if language in offered:
            return language
    return offered[0] if offered else FALLBACK
