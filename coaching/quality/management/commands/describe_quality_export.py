"""Write the documentation of the quality export."""

from typing import Any

from django.core.management.base import BaseCommand

from coaching.quality.exchange.exports.documentation import markdown


class Command(BaseCommand):
    help = "Print the page docs/guides/quality-export.md, made from the export's own definition."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(markdown(), ending="")
