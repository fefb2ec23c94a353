"""The navigation: every page of a role within two clicks of Today, nothing that it may not open, one place at a time."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from coaching.interactions.models import Handler
from config import navigation
from config.navigation import NAVIGATION, Page
from foundation.access import denied
from tests.access_table import WHO
from tests.factories import interactions as make

HREF = re.compile(r'<a[^>]*\shref="([^"#?]*)')
AREA = re.compile(r'<nav class="area-nav".*?</nav>', re.DOTALL)
HEADER = re.compile(r'<nav class="site-nav".*?</nav>', re.DOTALL)

# The page of each room; what hangs on one of them (a person, a case, a second tab) is reached from there.
ROOMS = (
    "today", "board", "overview", "learn_home", "mastery_home", "marking_queue", "question_list", "metrics_home", "metrics_people", "metrics_explore", "metrics_funnel",
    "metrics_drivers", "metrics_balance", "demand_hours", "account_list", "wall_list", "signal_list", "survey_list",
    "import_list", "match_queue", "connection_list", "token_list", "metrics_definitions", "metrics_calendars",
    "quality_home", "remedy_list", "people_list", "team_tree", "people_import", "audit_log", "schedule", "my_account",
)  # fmt: skip


def opened(client, path):
    response = client.get(path, follow=True)
    return response.content.decode() if response.status_code == 200 else ""


def links(text):
    return {path for path in HREF.findall(text) if path.startswith("/") and not path.startswith(("/cms/", "/guide/", "/static/"))}


@pytest.mark.parametrize("role", WHO)
def test_every_page_of_a_role_is_two_clicks_away(cast, sign_in, role):
    client = sign_in(getattr(cast, WHO[role]))
    first = links(opened(client, "/"))
    reached = {"/", *first}
    for path in sorted(first):
        response = client.get(path, follow=True)
        reached |= {where for where, _status in response.redirect_chain} | links(response.content.decode())
    missing = [name for name in ROOMS if reverse(name) not in reached and client.get(reverse(name)).status_code == 200]
    assert missing == []


@pytest.mark.parametrize("role", WHO)
def test_it_leads_nowhere_that_one_may_not_go(cast, sign_in, role):
    client = sign_in(getattr(cast, WHO[role]))
    shown = set()
    for start in ("/", "/metrics/definitions/", "/people/"):
        text = opened(client, start)
        for nav in (*HEADER.findall(text), *AREA.findall(text)):
            shown |= links(nav)
    assert len(shown) >= 3
    assert [path for path in sorted(shown) if client.get(path, follow=True).status_code != 200] == []


def test_a_page_shown_to_everybody_is_noticed(cast, sign_in, monkeypatch):
    """The check above can fail."""
    wrong = NAVIGATION[5].__class__("Metrics", (*NAVIGATION[5].pages, Page("Connections", "connection_list")))
    monkeypatch.setattr(navigation, "NAVIGATION", (*NAVIGATION[:5], wrong, *NAVIGATION[6:]))
    with pytest.raises(AssertionError, match="connections"):
        test_it_leads_nowhere_that_one_may_not_go(cast, sign_in, "rep")


@pytest.mark.parametrize(
    ("who", "path", "entry", "place"),
    [
        ("hana", "/metrics/people/", "Metrics", "Figures"),
        ("hana", "/metrics/explore/funnel/", "Metrics", "Explorer"),
        ("hana", "/metrics/drivers/", "Metrics", "Explorer"),
        ("hana", "/metrics/imports/people/", "Metrics", "Unmatched people"),
        ("adam", "/metrics/imports/new/", "Metrics", "Imports"),
        ("adam", "/metrics/feeds/in/", "Metrics", "Live feed"),
        ("adam", "/people/audit/", "People", "Audit log"),
        ("adam", "/operations/schedule/", "People", "Scheduled work"),
    ],
)
def test_one_place_at_a_time(cast, sign_in, who, path, entry, place):
    text = opened(sign_in(getattr(cast, who)), path)
    (header,), (area,) = HEADER.findall(text), AREA.findall(text)
    assert re.findall(r'aria-current="true">([^<]+)<', header) == [entry]
    assert [found.strip() for found in re.findall(r'aria-current="page">([^<]+)<', area)] == [place]


def test_a_single_place_has_no_row_of_its_own(cast, sign_in):
    assert not AREA.search(opened(sign_in(cast.rita), "/quality/"))
    assert not AREA.search(opened(sign_in(cast.adam), "/people/me/"))


def test_who_waits_to_be_matched_is_counted_beside_the_queue(cast, sign_in):
    for key in ("ghost", "spirit"):
        Handler.objects.create(source=make.source(), external_key=key)
    Handler.objects.create(source=make.source(), external_key="robot", ignored=True)
    area = AREA.search(opened(sign_in(cast.adam), "/metrics/imports/"))[0]
    assert re.search(r'Unmatched people <span class="area-nav__count">2</span>', area)
    assert "area-nav__count" not in opened(sign_in(cast.lena), "/metrics/people/")


def test_it_costs_one_query_and_only_where_it_counts(cast, sign_in, django_assert_num_queries, rf):
    for path, who, queries in (("/", cast.hana, 0), ("/metrics/people/", cast.hana, 1), ("/metrics/people/", cast.lena, 0)):
        request = rf.get(path)
        request.user = who
        assert who.roles  # read once, by whichever view comes first
        with django_assert_num_queries(queries):
            found = navigation.Navigation(request)
            assert found.entries
            assert (found.area is None) == (path == "/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_area_unfolds_by_keyboard_on_a_narrow_screen_and_lies_open_on_a_wide_one(cast, open_as, live_server):
    page = open_as(cast.hana)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/metrics/explore/")
    signals = page.locator(".area-nav a", has_text="Signals")
    assert not signals.is_visible()
    page.locator(".area-nav summary").focus()
    page.keyboard.press("Enter")
    signals.wait_for(state="visible")
    boxes = [link.bounding_box() for link in page.locator(".area-nav a").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    page.set_viewport_size({"width": 1440, "height": 800})
    page.reload()
    assert signals.is_visible()
    assert not page.locator(".area-nav summary").is_visible()
    signals.click()
    page.wait_for_url(f"{live_server.url}/metrics/signals/")


def test_a_denial_hides_the_place(cast, sign_in, monkeypatch):
    """Whether a page stands there is the room's word, not a list of roles."""
    hidden = tuple(
        Page(page.label, page.url_name, lambda person: denied("no"), page.also) if page.url_name == "signal_list" else page
        for page in NAVIGATION[5].pages
    )
    changed = NAVIGATION[5].__class__(NAVIGATION[5].label, hidden)
    monkeypatch.setattr(navigation, "NAVIGATION", (*NAVIGATION[:5], changed, *NAVIGATION[6:]))
    assert "/metrics/signals/" not in AREA.search(opened(sign_in(cast.hana), "/metrics/people/"))[0]
