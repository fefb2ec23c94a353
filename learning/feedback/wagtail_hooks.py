"""In the editors' admin, a module leads to what its learners say of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from learning.feedback.access import can_read_feedback
from learning.modules.models import Module
from people.models import Person


@hooks.register("register_page_header_buttons")
def what_learners_say(page: Page, user: Person, view_name: str, next_url: str | None = None, **more: Any) -> Iterator[Button]:
    if page.pk and issubclass(page.specific_class or Page, Module) and can_read_feedback(user):
        address = reverse("module_feedback", args=[page.pk])
        yield Button(_("What learners say"), address, icon_name="comment", priority=75)
