"""The question bank for editors: list, detail, writing, retiring, import and export."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.modules.questions import kinds
from learning.modules.questions.display import with_answers
from learning.quizzes.bank import access, queries, services
from learning.quizzes.bank.forms import (
    BANK_KINDS,
    KIND_FORMS,
    BankFilter,
    HeadForm,
    ImportForm,
    KindForm,
    LabelForm,
    RowForm,
    head_of,
)
from learning.quizzes.exchange.found import UnreadableFile
from learning.quizzes.exchange.reading import read
from learning.quizzes.marks.queries import analysis_of_question
from people.requests import PersonRequest

PAGE_SIZE = 25
MOST_AT_ONCE = 1_000  # more would keep the browser waiting
SPARE_ROWS, MORE_ROWS, MOST_ROWS = 2, 4, 60


@require_safe
def question_list(request: PersonRequest) -> HttpResponse:
    access.can_keep_bank(request.user).or_403()
    everything = access.questions_visible_to(request.user)
    form = BankFilter(request.GET, categories=queries.categories(everything), tags=queries.tags(everything))
    form.is_valid()
    rows = queries.filtered(everything, **_chosen(form))
    page = Paginator(queries.with_counts(rows), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "kinds": BANK_KINDS.items(),
        "filtered": any(form.cleaned_data.values()),
        "query": request.GET.urlencode(),
    }
    return render(request, "learning/quizzes/bank/list.html", context)


def _chosen(form: BankFilter) -> dict[str, str]:
    chosen = form.cleaned_data
    names = {"search": "q", "category": "category", "kind": "kind", "tag": "tag", "state": "state"}
    return {name: chosen.get(field, "") for name, field in names.items()}


@require_safe
def question_detail(request: PersonRequest, pk: int) -> HttpResponse:
    question = access.get_question_for(request.user, pk)
    versions = queries.versions_of(question)
    context = {
        "question": question,
        "tags": [tag.name for tag in question.tags.all()],
        "figures": analysis_of_question(question),
        "versions": [(version, with_answers([version.question_as_asked])[0]) for version in versions],
    }
    return render(request, "learning/quizzes/bank/detail.html", context)


def question_new(request: PersonRequest) -> HttpResponse:
    """Write a question of the kind named in the address."""
    access.can_keep_bank(request.user).or_403()
    kind = request.GET.get("kind", "")
    if kind not in KIND_FORMS:
        raise Http404
    editing = Editing(request, kind, label={}, question=None)
    if editing.is_sent:
        try:
            question = services.add_question(
                actor=request.user, content=editing.question(), label=editing.label.label_given(), now=timezone.now()
            )
        except services.BankError as error:
            editing.head.add_error(None, str(error))
        else:
            messages.success(request, _("The question is in the bank."))
            return redirect("question_detail", question.pk)
    return render(
        request, "learning/quizzes/bank/edit.html", {"editing": editing, "kind_name": BANK_KINDS[kind], "question": None}
    )


def question_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change words or filing. Other words are a new version; tries made before keep the old one."""
    question = access.get_question_for(request.user, pk)
    newest = queries.versions_of(question)[0].question_as_asked
    if newest.kind not in KIND_FORMS:
        raise Http404
    editing = Editing(request, newest.kind, label=LabelForm.initial_of(question), question=newest)
    if editing.is_sent:
        try:
            changed = services.edit_question(
                actor=request.user,
                question=question,
                content=editing.question(),
                label=editing.label.label_given(),
                now=timezone.now(),
            )
        except services.BankError as error:
            editing.head.add_error(None, str(error))
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was different, so nothing was changed."))
            return redirect("question_detail", pk)
    context = {"editing": editing, "kind_name": BANK_KINDS[newest.kind], "question": question}
    return render(request, "learning/quizzes/bank/edit.html", context)


class Editing:
    """The forms of one question: filing, the question itself, and rows. "More rows" shows what was sent with more of them."""

    def __init__(self, request: HttpRequest, kind: str, *, label: dict[str, Any], question: kinds.Question | None) -> None:
        data = request.POST if request.method == "POST" else None
        self.how: KindForm = KIND_FORMS[kind]
        self.label = LabelForm(data, initial=label, prefix="label")
        self.head: HeadForm = self.how.head(data, initial=head_of(question) if question else {})
        rows = self.how.rows_of(question) if question else []
        self.rows: Any = None
        if self.how.row is not None:
            factory = forms.formset_factory(
                self.how.row, extra=SPARE_ROWS if rows else MORE_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
            )
            wanted = data.copy() if data is not None else None
            if wanted is not None and "more" in wanted:
                total = wanted.get("rows-TOTAL_FORMS", "0")
                wanted["rows-TOTAL_FORMS"] = str(min(MOST_ROWS, (int(total) if total.isdigit() else 0) + MORE_ROWS))
            self.rows = factory(wanted, initial=rows, prefix="rows")
        parts = [self.label, self.head, *([self.rows] if self.rows is not None else [])]
        valid = [part.is_valid() for part in parts]  # each one, so that each shows what is wrong with it
        self.is_sent = data is not None and "more" not in data and all(valid)

    def question(self) -> kinds.Question:
        rows = [form.cleaned_data for form in self.rows if form.cleaned_data] if self.rows is not None else []
        blank = dict.fromkeys(self.how.row.base_fields if self.how.row else ())
        return self.how.make(self.head.cleaned_data, [blank | row for row in rows])

    @property
    def row_forms(self) -> list[RowForm]:
        return list(self.rows) if self.rows is not None else []


@require_POST
def question_retire(request: PersonRequest, pk: int) -> HttpResponse:
    question = access.get_question_for(request.user, pk)
    services.retire_question(actor=request.user, question=question, now=timezone.now())
    messages.success(request, _("The question is retired: no quiz draws it any more."))
    return redirect("question_detail", pk)


@require_POST
def question_revive(request: PersonRequest, pk: int) -> HttpResponse:
    question = access.get_question_for(request.user, pk)
    services.revive_question(actor=request.user, question=question, now=timezone.now())
    messages.success(request, _("The question is in use again."))
    return redirect("question_detail", pk)


def question_import(request: PersonRequest) -> HttpResponse:
    """Take a file over; what was left out is listed with line, reason and remedy."""
    access.can_keep_bank(request.user).or_403()
    form = ImportForm(request.POST or None, request.FILES or None)
    result = None
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["format"]
        try:
            reading = read(form.cleaned_data["file"].read(), chosen)
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            if reading.read > MOST_AT_ONCE:
                text = _(
                    "The file holds %(n)s questions. Import up to %(most)s at a time here, or all with the command import_questions."
                )
                form.add_error("file", text % {"n": reading.read, "most": MOST_AT_ONCE})
                return render(request, "learning/quizzes/bank/import.html", {"form": form, "result": None})
            result = services.import_questions(actor=request.user, reading=reading, source=chosen, now=timezone.now())
    return render(request, "learning/quizzes/bank/import.html", {"form": form, "result": result})


@require_safe
def question_export(request: PersonRequest) -> HttpResponse:
    """The questions of the list, as it is filtered, as a GIFT file."""
    access.can_keep_bank(request.user).or_403()
    everything = access.questions_visible_to(request.user)
    form = BankFilter(request.GET, categories=queries.categories(everything), tags=queries.tags(everything))
    form.is_valid()
    text = queries.as_gift(queries.filtered(everything, **_chosen(form)))
    headers = {"Content-Disposition": 'attachment; filename="questions.gift"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
