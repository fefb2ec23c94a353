"""What the surveys do by themselves."""

from datetime import datetime

from django.utils import timezone

from coaching.surveys import services


def send_surveys(now: datetime) -> str:
    """Ask by the rules of the active surveys, and forget whom they were sent to."""
    credited = services.credit_waiting_answers()
    queued = services.queue_invitations(now=now)
    # A mail is sent at the moment it is sent: quiet hours may begin while the queue is worked off.
    began = timezone.now()
    done = services.deliver_invitations(clock=lambda: now + (timezone.now() - began))
    forgotten = services.forget(now=now)
    return (
        f"{queued} queued, {done.sent} sent, {done.put_off} put off, {done.cancelled} no longer wanted, "
        f"{done.given_up} given up; {credited} answers credited, {forgotten} customers forgotten"
    )
