"""On what a certificate may rest: asked where a module is edited, published, and where a certificate is about to be given.

The room of packages lies above this one and tells, when it starts, which packages may prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

Rule = Callable[[str], str]
_rules: list[Rule] = []


def register_package_rule(rule: Rule) -> None:
    """`rule` takes the digest of a package and says why it may be no part of what is certified; "" where it may."""
    if rule not in _rules:
        _rules.append(rule)


def why_no_certificate(template: int | None, package_digest: str, *, has_quiz: bool) -> str:
    """Why a module with this package may not give this certificate, for the editor; "" where it may."""
    if not template or not package_digest:
        return ""
    for rule in _rules:
        reason = rule(package_digest)
        if reason:
            return reason
    if not has_quiz:
        return _("A training package says itself whether it was passed. Add a quiz of your own before it gives a certificate.")
    return ""
