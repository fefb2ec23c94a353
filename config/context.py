"""What every page needs: the navigation of this person."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Role


@dataclass(frozen=True)
class NavigationItem:
    label: str | Promise
    url_name: str
    roles: frozenset[Role] | None = None  # None: everybody signed in


NAVIGATION = [
    NavigationItem(_("Today"), "today"),
    NavigationItem(_("Team"), "board", frozenset({Role.LEAD, Role.HEAD})),
    NavigationItem(_("Overview"), "overview", frozenset({Role.HEAD})),
    NavigationItem(_("Guide"), "wagtail_serve_root"),
    NavigationItem(_("Learn"), "learn_home"),
    NavigationItem(_("Metrics"), "metrics_home", frozenset({Role.REP, Role.LEAD, Role.HEAD})),
    NavigationItem(_("Surveys"), "survey_list", frozenset({Role.LEAD, Role.HEAD, Role.ADMIN})),
    NavigationItem(_("Quality"), "quality_home", frozenset({Role.REP, Role.LEAD, Role.REVIEWER, Role.HEAD})),
    NavigationItem(_("Playbook"), "remedy_list", frozenset({Role.HEAD})),
    NavigationItem(_("Imports"), "import_list", frozenset({Role.HEAD, Role.ADMIN})),
    NavigationItem(_("Connections"), "connection_list", frozenset({Role.ADMIN})),
    NavigationItem(_("People"), "people_list", frozenset({Role.ADMIN})),
    NavigationItem(_("Edit content"), "wagtailadmin_home", frozenset({Role.EDITOR})),
]


def navigation(request: HttpRequest) -> dict[str, object]:
    """`navigation`: label, url and whether it is the current one, for each entry this person has."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"navigation": []}
    entries = []
    for item in NAVIGATION:
        if item.roles is not None and not person.has_role(*item.roles):
            continue
        try:
            url = "/guide/" if item.url_name == "wagtail_serve_root" else reverse(item.url_name)
        except NoReverseMatch:
            continue
        entries.append({"label": item.label, "url": url})
    here = [entry["url"] for entry in entries if request.path.startswith(str(entry["url"]))]
    # One place at a time: /metrics/imports/ lies below /metrics/, which is another entry; "/" begins every address.
    closest = max(here, key=lambda url: len(str(url)), default=None)
    current = None if closest == "/" and request.path != "/" else closest
    return {"navigation": [{**entry, "current": entry["url"] == current} for entry in entries]}
