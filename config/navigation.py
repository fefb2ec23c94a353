"""Where a person can go: the entries of the header, and the pages of the area they are in.

Which pages stand there is asked of each room's access; nothing is decided here. Roles are read once per request,
so an entry costs no query; only the number of unmatched people does, and only in the area where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coaching.connectors.access import can_manage_connections
from coaching.dashboards.access import can_see_board, can_see_overview
from coaching.feeds.access import can_keep_feeds
from coaching.metrics.access import can_read_calendars, can_read_definitions, can_read_metrics
from coaching.metrics.accounts.access import can_read_accounts
from coaching.metrics.demand.access import can_read_demand
from coaching.metrics.imports.access import can_import
from coaching.metrics.matching.access import can_read_queue
from coaching.metrics.matching.queries import count_waiting
from coaching.metrics.wall.access import can_hang_walls
from coaching.playbook.access import can_manage_remedies
from coaching.signals.access import can_read_signals
from coaching.surveys.access import can_see_surveys
from foundation.access import ALLOWED, Decision
from learning.assignments.access import can_import_training, can_see_team
from learning.classroom.access import can_read_reports
from learning.enrolment.access import can_keep_rules
from learning.feedback.access import can_read_feedback
from learning.feedback.queries import count_unread
from learning.packages.access import can_keep_packages
from learning.practice.access import can_see_team_months
from learning.quizzes.bank.access import can_keep_bank
from learning.quizzes.marks.access import can_mark
from learning.statements.access import can_keep_store
from operations.access import can_see_schedule
from people.access import can_manage_people, can_read_audit_log
from people.models import Person, Role

# Below /people/, and no part of looking after people.
NOBODYS_AREA = ("/people/me/", "/people/invitation/", "/people/see-as/", "/people/absences/")


@cache
def _address(url_name: str, url_args: tuple[str, ...]) -> str:
    return reverse(url_name, args=url_args)


def everybody(person: Person) -> Decision:
    return ALLOWED


def with_quality(person: Person) -> bool:
    return person.has_role(Role.REP, Role.LEAD, Role.REVIEWER, Role.HEAD, Role.EDITOR)


def editing(person: Person) -> bool:
    return person.has_role(Role.EDITOR)


@dataclass(frozen=True)
class Page:
    """One place: who may open it, and where else one is still there (`also`, beginnings of addresses)."""

    label: str | Promise
    url_name: str
    may: Callable[[Person], Decision | bool] = everybody
    also: tuple[str, ...] = ()
    count: Callable[[], int] | None = None
    url_args: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return _address(self.url_name, self.url_args)

    def holds(self, path: str) -> int:
        """How much of the address is this place's: 0 where it is none of its pages."""
        return max((len(start) for start in (self.url, *self.also) if path.startswith(start)), default=0)


@dataclass(frozen=True)
class Entry:
    """An entry of the header: one place, or an area that opens at the first of its places this person may open."""

    label: str | Promise
    pages: tuple[Page, ...] = field(default=())


def single(label: str | Promise, url_name: str, may: Callable[[Person], Decision | bool] = everybody) -> Entry:
    return Entry(label, (Page(label, url_name, may),))


