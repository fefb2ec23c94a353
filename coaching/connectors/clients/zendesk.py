"""Zendesk: incremental tickets by cursor, ratings of both generations.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports (10 requests a
minute; the last minute is left out by Zendesk itself), …/satisfaction_ratings, …/csat_survey_responses.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.connectors.clients.base import Client, Cursor, Page, RatingsPass, Stream, moment_of, text_of
from coaching.connectors.problems import NotThere, RequestRefused

GAP = 6.1  # seconds between two calls of the incremental export: 10 a minute
HIDDEN = timedelta(minutes=1)
LOOKUP = 100  # users at once


class Zendesk(Client):
    streams = (
        Stream("tickets", _("Tickets"), ("interactions",)),
        Stream("ratings", _("Satisfaction ratings"), ("surveys",), optional=True),
        Stream("survey_responses", _("Survey responses"), ("surveys",), optional=True),
    )
    size = 200

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._users: dict[int, dict[str, Any]] = {}

    def identify(self) -> dict[str, Any]:
        return {"name": "Zendesk", "auth": (f"{self.options['email']}/token", self.secrets["token"])}

    def check(self) -> str:
        user = self.caller.get("api/v2/users/me.json").data.get("user")
        # Zendesk answers strangers, too: as an anonymous user without an id.
        if not isinstance(user, dict) or not user.get("id"):
            raise self.caller.denied()
        start = int((self.pace.clock() - timedelta(hours=1)).timestamp())
        self.caller.get("api/v2/incremental/tickets/cursor.json", {"start_time": start, "per_page": 1}, gap=GAP)
        return text_of(user.get("email")) or text_of(user.get("name"))

    def first_cursor(self, stream: str, since: date) -> Cursor:
        if stream == "tickets":
            return {"start": int(datetime.combine(since, time(), tzinfo=UTC).timestamp())}
        return super().first_cursor(stream, since)

    def page(self, stream: str, cursor: Cursor) -> Page:
        if stream == "tickets":
            return self._tickets(cursor)
        if stream == "ratings":
            return self._created(cursor, "api/v2/satisfaction_ratings.json", "satisfaction_ratings", "start_time", 1)
        return self._created(cursor, "api/v2/guide/survey_responses", "survey_responses", "filter[created_at_start]", 1000)

    def _tickets(self, cursor: Cursor) -> Page:
        params: dict[str, Any] = {"include": "metric_sets,users", "per_page": self.size}
        if "after" in cursor:
            params["cursor"] = cursor["after"]
        else:
            latest = int((self.pace.clock() - HIDDEN).timestamp()) - 1
            params["start_time"] = max(0, min(int(cursor["start"]), latest))
        try:
            answer = self.caller.get("api/v2/incremental/tickets/cursor.json", params, gap=GAP)
        except (RequestRefused, NotThere):
            if "after" not in cursor:
                raise
            # A cursor that Zendesk no longer knows: begin again at the newest ticket it had brought.
            return Page([], {"start": cursor["start"]}, True)
        tickets, odd = self.objects(answer.data.get("tickets"))
        self._name_assignees(tickets, answer.data.get("users"))
        served = self.served(answer)
        times = [moment for moment in (moment_of(ticket.get("updated_at")) for ticket in tickets) if moment is not None]
        newest = min(max(times), served) if times else None
        start = max(int(cursor["start"]), int((newest - timedelta(hours=1)).timestamp())) if newest else int(cursor["start"])
        after = answer.data.get("after_cursor") or cursor.get("after")
        ended = answer.data.get("end_of_stream")
        if not isinstance(ended, bool) or not (after is None or isinstance(after, str)):
            raise self.caller.odd()
        following = {"start": start, **({"after": after} if after else {})}
        if ended:
            return Page(tickets, following, False, min(self.started, served) - HIDDEN, odd)
        if after is None or after == cursor.get("after"):
            raise self.caller.odd()
        return Page(tickets, following, True, newest, odd)

    def _name_assignees(self, tickets: list[dict[str, Any]], users: Any) -> None:
        """Put name and e-mail of its assignee into each ticket: people are matched by e-mail."""
        self._know(users)
        wanted = {ticket.get("assignee_id") for ticket in tickets}
        unknown = sorted(pk for pk in wanted if isinstance(pk, int) and pk not in self._users)
        for start in range(0, len(unknown), LOOKUP):
            part = unknown[start : start + LOOKUP]
            answer = self.caller.get("api/v2/users/show_many.json", {"ids": ",".join(map(str, part))})
            self._know(answer.data.get("users"))
            for pk in part:
                self._users.setdefault(pk, {"id": pk})  # deleted: not asked for again
        for ticket in tickets:
            user = self._users.get(ticket.get("assignee_id"))  # type: ignore[arg-type]
            if user is not None:
                ticket["assignee"] = {key: user[key] for key in ("id", "name", "email") if user.get(key)}

    def _know(self, users: Any) -> None:
        for user in users if isinstance(users, list) else []:
            if isinstance(user, dict) and isinstance(user.get("id"), int):
                self._users[user["id"]] = user

    def _created(self, cursor: Cursor, path: str, key: str, parameter: str, per_second: int) -> Page:
        going = RatingsPass(cursor, self.pace.clock())
        params: dict[str, Any] = {parameter: int(going.start.timestamp()) * per_second, "page[size]": min(self.size, 100)}
        if "after" in cursor:
            params["page[after]"] = cursor["after"]
        try:
            answer = self.caller.get(path, params)
        except RequestRefused:
            if "after" not in cursor:
                raise
            return Page([], {name: cursor[name] for name in ("since", "deep") if cursor.get(name)}, True)
        ratings, odd = self.objects(answer.data.get(key))
        meta = answer.data.get("meta")
        more = bool(meta.get("has_more")) if isinstance(meta, dict) else False
        after = meta.get("after_cursor") if isinstance(meta, dict) and more else None
        if more and (not isinstance(after, str) or after == cursor.get("after")):
            raise self.caller.odd()
        times = [_created_at(rating) for rating in ratings]
        following = going.after(times, self.served(answer), {"after": after} if more else None)
        return Page(ratings, following, more, None if more else min(self.started, answer.served_at), odd)


def _created_at(rating: dict[str, Any]) -> datetime | None:
    """When it was created; a survey response tells that of its answers only."""
    own = moment_of(rating.get("created_at"))
    answers = rating.get("answers")
    if own or not isinstance(answers, list):
        return own
    return max(filter(None, (moment_of(item.get("created_at")) for item in answers if isinstance(item, dict))), default=None)
