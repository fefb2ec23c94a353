"""The live feed: pages for administrators; the API for whoever holds a token, which no session replaces."""

from coaching.feeds import services
from coaching.feeds.models import InboxEvent
from tests.access_table import Entry, by_role, only, public, signed_in


def build(cast, now):
    token, _secret = services.create_token(actor=cast.adam, name="Desk", scopes=["interactions:write"], now=now)
    incoming, _secret = services.create_incoming(actor=cast.adam, name="Desk", source_key="zendesk", now=now)
    outgoing, _secret = services.create_outgoing(
        actor=cast.adam, name="HR", url="https://hr.example.com/hook", event_types=["review.published"], now=now
    )
    event = InboxEvent.objects.create(
        endpoint=incoming,
        webhook_id="msg_1",
        signed_at=now,
        sha256="0" * 64,
        body=b"{}",
        received_at=now,
        state="done",
        finished_at=now,
    )
    services.send_event(event_type="review.published", data={"review": 1}, now=now)
    delivery = outgoing.deliveries.get()
    return {"token": token, "incoming": incoming, "outgoing": outgoing, "event": event, "delivery": delivery}


def of(name):
    return lambda w: [getattr(w, name).pk]


ADMIN = only("admin")
ADMIN_MOVES_ON = only("admin", status=302)

ENTRIES = [
    Entry("feeds_home", get=signed_in(302)),
    Entry("token_list", get=ADMIN),
    Entry("token_add", get=ADMIN, post=ADMIN),
    Entry("token_detail", args=of("token"), get=ADMIN),
    Entry("token_confirm", args=of("token"), get=ADMIN),
    Entry("token_revoke", args=of("token"), post=ADMIN_MOVES_ON),
    Entry("incoming_list", get=ADMIN),
    Entry("incoming_add", get=ADMIN, post=ADMIN),
    Entry("incoming_detail", args=of("incoming"), get=ADMIN),
    Entry("incoming_rotate", args=of("incoming"), post=ADMIN),
    Entry("incoming_pause", args=of("incoming"), post=ADMIN_MOVES_ON),
    Entry("incoming_resume", args=of("incoming"), post=ADMIN_MOVES_ON),
    Entry("event_detail", args=of("event"), get=ADMIN),
    Entry("event_again", args=of("event"), post=ADMIN_MOVES_ON),
    Entry("outgoing_list", get=ADMIN),
    Entry("outgoing_add", get=ADMIN, post=ADMIN),
    Entry("outgoing_detail", args=of("outgoing"), get=ADMIN),
    Entry("outgoing_edit", args=of("outgoing"), get=ADMIN, post=ADMIN),
    Entry("outgoing_rotate", args=of("outgoing"), post=ADMIN),
    Entry("outgoing_pause", args=of("outgoing"), post=ADMIN_MOVES_ON),
    Entry("outgoing_resume", args=of("outgoing"), post=ADMIN_MOVES_ON),
    Entry("delivery_again", args=of("delivery"), post=ADMIN_MOVES_ON),
    Entry("api_openapi", get=by_role(200, anonymous=401)),
    Entry("api_docs", get=signed_in(200)),
    Entry("api_nothing", args=lambda w: ["no-such-thing"], get=public(404), post=public(404), without_cookies=True),
    Entry("send_interactions", post=public(401), without_cookies=True),
    Entry("send_messages", post=public(401), without_cookies=True),
    Entry("send_surveys", post=public(401), without_cookies=True),
    Entry("read_interaction", args=lambda w: ["zendesk", "1"], get=public(401)),
    Entry("take_webhook", args=lambda w: [w.incoming.key], post=public(401), without_cookies=True),
]
