"""Jumping in a video: parts of a file, for those who may have the whole of it."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from foundation.ranges import Unsatisfiable, asked_range

DATA = bytes(range(256)) * 1000


@pytest.fixture
def film(guide):
    return get_document_model().objects.create(title="Film", file=ContentFile(DATA, name="film.mp4"))


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=0-", 0, 255_999),
        ("bytes=255990-", 255_990, 255_999),
        ("bytes=-5", 255_995, 255_999),
        ("bytes=-999999999", 0, 255_999),
        ("bytes=100-999999999", 100, 255_999),
        ("Bytes= 70000 - 140000", 70_000, 140_000),
    ],
)
def test_a_part_is_sent_as_asked(film, cast, sign_in, asked, first, last):
    response = sign_in(cast.rita).get(film.url, headers={"range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/256000"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Type"] == "video/mp4"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response) == DATA[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=999999999-", "bytes=-0"])
def test_a_part_behind_the_end_is_refused(film, cast, sign_in, asked):
    response = sign_in(cast.rita).get(film.url, headers={"range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */256000"
    assert body(response) == b""


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=" + "9" * 5000 + "-", "bytes=²-"],
)
def test_anything_else_gets_the_whole_file(film, cast, sign_in, asked):
    response = sign_in(cast.rita).get(film.url, headers={"range": asked})
    assert response.status_code == 200
    assert body(response) == DATA


def test_a_part_belongs_to_the_file_that_was_begun(film, cast, sign_in):
    client = sign_in(cast.rita)
    whole = client.get(film.url)
    part = client.get(film.url, headers={"range": "bytes=0-9"})
    assert part["ETag"] == whole["ETag"]
    assert part["Last-Modified"] == whole["Last-Modified"]
    for condition, status in (
        (whole["ETag"], 206),
        (whole["Last-Modified"], 206),
        ('"another"', 200),
        (f"W/{whole['ETag']}", 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("nonsense", 200),
    ):
        response = client.get(film.url, headers={"range": "bytes=0-9", "if-range": condition})
        assert response.status_code == status, condition


def test_the_rules_of_access_are_those_of_the_whole_file(film, cast, client, sign_in):
    asked = {"range": "bytes=0-9"}
    assert client.get(film.url, headers=asked).status_code == 302
    root = Collection.get_first_root_node()
    closed = root.add_child(name="Closed")
    closed.view_restrictions.create(restriction_type=CollectionViewRestriction.GROUPS)
    film.collection = closed
    film.save()
    assert sign_in(cast.rita).get(film.url, headers=asked).status_code not in (200, 206)
    assert sign_in(cast.rita).get(film.url.replace("film", "other"), headers=asked).status_code == 404


def test_an_empty_file_has_no_part():
    assert asked_range("bytes=0-", 0) == Unsatisfiable()
    assert asked_range("bytes=-5", 0) == Unsatisfiable()
