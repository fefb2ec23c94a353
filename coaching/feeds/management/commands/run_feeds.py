"""Take up events that were left waiting, and forget bodies that need not be kept."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching.feeds import services


class Command(BaseCommand):
    help = "Puts events in line again that no worker took (after a crash), and empties bodies of events done a week ago."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        taken_up = services.take_up_what_waits(now=now)
        forgotten = services.forget_old_bodies(now=now)
        self.stdout.write(f"{taken_up} events put in line, {forgotten} bodies emptied.")
