"""Signing in and out, forgetting and changing a password, and what happens after too many attempts."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from people import services
from people.models import Role
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


@pytest.fixture
def rita(cast):
    cast.rita.set_password(PASSWORD)
    cast.rita.save()
    return cast.rita


def sign_in_by_form(email: str, password: str, client: Client | None = None, **extra: str):
    client = client or Client()
    return client, client.post(LOGIN, {"login": email, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return client.get("/people/me/").status_code == 200


def test_by_address_and_password(rita):
    client, response = sign_in_by_form("Rita@Example.com", PASSWORD)
    assert response.status_code == 302
    assert is_signed_in(client)


def test_the_wrong_password_and_the_unknown_address_get_the_same_answer(rita):
    _client, wrong = sign_in_by_form(rita.email, "wrong")
    _client, unknown = sign_in_by_form("nobody@example.com", "wrong")
    errors = [re.findall(r'<div class="alert[^>]*>.*?</div>', r.content.decode(), re.DOTALL) for r in (wrong, unknown)]
    assert errors[0] == errors[1] != []


def test_signing_in_gives_a_new_session(rita):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["session"] = session.session_key
    before = session.session_key
    sign_in_by_form(rita.email, PASSWORD, client)
    assert client.session.session_key != before
    old = Client()
    old.cookies["session"] = before
    assert not is_signed_in(old)


def test_signing_out_ends_the_session(rita):
    client, _response = sign_in_by_form(rita.email, PASSWORD)
    copied = client.session.session_key
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)  # looking at the page signs nobody out
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["session"] = copied
    assert not is_signed_in(thief)


def test_another_role_gives_a_new_session_key(rita, cast, now):
    client, _response = sign_in_by_form(rita.email, PASSWORD)
    assert is_signed_in(client)
    before = client.session.session_key
    services.grant_role(actor=cast.adam, person=rita, role=Role.REVIEWER, now=now)
    assert is_signed_in(client)
    assert client.session.session_key != before
    thief = Client()
    thief.cookies["session"] = before
    assert not is_signed_in(thief)


def test_nobody_signs_up(db):
    assert Client().get("/accounts/signup/").status_code == 404
    assert Client().get("/accounts/email/").status_code == 404


def test_next_leads_nowhere_else(rita):
    for address in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"):
        client = Client()
        response = client.post(LOGIN, {"login": rita.email, "password": PASSWORD, "next": address})
        assert response["Location"] == "/"


def test_an_editor_comes_back_to_the_editors_admin(cast):
    response = Client().get("/cms/login/?next=/cms/pages/")
    assert response["Location"] == "/accounts/login/?next=/cms/pages/"
    assert Client().get("/cms/")["Location"] == "/accounts/login/?next=/cms/"


def test_without_the_editor_role_the_admin_says_why(cast, sign_in):
    response = sign_in(cast.lena).get("/cms/", follow=True)
    assert response.status_code == 403
    assert "Ask an administrator for the role if you need it." in response.content.decode()
    assert response.redirect_chain == []


# --- Too many attempts --------------------------------------------------------------------------


def test_after_ten_failures_the_account_waits(rita):
    for _attempt in range(10):
        sign_in_by_form(rita.email, "wrong")
    client, response = sign_in_by_form(rita.email, PASSWORD)
    assert not is_signed_in(client)
    assert "Too many failed login attempts" in response.content.decode()


def test_nine_failures_are_forgiven(rita):
    for _attempt in range(9):
        sign_in_by_form(rita.email, "wrong")
    client, _response = sign_in_by_form(rita.email, PASSWORD)
    assert is_signed_in(client)


def test_one_address_does_not_try_many_accounts(rita, cast):
    for number in range(20):
        sign_in_by_form(f"guess{number}@example.com", "wrong")
    client, _response = sign_in_by_form(rita.email, PASSWORD)
    assert not is_signed_in(client)
    client, _response = sign_in_by_form(rita.email, PASSWORD, REMOTE_ADDR="192.0.2.7")
    assert is_signed_in(client)


def test_a_forged_forwarding_header_does_not_change_the_address(rita):
    for number in range(20):
        sign_in_by_form(f"guess{number}@example.com", "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    client, _response = sign_in_by_form(rita.email, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.99")
    assert not is_signed_in(client)


def test_a_reset_link_works_while_the_account_waits_and_ends_the_wait(rita, django_capture_on_commit_callbacks):
    for _attempt in range(10):
        sign_in_by_form(rita.email, "wrong")
    link = reset_link(rita.email, django_capture_on_commit_callbacks)
    new = "a wholly different phrase"
    assert choose_password(link, new).status_code == 302
    client, _response = sign_in_by_form(rita.email, new)
    assert is_signed_in(client)


# --- Forgotten password -------------------------------------------------------------------------


def reset_link(email: str, callbacks) -> str:
    with callbacks(execute=True):
        Client().post("/accounts/password/reset/", {"email": email})
    return re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body).group(1)


def choose_password(link: str, password: str):
    client = Client()
    form_page = client.get(link, follow=True)
    path = form_page.redirect_chain[-1][0] if form_page.redirect_chain else link
    return client.post(path, {"password1": password, "password2": password})


def test_the_mail_names_nobody_in_its_subject(rita, django_capture_on_commit_callbacks):
    reset_link(rita.email, django_capture_on_commit_callbacks)
    assert mail.outbox[-1].subject == "A new password for Uncommon"
    assert mail.outbox[-1].alternatives[0].mimetype == "text/html"


def test_a_link_works_once_and_ends_other_sessions(rita, django_capture_on_commit_callbacks):
    other, _response = sign_in_by_form(rita.email, PASSWORD)
    link = reset_link(rita.email, django_capture_on_commit_callbacks)
    choose_password(link, "a wholly different phrase")
    assert not is_signed_in(other)
    page = Client().get(link, follow=True)
    assert "This link no longer works" in page.content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert response["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []


def test_a_new_address_kills_the_link(rita, cast, now, django_capture_on_commit_callbacks):
    link = reset_link(rita.email, django_capture_on_commit_callbacks)
    services.update_person(
        actor=cast.adam, person=rita, email="rita.new@example.com", display_name="Rita", time_zone="UTC", locale="en",
        pronouns="", joined_on=None, now=now,
    )  # fmt: skip
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()


def test_a_person_switched_off_gets_no_link(rita, cast, now, django_capture_on_commit_callbacks):
    services.deactivate_person(actor=cast.adam, person=rita, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/accounts/password/reset/", {"email": rita.email})
    assert mail.outbox == []


# --- Changing the password ----------------------------------------------------------------------


def test_changing_the_password_ends_the_other_sessions(rita, django_capture_on_commit_callbacks):
    here, _response = sign_in_by_form(rita.email, PASSWORD)
    there, _response = sign_in_by_form(rita.email, PASSWORD)
    new = "a wholly different phrase"
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert [message.subject for message in mail.outbox] == ["Your password for Uncommon was changed"]


@pytest.mark.parametrize("weak", ["short", "elevenchars", "rita@example.com", "qwerty123456"])
def test_weak_passwords_are_refused(rita, weak):
    client, _response = sign_in_by_form(rita.email, PASSWORD)
    response = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert response.status_code == 200
    rita.refresh_from_db()
    assert rita.check_password(PASSWORD)
