"""What can be done to the live feed."""

from coaching.feeds.sending import send_event
from coaching.feeds.services.errors import FeedError
from coaching.feeds.services.inbox import (
    NoSuchWebhook,
    Replayed,
    create_incoming,
    process_again,
    rotate_incoming,
    set_incoming_active,
    take_delivery,
)
from coaching.feeds.services.outbox import (
    change_outgoing,
    create_outgoing,
    pause_outgoing,
    resume_outgoing,
    rotate_outgoing,
    send_again,
)
from coaching.feeds.services.receiving import receive_by_token
from coaching.feeds.services.tokens import CALLS_PER_MINUTE, count_call, create_token, find_token, revoke_token
from coaching.feeds.services.upkeep import forget_old_bodies, take_up_what_waits

__all__ = [
    "CALLS_PER_MINUTE", "FeedError", "NoSuchWebhook", "Replayed", "change_outgoing", "count_call", "create_incoming",
    "create_outgoing", "create_token", "find_token", "forget_old_bodies", "pause_outgoing", "process_again", "receive_by_token",
    "resume_outgoing", "revoke_token", "rotate_incoming", "rotate_outgoing", "send_again", "send_event", "set_incoming_active",
    "take_delivery", "take_up_what_waits",
]  # fmt: skip
