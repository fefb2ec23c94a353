"""Mask personal data in the messages of a source before they are stored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from coaching.interactions.masking import set_masking
from coaching.interactions.models import Source


class Command(BaseCommand):
    help = "Mask personal data in messages of a source before they are stored, or no longer (--off). Later imports follow it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="KEY", help="key of the exporting system")
        parser.add_argument("--off", action="store_true", help="store messages as they come")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source.objects.filter(key=options["source"]).first()
        if source is None:
            known = ", ".join(Source.objects.order_by("key").values_list("key", flat=True)) or "none yet"
            raise CommandError(f"There is no source with this key. Known: {known}")
        source = set_masking(actor=None, source=source, on=not options["off"], now=timezone.now())
        self.stdout.write(
            f"{source.key}: messages are {'masked before they are stored' if source.masks_personal_data else 'stored as they come'}."
        )
