"""What the guide's page templates read. Pages are served by Wagtail, so their queries start here."""

from django import template

from cms import queries
from cms.models import GuideIndex, GuidelineModule

register = template.Library()


@register.simple_tag
def guide_contents(page: GuideIndex) -> queries.GuideContents:
    return queries.guide_contents(page)


@register.simple_tag
def module_reading(page: GuidelineModule) -> queries.ModuleReading:
    return queries.module_reading(page)
