"""Keeping packages: the list, uploading, what is in one, and putting it into a module."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learning.packages import access, queries, services
from learning.packages.faults import PackageError, PackageRefused
from learning.packages.forms import ExchangePackageForm, PackageFilter, UploadPackageForm
from learning.packages.models import Package
from people.models import Role
from people.requests import PersonRequest

PAGE_SIZE = 25


@require_safe
def package_list(request: PersonRequest) -> HttpResponse:
    access.can_keep_packages(request.user).or_403()
    form = PackageFilter(request.GET)
    form.is_valid()
    rows = queries.package_list(request.user, search=form.cleaned_data.get("q", ""))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "learning/packages/list.html", {"form": form, "page": page})


@require_http_methods(["GET", "POST"])
def package_upload(request: PersonRequest) -> HttpResponse:
    """Choose a zip; it is checked at once and kept, or refused with the reason."""
    access.can_keep_packages(request.user).or_403()
    form = UploadPackageForm(request.POST, request.FILES) if request.method == "POST" else UploadPackageForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["package"]
        try:
            imported = services.import_package(
                actor=request.user, pieces=upload.chunks(), file_name=upload.name or "", now=timezone.now()
            )
        except PackageRefused as error:
            form.add_error("package", str(error))
        else:
            if imported.created:
                messages.success(request, _("The package is kept. Next: make a module of it."))
            else:
                messages.info(request, _("This very file is here already."))
            return redirect("package_detail", imported.package.pk)
    return render(request, "learning/packages/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def package_detail(request: PersonRequest, pk: int) -> HttpResponse:
    access.can_keep_packages(request.user).or_403()
    package = access.get_package_for(request.user, pk)
    return _detail(request, package, ExchangePackageForm(modules=queries.modules_to_choose()))


def _detail(request: PersonRequest, package: Package, form: ExchangePackageForm) -> HttpResponse:
    context = {
        "package": package,
        "rule": queries.completion_rule(package),
        "modules": queries.modules_of(package),
        "form": form,
        "may_edit": request.user.has_role(Role.EDITOR),
    }
    return render(request, "learning/packages/detail.html", context, status=422 if form.errors else 200)


@require_POST
def package_make_module(request: PersonRequest, pk: int) -> HttpResponse:
    """A draft module of this package."""
    access.can_keep_packages(request.user).or_403()
    package = access.get_package_for(request.user, pk)
    module = services.make_module(actor=request.user, package=package, now=timezone.now())
    return _to_draft(request, package, module.pk, _("The draft is made. Complete it and publish it: then it can be assigned."))


@require_POST
def package_exchange(request: PersonRequest, pk: int) -> HttpResponse:
    """Put this package into a module that is there."""
    access.can_keep_packages(request.user).or_403()
    package = access.get_package_for(request.user, pk)
    form = ExchangePackageForm(request.POST, modules=queries.modules_to_choose())
    if not form.is_valid():
        return _detail(request, package, form)
    module = form.cleaned_data["module"]
    try:
        services.exchange_package(actor=request.user, package=package, module=module, now=timezone.now())
    except PackageError as error:
        form.add_error("module", str(error))
        return _detail(request, package, form)
    return _to_draft(request, package, module.pk, _("The draft has the new package. Publish it: then who begins gets it."))


def _to_draft(request: PersonRequest, package: Package, module_id: int, said: str) -> HttpResponse:
    """Editors go on in their admin, where drafts are published; the head has no key to it."""
    if request.user.has_role(Role.EDITOR):
        messages.success(request, said)
        return redirect("wagtailadmin_pages:edit", module_id)
    messages.success(request, _("The draft is made. Ask an editor to publish it."))
    return redirect("package_detail", package.pk)
