"""What people read when something is wrong: every error page says so in words and leads on, whatever is broken."""

from __future__ import annotations

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path

from config.urls import urlpatterns as real_urls
from tests.browser import assert_accessible


def break_down(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def be_suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


class BrokenUrls:
    urlpatterns = [path("breaks/", break_down), path("suspicious/", be_suspicious), *real_urls]


def read(address: str, client: Client | None = None) -> tuple[int, str]:
    response = (client or Client(raise_request_exception=False)).get(address)
    return response.status_code, response.content.decode()


def test_the_500_page_needs_no_database():
    """This test has no database: the session, the navigation and the person cannot be asked for."""
    client = Client(raise_request_exception=False)
    client.cookies["session"] = "somebody-who-was-signed-in"
    status, text = read("/", client)
    assert status == 500
    assert "Something broke on our side" in text
    assert "Back to Today" in text
    assert "Traceback" not in text


@override_settings(ROOT_URLCONF=BrokenUrls, MIDDLEWARE=[])
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [("/breaks/", 500, "Something broke on our side"), ("/suspicious/", 400, "We could not read this request")],
)
def test_pages_that_stand_alone(address, status, words):
    found, text = read(address)
    assert found == status
    assert f"<h1>{words}</h1>" in text


@override_settings(ALLOWED_HOSTS=["ours.example"])
def test_a_host_that_is_not_ours_gets_the_400_page():
    response = Client(raise_request_exception=False).get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "We could not read this request" in response.content.decode()


def test_404_and_403_keep_the_navigation_and_say_why(cast, sign_in):
    client = sign_in(cast.rita)
    status, text = read("/nowhere/", client)
    assert (status, "There is nothing here for you" in text, 'class="site-nav"' in text) == (404, True, True)
    status, text = read("/people/", client)
    assert (status, "Only an administrator keeps accounts" in text, 'class="site-nav"' in text) == (403, True, True)


def test_429_leads_to_a_new_password():
    assert 'href="/accounts/password/reset/"' in render_to_string("429.html")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_error_pages_are_accessible(cast, open_as, live_server):
    page = open_as(cast.rita)
    for address, heading in (("/nowhere/", "There is nothing here"), ("/people/", "This is not yours to do")):
        page.goto(f"{live_server.url}{address}")
        assert_accessible(page, heading)
    for name, heading in (
        ("500", "Something broke"),
        ("400", "could not read"),
        ("403_csrf", "Please send it again"),
        ("429", "Too many attempts"),
    ):
        page.goto(f"{live_server.url}/nowhere/")
        page.set_content(render_to_string(f"{name}.html").replace('="/', f'="{live_server.url}/'))
        assert_accessible(page, heading)
