"""Reads of modules, ready for a screen."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.models import Standard
from cms.thread import ThreadEntry, register
from learning.modules.access import modules_visible_to
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import from_revision
from learning.modules.models import Module
from people.models import Person


def catalogue(person: Person, *, search: str = "", standard: str = "") -> QuerySet[Module]:
    """Published modules by title; `search` in title, summary and published standards, `standard` is such a standard's key."""
    modules = modules_visible_to(person).prefetch_related("standards").order_by("title", "pk").defer("lessons", "quiz")
    for word in search.split()[:8]:
        hit = Q(title__icontains=word) | Q(summary__icontains=word) | Q(standards__title__icontains=word, standards__live=True)
        modules = modules.filter(pk__in=Module.objects.filter(hit).values("pk"))
    if standard:
        modules = modules.filter(standards__key=standard, standards__live=True)
    return modules


def standards_taught(person: Person) -> QuerySet[Standard]:
    """The published standards that at least one published module teaches, for the catalogue's filter."""
    taught = modules_visible_to(person).values("standards")
    return Standard.objects.published().filter(pk__in=taught)


def modules_teaching(standard: Standard, person: Person) -> QuerySet[Module]:
    """The published modules that teach a standard."""
    return modules_visible_to(person).filter(standards=standard).order_by("title")


def modules_promising(template: CertificateTemplate) -> QuerySet[Module]:
    """The modules that give a certificate by this template, published or not."""
    return Module.objects.filter(certificate_template=template).order_by("title", "pk")


def certificate_promised(module: Module) -> CertificateTemplate | None:
    """What completing the published version gives. A draft may promise something else already."""
    if module.live_revision is None:
        return None
    return find_template(from_revision(module.live_revision).certificate_template_id)


def find_template(pk: int | None) -> CertificateTemplate | None:
    """The certificate template that a revision names; None where it names none, or one that is gone."""
    return None if pk is None else CertificateTemplate.objects.filter(pk=pk).first()


@register
def module_entries(standard: Standard, person: Person) -> list[ThreadEntry]:
    """The modules that teach a standard, for its page in the guide."""
    return [
        ThreadEntry(_("Module"), module.title, reverse("module_detail", args=[module.pk]))
        for module in modules_teaching(standard, person)
    ]
