"""Chatwoot: conversations newest activity first, each with all its messages; answers to its CSAT survey.

https://developers.chatwoot.com/api-reference/conversations/conversations-list (25 a page). The list cannot be asked by
time, so a pass goes from the newest back to where the last one began. Activity meanwhile moves rows to the
front, which repeats some and hides none; those that moved are met by the next pass, which begins at
the newest row of this one's first page. A deleted conversation moves rows to the other side: where
the number of conversations shrank, the pass begins again.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.connectors.clients.base import OVERLAP, Client, Cursor, Page, RatingsPass, Stream, moment_of, parsed, stamp, text_of
from coaching.connectors.problems import NotThere

SIZE = 25  # fixed by Chatwoot
MOST_MESSAGE_PAGES = 500


class Chatwoot(Client):
    streams = (
        Stream("conversations", _("Conversations"), ("interactions", "messages")),
        Stream("ratings", _("Survey answers"), ("surveys",), optional=True),
    )
    size = SIZE

    def identify(self) -> dict[str, Any]:
        return {"name": "Chatwoot", "headers": {"api_access_token": self.secrets["token"]}}

    @property
    def _account(self) -> str:
        return f"api/v1/accounts/{self.options['account_id']}"

    def check(self) -> str:
        me = self.caller.get("api/v1/profile").data
        self._list(1)
        return text_of(me.get("email")) or text_of(me.get("name"))

    def smaller(self) -> bool:
        return False

    def _list(self, number: int) -> tuple[list[dict[str, Any]], int, int, Any]:
        """Conversations of a page, entries that are none, how many there are in all, and the answer."""
        params = {"status": "all", "assignee_type": "all", "sort_by": "last_activity_at_desc", "page": number}
        answer = self.caller.get(f"{self._account}/conversations", params)
        data = answer.data.get("data")
        if not isinstance(data, dict):
            raise self.caller.odd()
        found, odd = self.objects(data.get("payload"))
        meta = data.get("meta")
        total = meta.get("all_count") if isinstance(meta, dict) else None
        return found, odd, total if isinstance(total, int) else 0, answer

    def page(self, stream: str, cursor: Cursor) -> Page:
        number = int(cursor.get("page", 1))
        if stream == "ratings":
            return self._ratings(cursor, number)
        found, odd, total, answer = self._list(number)
        served, since = self.served(answer), parsed(cursor["since"])
        times = [moment for moment in (moment_of(item.get("last_activity_at")) for item in found) if moment is not None]
        if found and not times:
            raise self.caller.odd()
        newest = cursor.get("newest") or stamp(max([since, *(min(moment, served) for moment in times)]))
        if total < int(cursor.get("total", total)):
            return Page([], {"since": cursor["since"]}, True)
        conversations = [self._whole(item) for item in found if (moment_of(item.get("last_activity_at")) or since) >= since]
        if len(found) + odd < SIZE or (times and min(times) < since):
            behind = max(since, parsed(newest) - OVERLAP)
            return Page(conversations, {"since": stamp(behind)}, False, min(self.started, served), odd)
        following = {"since": cursor["since"], "newest": newest, "page": number + 1, "total": total}
        return Page(conversations, following, True, odd=odd)

    def _whole(self, found: dict[str, Any]) -> dict[str, Any]:
        """The conversation with all its messages, oldest first. Chatwoot gives the newest, and what lies before an id."""
        key = found.get("id")
        if not isinstance(key, int):
            return found
        messages: dict[int, dict[str, Any]] = {}
        before: int | None = None
        try:
            for _number in range(MOST_MESSAGE_PAGES):
                params = {"before": before} if before is not None else None
                answer = self.caller.get(f"{self._account}/conversations/{key}/messages", params)
                part, _odd = self.objects(answer.data.get("payload"))
                new = {item["id"]: item for item in part if isinstance(item.get("id"), int) and item["id"] not in messages}
                if not new:
                    break
                messages.update(new)
                before = min(messages)
        except NotThere:  # deleted since it was listed
            pass
        return {**found, "messages": [messages[pk] for pk in sorted(messages)]}

    def _ratings(self, cursor: Cursor, number: int) -> Page:
        going = RatingsPass(cursor, self.pace.clock())
        params = {"since": int(going.start.timestamp()), "until": int(self.started.timestamp()) + 86_400, "page": number}
        answer = self.caller.get(f"{self._account}/csat_survey_responses", params, kind=list)
        ratings, odd = self.objects(answer.data)
        more = len(ratings) + odd >= SIZE
        times = [moment_of(rating.get("created_at")) for rating in ratings]
        following = going.after(times, self.served(answer), {"page": number + 1} if more else None)
        return Page(ratings, following, more, None if more else min(self.started, answer.served_at), odd)
