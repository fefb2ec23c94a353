"""The frame of every page: the navigation on a narrow screen, names of links, print."""

from __future__ import annotations

import re

import pytest

from tests.rules.source import Source, own_files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.browser
@pytest.mark.parametrize("who", ["rita", "hana", "adam"])
def test_every_entry_of_the_navigation_is_seen_at_360_px(cast, open_as, live_server, who):
    page = open_as(getattr(cast, who))
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/people/me/")
    boxes = [link.bounding_box() for link in page.locator(".site-nav a").all()]
    assert len(boxes) >= 4
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert page.evaluate("document.querySelector('.site-nav').scrollWidth <= document.querySelector('.site-nav').clientWidth")
    page.evaluate("window.scrollTo(0, 300)")
    # Several lines of navigation would cover the page while one reads.
    assert page.evaluate("document.querySelector('.site-header').getBoundingClientRect().top") < 0


# A hidden piece stands alone on its line for screen readers: they read "Read : Late parcel".
HIDDEN_TAIL = re.compile(r'visually-hidden">\s*:')


def hidden_tails(source: Source) -> list[str]:
    return [f"{source.path}:{n}" for n, line in enumerate(source.text.splitlines(), 1) if HIDDEN_TAIL.search(line)]


def test_no_name_is_put_together_from_hidden_pieces():
    assert [fault for source in own_files(".html", folders=("templates",)) for fault in hidden_tails(source)] == []


def test_a_hidden_piece_is_noticed():
    assert hidden_tails(Source("templates/x.html", '<a>Read<span class="visually-hidden">: x</span></a>')) == [
        "templates/x.html:1"
    ]


@pytest.mark.browser
def test_print_leaves_the_frame_out(cast, open_as, live_server):
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".site-header").is_visible()
    assert not page.locator(".site-footer").is_visible()
    # Paper is white, whatever the screen is.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert max(int(part) for part in re.findall(r"\d+", ink)[:3]) < 80
