"""One call to a helpdesk: paced, timed, tried again where that helps, its answer read as JSON of the expected kind.

Waits grow from 1 s by doubling, with jitter, so that many callers do not return at the same moment. `Retry-After`
is believed up to an hour; a pause of more than a minute ends the run (`AskedToWait`), which goes on later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import httpx2
from django.utils.translation import gettext as _

from coaching.connectors.pacing import Pace
from coaching.connectors.problems import (
    AccessDenied,
    AskedToWait,
    ConnectorError,
    NotThere,
    PageTooLarge,
    RequestRefused,
    Unreachable,
)
from foundation.outgoing import AnswerTooLarge, OutgoingRefused, guarded_client

TRIES = 6
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds, between two tries
SIT_THROUGH = 60.0  # a longer pause is left to the next run
HOUR = 3600.0
REDIRECTS = 3
ANSWER_SECONDS = 10.0
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})


@dataclass(frozen=True)
class Answer:
    """What came back, and when the helpdesk's own clock says it was sent."""

    data: Any
    served_at: datetime


class _TryAgain(Exception):
    """This try failed in a way that passes by itself; `wait` is how long the helpdesk asked to be left alone."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.message, self.wait = message, wait


class Caller:
    """Calls one helpdesk with one set of credentials. Use as a context manager, from one thread."""

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        pace: Pace,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        tries: int = TRIES,
    ) -> None:
        self.name, self.base_url, self.pace, self.tries = name, base_url.rstrip("/"), pace, tries
        self.requests = 0
        self._auth = httpx2.BasicAuth(*auth) if auth else None
        # Redirects are followed by hand: credentials must not travel to another host.
        self._client = guarded_client(
            headers={"Accept": "application/json", **(headers or {})}, follow_redirects=False, total_seconds=ANSWER_SECONDS
        )
        self._last: datetime | None = None

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, kind: type = dict, gap: float = 0.0) -> Answer:
        """GET below the connection's address. `kind` is what the answer must be, `gap` the least seconds since the last call."""
        return self._call("GET", path, kind, gap, params=params)

    def post(self, path: str, body: Any, *, kind: type = dict) -> Answer:
        """POST of JSON; only for searches, which change nothing."""
        return self._call("POST", path, kind, 0.0, body=body)

    def _call(
        self, method: str, path: str, kind: type, gap: float, params: Mapping[str, Any] | None = None, body: Any = None
    ) -> Answer:
        for number in range(1, self.tries + 1):
            self._keep_distance(gap)
            self.pace.beat()
            try:
                return self._once(method, path, kind, params, body)
            except _TryAgain as passing:
                wait = passing.wait
                if wait is None:
                    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1)) * (0.5 + self.pace.jitter() / 2)
                elif wait > SIT_THROUGH:
                    raise AskedToWait(passing.message, min(wait, HOUR)) from passing
                if number == self.tries:
                    raise Unreachable(passing.message) from passing
                self._wait(wait)
        raise AssertionError("unreachable")

    def _wait(self, seconds: float) -> None:
        self.pace.beat()
        self.pace.sleep(seconds)
        self.pace.beat()

    def _keep_distance(self, gap: float) -> None:
        now = self.pace.clock()
        if gap and self._last is not None:
            passed = (now - self._last).total_seconds()
            if 0 <= passed < gap:
                self._wait(gap - passed)
        self._last = self.pace.clock()

    def _once(self, method: str, path: str, kind: type, params: Mapping[str, Any] | None, body: Any) -> Answer:
        url = f"{self.base_url}/{path.lstrip('/')}"
        for _step in range(REDIRECTS + 1):
            response = self._send(method, url, params, body)
            if not response.is_redirect:
                break
            url, params = self._redirected(url, response), None
        else:
            raise ConnectorError(_("%(name)s sends us round in a circle. Check the address.") % {"name": self.name})
        self._judge(response)
        data = self._read(response, kind)
        self._mind_the_limit(response)
        return Answer(data, self._served_at(response))

    def _send(self, method: str, url: str, params: Mapping[str, Any] | None, body: Any) -> httpx2.Response:
        self.requests += 1
        options: dict[str, Any] = {"auth": self._auth} if self._auth else {}
        if params is not None:
            options["params"] = params
        if body is not None:
            options["json"] = body
        try:
            return self._client.request(method, url, **options)
        except OutgoingRefused as refused:
            raise ConnectorError(str(refused)) from refused
        except AnswerTooLarge as large:
            raise PageTooLarge(_("%(name)s sends more at once than is read.") % {"name": self.name}) from large
        except httpx2.TimeoutException as slow:
            raise _TryAgain(
                _("%(name)s took too long to answer. Is it slow just now? We try again later.") % {"name": self.name}
            ) from slow
        except httpx2.ConnectError as error:
            raise _TryAgain(
                _("%(name)s cannot be reached at %(address)s. Check the address, and whether the helpdesk is running.")
                % {"name": self.name, "address": self.base_url}
            ) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
            raise _TryAgain(_("The connection to %(name)s broke off while it answered.") % {"name": self.name}) from error

    def _redirected(self, url: str, response: httpx2.Response) -> str:
        target = urljoin(url, response.headers.get("location", ""))
        try:
            here, there = httpx2.URL(url), httpx2.URL(target)
        except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
            raise ConnectorError(_("%(name)s sends us to an address that is none.") % {"name": self.name}) from error
        if (here.scheme, here.host, here.port) != (there.scheme, there.host, there.port):
            raise ConnectorError(
                _("%(name)s sends us on to %(host)s. Our credentials do not go there: enter the right address in the connection.")
                % {"name": self.name, "host": there.host or target[:80]}
            )
        return target

    def _judge(self, response: httpx2.Response) -> None:
        code, names = response.status_code, {"name": self.name, "code": response.status_code}
        if 200 <= code < 300:
            return
        if code == 401:
            raise self.denied()
        if code in {402, 403}:
            raise AccessDenied(
                _("%(name)s knows the credentials, but they may not read this. Give the account the right.") % names
            )
        if code in {404, 410}:
            raise NotThere(_("%(name)s has nothing at this address. Check the address, and what stands beside it.") % names)
        if code == 429:
            raise _TryAgain(_("%(name)s asks us to slow down. We go on later.") % names, self._asked_for(response))
        if code in AGAIN or code >= 500:
            raise _TryAgain(
                _("%(name)s has trouble of its own (HTTP %(code)s). We try again later.") % names, self._asked_for(response)
            )
        raise RequestRefused(_("%(name)s did not take our request (HTTP %(code)s).") % names)

    def _asked_for(self, response: httpx2.Response) -> float | None:
        """Seconds of `Retry-After`, given as a number or as a date; None where it says nothing usable."""
        text = response.headers.get("retry-after", "").strip()
        if not text:
            return None
        try:
            seconds = float(text)
        except ValueError:
            try:
                at = parsedate_to_datetime(text)
            except ValueError:
                return None
            # Measured on the clock that named the moment.
            seconds = (_aware(at) - self._served_at(response)).total_seconds()
        return min(max(seconds, 0.0), HOUR) if seconds == seconds else None

    def _read(self, response: httpx2.Response, kind: type) -> Any:
        try:
            data = json.loads(response.content, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            if "html" in response.headers.get("content-type", ""):
                raise ConnectorError(
                    _("%(name)s answers with a web page instead of data. Check the address.") % {"name": self.name}
                ) from error
            raise _TryAgain(_("The answer of %(name)s is cut off or damaged.") % {"name": self.name}) from error
        if not isinstance(data, kind):
            raise self.odd()
        return data

    def denied(self) -> AccessDenied:
        """The error for credentials that are not accepted."""
        return AccessDenied(
            _("%(name)s does not accept the credentials. They may be mistyped, expired or withdrawn: enter new ones.")
            % {"name": self.name}
        )

    def odd(self) -> ConnectorError:
        """The error for an answer that is JSON, but not what is documented."""
        return ConnectorError(
            _("%(name)s answers something else than it documents. Check that the address is that of a %(name)s, and its version.")
            % {"name": self.name}
        )

    def _served_at(self, response: httpx2.Response) -> datetime:
        try:
            return _aware(parsedate_to_datetime(response.headers["date"]))
        except (KeyError, ValueError):
            return self.pace.clock()

    def _mind_the_limit(self, response: httpx2.Response) -> None:
        """Pause before the helpdesk has to tell us: where no request is left in this minute."""
        for name in ("x-ratelimit-remaining", "x-rate-limit-remaining"):
            left = response.headers.get(name, "")
            if left.isascii() and left.isdigit() and int(left) == 0:
                self._wait(self._until_reset(response))
                return

    def _until_reset(self, response: httpx2.Response) -> float:
        reset = response.headers.get("x-ratelimit-reset", "")
        if reset.isascii() and reset.isdigit():
            seconds = int(reset) - self._served_at(response).timestamp()
            return float(min(max(seconds, 1.0), SIT_THROUGH))
        return SIT_THROUGH / 4


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
