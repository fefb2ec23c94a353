"""Which module may be a translation of which. Knows no model by name: the editors' form is loaded before the models are."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Page


def why_no_translation(module: Page, original: Page, language: str) -> str:
    """Why this module cannot be a translation of that one, in words; "" where it can."""
    modules = type(original).objects
    if original.pk == module.pk:
        return _("A module is no translation of itself.")
    if original.translation_of_id is not None:
        return _("“%(module)s” is a translation itself. Choose the module it was translated from.") % {"module": original.title}
    if module.pk and modules.filter(translation_of=module.pk).exists():
        return _("Other modules are translations of this one, so it is the original.")
    taken = modules.filter(Q(pk=original.pk) | Q(translation_of=original.pk), language=language).exclude(pk=module.pk)
    other = taken.first()
    if other is not None:
        return _("“%(module)s” is in this language already.") % {"module": other.title}
    return ""
