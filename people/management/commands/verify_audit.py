"""Prove that no sealed audit entry was changed or removed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.services.audit_chain import broken_seals


class Command(BaseCommand):
    help = "Verify the chain over the audit log. Ends with 1 where it is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expect", default="", metavar="DIGEST", help="the digest seal_audit printed some time ago")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = broken_seals(expected_digest=options["expect"])
        if faults:
            raise CommandError("; ".join(faults))
        self.stdout.write("the audit log is whole")
