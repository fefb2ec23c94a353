"""Intercom: conversations by search, each fetched whole with its parts.

https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations/searchconversations
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.connectors.clients.base import OVERLAP, Client, Cursor, Page, Stream, moment_of, parsed, stamp, text_of
from coaching.connectors.problems import AccessDenied, NotThere, RequestRefused

VERSION = "2.11"


class Intercom(Client):
    streams = (Stream("conversations", _("Conversations"), ("interactions", "messages", "surveys")),)
    size = 50  # each is one call more

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._admins: dict[str, dict[str, Any]] | None = None

    def identify(self) -> dict[str, Any]:
        return {
            "name": "Intercom",
            "headers": {"Authorization": f"Bearer {self.secrets['token']}", "Intercom-Version": VERSION},
        }

    def check(self) -> str:
        me = self.caller.get("me").data
        self.caller.post("conversations/search", self._search(0, 1, None))
        return text_of(me.get("email")) or text_of(me.get("name"))

    def _search(self, since: int, size: int, after: str | None) -> dict[str, Any]:
        return {
            # “Greater than” on one version is “greater or equal” on another: one second earlier is right on both.
            "query": {"field": "updated_at", "operator": ">", "value": max(0, since - 1)},
            "sort": {"field": "updated_at", "order": "ascending"},
            "pagination": {"per_page": size, **({"starting_after": after} if after else {})},
        }

    def page(self, stream: str, cursor: Cursor) -> Page:
        start = parsed(cursor.get("from") or cursor["since"])
        after = cursor.get("after")
        try:
            answer = self.caller.post("conversations/search", self._search(int(start.timestamp()), self.size, after))
        except (RequestRefused, NotThere):
            if after is None:
                raise
            # A place that Intercom no longer knows: begin again at the newest conversation it had brought.
            return Page([], {"since": cursor["since"]}, True)
        found, odd = self.objects(answer.data.get("conversations"))
        conversations = [self._whole(item) for item in found]
        behind = self.ascending({"since": cursor["since"], "from": stamp(start)}, conversations, odd, "updated_at", answer)
        following = _next_after(answer.data.get("pages"))
        if following is None:
            return Page(conversations, {"since": self._end(behind)}, False, min(self.started, answer.served_at), odd)
        if following == after:
            raise self.caller.odd()
        newest = max(parsed(cursor["since"]), parsed(behind.cursor["since"]))
        reached = [moment for moment in (moment_of(item.get("updated_at")) for item in found) if moment is not None]
        return Page(
            conversations,
            {"from": stamp(start), "since": stamp(newest), "after": following},
            True,
            min(reached) if reached else None,
            odd,
        )

    def _end(self, behind: Page) -> str:
        """Where the next run begins: a little before the newest conversation seen."""
        if not behind.more:
            return str(behind.cursor["since"])
        return stamp(max(parsed(behind.cursor["from"]), parsed(behind.cursor["since"]) - OVERLAP))

    def _whole(self, found: dict[str, Any]) -> dict[str, Any]:
        """The conversation with its parts, and with names and e-mails of the admins it names."""
        key = text_of(found.get("id"))
        if not key:
            return found
        try:
            whole: dict[str, Any] = self.caller.get(f"conversations/{key}", {"display_as": "plaintext"}).data
        except NotThere:  # deleted since it was found
            whole = found
        if text_of(whole.get("id")) != key:
            raise self.caller.odd()
        # What was found is what the cursor counts with; a later change is met again.
        whole["updated_at"] = found.get("updated_at", whole.get("updated_at"))
        admin = self._known_admins().get(text_of(whole.get("admin_assignee_id")))
        if admin:
            whole["admin_assignee"] = admin
        return whole

    def _known_admins(self) -> dict[str, dict[str, Any]]:
        if self._admins is None:
            self._admins = {}
            try:
                listed = self.caller.get("admins").data.get("admins")
            except (AccessDenied, NotThere):
                listed = None
            for admin in listed if isinstance(listed, list) else []:
                if isinstance(admin, dict) and text_of(admin.get("id")):
                    kept = {key: admin[key] for key in ("id", "name", "email") if admin.get(key)}
                    self._admins[text_of(admin["id"])] = kept
        return self._admins


def _next_after(pages: Any) -> str | None:
    following = pages.get("next") if isinstance(pages, dict) else None
    after = following.get("starting_after") if isinstance(following, dict) else None
    return after if isinstance(after, str) and after else None
