"""The languages a module can be written in, and how they are called. They are not those of the site's own words."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info

HOUSE_LANGUAGE = "en"


@dataclass(frozen=True)
class Language:
    """`name` in the reader's language, `own` in itself; `code` and `direction` are for the page's `lang` and `dir`."""

    code: str
    name: str
    own: str
    direction: str


def language_of(code: str) -> Language:
    """A code that is not known is its own name."""
    try:
        found = get_language_info(code)
    except KeyError:
        return Language(code, code, code, "ltr")
    return Language(code, found["name_translated"], found["name_local"], "rtl" if found["bidi"] else "ltr")


def languages() -> list[Language]:
    """All that Django has a name for, by name."""
    named = [language_of(code) for code, found in LANG_INFO.items() if "name" in found]
    return sorted(named, key=lambda language: language.name)


def language_choices() -> list[tuple[str, str]]:
    """For a form: "German (Deutsch)"."""
    return [(found.code, found.name if found.name == found.own else f"{found.name} ({found.own})") for found in languages()]
