"""`manage.py screenshots`: pictures of the main screens of the demo, into docs/screens/."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.screens.plan import NothingToPicture, plan_screens
from demo.screens.shoot import CannotShoot, take_pictures


class Command(BaseCommand):
    help = "Take pictures of the main screens for each role, at 360 and 1440 px, light and dark."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="only these screens, for example: lead-board quiz")
        parser.add_argument("--into", type=Path, default=Path(settings.BASE_DIR) / "docs" / "screens", help="the folder")

    def handle(self, *args: Any, names: list[str], into: Path, **options: Any) -> None:
        try:
            screens = plan_screens()
            known = {screen.name for screen in screens}
            unknown = sorted(set(names) - known)
            if unknown:
                raise CommandError(f"There is no screen {', '.join(unknown)}. Screens: {', '.join(sorted(known))}.")
            chosen = [screen for screen in screens if not names or screen.name in names]
            files = take_pictures(chosen, into, self.stdout.write)
        except (NothingToPicture, CannotShoot) as error:
            raise CommandError(str(error)) from error
        weight = sum(file.stat().st_size for file in files)
        self.stdout.write(f"{len(files)} pictures in {into} ({weight / 1024 / 1024:.1f} MB)")
