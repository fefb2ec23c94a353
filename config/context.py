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
    also: tuple[str, ...] = ()  # further path beginnings that belong to this entry


NAVIGATION = [
    NavigationItem(_("Today"), "today"),
    NavigationItem(_("Team"), "board", frozenset({Role.LEAD, Role.HEAD})),
    NavigationItem(_("Overview"), "overview", frozenset({Role.HEAD})),
    NavigationItem(_("Guide"), "wagtail_serve_root"),
    NavigationItem(_("Learn"), "learn_home"),
    NavigationItem(_("Metrics"), "metrics_home", frozenset({Role.REP, Role.LEAD, Role.HEAD})),
    NavigationItem(_("Quality"), "quality_home", frozenset({Role.REP, Role.LEAD, Role.REVIEWER, Role.HEAD})),
    NavigationItem(_("Playbook"), "remedy_list", frozenset({Role.HEAD})),
    NavigationItem(_("Imports"), "import_list", frozenset({Role.HEAD, Role.ADMIN})),
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
        current = request.path == url if url == "/" else request.path.startswith(url)
        entries.append({"label": item.label, "url": url, "current": current})
    return {"navigation": entries}
