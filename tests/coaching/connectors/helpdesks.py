"""The five helpdesks, each as its documentation describes it, with invented tickets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.coaching.connectors.fakes import GOOD_TOKEN, Clock, FakeHelpdesk, Reply, Request, basic, iso


# --- Zendesk ------------------------------------------------------------------------------
class FakeZendesk(FakeHelpdesk):
    """Incremental tickets by cursor: the place in the order of change; the last minute is hidden."""

    AGENTS = {11: ("Rita Example", "rita@example.com"), 12: ("Ravi Example", "ravi@example.com")}

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tickets: dict[int, dict[str, Any]] = {}
        self.ratings: list[dict[str, Any]] = []
        self.responses: list[dict[str, Any]] = []
        self.has_responses = True
        self.page_size = 5
        self.known_cursors: set[str] | None = None  # None: all

    def add(self, count: int, *, since: datetime | None = None, step: timedelta = timedelta(minutes=7)) -> None:
        first = since or self.clock.now - timedelta(days=2)
        for number in range(count):
            self.touch(len(self.tickets) + 1, first + number * step)

    def touch(self, pk: int, at: datetime, **changes: Any) -> None:
        known = self.tickets.pop(pk, None)
        opened = datetime.fromisoformat(known["created_at"]) if known else at - timedelta(hours=5)
        solved = pk % 3 != 0
        self.tickets[pk] = {
            **{
                "id": pk, "created_at": iso(opened), "updated_at": iso(at), "generated_timestamp": int(at.timestamp()),
                "url": f"https://invented.example/{pk}", "external_id": None, "type": "question", "subject": f"Parcel {pk}",
                "raw_subject": f"Parcel {pk}", "description": "Where is it?", "priority": "normal",
                "status": "solved" if solved else "open", "recipient": None, "requester_id": 900 + pk % 4,
                "submitter_id": 900 + pk % 4, "assignee_id": 11 + pk % 2, "organization_id": None, "group_id": 7, "tags": ["a", "b"],
                "via": {"channel": "email", "source": {"rel": None}}, "custom_fields": [{"id": 1, "value": "x"}],
                "satisfaction_rating": {"score": "unoffered"}, "is_public": True,
                "metric_set": {
                    "ticket_id": pk, "reopens": pk % 2, "replies": 1 + pk % 3,
                    "solved_at": iso(at) if solved else None,
                    "reply_time_in_minutes": {"calendar": 12 + pk, "business": 10},
                },
            },
            **({key: value for key, value in known.items() if key in {"subject"}} if known else {}),
            **changes,
        }  # fmt: skip

    def rate(self, pk: int, ticket: int, at: datetime, score: str = "good") -> None:
        self.ratings.append(
            {
                "id": pk, "score": score, "comment": "Thank you", "reason": None, "assignee_id": 11, "group_id": 7,
                "requester_id": 900, "ticket_id": ticket, "created_at": iso(at), "updated_at": iso(at),
            }
        )  # fmt: skip

    def respond(self, pk: str, ticket: int, at: datetime, rating: int = 5) -> None:
        self.responses.append(
            {
                "id": pk, "responder_id": 900, "expires_at": iso(at + timedelta(days=28)),
                "survey": {"id": "s1", "version": 1, "state": "enabled"},
                "subjects": [{"id": str(ticket), "type": "ticket", "zrn": f"zen:ticket:{ticket}"}],
                "answers": [
                    {
                        "id": "a1", "type": "rating_scale", "rating": rating,
                        "rating_category": "good" if rating > 3 else "bad", "created_at": iso(at), "updated_at": iso(at),
                    }
                ],
            }
        )  # fmt: skip

    def signed_in(self, request: Request) -> bool:
        return basic(request) == f"admin@example.com/token:{self.token}"

    def serve(self, request: Request) -> Reply:
        match request.path:
            case "/api/v2/users/me.json":
                return Reply({"user": {"id": 1, "email": "admin@example.com", "role": "admin"}})
            case "/api/v2/users/show_many.json":
                return Reply({"users": [self._user(int(pk)) for pk in request.query["ids"].split(",") if int(pk) in self.AGENTS]})
            case "/api/v2/incremental/tickets/cursor.json":
                return self._incremental(request.query)
            case "/api/v2/satisfaction_ratings.json":
                since = datetime.fromtimestamp(int(request.query["start_time"]), UTC)
                return self._listed("satisfaction_ratings", self.ratings, lambda item: item["created_at"] >= iso(since), request)
            case "/api/v2/guide/survey_responses" if self.has_responses:
                since = datetime.fromtimestamp(int(request.query["filter[created_at_start]"]) / 1000, UTC)
                return self._listed(
                    "survey_responses", self.responses, lambda item: item["answers"][0]["created_at"] >= iso(since), request
                )
        return Reply({"error": "RecordNotFound"}, status=404)

    def _user(self, pk: int) -> dict[str, Any]:
        name, email = self.AGENTS[pk]
        return {"id": pk, "name": name, "email": email, "role": "agent"}

    def _incremental(self, query: dict[str, str]) -> Reply:
        hidden = iso(self.clock.now + self.skew - timedelta(minutes=1))
        order = sorted((t for t in self.tickets.values() if t["updated_at"] <= hidden), key=lambda t: (t["updated_at"], t["id"]))
        if "cursor" in query:
            if self.known_cursors is not None and query["cursor"] not in self.known_cursors:
                return Reply({"error": "InvalidCursor"}, status=400)
            at, _bar, pk = query["cursor"].partition("|")
            after = [t for t in order if (t["updated_at"], t["id"]) > (at, int(pk))]
        else:
            after = [t for t in order if t["updated_at"] >= iso(datetime.fromtimestamp(int(query["start_time"]), UTC))]
        page = after[: min(self.page_size, int(query.get("per_page", 1000)))]
        cursor = f"{page[-1]['updated_at']}|{page[-1]['id']}" if page else query.get("cursor")
        # One of the two agents is not sent along: it has to be looked up.
        users = [self._user(11)] if any(t["assignee_id"] == 11 for t in page) else []
        return Reply(
            {
                "tickets": page, "users": users, "after_cursor": cursor, "after_url": None, "before_cursor": None,
                "end_of_stream": len(after) <= len(page),
            }
        )  # fmt: skip

    def _listed(self, key: str, items: list[dict[str, Any]], fits: Callable[[dict[str, Any]], bool], request: Request) -> Reply:
        found = [item for item in items if fits(item)]
        start = int(request.query.get("page[after]", 0))
        size = min(3, int(request.query["page[size]"]))
        page = found[start : start + size]
        more = start + size < len(found)
        meta = {"has_more": more, "after_cursor": str(start + size) if more else None, "before_cursor": None}
        return Reply({key: page, "meta": meta, "links": {}})


# --- Freshdesk ----------------------------------------------------------------------------
class FakeFreshdesk(FakeHelpdesk):
    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tickets: dict[int, dict[str, Any]] = {}
        self.ratings: list[dict[str, Any]] = []
        self.lists_agents = True
        self.remaining: str | None = None
        self.most_pages = 300
        self.page_size = 100

    def add(self, count: int, *, since: datetime | None = None, step: timedelta = timedelta(minutes=7)) -> None:
        first = since or self.clock.now - timedelta(days=2)
        for number in range(count):
            self.touch(len(self.tickets) + 1, first + number * step)

    def touch(self, pk: int, at: datetime) -> None:
        known = self.tickets.pop(pk, None)
        opened = known["created_at"] if known else iso(at - timedelta(hours=3))
        self.tickets[pk] = {
            "id": pk, "subject": f"Invoice {pk}", "status": 4 if pk % 3 else 2, "priority": 1 + pk % 4, "source": 1, "type": "Question",
            "requester_id": 700 + pk % 5, "responder_id": 21, "group_id": 3, "product_id": None, "company_id": None, "tags": [],
            "custom_fields": {"cf_topic": "billing"}, "fr_escalated": False, "is_escalated": False, "spam": False,
            "due_by": iso(at + timedelta(days=2)), "fr_due_by": iso(at + timedelta(days=1)), "created_at": opened,
            "updated_at": iso(at), "requester": {"id": 700, "name": "A customer", "email": "customer@invented.example"},
            "stats": {"first_responded_at": iso(at), "resolved_at": iso(at) if pk % 3 else None, "closed_at": None},
        }  # fmt: skip

    def rate(self, pk: int, ticket: int, at: datetime, value: int = 103) -> None:
        self.ratings.append(
            {
                "id": pk, "survey_id": 1, "user_id": 700, "agent_id": 21, "group_id": 3, "ticket_id": ticket, "feedback": "Fine",
                "ratings": {"default_question": value}, "created_at": iso(at), "updated_at": iso(at),
            }
        )  # fmt: skip

    def signed_in(self, request: Request) -> bool:
        return basic(request) == f"{self.token}:X"

    def serve(self, request: Request) -> Reply:
        reply = self._serve(request)
        if self.remaining is not None:
            reply.headers["X-RateLimit-Remaining"] = self.remaining
        return reply

    def _serve(self, request: Request) -> Reply:
        query = request.query
        number, size = int(query.get("page", 1)), min(self.page_size, int(query.get("per_page", 30)))
        if number > self.most_pages:
            return Reply({"description": "Validation failed"}, status=400)
        page = slice((number - 1) * size, number * size)
        match request.path:
            case "/api/v2/agents/me":
                return Reply({"id": 21, "contact": {"name": "Rita Example", "email": "rita@example.com"}})
            case "/api/v2/agents":
                if not self.lists_agents:
                    return Reply({"code": "access_denied"}, status=403)
                return Reply([{"id": 21, "contact": {"name": "Rita Example", "email": "rita@example.com"}}][page])
            case "/api/v2/tickets":
                found = [t for t in self.tickets.values() if t["updated_at"] >= query.get("updated_since", "")]
                return Reply(sorted(found, key=lambda t: (t["updated_at"], t["id"]))[page])
            case "/api/v2/surveys/satisfaction_ratings":
                return Reply([r for r in self.ratings if r["created_at"] >= query["created_since"]][page])
        return Reply({"code": "not_found"}, status=404)


# --- Intercom -----------------------------------------------------------------------------
class FakeIntercom(FakeHelpdesk):
    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.conversations: dict[int, dict[str, Any]] = {}
        self.page_size = 4
        self.known_places: set[str] | None = None

    def add(self, count: int, *, since: datetime | None = None, step: timedelta = timedelta(minutes=7)) -> None:
        first = since or self.clock.now - timedelta(days=2)
        for number in range(count):
            self.touch(len(self.conversations) + 1, first + number * step)

    def touch(self, pk: int, at: datetime) -> None:
        known = self.conversations.pop(pk, None)
        opened = known["created_at"] if known else int((at - timedelta(hours=2)).timestamp())
        moment = int(at.timestamp())
        admin = {"type": "admin", "id": "31", "name": "Rita Example", "email": "rita@example.com"}
        user = {"type": "user", "id": f"u{pk}", "name": "A customer", "email": "customer@invented.example"}
        self.conversations[pk] = {
            "type": "conversation", "id": str(pk), "title": f"Login {pk}", "created_at": opened, "updated_at": moment,
            "waiting_since": None, "snoozed_until": None, "open": False, "state": "closed", "read": True, "priority": "not_priority",
            "admin_assignee_id": 31, "team_assignee_id": None, "tags": {"tags": []}, "contacts": {"contacts": [{"id": f"u{pk}"}]},
            "source": {"type": "conversation", "id": f"s{pk}", "subject": "", "body": "<p>I cannot sign in</p>", "author": user},
            "conversation_rating": {
                "rating": 1 + pk % 5, "remark": "Kind", "created_at": moment, "contact": {"id": f"u{pk}"},
                "teammate": {"type": "admin", "id": "31"},
            },
            "statistics": {
                "first_admin_reply_at": opened + 600, "first_close_at": moment, "last_close_at": moment, "count_reopens": pk % 2,
                "count_conversation_parts": 2, "handling_time": 300,
            },
            "conversation_parts": {
                "conversation_parts": [
                    {"id": f"p{pk}-1", "part_type": "comment", "body": "<p>Try this</p>", "author": admin, "created_at": opened + 600},
                    {"id": f"p{pk}-2", "part_type": "note", "body": "<p>A bug?</p>", "author": admin, "created_at": opened + 700},
                ],
                "total_count": 2,
            },
        }  # fmt: skip

    def signed_in(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.token}"

    def serve(self, request: Request) -> Reply:
        if request.path == "/me":
            return Reply({"type": "admin", "id": "31", "email": "admin@example.com"})
        if request.path == "/admins":
            return Reply({"admins": [{"id": "31", "name": "Rita Example", "email": "rita@example.com"}]})
        if request.path == "/conversations/search":
            return self._search(request.body)
        if request.path.startswith("/conversations/"):
            found = self.conversations.get(int(request.path.rpartition("/")[2]))
            return Reply(found) if found else Reply({"errors": []}, status=404)
        return Reply({"errors": []}, status=404)

    def _search(self, body: dict[str, Any]) -> Reply:
        since, paging = body["query"]["value"], body["pagination"]
        order = sorted(
            (c for c in self.conversations.values() if c["updated_at"] > since), key=lambda c: (c["updated_at"], int(c["id"]))
        )
        after = paging.get("starting_after")
        if after is not None:
            if self.known_places is not None and after not in self.known_places:
                return Reply({"errors": [{"code": "parameter_invalid"}]}, status=400)
            at, _bar, pk = after.partition("|")
            order = [c for c in order if (c["updated_at"], int(c["id"])) > (int(at), int(pk))]
        page = order[: min(self.page_size, paging["per_page"])]
        pages: dict[str, Any] = {"type": "pages", "page": 1, "per_page": self.page_size}
        if len(order) > len(page):
            pages["next"] = {"page": 2, "starting_after": f"{page[-1]['updated_at']}|{page[-1]['id']}"}
        listed = [{key: value for key, value in item.items() if key != "conversation_parts"} for item in page]
        return Reply({"type": "conversation.list", "conversations": listed, "total_count": len(order), "pages": pages})


# --- Chatwoot -----------------------------------------------------------------------------
class FakeChatwoot(FakeHelpdesk):
    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.conversations: dict[int, dict[str, Any]] = {}
        self.texts: dict[int, list[dict[str, Any]]] = {}
        self.ratings: list[dict[str, Any]] = []

    def add(self, count: int, *, since: datetime | None = None, step: timedelta = timedelta(minutes=7)) -> None:
        first = since or self.clock.now - timedelta(days=2)
        for number in range(count):
            self.touch(len(self.conversations) + 1, first + number * step)

    def touch(self, pk: int, at: datetime, messages: int = 3) -> None:
        known = self.conversations.pop(pk, None)
        opened = known["created_at"] if known else int((at - timedelta(hours=2)).timestamp())
        self.conversations[pk] = {
            "id": pk, "account_id": 3, "inbox_id": 5, "status": "resolved", "priority": None, "created_at": opened,
            "last_activity_at": int(at.timestamp()), "timestamp": int(at.timestamp()), "first_reply_created_at": opened + 300,
            "can_reply": True, "labels": ["billing"], "messages": [],
            "meta": {
                "channel": "Channel::WebWidget", "sender": {"id": 60 + pk, "name": "A customer"},
                "assignee": {"id": 41, "name": "Rita Example", "email": "rita@example.com"},
            },
        }  # fmt: skip
        sender = {"id": 41, "type": "user", "name": "Rita Example", "email": "rita@example.com"}
        self.texts[pk] = [
            {
                "id": pk * 1000 + number, "content": f"Line {number}", "conversation_id": pk, "message_type": number % 2,
                "created_at": opened + number * 60, "private": False,
                "sender": sender if number % 2 else {"id": 60 + pk, "type": "contact", "name": "A customer"},
            }
            for number in range(messages)
        ]  # fmt: skip

    def rate(self, pk: int, conversation: int, at: datetime, value: int = 5) -> None:
        self.ratings.append(
            {
                "id": pk, "rating": value, "feedback_message": "Good", "account_id": 3, "message_id": pk,
                "conversation_id": conversation, "created_at": iso(at), "contact": {"id": 61},
                "assigned_agent": {"id": 41, "name": "Rita Example", "email": "rita@example.com"},
            }
        )  # fmt: skip

    def signed_in(self, request: Request) -> bool:
        return request.headers.get("api_access_token") == self.token

    def serve(self, request: Request) -> Reply:
        if request.path == "/api/v1/profile":
            return Reply({"id": 41, "email": "admin@example.com", "name": "Adam"})
        base = "/api/v1/accounts/3"
        if not request.path.startswith(base):
            return Reply({"error": "Resource could not be found"}, status=404)
        rest, query = request.path.removeprefix(base), request.query
        number = int(query.get("page", 1))
        page = slice((number - 1) * 25, number * 25)
        if rest == "/conversations":
            order = sorted(self.conversations.values(), key=lambda c: (-c["last_activity_at"], c["id"]))
            return Reply({"data": {"meta": {"all_count": len(order)}, "payload": order[page]}})
        if rest == "/csat_survey_responses":
            since = iso(datetime.fromtimestamp(int(query["since"]), UTC))
            found = sorted((r for r in self.ratings if r["created_at"] >= since), key=lambda r: r["created_at"], reverse=True)
            return Reply(found[page])
        if rest.endswith("/messages"):
            texts = self.texts.get(int(rest.split("/")[2]))
            if texts is None:
                return Reply({"error": "Resource could not be found"}, status=404)
            before = int(query["before"]) if "before" in query else 10**9
            return Reply({"meta": {}, "payload": [text for text in texts if text["id"] < before][-20:]})
        return Reply({"error": "Resource could not be found"}, status=404)


# --- Zammad -------------------------------------------------------------------------------
class FakeZammad(FakeHelpdesk):
    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tickets: dict[int, dict[str, Any]] = {}
        self.page_size = 100

    def add(self, count: int, *, since: datetime | None = None, step: timedelta = timedelta(minutes=7)) -> None:
        first = since or self.clock.now - timedelta(days=2)
        for number in range(count):
            self.touch(len(self.tickets) + 1, first + number * step)

    def touch(self, pk: int, at: datetime) -> None:
        known = self.tickets.pop(pk, None)
        self.tickets[pk] = {
            "id": pk, "number": f"9{pk:04d}", "title": f"Refund {pk}", "group_id": 1, "group": "Users", "priority_id": 2,
            "priority": "2 normal", "state_id": 4, "state": "closed", "organization_id": None, "owner_id": 51,
            "owner": "rita@example.com", "customer_id": 80 + pk, "customer": "customer@invented.example",
            "first_response_at": iso(at), "close_at": iso(at), "last_close_at": iso(at), "last_contact_at": iso(at),
            "article_count": 2, "article_ids": [pk * 10, pk * 10 + 1], "type": None, "create_article_type": "email",
            "created_at": known["created_at"] if known else iso(at - timedelta(hours=4)), "updated_at": iso(at),
        }  # fmt: skip

    def articles(self, pk: int) -> list[dict[str, Any]]:
        opened = self.tickets[pk]["created_at"]
        return [
            {
                "id": pk * 10 + number, "ticket_id": pk, "type_id": 1, "type": "email", "sender_id": 2 - number,
                "sender": "Agent" if number else "Customer", "from": "Somebody <somebody@invented.example>", "to": "help@invented.example",
                "subject": "Refund", "body": f"Text {number}", "content_type": "text/plain", "internal": False,
                "created_by_id": 51, "created_by": "rita@example.com" if number else "customer@invented.example",
                "created_at": opened,
            }
            for number in range(2)
        ]  # fmt: skip

    def signed_in(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Token token={self.token}"

    def serve(self, request: Request) -> Reply:
        if request.path == "/api/v1/users/me":
            return Reply({"id": 51, "email": "admin@example.com"})
        if request.path == "/api/v1/tickets/search":
            since = request.query["query"].removeprefix("updated_at:[").partition(" TO ")[0]
            number, size = int(request.query["page"]), min(self.page_size, int(request.query["per_page"]))
            found = sorted(
                (t for t in self.tickets.values() if t["updated_at"] >= since), key=lambda t: (t["updated_at"], t["id"])
            )
            return Reply(found[(number - 1) * size : number * size])
        if request.path.startswith("/api/v1/ticket_articles/by_ticket/"):
            pk = int(request.path.rpartition("/")[2])
            return Reply(self.articles(pk)) if pk in self.tickets else Reply({"error": "not found"}, status=404)
        return Reply({"error": "not found"}, status=404)


FAKES: dict[str, type[FakeHelpdesk]] = {
    "zendesk": FakeZendesk,
    "freshdesk": FakeFreshdesk,
    "intercom": FakeIntercom,
    "chatwoot": FakeChatwoot,
    "zammad": FakeZammad,
}
CREDENTIALS = {
    "zendesk": {"email": "admin@example.com", "token": GOOD_TOKEN},
    "freshdesk": {"api_key": GOOD_TOKEN},
    "intercom": {"token": GOOD_TOKEN},
    "chatwoot": {"account_id": "3", "token": GOOD_TOKEN},
    "zammad": {"token": GOOD_TOKEN},
}
