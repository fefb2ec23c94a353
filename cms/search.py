"""One search over guideline modules, standards and credos.

Wagtail's database search finds candidates by whole words; where nothing has all words, pages with
some of them, or with words that begin alike, are offered instead and said to be so. Ranking is
ours, so that SQLite and PostgreSQL give the same order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.search.backends import get_search_backend

from cms.access import can_read_guide, credos_visible_to, standards_visible_to
from cms.models import Credo, GuidelineModule, Standard
from people.models import Person

MAX_QUERY_LENGTH = 200
MAX_TERMS = 8
MAX_CANDIDATES = 200  # per kind; nobody pages further
_STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "should",
        "so",
        "that",
        "the",
        "their",
        "then",
        "they",
        "this",
        "to",
        "us",
        "was",
        "we",
        "what",
        "when",
        "where",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)
_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ise",
    "ize",
    "ers",
    "ed",
    "er",
    "es",
    "ly",
    "s",
    "y",
    "e",
)


@dataclass(frozen=True)
class Hit:
    """One result: `text` is the plain text the excerpt is cut from."""

    kind: str | Promise
    title: str
    url: str
    text: str
    score: float


@dataclass(frozen=True)
class SearchResult:
    """`exact` is False where no entry has all the words and near ones are shown instead."""

    query: str
    terms: list[str]
    hits: list[Hit]
    exact: bool


def search_guide(query: str, person: Person) -> SearchResult:
    """Published entries that this person may read, best first."""
    query = " ".join(query.replace("\x00", " ").split())[:MAX_QUERY_LENGTH]
    terms = _terms(query)
    if not terms or not can_read_guide(person):
        return SearchResult(query, terms, [], exact=True)
    sources = (GuidelineModule.objects.live(), standards_visible_to(person), credos_visible_to(person).select_related("standard"))
    found = [hit for source in sources for hit in _hits(source, terms, operator="and")]
    if found:
        return SearchResult(query, terms, sorted(found, key=_order), exact=True)
    stems = [_stem(term) for term in terms]
    found = [hit for source in sources for hit in _near_hits(source, stems)]
    return SearchResult(query, stems, sorted(found, key=_order), exact=False)


def _terms(query: str) -> list[str]:
    words = list(dict.fromkeys(re.findall(r"\w+", query.lower())))
    return ([word for word in words if word not in _STOP_WORDS] or words)[:MAX_TERMS]


def _stem(word: str) -> str:
    """The beginning that forms of an English word share, roughly; at least four letters."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _order(hit: Hit) -> tuple[float, str]:
    return (-hit.score, hit.title)


def _hits(source: QuerySet, terms: list[str], *, operator: str) -> list[Hit]:  # type: ignore[type-arg]
    backend = get_search_backend()
    objects = backend.search(" ".join(terms), source, operator=operator)[:MAX_CANDIDATES]
    return [_hit(item, terms) for item in objects]


def _near_hits(source: QuerySet, stems: list[str]) -> list[Hit]:  # type: ignore[type-arg]
    backend = get_search_backend()
    objects = {item.pk: item for stem in stems for item in backend.autocomplete(stem, source)[:MAX_CANDIDATES]}
    return [_hit(item, stems) for item in objects.values()]


def _hit(item: GuidelineModule | Standard | Credo, terms: list[str]) -> Hit:
    if isinstance(item, GuidelineModule):
        kind, title, url = _("Guideline module"), item.title, item.url
        head, text = item.intro, " ".join([item.intro, *item.body.stream_block.get_searchable_content(item.body)])
    elif isinstance(item, Standard):
        kind, title, url = _("Standard"), item.title, item.get_absolute_url()
        head = item.behaviour
        text = " ".join(filter(None, [item.behaviour, item.why, item.good_example, item.bad_example, item.empowerment_limit]))
    else:
        kind, title, url = _("Credo"), item.sentence, f"{reverse('wagtail_serve', args=[''])}#credo-{item.pk}"
        head = text = item.explanation
    return Hit(kind, title, url, text, _score(terms, title, head, text))


def _score(terms: list[str], title: str, head: str, text: str) -> float:
    """Words in the title count five times, in the first lines twice, each further word once; long texts win nothing."""
    title, head, text = title.lower(), head.lower(), text.lower()
    return sum(5 * (term in title) + 2 * (term in head) + min(3, text.count(term)) / 3 for term in terms)


def excerpt(text: str, terms: list[str], length: int = 240) -> str:
    """About `length` characters of plain text around the first of the terms, cut at spaces."""
    text = " ".join(text.split())
    match = re.search("|".join(map(re.escape, terms)), text, re.IGNORECASE) if terms else None
    start = max(0, (match.start() if match else 0) - length // 3)
    if start:
        start = text.find(" ", start) + 1
    end = start + length
    if end < len(text):
        end = text.rfind(" ", start, end)
    piece = text[start:end].strip()
    return f"{'… ' if start else ''}{piece}{' …' if end < len(text) else ''}"
