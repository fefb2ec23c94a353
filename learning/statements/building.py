"""Statements as xAPI 1.0.3 wants them. Pure: from what is known of a piece of evidence to what is sent.

Verbs and kinds of activity are those of ADL and of the xAPI registry; what has no word there is an extension under our own address.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.duration import duration_iso_string

ADL = "http://adlnet.gov/expapi"
COMPLETED, PASSED, FAILED, ATTENDED, EARNED, VOIDED, EXPERIENCED = (
    f"{ADL}/verbs/completed",
    f"{ADL}/verbs/passed",
    f"{ADL}/verbs/failed",
    f"{ADL}/verbs/attended",
    "http://id.tincanapi.com/verb/earned",
    f"{ADL}/verbs/voided",
    f"{ADL}/verbs/experienced",
)
MODULE, LESSON, MEETING = f"{ADL}/activities/module", f"{ADL}/activities/lesson", f"{ADL}/activities/meeting"
CERTIFICATE = "https://www.opigno.org/en/tincan_registry/activity_type/certificate"

JSON = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """Who speaks: our address and name, the language of titles, and whose ids they are."""

    url: str  # without a slash at the end
    name: str
    language: str
    namespace: uuid.UUID

    def page(self, path: str) -> str:
        return self.url + path

    def extension(self, name: str) -> str:
        return f"{self.url}/xapi/extensions/{name}"

    def id_of(self, what: str) -> uuid.UUID:
        return uuid.uuid5(self.namespace, what)


@dataclass(frozen=True)
class Activity:
    """What somebody did something with."""

    url: str
    title: str
    type: str
    parent: Activity | None = None

    def as_json(self, language: str) -> JSON:
        definition = {"name": {language: self.title}, "type": self.type}
        return {"objectType": "Activity", "id": self.url, "definition": definition}


@dataclass(frozen=True)
class Fact:
    """What a statement says. `percent` and `passed` only where something was marked."""

    verb: str
    activity: Activity
    at: datetime
    registration: str = ""  # what binds together all that belongs to one assignment
    revision: int | None = None
    digest: str = ""
    percent: int | None = None
    passed: bool | None = None
    completed: bool | None = None
    seconds: int | None = None
    extensions: JSON = field(default_factory=dict)


def statement(site: Site, number: uuid.UUID, name: str, fact: Fact) -> JSON:
    """The whole statement about whoever is called `name` outside."""
    body: JSON = {
        "id": str(number),
        "actor": actor(site, name),
        "verb": verb(fact.verb),
        "object": fact.activity.as_json(site.language),
        "timestamp": _moment(fact.at),
        "context": _context(site, fact),
    }
    result = _result(fact)
    if result:
        body["result"] = result
    return body


def voiding(site: Site, number: uuid.UUID, name: str, voided: uuid.UUID, at: datetime) -> JSON:
    """Takes an earlier statement back."""
    return {
        "id": str(number),
        "actor": actor(site, name),
        "verb": verb(VOIDED),
        "object": {"objectType": "StatementRef", "id": str(voided)},
        "timestamp": _moment(at),
    }


def trial(site: Site, number: uuid.UUID, at: datetime) -> JSON:
    """A statement about nobody, to see whether the store takes ours."""
    fact = Fact(EXPERIENCED, Activity(f"{site.url}/xapi/test", "Test of the connection", LESSON), at)
    return statement(site, number, "test", fact)


def actor(site: Site, name: str) -> JSON:
    return {"objectType": "Agent", "account": {"homePage": site.url, "name": name}}


def verb(iri: str) -> JSON:
    return {"id": iri, "display": {"en": iri.rsplit("/", 1)[1]}}


def _context(site: Site, fact: Fact) -> JSON:
    context: JSON = {"platform": site.name, "language": site.language}
    if fact.registration:
        context["registration"] = str(site.id_of(fact.registration))
    extensions = {site.extension(name): value for name, value in fact.extensions.items()}
    if fact.revision is not None:
        context["revision"] = str(fact.revision)
        extensions[site.extension("revision")] = fact.revision
    if fact.digest:
        extensions[site.extension("content-digest")] = fact.digest
    if extensions:
        context["extensions"] = extensions
    if fact.activity.parent is not None:
        context["contextActivities"] = {"parent": [fact.activity.parent.as_json(site.language)]}
    return context


def _result(fact: Fact) -> JSON:
    result: JSON = {}
    if fact.percent is not None:
        result["score"] = {"scaled": fact.percent / 100, "raw": fact.percent, "min": 0, "max": 100}
    if fact.passed is not None:
        result["success"] = fact.passed
    if fact.completed is not None:
        result["completion"] = fact.completed
    if fact.seconds is not None:
        result["duration"] = duration_iso_string(timedelta(seconds=fact.seconds))
    return result


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
