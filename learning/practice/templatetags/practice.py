"""Words of practice for templates."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

IN_WEEKS, IN_MONTHS = 21, 75


@register.filter
def again_in(days: int) -> str:
    """When a question comes again, as one would say it: "again in about 11 days"."""
    if days <= 1:
        return _("again tomorrow")
    if days < IN_WEEKS:
        return ngettext("again in about %(n)s day", "again in about %(n)s days", days) % {"n": days}
    if days < IN_MONTHS:
        weeks = round(days / 7)
        return ngettext("again in about %(n)s week", "again in about %(n)s weeks", weeks) % {"n": weeks}
    months = round(days / 30.4)
    return ngettext("again in about %(n)s month", "again in about %(n)s months", months) % {"n": months}
