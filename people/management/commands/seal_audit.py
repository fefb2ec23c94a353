"""Chain the audit entries written since the last time; prints the digest to keep elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from people.services.audit_chain import seal_audit_log


class Command(BaseCommand):
    help = "Seal the audit log: entries are chained, so that a change behind our back is found. Run it every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        last = None
        while True:
            seal = seal_audit_log(now=timezone.now())
            if seal is None or seal == last:
                break
            last = seal
        self.stdout.write(f"sealed up to {last.digest}" if last else "nothing to seal")
