"""Certificate templates in the editors' admin: a snippet, and no deleting of one that a module names."""

from collections.abc import Iterable

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.queries import modules_promising

REFUSAL = _("“%(template)s” is promised by “%(module)s”. Choose another certificate there and publish it first.")


class CertificateTemplateViewSet(SnippetViewSet):
    model = CertificateTemplate
    icon = "doc-full"
    menu_label = _("Certificates")
    menu_order = 170
    add_to_admin_menu = True
    list_display = ["title", "heading", "valid_months", "renewal"]


register_snippet(CertificateTemplateViewSet)


@hooks.register("before_delete_snippet")
def keep_promised_templates(request: HttpRequest, instances: Iterable[models.Model]) -> HttpResponse | None:
    for instance in instances:
        module = modules_promising(instance).first() if isinstance(instance, CertificateTemplate) else None
        if module is not None:
            messages.error(request, REFUSAL % {"template": instance, "module": module.title})
            return redirect("wagtailsnippets_learning_modules_certificatetemplate:edit", instance.pk)
    return None
