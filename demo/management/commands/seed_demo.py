"""`manage.py seed_demo`: fill an empty database with the demo company and print the sign-ins."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo.company import COMPANY, SIGN_IN_WORDS
from demo.history import SIZES
from demo.seeding.run import DemoError, seed_demo
from demo.sign_ins import sign_ins


class Command(BaseCommand):
    help = "Build the demo company in an empty database; changes nothing where it is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=sorted(SIZES), default="medium", help="how large (default: medium)")
        parser.add_argument("--seed", type=int, default=7, help="another number gives another company (default: 7)")

    def handle(self, *args: Any, size: str, seed: int, **options: Any) -> None:
        began = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"{time.monotonic() - began:5.1f} s  {line}")
            self.stdout.flush()

        try:
            built = seed_demo(size_name=size, seed=seed, say=say, now=timezone.now())
        except DemoError as error:
            raise CommandError(str(error)) from error
        if built:
            say(f"{COMPANY} is ready.")
        else:
            self.stdout.write(f"{COMPANY} is there already; nothing was changed.")
        self.stdout.write("\nSign in as (the password is the same for everybody: " + SIGN_IN_WORDS + ")\n")
        for entry in sign_ins():
            self.stdout.write(f"  {entry.role:<12} {entry.name:<18} {entry.email:<36} {entry.look_at}")
