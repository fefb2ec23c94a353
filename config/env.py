"""Reading the environment."""

import os

from django.core.exceptions import ImproperlyConfigured


def env_flag(name: str, *, default: bool) -> bool:
    """True for 1, true, yes, on (any case); `default` where the variable is unset or empty."""
    value = os.environ.get(name, "").strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def env_number(name: str, *, default: int) -> int:
    """A whole number above 0; `default` where the variable is unset or empty.

    Raises ImproperlyConfigured, naming the variable, where it is anything else.
    """
    value = os.environ.get(name, "").strip()
    if value and not (value.isascii() and value.isdigit() and int(value)):
        raise ImproperlyConfigured(f"{name} is “{value}”. Write a whole number above 0, or leave it out for {default}.")
    return int(value) if value else default
