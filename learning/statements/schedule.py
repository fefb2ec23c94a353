"""What this room does by itself."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.schedule import WorkFailed
from learning.statements.gathering import gather
from learning.statements.queries import find_store
from learning.statements.sending import send_waiting


def tell(now: datetime) -> str:
    """Put what happened into the outbox and send it; nothing at all where no store is switched on."""
    store = find_store()
    if store is None or not store.enabled:
        return "no record store is switched on"
    gathered = gather(now=now)
    sent = send_waiting(clock=timezone.now)
    if sent.trouble:
        raise WorkFailed(_("The learning record store takes nothing: %(why)s") % {"why": sent.trouble})
    return f"{gathered} statements built, {sent.delivered} delivered, {len(sent.refused)} refused"
