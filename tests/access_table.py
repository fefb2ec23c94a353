"""The access table: URL × role → status. A URL of ours without an entry fails the build.

To add the URLs of a room, add one file `tests/access/<room>.py`; nothing else is needed:

    from tests.access_table import Entry, by_role, only, signed_in

    def build(cast, now):
        '''Make what the addresses need; the dict's values become attributes of `w`, beside the cast.'''
        return {"review": make_review(author=cast.vera, rep=cast.rita, now=now)}

    ENTRIES = [
        Entry("review_detail", args=lambda w: [w.review.pk], get=by_role(404, rep=200, lead=200, reviewer=200, head=200)),
        Entry("review_publish", args=lambda w: [w.review.pk], post=by_role(404, rep=403, reviewer=302)),
        Entry("learn_home", get=signed_in(200)),
    ]

- `w` has everybody of tests/conftest.py (`w.rita` …), the teams, and what `build` returned.
- Roles: rep is Rita, other_rep Otto (another team), lead Lena (Rita's), other_lead Lars, reviewer Vera, editor
  Edda, head Hana, admin Adam, anonymous nobody. Make the objects Rita's, so that "other" means something.
- `by_role(everybody_else, role=status, …)`: anonymous is sent to sign in unless it is named.
- `only("admin", status=200)`: these roles get the status, the others 403.
- A view that takes GET and POST gets both; one that takes only POST gets `post` alone (GET must then give 405).
- `data=lambda w: {...}` is posted, `query="?as_of=2026-06-15"` (or a function of `w`) is appended.
- Where a role is expected to get 404, the answer is also compared with that for an id that does not exist:
  nobody learns from it that the thing is there.
- Where one URL answers differently per case (draft or published), give it several entries.
- `without_cookies=True`: an address that looks at no cookie (its right stands in the address or in what is sent), so no
  form needs a token; a test of its room shows that it sets and heeds none. `framed=True`: a page that the sites it names
  may frame; its room tests which.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import access

LOGIN = "sent to sign in"
WHO = {
    "rep": "rita",
    "other_rep": "otto",
    "lead": "lena",
    "other_lead": "lars",
    "reviewer": "vera",
    "editor": "edda",
    "head": "hana",
    "admin": "adam",
}
ROLES = (*WHO, "anonymous")

# Addresses of packages, kept by one rule for all that begins so (tests/test_access_table.py says which).
PACKAGE_PREFIXES = ("accounts/", "cms/", "documents/", "guide/")

Status = int | str
Expectation = dict[str, Status]
World = SimpleNamespace


def by_role(others: Status, **roles: Status) -> Expectation:
    """`others` for every role not named; anonymous is sent to sign in unless named."""
    unknown = set(roles) - set(ROLES)
    assert not unknown, f"no such role: {unknown}"
    return {role: roles.get(role, LOGIN if role == "anonymous" else others) for role in ROLES}


def only(*roles: str, status: Status = 200, others: Status = 403) -> Expectation:
    """These roles get `status`, all others `others`."""
    return by_role(others, **dict.fromkeys(roles, status))


def signed_in(status: Status = 200) -> Expectation:
    """The same answer for everybody who is signed in."""
    return by_role(status)


def public(status: Status = 200) -> Expectation:
    """The same answer for everybody at all."""
    return dict.fromkeys(ROLES, status)


@dataclass(frozen=True)
class Entry:
    name: str
    args: Callable[[World], Sequence[Any]] = field(default=lambda w: ())
    get: Expectation | None = None
    post: Expectation | None = None
    data: Callable[[World], dict[str, Any]] = field(default=lambda w: {})
    query: str | Callable[[World], str] = ""
    case: str = ""  # told apart from another entry of the same URL
    without_cookies: bool = False
    framed: bool = False

    def url(self, world: World, args: Sequence[Any] | None = None) -> str:
        query = self.query if isinstance(self.query, str) else self.query(world)
        return reverse(self.name, args=self.args(world) if args is None else args) + query

    def __str__(self) -> str:
        return f"{self.name}:{self.case}" if self.case else self.name


@dataclass(frozen=True)
class Room:
    name: str
    entries: list[Entry]
    build: Callable[[SimpleNamespace, Any], dict[str, Any]]

    def world(self, cast: SimpleNamespace, now: Any) -> World:
        return SimpleNamespace(**vars(cast), **self.build(cast, now))


def rooms() -> list[Room]:
    """All modules of tests/access."""
    found = []
    for info in sorted(pkgutil.iter_modules(access.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"tests.access.{info.name}")
        found.append(Room(info.name, module.ENTRIES, getattr(module, "build", lambda cast, now: {})))
    return found


def all_entries() -> list[tuple[Room, Entry]]:
    return [(room, entry) for room in rooms() for entry in room.entries]


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every (route, pattern) of the site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route, pattern


def own_routes() -> list[tuple[str, str | None]]:
    """(route, name) of what is not a package's."""
    return [(route, pattern.name) for route, pattern in routes() if not route.lstrip("^").startswith(PACKAGE_PREFIXES)]


def without_entry(table: set[str]) -> list[str]:
    """Routes of ours that the table does not know."""
    return [f"{route} ({name})" for route, name in own_routes() if name not in table]


def scrubbed(body: bytes) -> str:
    """A page without what differs from one answer to the next: nonces, CSRF tokens, the key of an opened snippet."""
    text = body.decode(errors="replace")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    text = re.sub(r'name="form" value="[^"]*"', "", text)
    return re.sub(r'nonce="[^"]*"', "", text)
