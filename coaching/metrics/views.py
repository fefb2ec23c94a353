"""Pages of figures: whose, how counted, and the cases behind them."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from coaching.interactions.masking import show_personal_data
from coaching.metrics import access, case_queries, display, queries
from coaching.metrics.exports import weekly_csv
from coaching.metrics.forms import CaseFilterForm, WindowForm
from coaching.metrics.models import MetricDefinition
from coaching.metrics.panels import insets_of, panels_of
from coaching.metrics.variants import SURVEYED
from people.requests import PersonRequest, note_read

WEEKS_DRAWN = 26
PER_PAGE = 50


@login_required
@require_safe
def metrics_home(request: PersonRequest) -> HttpResponse:
    """A rep's own figures; for leads and the head, the people they may read."""
    access.can_read_metrics(request.user).or_403()
    if access.can_compare_people(request.user):
        return redirect("metrics_people")
    return redirect("metrics_person", request.user.pk)


@login_required
@require_safe
def metrics_people(request: PersonRequest) -> HttpResponse:
    """Everybody whose figures the viewer may read, side by side."""
    access.can_compare_people(request.user).or_403()
    on = timezone.localdate()
    form = WindowForm(request.GET)
    people = access.people_with_figures_for(request.user, on)
    if form.text:
        people = people.filter(display_name__icontains=form.text)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    definitions = queries.board_definitions()
    window = queries.last_weeks(form.chosen_weeks, on)
    figures = queries.figures_for_people([person.pk for person in page], window, definitions, timezone.now())
    rows = [(person, list(figures[person.pk].values())) for person in page]
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "definitions": definitions,
        "window": window,
        "freshness": queries.freshness(),
    }
    return render(request, "coaching/metrics/people.html", context)


@login_required
@require_safe
def metrics_person(request: PersonRequest, pk: int) -> HttpResponse:
    """One person's figures over a window and week by week."""
    now = timezone.now()
    on = timezone.localdate(now)
    person = access.get_person_with_figures_for(request.user, pk, on)
    note_read(request, person, "figures", now)
    form = WindowForm(request.GET)
    window = queries.last_weeks(form.chosen_weeks, on)
    definitions = queries.current_definitions()
    figures = queries.figures_for_people([person.pk], window, definitions, now)[person.pk]
    series = queries.weekly_figures(definitions, WEEKS_DRAWN, on, people=[person.pk], span=queries.SPAN_OF_A_PERSON, as_of=now)
    own = person.pk == request.user.pk
    whose = _("yours") if own else person.display_name
    few_answer = queries.answers_may_be_untypical(figures, window, definitions, now)
    sections = [
        (
            display.tile(figures[definition.key], series[definition.key], few_answer=few_answer),
            display.weekly_chart(definition, series[definition.key], whose),
        )
        for definition in definitions
        if definition.on_board or any(week.figure.n for week in series[definition.key])
    ]
    panels = panels_of(request.user, person, on)
    insets = insets_of(panels)
    families = display.by_family(sections)
    context = {
        "person": person,
        "own": own,
        "form": form,
        "window": window,
        "families": families,
        "charts": [(tile, chart, insets.get(tile.definition.key)) for family in families for tile, chart in family.sections],
        "freshness": queries.freshness(),
        "panels": panels,
        "has_any": any(shown.n for shown in figures.values()) or any(chart.svg for _tile, chart in sections),
    }
    return render(request, "coaching/metrics/person.html", context)


@login_required
@require_safe
def metrics_person_csv(request: PersonRequest, pk: int) -> HttpResponse:
    """A person's weekly figures as a file."""
    now = timezone.now()
    on = timezone.localdate(now)
    person = access.get_person_with_figures_for(request.user, pk, on)
    note_read(request, person, "figures", now)
    series = queries.weekly_figures(queries.current_definitions(), WEEKS_DRAWN, on, people=[person.pk], as_of=now)
    response = HttpResponse(weekly_csv(person.display_name, series), content_type="text/csv; charset=utf-8")
    name = quote(f"figures-{person.display_name}-{on.isoformat()}.csv")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@login_required
@require_safe
def metrics_cases(request: PersonRequest, pk: int, key: str) -> HttpResponse:
    """The cases (or ratings) that one person's figure counted in a window."""
    now = timezone.now()
    on = timezone.localdate(now)
    person = access.get_person_with_figures_for(request.user, pk, on)
    definition = queries.definition_in_force(key)
    note_read(request, person, "cases", now)
    form = CaseFilterForm(request.GET)
    window = form.window(on)
    of_ratings = definition.recipe in SURVEYED
    rows = (
        case_queries.ratings_behind(request.user, person, definition, window, form.wanted, on)
        if of_ratings
        else case_queries.cases_behind(request.user, person, definition, window, form.wanted, on)
    )
    figure = queries.figures_for_people([person.pk], window, [definition], now)[person.pk][key]
    context = {
        "person": person,
        "own": person.pk == request.user.pk,
        "definition": definition,
        "tile": display.tile(figure),
        "form": form,
        "window": window,
        "of_ratings": of_ratings,
        "readable": {person.pk},
        "timed": definition.unit == MetricDefinition.Unit.SECONDS,
        "has_against": definition.unit == MetricDefinition.Unit.PERCENT,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "freshness": queries.freshness(),
    }
    return render(request, "coaching/metrics/cases.html", context)


@login_required
@require_safe
def metrics_case(request: PersonRequest, pk: int) -> HttpResponse:
    """One case with its conversation, to read."""
    on = timezone.localdate()
    case = access.get_case_for(request.user, pk, on)
    if case.handler is not None and case.handler.person is not None:
        note_read(request, case.handler.person, "cases", timezone.now())
    context = {
        "case": case,
        "messages_of_case": case_queries.conversation_of(case),
        "ratings": case_queries.ratings_of(case),
        "may_show": bool(access.can_show_personal_data(request.user, case, on)),
    }
    return render(request, "coaching/metrics/case.html", context)


@login_required
@require_POST
@never_cache
def metrics_message_show(request: PersonRequest, pk: int, message_pk: int) -> HttpResponse:
    """One message with the personal data in it. By POST alone, so that no address, history or cache opens it again."""
    now = timezone.now()
    on = timezone.localdate(now)
    case = access.get_case_for(request.user, pk, on)
    access.can_show_personal_data(request.user, case, on).or_403()
    message = show_personal_data(actor=request.user, interaction=case, message_id=message_pk, now=now)
    if message is None:
        raise Http404
    return render(request, "coaching/metrics/message_show.html", {"case": case, "message": message})


@login_required
@require_safe
def metrics_definitions(request: PersonRequest) -> HttpResponse:
    """All metrics in force: what each counts."""
    access.can_read_definitions(request.user).or_403()
    return render(
        request,
        "coaching/metrics/definitions.html",
        {"definitions": queries.current_definitions(), "calendars": bool(access.can_read_calendars(request.user))},
    )


@login_required
@require_safe
def metrics_definition(request: PersonRequest, key: str) -> HttpResponse:
    """One metric: formula, whom it counts for, the standards it measures, earlier versions."""
    access.can_read_definitions(request.user).or_403()
    definition = queries.definition_in_force(key)
    context = {
        "definition": definition,
        "target": display.in_words(definition.target, definition),
        "ways": display.ways_of_counting(definition),
        "standards": queries.standards_of(definition),
        "edit": bool(access.can_define_metrics(request.user)),
        "earlier": queries.earlier_versions(definition),
    }
    return render(request, "coaching/metrics/definition.html", context)
