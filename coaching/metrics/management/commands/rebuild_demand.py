"""Count the demand days anew, or prove that they are right."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching.metrics.demand import check as slow
from coaching.metrics.demand import counting

SHOWN = 50


class Command(BaseCommand):
    help = "Count anew when customers write and about what (--check: prove it right, exit 1 where it is not)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; list differences from a slow recount")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            counting.note_all_days()
            self.stdout.write(f"{counting.count_demand_days(timezone.now())} days counted")
            return
        faults = slow.differences()
        for fault in faults[:SHOWN]:
            self.stdout.write(fault)
        if faults:
            self.stdout.write(f"{len(faults)} differences")
            sys.exit(1)
        self.stdout.write("every demand day equals its slow recount")
