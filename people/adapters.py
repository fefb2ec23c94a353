"""How allauth treats accounts here: nobody signs up; mail goes through our tasks and templates."""

from functools import partial
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from django.db import transaction
from django.http import HttpRequest

from people import tasks
from people.models import Person

MAILS = {
    "account/email/password_reset_key": tasks.send_password_reset,
    "account/email/password_changed": tasks.send_password_changed,
    "account/email/password_reset": tasks.send_password_changed,
    "account/email/password_set": tasks.send_password_changed,
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Our own templates, as a task: the answer takes as long for an unknown address as for a known one."""
        task = MAILS.get(template_prefix)
        if task is not None:
            transaction.on_commit(partial(task.enqueue, context["user"].pk))

    def send_notification_mail(
        self, template_prefix: str, user: Person, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        self.send_mail(template_prefix, email or user.email, {"user": user})

    def set_password(self, user: Person, password: str) -> None:
        """Besides storing it, end the lock-out of this account: who sets a password has proved who they are.

        Only the count per account is cleared; failures from one network address stay counted.
        """
        super().set_password(user, password)
        per_account = [rate for rate in app_settings.RATE_LIMITS["login_failed"].split(",") if rate.endswith("/key")]
        ratelimit.clear(
            context.request,
            app="allauth.account",
            action="login_failed",
            config={"login_failed": ",".join(per_account)},
            key=self._get_login_attempts_cache_key(context.request, email=user.email),
        )
