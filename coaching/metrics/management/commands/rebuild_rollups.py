"""Count all figures anew from raw rows, or prove that they are right.

Runs person by person (cases are indexed by handler and day), each person in one transaction:
killed, it leaves whole people, and a second run gives the same.
"""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching.interactions.models import ChangedDay
from coaching.interactions.services import build_case_indexes
from coaching.metrics import recount
from coaching.metrics.check import differences_of, people_with_figures
from coaching.metrics.demand.counting import count_demand_days
from coaching.metrics.explorer import counting
from coaching.metrics.explorer.check import segment_differences
from coaching.metrics.models import ChangedWeek, MetricDefinition

SHOWN = 50


class Command(BaseCommand):
    help = "Count every figure anew from raw rows (--check: prove that they are right, exit 1 where they are not)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; list differences from a slow recount")
        parser.add_argument("--marked", action="store_true", help="count only waiting days and moves between teams")

    def handle(self, *args: Any, check: bool, marked: bool, **options: Any) -> None:
        if check:
            self.check_rollups()
        elif marked:
            recount.mark_moved_days()
            days = recount.recount_changed_days(timezone.now())
            self.stdout.write(f"{days} days counted, {counting.count_changed_weeks()} weeks by topic")
        else:
            build_case_indexes()
            people = people_with_figures()
            for person_id in people:
                recount.recount_person(person_id, timezone.now())
            counting.rebuild()
            weeks = counting.count_changed_weeks()
            count_demand_days(timezone.now())
            self.stdout.write(f"{len(people)} people counted, {weeks} weeks by topic")

    def check_rollups(self) -> None:
        definitions = list(MetricDefinition.objects.current())
        waiting = ChangedDay.objects.count() + ChangedWeek.objects.count()
        found = 0
        people = people_with_figures()
        for person_id in people:
            for difference in differences_of(person_id, definitions):
                found += 1
                if found <= SHOWN:
                    self.stdout.write(
                        f"{difference.definition} person {difference.person_id} {difference.day}: "
                        f"stored {difference.stored or 'nothing'}, counted {difference.counted or 'nothing'}"
                    )
        for apart in segment_differences(people, counting.countable(definitions)):
            found += 1
            if found <= SHOWN:
                whose = "everybody" if apart.of_all else f"team {apart.team_id}"
                whose = whose if apart.person_id is None else f"person {apart.person_id}"
                self.stdout.write(
                    f"{apart.definition} {whose} week {apart.week} {'/'.join(apart.kind)}: "
                    f"stored {apart.stored or 'nothing'}, counted {apart.counted or 'nothing'}"
                )
        if waiting:
            self.stdout.write(f"{waiting} days or weeks wait to be counted: run rebuild_rollups --marked first")
        if found:
            self.stdout.write(f"{found} differences" + (f", the first {SHOWN} shown" if found > SHOWN else ""))
            sys.exit(1)
        self.stdout.write("every figure equals its slow recount")
