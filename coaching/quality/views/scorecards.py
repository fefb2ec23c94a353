"""Scorecards: the list, what a version asks, and the editor of a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality import access, queries, services
from coaching.quality.forms import (
    CriterionForm,
    ScaleForm,
    ScorecardFileForm,
    ScorecardForm,
    VersionForm,
    answer_formset,
    answer_wishes,
    scale_formset,
    section_formset,
    section_wishes,
    whole_number,
)
from coaching.quality.models import Criterion, ScorecardVersion, Section
from people.requests import PersonRequest


@login_required
@require_safe
def scorecard_list(request: PersonRequest) -> HttpResponse:
    access.can_read_scorecards(request.user).or_403()
    return render(
        request,
        "coaching/quality/scorecard_list.html",
        {
            "scorecards": queries.scorecard_rows(access.versions_visible_to(request.user)),
            "may_edit": bool(access.can_edit_scorecards(request.user)),
            "section": "scorecards",
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def scorecard_create(request: PersonRequest) -> HttpResponse:
    access.can_edit_scorecards(request.user).or_403()
    form = ScorecardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            scorecard = services.create_scorecard(
                actor=request.user, name=data["name"], channel=data["channel"], now=timezone.now()
            )
        except services.QualityError as error:
            form.add_error("name", str(error))
        else:
            return redirect("version_edit", queries.draft_of(scorecard).pk)
    return render(request, "coaching/quality/scorecard_create.html", {"form": form, "section": "scorecards"})


@login_required
@require_http_methods(["GET", "POST"])
def scorecard_import(request: PersonRequest) -> HttpResponse:
    """A file becomes a draft; where something is wrong in it, the page says where."""
    access.can_edit_scorecards(request.user).or_403()
    form = ScorecardFileForm(request.POST, request.FILES) if request.method == "POST" else ScorecardFileForm()
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read(services.MOST_BYTES + 1)
        try:
            version, unknown = services.import_scorecard(actor=request.user, content=content, now=timezone.now())
        except services.QualityError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("Imported as a draft. Read it through, then publish it."))
            _tell_unknown(request, unknown)
            return redirect("version_edit", version.pk)
    context = {"form": form, "section": "scorecards"}
    return render(request, "coaching/quality/scorecard_import.html", context, status=422 if form.errors else 200)


def _tell_unknown(request: PersonRequest, unknown: list[str]) -> None:
    if unknown:
        text = _("These standards and parts of the guide are not here, so their criteria have none: %(keys)s")
        messages.warning(request, text % {"keys": ", ".join(unknown)})


@login_required
@require_safe
def scorecard_template_list(request: PersonRequest) -> HttpResponse:
    access.can_edit_scorecards(request.user).or_403()
    context = {"templates": services.scorecard_templates(), "section": "scorecards"}
    return render(request, "coaching/quality/scorecard_template_list.html", context)


@login_required
@require_POST
def scorecard_template_start(request: PersonRequest, name: str) -> HttpResponse:
    access.can_edit_scorecards(request.user).or_403()
    try:
        version, unknown = services.start_from_template(actor=request.user, name=name, now=timezone.now())
    except services.QualityError as error:
        messages.error(request, str(error))
        return redirect("scorecard_template_list")
    messages.success(request, _("Started as a draft. Make it yours, then publish it."))
    _tell_unknown(request, unknown)
    return redirect("version_edit", version.pk)


@login_required
@require_safe
def scorecard_export(request: PersonRequest, pk: int) -> HttpResponse:
    version = access.get_version_for(request.user, pk)
    name = f"{version.scorecard.key}-{version.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(services.export_scorecard(version), content_type="application/json", headers=headers)


@login_required
@require_safe
def version_compare(request: PersonRequest, pk: int) -> HttpResponse:
    """A version beside another of the same scorecard: the one before it, or the one chosen."""
    version = access.get_version_for(request.user, pk)
    others = access.versions_visible_to(request.user).filter(scorecard=version.scorecard).exclude(pk=version.pk)
    others = others.order_by("-number")
    chosen = others.filter(pk=whole_number(request.GET.get("with"))).first()
    other = chosen or others.filter(number__lt=version.number).first() or others.last()
    before, after = sorted((other, version), key=lambda one: one.number) if other else (version, version)
    return render(
        request,
        "coaching/quality/version_compare.html",
        {
            "version": version,
            "others": others,
            "other": other,
            "before": before,
            "after": after,
            "comparison": queries.compare_versions(before, after),
            "section": "scorecards",
        },
    )


@login_required
@require_POST
def scorecard_new_version(request: PersonRequest, key: str) -> HttpResponse:
    scorecard = access.get_scorecard_for(request.user, key)
    access.can_edit_scorecards(request.user).or_403()
    try:
        version = services.new_version(actor=request.user, scorecard=scorecard, now=timezone.now())
    except services.QualityError as error:
        messages.error(request, str(error))
        return redirect("scorecard_list")
    return redirect("version_edit", version.pk)


@login_required
@require_safe
def version_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """What this version asks, with every anchor."""
    version = access.get_version_for(request.user, pk)
    return render(
        request,
        "coaching/quality/version_detail.html",
        {
            "version": version,
            "parts": queries.version_parts(version),
            "may_edit": bool(access.can_edit_scorecards(request.user)),
            "section": "scorecards",
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def version_edit(request: PersonRequest, pk: int) -> HttpResponse:
    version = access.get_version_for(request.user, pk)
    access.can_change_version(request.user, version).or_403()
    form = VersionForm(request.POST or None, instance=version)
    sections = section_formset(version, request.POST or None)
    if request.method == "POST" and form.is_valid() and sections.is_valid():
        try:
            services.save_version(
                actor=request.user, version=version, sections=section_wishes(sections), now=timezone.now(), **form.cleaned_data
            )
        except services.QualityError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("version_edit", version.pk)
    return render(
        request,
        "coaching/quality/version_edit.html",
        {
            "version": version,
            "form": form,
            "sections": sections,
            "parts": queries.version_parts(version),
            "problems": queries.version_problems(version),
            "section": "scorecards",
        },
    )


@login_required
@require_POST
def version_publish(request: PersonRequest, pk: int) -> HttpResponse:
    version = access.get_version_for(request.user, pk)
    access.can_change_version(request.user, version).or_403()
    try:
        services.publish_version(actor=request.user, version=version, now=timezone.now())
    except services.QualityError as error:
        messages.error(request, str(error))
        return redirect("version_edit", version.pk)
    messages.success(request, _("Published. New reviews use this version; those already begun keep theirs."))
    return redirect("version_detail", version.pk)


@login_required
@require_http_methods(["GET", "POST"])
def version_archive(request: PersonRequest, pk: int) -> HttpResponse:
    version = access.get_version_for(request.user, pk)
    access.can_edit_scorecards(request.user).or_403()
    if request.method == "POST":
        services.archive_version(actor=request.user, version=version, now=timezone.now())
        messages.success(request, _("Archived. Reviews made with it stay as they are."))
        return redirect("scorecard_list")
    return render(request, "coaching/quality/version_archive.html", {"version": version, "section": "scorecards"})


@login_required
@require_http_methods(["GET", "POST"])
def criterion_create(request: PersonRequest, pk: int) -> HttpResponse:
    section = access.get_section_for(request.user, pk)
    access.can_change_version(request.user, section.version).or_403()
    return _edit_criterion(request, section.version, section, None)


@login_required
@require_http_methods(["GET", "POST"])
def criterion_edit(request: PersonRequest, pk: int) -> HttpResponse:
    criterion = access.get_criterion_for(request.user, pk)
    version = criterion.section.version
    access.can_change_version(request.user, version).or_403()
    return _edit_criterion(request, version, criterion.section, criterion)


def _edit_criterion(
    request: PersonRequest, version: ScorecardVersion, section: Section, criterion: Criterion | None
) -> HttpResponse:
    key_before = criterion.key if criterion else ""
    scale = ScaleForm(request.POST or None)
    initial: dict[str, object] = {"section": section.pk}
    # Filling in a scale saves nothing and finds no fault with what is not written yet.
    fills_scale = request.POST.get("action") == "scale" and scale.is_valid()
    if fills_scale:
        initial = {name: request.POST.get(name, "") for name in CriterionForm.base_fields}
        form = CriterionForm(version=version, instance=criterion, initial=initial)
        answers = scale_formset(scale.cleaned_data["scale"], request.POST)
    else:
        form = CriterionForm(request.POST or None, version=version, instance=criterion, initial=initial)
        answers = answer_formset(criterion, request.POST or None)
    if request.method == "POST" and not fills_scale and form.is_valid() and answers.is_valid():
        try:
            saved = services.save_criterion(
                actor=request.user,
                section=form.cleaned_data["section"],
                wish=form.wish(answer_wishes(answers)),
                criterion=criterion,
                now=timezone.now(),
            )
        except services.QualityError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            if key_before and saved.key != key_before and queries.has_earlier_results(version, key_before):
                text = _("Results up to now stay under “%(before)s”; new ones begin under “%(after)s”.")
                messages.warning(request, text % {"before": key_before, "after": saved.key})
            return redirect("version_edit", version.pk)
    context = {
        "version": version,
        "criterion": criterion,
        "form": form,
        "answers": answers,
        "scale": scale,
        "filled": fills_scale,
        "section": "scorecards",
    }
    return render(request, "coaching/quality/criterion_edit.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def criterion_remove(request: PersonRequest, pk: int) -> HttpResponse:
    criterion = access.get_criterion_for(request.user, pk)
    version = criterion.section.version
    access.can_change_version(request.user, version).or_403()
    if request.method == "POST":
        services.remove_criterion(actor=request.user, criterion=criterion, now=timezone.now())
        messages.success(request, _("Removed."))
        return redirect("version_edit", version.pk)
    return render(request, "coaching/quality/criterion_remove.html", {"criterion": criterion, "section": "scorecards"})
