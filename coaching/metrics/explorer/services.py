"""What can be done with questions and answers: keep a view, throw it away, take an answer along as a file."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coaching.metrics.explorer.access import teams_to_share_with
from coaching.metrics.explorer.answers import Answer
from coaching.metrics.explorer.models import SavedView
from people.audit import record
from people.models import Person

PAGES = {"explore": "metrics_explore", "funnel": "metrics_funnel", "drivers": "metrics_drivers", "balance": "metrics_balance"}
PARAMETERS = (
    "metric", "by", "per", "first", "last", "team", "channel", "topic", "segment", "against", "mix", "kind",
)  # fmt: skip
MOST_ROWS = 5_000


class ViewError(Exception):
    """A view that cannot be kept; the message says why and what to do."""


class ExportError(Exception):
    """An answer that cannot be taken along; the message says why and what to do."""


def clean_query(query: str) -> str:
    """The parameters of a question only, in one order."""
    given = dict(parse_qsl(query))
    return urlencode([(name, given[name]) for name in PARAMETERS if given.get(name)])


@transaction.atomic
def save_view(*, actor: Person, page: str, query: str, name: str, audience: str, now: datetime) -> SavedView:
    """Keep a question by name; the same name again keeps the newer question. Holds no figures.

    Raises ViewError for a page or audience there is none of, a question that is too long, or where it should be shared
    with a team and the actor is in none.
    """
    query, team = clean_query(query), None
    if page not in PAGES or audience not in SavedView.Audience.values:
        raise ViewError(_("This view cannot be kept. Open the page again and try once more."))
    if len(query) > SavedView._meta.get_field("query").max_length or not name.strip():  # type: ignore[operator]
        raise ViewError(_("Give the view a short name, and fewer filters."))
    if audience == SavedView.Audience.TEAM:
        team = teams_to_share_with(actor, now.date()).order_by("path").first()
        if team is None:
            raise ViewError(_("You are in no team today. Share the link instead."))
    view = SavedView.objects.select_for_update().filter(owner=actor, name=name.strip()).first()
    before = {} if view is None else {"audience": view.audience}
    view = view or SavedView(owner=actor, name=name.strip(), created_at=now)
    view.page, view.query, view.audience, view.team = page, query, audience, team
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ViewError(_("A view of that name has just been kept. Choose another name.")) from error
    record(actor=actor, verb="metric.save_view", before=before, after={"view": view.pk, "audience": audience}, now=now)
    return view


@transaction.atomic
def delete_view(*, actor: Person, view: SavedView, now: datetime) -> None:
    """Throw a view of one's own away; links to it lead nowhere then."""
    record(actor=actor, verb="metric.delete_view", before={"view": view.pk, "audience": view.audience}, now=now)
    view.delete()


@transaction.atomic
def note_export(*, actor: Person, answer: Answer, kind: str, now: datetime) -> int:
    """Put on record that figures left the house: which metric, by what, how many rows; the number of rows.

    Raises ExportError above 5,000 rows.
    """
    question = answer.question
    rows = len(answer.lines) * (len(answer.periods) + 1)
    if rows > MOST_ROWS:
        raise ExportError(
            _("That makes %(n)s rows; %(most)s at most. Choose fewer days or a team.") % {"n": rows, "most": MOST_ROWS}
        )
    record(
        actor=actor,
        verb="metric.export",
        target=question.definition,
        after={
            "kind": kind,
            "by": question.by.value,
            "starts_on": question.days.first.isoformat(),
            "until": question.days.last.isoformat(),
            "rows": rows,
        },
        now=now,
    )
    return rows