NAVIGATION = (
    single(_("Today"), "today"),
    single(_("Team"), "board", can_see_board),
    single(_("Overview"), "overview", can_see_overview),
    Entry(_("Guide"), (Page(_("Guide"), "wagtail_serve", url_args=("",)),)),
    Entry(
        _("Learn"),
        (
            Page(_("My learning"), "learn_home"),
            Page(_("All modules"), "learn_catalogue"),
            Page(_("Paths"), "path_list"),
            Page(_("Practice"), "practice"),
            Page(_("Team practice"), "practice_team", can_see_team_months),
            Page(_("Am I sure?"), "mastery_home"),
            Page(_("Calendar"), "learn_calendar", also=("/learn/sessions/",)),
            Page(_("My people"), "learn_team", can_see_team),
            Page(_("Marking"), "marking_queue", can_mark),
            Page(_("Rules"), "rule_list", can_keep_rules),
            Page(_("Question bank"), "question_list", can_keep_bank),
            Page(_("Packages"), "package_list", can_keep_packages),
            Page(_("Feedback"), "feedback_list", can_read_feedback, count=count_unread),
            Page(_("Reports"), "report_teams", can_read_reports),
            Page(_("Past training"), "training_import", can_import_training),
            Page(_("Record store"), "record_store", can_keep_store),
        ),
    ),
    Entry(
        _("Metrics"),
        (
            Page(_("Figures"), "metrics_home", can_read_metrics),
            Page(_("Signals"), "signal_list", can_read_signals),
            Page(_("Explorer"), "metrics_explore", can_read_metrics, also=("/metrics/drivers/",)),
            Page(_("Demand"), "demand_hours", can_read_demand),
            Page(_("Accounts"), "account_list", can_read_accounts),
            Page(_("Surveys"), "survey_list", can_see_surveys),
            Page(_("Live wall"), "wall_list", can_hang_walls),
            Page(_("Imports"), "import_list", can_import),
            Page(_("Unmatched people"), "match_queue", can_read_queue, count=count_waiting),
            Page(_("Connections"), "connection_list", can_manage_connections),
            Page(_("Live feed"), "token_list", can_keep_feeds, also=("/metrics/feeds/", "/api/v1/docs")),
            Page(_("Definitions"), "metrics_definitions", can_read_definitions),
            Page(_("Business hours"), "metrics_calendars", can_read_calendars),
        ),
    ),
    single(_("Quality"), "quality_home", with_quality),
    single(_("Playbook"), "remedy_list", can_manage_remedies),
    Entry(
        _("People"),
        (
            Page(_("Everybody"), "people_list", can_manage_people),
            Page(_("Teams"), "team_tree", can_manage_people),
            Page(_("Import people"), "people_import", can_manage_people),
            Page(_("Audit log"), "audit_log", can_read_audit_log),
            Page(_("Scheduled work"), "schedule", can_see_schedule),
        ),
    ),
    single(_("Edit content"), "wagtailadmin_home", editing),
)


@dataclass(frozen=True)
class Link:
    """A place as a page shows it. `current`: "page" where one is there, "true" somewhere inside it, else empty."""

    label: str | Promise
    url: str
    current: str = ""
    count: int = 0


@dataclass(frozen=True)
class Area:
    label: str | Promise
    links: list[Link]

    @property
    def here(self) -> Link | None:
        return next((link for link in self.links if link.current), None)


class Navigation:
    """The navigation of one request; worked out when a template asks, so that pieces of pages cost nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._path = request.path
        person = getattr(request, "user", None)
        self._person: Person | None = person if person is not None and person.is_authenticated else None

    @cached_property
    def _open(self) -> list[tuple[Entry, list[Page]]]:
        """The entries with the places this person may open."""
        person = self._person
        if person is None:
            return []
        found = [(entry, [page for page in entry.pages if page.may(person)]) for entry in NAVIGATION]
        return [(entry, pages) for entry, pages in found if pages]

    @cached_property
    def _here(self) -> tuple[Entry, Page] | None:
        """The entry and the place one is in: the one that knows most of the address. "/" begins every address."""
        if self._path.startswith(NOBODYS_AREA):
            return None
        places = [(page.holds(self._path), entry, page) for entry, pages in self._open for page in pages]
        most, entry, page = max(places, key=lambda place: place[0], default=(0, None, None))
        if entry is None or page is None or most == 0 or (page.url == "/" and self._path != "/"):
            return None
        return entry, page

    @cached_property
    def entries(self) -> list[Link]:
        """What stands in the header."""
        here = self._here[0] if self._here else None
        links = []
        for entry, pages in self._open:
            inside = "page" if len(pages) == 1 else "true"
            links.append(Link(entry.label, pages[0].url, inside if entry is here else ""))
        return links

    @cached_property
    def area(self) -> Area | None:
        """The places of the area one is in; None where it has only one."""
        if self._here is None:
            return None
        here, current = self._here
        pages = next(pages for entry, pages in self._open if entry is here)
        if len(pages) < 2:
            return None
        return Area(
            here.label,
            [Link(page.label, page.url, "page" if page is current else "", page.count() if page.count else 0) for page in pages],
        )
