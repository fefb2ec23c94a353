"""Pages of the explorer. Every question is a GET; only keeping a view and taking an answer along are POSTs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coaching.metrics import queries as metric_queries
from coaching.metrics.explorer import access, comparing, display, exports, queries, services
from coaching.metrics.explorer.answers import Answer, answer, values_to_choose
from coaching.metrics.explorer.charts import Point, Step, funnel_chart, range_bars, waterfall
from coaching.metrics.explorer.forms import DriversForm, QuestionForm, SaveViewForm, SpanForm
from coaching.metrics.explorer.questions import KINDS, By, Per, Question
from coaching.metrics.explorer.words import kind_in_words, to_address
from coaching.metrics.forms import CaseFilterForm
from coaching.metrics.models import MetricDefinition
from coaching.metrics.variants import SURVEYED
from people.models import Person
from people.requests import PersonRequest

PEOPLE_PER_PAGE = 50
CASES_PER_PAGE = 50
MOST_CASES = 1_000


def _whose(scope: access.Scope) -> str:
    if scope.is_own:
        return _("you")
    return _("everybody") if scope.is_everybody else _("your teams")


def _frame(
    request: PersonRequest, page: str, scope: access.Scope, form: SpanForm, definitions: list[MetricDefinition]
) -> dict[str, Any]:
    """What every page of the explorer shows around its answer."""
    return {
        "page_name": page,
        "scope": scope,
        "form": form,
        "definitions": definitions,
        "query": services.clean_query(request.GET.urlencode()),
        "views": queries.views_of(request.user, scope.on),
        "save_form": SaveViewForm(),
        "freshness": metric_queries.freshness(),
        "weeks_waiting": queries.weeks_waiting(),
        "whose": _whose(scope),
        "can_compare": bool(access.can_compare(scope)),
    }


def _choices(scope: access.Scope, question: Question, now: datetime) -> dict[str, list[tuple[str, str]]]:
    """The topics and segments to filter by; the chosen one even where it does not occur."""
    found = values_to_choose(scope, question, now)
    for name, value in question.filters.chosen().items():
        if name in found and value not in found[name]:
            found[name].append(value)
    return {name: [(to_address(value), kind_in_words(name, value)) for value in values] for name, values in found.items()}


def _together(scope: access.Scope, question: Question) -> str:
    if scope.is_own:
        return _("All my cases")
    if question.team is not None:
        return question.team.name
    return _("Everybody together") if scope.is_everybody else _("My teams together")


@login_required
@require_safe
def metrics_explore(request: PersonRequest) -> HttpResponse:
    """Any figure by person, team, topic, channel or segment, over days, weeks or months."""
    now = timezone.now()
    on = timezone.localdate(now)
    scope = access.scope_of(request.user, on)
    definitions = queries.definitions_to_explore()
    form = QuestionForm(request.GET, scope=scope, definitions=definitions, on=on)
    context = _frame(request, "explore", scope, form, definitions)
    if definitions and form.is_valid():
        question = form.question
        page = None
        if question.by == By.PERSON:
            page = Paginator(scope.people_of(question.team), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
        found = answer(scope, question, list(page) if page else [], together_label=_together(scope, question), as_of=now)
        context |= {
            "question": question,
            "answer": found,
            "lines": display.lines(found),
            "chart": display.chart(found, _whose(scope)),
            "page": page,
            "choices": _choices(scope, question, now),
            "can_mix": queries.is_share(question.definition) and question.by in (By.PERSON, By.TEAM),
        }
    return render(request, "coaching/metrics/explorer/explore.html", context)


def _answer_for_export(scope: access.Scope, question: Question, now: datetime) -> Answer:
    people = list(scope.people_of(question.team)) if question.by == By.PERSON else []
    return answer(scope, question, people, together_label=_together(scope, question), as_of=now)


@login_required
@require_POST
def metrics_explore_export(request: PersonRequest) -> HttpResponse:
    """The answer of the address's question as a file, all people at once; on record."""
    now = timezone.now()
    scope = access.scope_of(request.user, timezone.localdate(now))
    definitions = queries.definitions_to_explore()
    form = QuestionForm(request.GET, scope=scope, definitions=definitions, on=scope.on)
    back = f"{reverse('metrics_explore')}?{services.clean_query(request.GET.urlencode())}"
    if not definitions or not form.is_valid():
        messages.error(request, _("This question cannot be answered as it stands. Nothing was exported."))
        return redirect(back)
    found = _answer_for_export(scope, form.question, now)
    as_xlsx = request.POST.get("format") == "xlsx"
    try:
        services.note_export(actor=request.user, answer=found, kind="xlsx" if as_xlsx else "csv", now=now)
    except services.ExportError as error:
        messages.error(request, str(error))
        return redirect(back)
    if as_xlsx:
        response = HttpResponse(
            exports.as_xlsx(found), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
    else:
        response = HttpResponse(exports.as_csv(found), content_type="text/csv; charset=utf-8")
    name = quote(f"{found.question.definition.key}-{scope.on.isoformat()}.{'xlsx' if as_xlsx else 'csv'}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@login_required
@require_safe
def metrics_explore_cases(request: PersonRequest, key: str) -> HttpResponse:
    """The cases (or ratings) behind a cell that is not one person's."""
    now = timezone.now()
    on = timezone.localdate(now)
    scope = access.scope_of(request.user, on)
    definition = metric_queries.definition_in_force(key)
    form = CaseFilterForm(request.GET)
    window = form.window(on)
    span = SpanForm(request.GET, scope=scope, definitions=[definition], on=on)
    team = span.chosen_team if span.is_valid() else None
    of_ratings = definition.recipe in SURVEYED
    rows = (
        queries.ratings_of_cell(scope, definition, window, form.wanted, team)
        if of_ratings
        else queries.cases_of_cell(scope, definition, window, form.wanted, team)
    )
    readable = {scope.person_id} if scope.is_own else set(scope.people().values_list("pk", flat=True))
    context = {
        "definition": definition,
        "form": form,
        "window": window,
        "team": team,
        "of_ratings": of_ratings,
        "readable": readable,
        "timed": definition.unit == MetricDefinition.Unit.SECONDS,
        "has_against": definition.unit == MetricDefinition.Unit.PERCENT,
        "with_people": not scope.is_own,
        "page": Paginator(rows[:MOST_CASES], CASES_PER_PAGE).get_page(request.GET.get("page")),
        "most": MOST_CASES,
    }
    return render(request, "coaching/metrics/explorer/cases.html", context)


@login_required
@require_safe
def metrics_funnel(request: PersonRequest) -> HttpResponse:
    """People's rates over their n, with the limits of chance; only clear differences get a word."""
    now = timezone.now()
    on = timezone.localdate(now)
    scope = access.scope_of(request.user, on)
    access.can_compare(scope).or_403()
    definitions = queries.share_definitions(queries.definitions_to_explore())
    form = QuestionForm(request.GET, scope=scope, definitions=definitions, on=on)
    context = _frame(request, "funnel", scope, form, definitions)
    if definitions and form.is_valid():
        question = Question(
            form.definition,
            By.PERSON,
            Per.WEEK,
            form.window,
            form.chosen_team,
            form.filters,
            with_mix=bool(form.cleaned_data["mix"]),
        )
        people: list[Person] = list(scope.people_of(question.team))
        found = comparing.funnel(scope, question, people, now)
        good_is_up = question.definition.direction == MetricDefinition.Direction.UP
        context |= {"question": question, "funnel": found, "choices": _choices(scope, question, now)}
        if found is not None:
            page = Paginator(found.stands, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
            stands = [(s, *display.verdict_in_words(s.differs, good_is_up=good_is_up)) for s in page]
            context |= {"page": page, "stands": stands}
            context["spread"] = display.points(found.tau2**0.5, signed=False)
            if len(found.drawn) > 1:
                context["chart"] = funnel_chart(
                    [Point(s.person.display_name, s.figure.n, s.rate or 0.0, s.differs) for s in found.drawn],
                    found.mean,
                    found.tau2,
                    title=_("%(metric)s by person, over the number of cases") % {"metric": question.definition.name},
                    description=_("Dots between the inner lines differ by chance alone. The table below has the same numbers."),
                    x_label=_("number of cases (n)"),
                )
    return render(request, "coaching/metrics/explorer/funnel.html", context)


@login_required
@require_safe
def metrics_drivers(request: PersonRequest) -> HttpResponse:
    """Why a share moved between two periods, and which kinds of cases cost most."""
    now = timezone.now()
    on = timezone.localdate(now)
    scope = access.scope_of(request.user, on)
    everything = queries.definitions_to_explore()
    definitions = queries.share_definitions(everything)
    form = DriversForm(request.GET, scope=scope, definitions=definitions, on=on)
    context = _frame(request, "drivers", scope, form, definitions)
    if definitions and form.is_valid():
        question = form.question
        kind = KINDS[question.by]
        found = comparing.drivers(scope, question, queries.volume_definition(everything), now)
        context |= {"question": question, "drivers": found, "choices": _choices(scope, question, now)}
        context["kind_label"] = question.by.label
        if found.moved is not None:
            named = [(part, kind_in_words(kind, part.kind)) for part in found.moved.parts]
            context["parts"] = [
                display.part_in_words(part, label) for part, label in sorted(named, key=lambda pair: pair[1].casefold())
            ]
            context["summary"] = display.decomposition_in_words(found.moved, question.definition)
            context["pair"] = [(found.figures[1], _("Before")), (found.figures[0], _("Now"))]
            largest = sorted(named, key=lambda pair: -abs(pair[0].mix + pair[0].rate))[:8]
            rest_mix = found.moved.mix - sum(part.mix for part, _label in largest)
            rest_rate = found.moved.rate - sum(part.rate for part, _label in largest)
            steps = [Step(_("before"), found.moved.before, is_total=True)]
            for part, label in largest:
                steps += [
                    Step(_("%(kind)s: more or fewer") % {"kind": label}, part.mix),
                    Step(_("%(kind)s: handling") % {"kind": label}, part.rate),
                ]
            if len(named) > len(largest):
                steps.append(Step(_("all others"), rest_mix + rest_rate))
            steps.append(Step(_("now"), found.moved.after, is_total=True))
            shown = [step for step in steps if step.is_total or abs(step.change) >= 0.0005]
            context["waterfall"] = waterfall(
                0.0, shown, title=_("What moved %(metric)s") % {"metric": question.definition.name},
                description=_("From the earlier period to the later one, in points. The table below has the same numbers."),
            )  # fmt: skip
        context["costs"] = [(cost, kind_in_words(kind, cost.kind)) for cost in found.costs]
        if len(found.costs) > 1:
            context["pareto"] = range_bars(
                [(kind_in_words(kind, c.kind), c.expected, c.low, c.high) for c in found.costs[:12]],
                title=_("What costs most, by %(kind)s") % {"kind": str(question.by.label).lower()},
                description=_(
                    "Cases that went wrong, as estimated, with the 95 % interval. The table below has the same numbers."
                ),
            )
    return render(request, "coaching/metrics/explorer/drivers.html", context)


@login_required
@require_safe
def metrics_balance(request: PersonRequest) -> HttpResponse:
    """Are the cases of a team shared out evenly?"""
    on = timezone.localdate()
    scope = access.scope_of(request.user, on)
    access.can_compare(scope).or_403()
    volume = queries.volume_definition(queries.definitions_to_explore())
    definitions = [volume] if volume else []
    form = SpanForm(request.GET, scope=scope, definitions=definitions, on=on)
    context = _frame(request, "balance", scope, form, definitions)
    if volume is not None and form.is_valid():
        found = comparing.balance(scope, form.window, volume, form.chosen_team)
        context |= {
            "window": form.window,
            "chosen_team": form.chosen_team,
            "shares": [(person, share, display.balance_in_words(share.differs)) for person, share in found],
            "total": sum(share.cases for _person, share in found),
        }
    return render(request, "coaching/metrics/explorer/balance.html", context)


@login_required
@require_POST
def metrics_view_save(request: PersonRequest) -> HttpResponse:
    """Keep the question of the address by name."""
    access.scope_of(request.user, timezone.localdate())
    page = request.POST.get("page", "")
    query = services.clean_query(request.GET.urlencode())
    form = SaveViewForm(request.POST)
    back = f"{reverse(services.PAGES.get(page, 'metrics_explore'))}?{query}"
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 80 letters and say who may open it."))
        return redirect(back)
    try:
        view = services.save_view(
            actor=request.user, page=page, query=query, name=form.cleaned_data["name"],
            audience=form.cleaned_data["audience"], now=timezone.now(),
        )  # fmt: skip
    except services.ViewError as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, _("“%(name)s” is kept under Saved views.") % {"name": view.name})
    return redirect(back)


@login_required
@require_safe
def metrics_view_open(request: PersonRequest, key: UUID) -> HttpResponse:
    """A shared link: the question again, answered with what the opener may read."""
    view = access.get_view_to_open(request.user, key, timezone.localdate())
    return redirect(f"{reverse(services.PAGES[view.page])}?{view.query}")


@login_required
@require_POST
def metrics_view_delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Throw a view of one's own away."""
    view = access.get_own_view(request.user, pk)
    services.delete_view(actor=request.user, view=view, now=timezone.now())
    messages.success(request, _("“%(name)s” is gone.") % {"name": view.name})
    return redirect("metrics_explore")
