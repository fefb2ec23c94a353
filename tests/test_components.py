"""The page of components: what it shows, and that the accessibility check can fail."""

import pytest
from django.test import Client
from django.urls import path

from config import urls as site_urls
from config.views import ui_components
from tests.browser import assert_accessible, violations

# The page exists in debug only; the tests add it to the site's addresses.
urlpatterns = [*site_urls.urlpatterns, path("ui/", ui_components, name="ui_components")]


@pytest.mark.urls("tests.test_components")
def test_every_component_renders(db):
    page = Client().get("/ui/").content.decode()
    for text in ("n = 212", "between 78 % and 88 %", "Not enough data yet", "3 of 7 lessons", "Nothing waiting"):
        assert text in page


def test_the_page_is_not_there_outside_debug(db):
    assert Client().get("/ui/").status_code == 404


@pytest.mark.browser
@pytest.mark.urls("tests.test_components")
def test_components_are_accessible(live_server, page):
    page.goto(f"{live_server.url}/ui/")
    assert_accessible(page, "Components")


@pytest.mark.browser
@pytest.mark.urls("tests.test_components")
def test_the_accessibility_check_sees_a_planted_fault(live_server, page):
    page.goto(f"{live_server.url}/ui/")
    page.evaluate("document.querySelector('label[for=q]').remove()")
    assert any(line.startswith("label") for line in violations(page))
