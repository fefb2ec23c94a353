"""Searching the guide, in readers' words."""

import pytest

from cms.models import Standard
from cms.queries import search_guide
from cms.search import excerpt

HOSTILE = [
    '"',
    "'",
    "*",
    "%",
    "a*",
    'NEAR("x" "y")',
    "AND OR NOT",
    "title:refund",
    "\x00",
    "(((",
    "-refund",
    "&|!:*",
    "\\",
    "ß 漢字 😀",
    "x" * 5000,
]


@pytest.fixture
def found(starter, cast):
    return lambda query: search_guide(query, cast.rita)


def test_finds_by_words_of_the_behaviour(found):
    assert "Say what happens next" in [hit.title for hit in found("which day or hour").hits]
    assert found("greets by name").hits[0].title == "Greet like a person"
    result = found("own words precise question")
    assert result.exact
    assert result.hits[0].title == "Check that you understood"


def test_finds_modules_standards_and_credos(found):
    kinds = {str(hit.kind) for hit in found("refund").hits}
    assert kinds == {"Guideline module", "Standard", "Credo"}


def test_title_hits_come_first(found):
    assert found("calm").hits[0].title == "Stay calm, stay warm"


def test_offers_near_hits_and_says_so(found):
    result = found("greetings unicorn")
    assert not result.exact
    assert "Greet like a person" in [hit.title for hit in result.hits]


def test_drafts_are_not_found(starter, cast):
    standard = Standard.objects.get(key="warm-greeting")
    standard.unpublish()
    assert "Greet like a person" not in [hit.title for hit in search_guide("greet", cast.rita).hits]


def test_hostile_queries_do_not_break(starter, cast, sign_in):
    client = sign_in(cast.rita)
    for query in HOSTILE:
        assert client.get("/guide/search/", {"q": query}).status_code == 200, query


def test_page_marks_words_and_pages_through(starter, cast, sign_in):
    client = sign_in(cast.rita)
    body = client.get("/guide/search/", {"q": "customer"}).content.decode()
    assert "<mark>" in body
    assert "page=2" in body
    assert client.get("/guide/search/", {"q": "customer", "page": "99"}).status_code == 200
    assert client.get("/guide/search/", {"q": "customer", "page": "x"}).status_code == 200


def test_empty_and_fruitless_searches_help(starter, cast, sign_in):
    client = sign_in(cast.rita)
    assert "Words a customer would use" in client.get("/guide/search/").content.decode()
    body = client.get("/guide/search/", {"q": "zeppelin"}).content.decode()
    assert "Nothing about “zeppelin” yet" in body
    assert "Opening a conversation" in body


def test_query_text_is_escaped(starter, cast, sign_in):
    body = sign_in(cast.rita).get("/guide/search/", {"q": "<script>alert(1)</script> customer"}).content.decode()
    assert "<script>alert(1)" not in body


def test_excerpt_stands_around_the_word():
    text = "first words " * 40 + "the needle is here " + "last words " * 40
    piece = excerpt(text, ["needle"])
    assert "needle" in piece
    assert piece.startswith("… ")
    assert piece.endswith(" …")
    assert len(piece) <= 250
    assert excerpt("short", ["none"]) == "short"
