"""Zammad: tickets by change through its search, each with its articles.

https://docs.zammad.org/en/latest/api/ticket/index.html and …/api/ticket/articles.html
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.connectors.clients.base import Client, Cursor, Page, Stream, text_of
from coaching.connectors.problems import AccessDenied, NotThere


class Zammad(Client):
    streams = (Stream("tickets", _("Tickets"), ("interactions", "messages")),)
    size = 50  # each is one call more

    def identify(self) -> dict[str, Any]:
        return {"name": "Zammad", "headers": {"Authorization": f"Token token={self.secrets['token']}"}}

    def check(self) -> str:
        me = self.caller.get("api/v1/users/me").data
        self._search("2000-01-01T00:00:00Z", 1, 1)
        return text_of(me.get("email")) or text_of(me.get("login"))

    def _search(self, since: str, size: int, number: int) -> Any:
        params = {
            "query": f"updated_at:[{since} TO *]", "sort_by": "updated_at", "order_by": "asc", "expand": "true",
            "per_page": size, "page": number,
        }  # fmt: skip
        return self.caller.get("api/v1/tickets/search", params, kind=list)

    def page(self, stream: str, cursor: Cursor) -> Page:
        answer = self._search(cursor["since"], self.size, int(cursor.get("page", 1)))
        found, odd = self.objects(answer.data)
        tickets = [self._whole(item) for item in found]
        return self.ascending(cursor, tickets, odd, "updated_at", answer)

    def _whole(self, found: dict[str, Any]) -> dict[str, Any]:
        key = text_of(found.get("id"))
        if not key:
            return found
        try:
            answer = self.caller.get(f"api/v1/ticket_articles/by_ticket/{key}", {"expand": "true"}, kind=list)
        except (AccessDenied, NotThere):  # moved out of sight, or deleted, since it was found
            return found
        articles, _odd = self.objects(answer.data)
        return {**found, "articles": articles}
