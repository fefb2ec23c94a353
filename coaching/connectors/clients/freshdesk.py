"""Freshdesk: tickets by change, satisfaction ratings by creation. https://developers.freshdesk.com/api/

At most 300 pages of a list may be asked for: since each request begins at the newest ticket seen, that
many are reached only where 30,000 tickets changed within one second.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coaching.connectors.clients.base import Client, Cursor, Page, RatingsPass, Stream, moment_of, stamp, text_of
from coaching.connectors.problems import AccessDenied, ConnectorError, NotThere

MOST_PAGES = 300


class Freshdesk(Client):
    streams = (
        Stream("tickets", _("Tickets"), ("interactions",)),
        Stream("ratings", _("Satisfaction ratings"), ("surveys",), optional=True),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._agents: dict[int, dict[str, Any]] | None = None

    def identify(self) -> dict[str, Any]:
        # Freshdesk wants the key as the user name; the password is not looked at.
        return {"name": "Freshdesk", "auth": (self.secrets["api_key"], "X")}

    def check(self) -> str:
        me = self.caller.get("api/v2/agents/me").data
        self.caller.get("api/v2/tickets", {"per_page": 1}, kind=list)
        contact = me.get("contact")
        return text_of(contact.get("email")) if isinstance(contact, dict) else ""

    def page(self, stream: str, cursor: Cursor) -> Page:
        number = int(cursor.get("page", 1))
        if number > MOST_PAGES:
            raise ConnectorError(
                gettext("Freshdesk lists 300 pages at most, and more tickets than that changed within one second.")
            )
        if stream == "ratings":
            return self._ratings(cursor, number)
        params = {
            "updated_since": cursor["since"], "order_by": "updated_at", "order_type": "asc", "include": "stats,requester",
            "per_page": self.size, "page": number,
        }  # fmt: skip
        answer = self.caller.get("api/v2/tickets", params, kind=list)
        tickets, odd = self.objects(answer.data)
        self._name(tickets, "responder_id", "responder")
        return self.ascending(cursor, tickets, odd, "updated_at", answer)

    def _ratings(self, cursor: Cursor, number: int) -> Page:
        going = RatingsPass(cursor, self.pace.clock())
        params = {"created_since": stamp(going.start), "per_page": self.size, "page": number}
        answer = self.caller.get("api/v2/surveys/satisfaction_ratings", params, kind=list)
        ratings, odd = self.objects(answer.data)
        self._name(ratings, "agent_id", "agent")
        more = len(ratings) + odd >= self.size
        times = [moment_of(rating.get("created_at")) for rating in ratings]
        if more and number >= MOST_PAGES:
            return self._next_stretch(going, ratings, odd)
        following = going.after(times, self.served(answer), {"page": number + 1} if more else None)
        return Page(ratings, following, more, None if more else min(self.started, answer.served_at), odd)

    def _next_stretch(self, going: RatingsPass, ratings: list[dict[str, Any]], odd: int) -> Page:
        """No page 301: go on from the newest rating of the last page, where ratings come oldest first."""
        newest = max(filter(None, (moment_of(rating.get("created_at")) for rating in ratings)), default=None)
        if newest is None or newest <= going.start:
            raise ConnectorError(gettext("Freshdesk lists 300 pages of ratings at most. Choose a later first day."))
        following = {**going.cursor, "from": stamp(newest), "deep": going.deep}
        return Page(ratings, self.rewound(following), True, odd=odd)

    def _name(self, objects: list[dict[str, Any]], key: str, name: str) -> None:
        """Put the agent's name and e-mail beside their id, where the key may list agents."""
        if not any(item.get(key) for item in objects):
            return
        if self._agents is None:
            self._agents = self._all_agents()
        for item in objects:
            agent = self._agents.get(item.get(key))  # type: ignore[arg-type]
            if agent is not None:
                item[name] = agent

    def _all_agents(self) -> dict[int, dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for number in range(1, MOST_PAGES + 1):
            try:
                answer = self.caller.get("api/v2/agents", {"per_page": 100, "page": number}, kind=list)
            except (AccessDenied, NotThere):
                # Only an administrator's key lists agents; without it people are matched by their id.
                return {}
            agents, _odd = self.objects(answer.data)
            for agent in agents:
                contact = agent.get("contact")
                if isinstance(agent.get("id"), int) and isinstance(contact, dict):
                    found[agent["id"]] = {"id": agent["id"], "name": contact.get("name"), "email": contact.get("email")}
            if len(answer.data) < 100:
                break
        return found
