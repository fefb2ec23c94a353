"""A published module with its answers, and modules as files. All else of a module is shown by the player."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.modules import exchange, services
from learning.modules.access import can_edit_modules, can_read_module_with_answers, get_module_for
from learning.modules.content import from_revision
from learning.modules.forms import ModuleFileForm, TranslationForm
from learning.modules.questions.display import with_answers
from people.requests import PersonRequest


@require_safe
def module_with_answers(request: PersonRequest, pk: int) -> HttpResponse:
    """The whole published module on one page, for editors and the head."""
    module = get_module_for(request.user, pk)
    can_read_module_with_answers(request.user).or_403()
    if module.live_revision is None:
        raise Http404
    content = from_revision(module.live_revision)
    context = {"module": module, "content": content, "asked": with_answers(content.questions), "with_answers": True}
    return render(request, "learning/modules/_whole_module.html", context)


@require_safe
def export_module(request: PersonRequest, pk: int) -> HttpResponse:
    """The module as one file, with its pictures, films and the answers of its quiz."""
    module = get_module_for(request.user, pk)
    can_read_module_with_answers(request.user).or_403()
    try:
        content = exchange.export_module(actor=request.user, module=module, now=timezone.now())
    except exchange.ModuleFileError as error:
        messages.error(request, str(error))
        return redirect("module_detail", pk)
    name = f"{module.slug}.zip"
    return HttpResponse(
        content, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
def translate_module(request: PersonRequest, pk: int) -> HttpResponse:
    """Make a draft in another language, and go on in the editor."""
    can_edit_modules(request.user).or_403()
    module = get_module_for(request.user, pk)
    form = TranslationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a language from the list."))
        return redirect("module_detail", pk)
    try:
        draft = services.make_translation(
            actor=request.user, module=module, language=form.cleaned_data["language"], now=timezone.now()
        )
    except services.TranslationError as error:
        messages.error(request, str(error))
        return redirect("module_detail", pk)
    messages.success(
        request, _("This is a draft with the words of the original. Put them into the other language, then publish it.")
    )
    return redirect("wagtailadmin_pages:edit", draft.pk)


def import_module(request: PersonRequest) -> HttpResponse:
    """Read a module's file into a draft, and go on in the editor."""
    can_edit_modules(request.user).or_403()
    form = ModuleFileForm(request.POST, request.FILES) if request.method == "POST" else ModuleFileForm()
    if request.method == "POST" and form.is_valid():
        try:
            imported = exchange.import_module(actor=request.user, content=form.cleaned_data["file"].read(), now=timezone.now())
        except exchange.ModuleFileError as error:
            form.add_error("file", str(error))
        else:
            messages.success(
                request, _("“%(title)s” is here as a draft. Look through it, then publish it.") % {"title": imported.module}
            )
            for warning in imported.warnings:
                messages.warning(request, warning)
            return redirect("wagtailadmin_pages:edit", imported.module.pk)
    return render(request, "learning/modules/import.html", {"form": form}, status=422 if form.is_bound else 200)
