"""What an administrator does on the pages of people, teams and roles."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from people import services
from people.models import AuditEntry, ExternalId, Membership, Person, Role, Team
from people.services import EDITORS_GROUP


@pytest.fixture
def adam(cast, sign_in):
    return sign_in(cast.adam)


def text(response) -> str:
    return response.content.decode()


# --- The directory --------------------------------------------------------------------------------


def test_the_directory_is_searched_and_filtered(cast, adam, now):
    ExternalId.objects.create(person=cast.ravi, source="zendesk", value="4711")
    services.deactivate_person(actor=cast.adam, person=cast.otto, now=now)
    everybody = text(adam.get("/people/"))
    assert "rita@example.com" in everybody
    assert "otto@example.com" not in everybody
    assert "otto@example.com" in text(adam.get("/people/?state=inactive"))
    assert "otto@example.com" in text(adam.get("/people/?state=all&q=OTTO"))
    assert "ravi@example.com" in text(adam.get("/people/?q=4711"))
    leads = text(adam.get("/people/?role=lead"))
    assert "lena@example.com" in leads
    assert "rita@example.com" not in leads
    care = text(adam.get(f"/people/?team={cast.care.pk}"))
    assert "rita@example.com" in care
    assert "vera@example.com" not in care
    assert "Nobody matches" in text(adam.get("/people/?q=zzz"))
    assert "rita@example.com" in text(adam.get("/people/?state=uninvited"))


def test_the_directory_costs_few_queries(cast, adam, now, django_assert_max_num_queries):
    for number in range(70):
        person = services.create_person(
            actor=None, email=f"p{number}@example.com", display_name=f"P{number:03}", roles=[Role.REP], now=now
        )
        services.join_team(actor=None, person=person, team=cast.harbour, starts_on=date(2025, 1, 1), now=now)
    with django_assert_max_num_queries(14):
        page = text(adam.get("/people/"))
    assert "80 people" in page
    assert "P069" in text(adam.get("/people/?page=2"))


def test_a_lead_is_told_why_not(cast, sign_in):
    response = sign_in(cast.lena).get("/people/")
    assert response.status_code == 403
    assert "Only an administrator keeps accounts, teams and roles." in text(response)


# --- Accounts -------------------------------------------------------------------------------------

NEW = {
    "email": "New@Example.com", "display_name": "Nora New", "pronouns": "", "locale": "en", "time_zone": "UTC",
    "joined_on": "2026-06-01", "roles": ["rep", "reviewer"],
}  # fmt: skip


def test_adding_a_person_with_team_and_invitation(cast, adam, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        adam.post("/people/add/", NEW | {"team": cast.meadow.pk, "invite": "on"})
    nora = Person.objects.get(email="new@example.com")
    assert nora.roles == {"rep", "reviewer"}
    assert nora.memberships.get().starts_on == date(2026, 6, 1)
    assert [message.to for message in mail.outbox] == [["new@example.com"]]


def test_an_address_in_use_is_refused_at_its_field(cast, adam):
    page = text(adam.post("/people/add/", NEW | {"email": "RITA@example.com"}))
    assert "rita@example.com already has an account." in page


def test_correcting_a_person(cast, adam, sign_in):
    rita = sign_in(cast.rita)
    assert rita.get("/people/me/").status_code == 200
    form = NEW | {"email": "rita.new@example.com", "display_name": "Rita New"}
    assert adam.post(f"/people/{cast.rita.pk}/edit/", form).status_code == 302
    cast.rita.refresh_from_db()
    assert (cast.rita.email, cast.rita.display_name) == ("rita.new@example.com", "Rita New")
    assert rita.get("/people/me/").status_code == 302  # a new address ends the sessions


def test_no_unlisted_field_can_be_written(cast, adam):
    fields = {field.name: "9" for field in Person._meta.concrete_fields} | NEW | {"is_superuser": "1", "session_epoch": "9"}
    before = Person.objects.filter(pk=cast.rita.pk).values().get()
    adam.post(f"/people/{cast.rita.pk}/edit/", fields)
    after = Person.objects.filter(pk=cast.rita.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"email", "display_name", "time_zone", "joined_on", "session_epoch"}
    assert after["session_epoch"] == 1
    assert not after["is_superuser"]


# --- Roles ----------------------------------------------------------------------------------------


def test_giving_and_taking_a_role(cast, adam):
    adam.post(f"/people/{cast.rita.pk}/roles/grant/", {"role": "editor"})
    rita = Person.objects.get(pk=cast.rita.pk)
    assert rita.has_role(Role.EDITOR)
    assert rita.groups.filter(name=EDITORS_GROUP).exists()
    page = text(adam.get(f"/people/{rita.pk}/roles/editor/revoke/"))
    assert "Take a role away from Rita Example?" in page
    assert Person.objects.get(pk=rita.pk).has_role(Role.EDITOR)  # asking is not doing
    adam.post(f"/people/{rita.pk}/roles/editor/revoke/")
    rita = Person.objects.get(pk=cast.rita.pk)
    assert not rita.has_role(Role.EDITOR)
    assert not rita.groups.exists()
    verbs = AuditEntry.objects.filter(subject=rita, verb__startswith="role.", actor=cast.adam).values_list("verb", flat=True)
    assert sorted(verbs) == ["role.grant", "role.revoke"]


def test_an_unknown_role_is_refused(cast, adam):
    assert "Choose a role" in text(adam.post(f"/people/{cast.rita.pk}/roles/grant/", {"role": "king"}, follow=True))
    assert adam.post(f"/people/{cast.rita.pk}/roles/king/revoke/").status_code == 404


def test_nobody_may_change_users_or_groups_through_django(cast):
    forbidden = Permission.objects.filter(
        codename__in=["add_person", "change_person", "delete_person", "add_group", "change_group"]
    )
    assert forbidden.count() == 5
    assert not Group.objects.filter(permissions__in=forbidden).exists()
    assert not Person.objects.filter(user_permissions__in=forbidden).exists()
    assert not Person.objects.filter(is_superuser=True).exists()


# --- Teams ----------------------------------------------------------------------------------------


def test_the_tree_with_its_leads(cast, adam, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        page = text(adam.get("/people/teams/"))
    assert page.index("Care") < page.index("Harbour") < page.index("Meadow")
    assert "Lena Example" in page
    assert "2 members" in page
    assert "3 members in the teams below" in page
    assert "0 members" not in page


def test_every_choice_of_a_team_says_what_choosing_none_means(cast, adam):
    for address, words in (
        ("/people/", "All teams"),
        ("/people/add/", "No team"),
        (f"/people/{cast.rita.pk}/", "Choose a team"),
        ("/people/teams/add/", "Nothing: at the top"),
    ):
        page = adam.get(address).content.decode()
        assert f">{words}</option>" in page, address
        assert "-----" not in page, address


def test_making_renaming_and_moving_a_team(cast, adam):
    adam.post("/people/teams/add/", {"name": "Cove", "parent": cast.harbour.pk})
    cove = Team.objects.get(name="Cove")
    assert cove.path == f"{cast.harbour.path}{cove.pk}/"
    adam.post(f"/people/teams/{cast.harbour.pk}/", {"name": "Pier", "parent": cast.meadow.pk})
    cast.harbour.refresh_from_db()
    cove.refresh_from_db()
    assert cast.harbour.name == "Pier"
    assert cast.harbour.path == f"{cast.meadow.path}{cast.harbour.pk}/"
    assert cove.path == f"{cast.harbour.path}{cove.pk}/"


def test_a_team_moves_neither_below_itself_nor_onto_a_name(cast, adam, now):
    page = text(adam.post(f"/people/teams/{cast.care.pk}/", {"name": "Care", "parent": cast.harbour.pk}))
    assert "cannot move below itself" in page
    services.create_team(actor=None, name="Harbour", now=now)
    page = text(adam.post(f"/people/teams/{cast.harbour.pk}/", {"name": "Harbour", "parent": ""}))
    assert "There is already a team Harbour here." in page
    cast.care.refresh_from_db()
    assert cast.care.parent is None


def test_moving_a_person_from_a_day_on(cast, adam):
    form = {"team": cast.meadow.pk, "kind": "member", "starts_on": "2026-06-01"}
    page = text(adam.post(f"/people/{cast.rita.pk}/teams/join/", form, follow=True))
    assert "Days before that one keep the team they had." in page
    assert Membership.objects.on(date(2026, 5, 31)).get(person=cast.rita).team == cast.harbour
    assert Membership.objects.on(date(2026, 6, 1)).get(person=cast.rita).team == cast.meadow
    page = text(adam.post(f"/people/{cast.rita.pk}/teams/join/", form | {"team": cast.care.pk}, follow=True))
    assert "Choose a later start date" in page


def test_ending_a_membership(cast, adam):
    membership = Membership.objects.get(person=cast.lena)
    address = f"/people/{cast.lena.pk}/teams/{membership.pk}/leave/"
    assert "End the time of Lena Example in Harbour?" in text(adam.get(address))
    adam.post(address, {"ends_on": "2026-06-01"})
    membership.refresh_from_db()
    assert membership.ends_on == date(2026, 6, 1)
    assert "already ended" in text(adam.post(address, {"ends_on": "2026-06-02"}, follow=True))
    # One person's address does not end another's membership.
    other = Membership.objects.get(person=cast.lars)
    assert adam.post(f"/people/{cast.lena.pk}/teams/{other.pk}/leave/", {"ends_on": "2026-06-01"}).status_code == 404


def test_names_in_other_systems(cast, adam):
    adam.post(f"/people/{cast.rita.pk}/external-ids/add/", {"source": "Zendesk", "value": "7"})
    external_id = ExternalId.objects.get(person=cast.rita)
    assert str(external_id) == "zendesk:7"
    page = text(adam.post(f"/people/{cast.otto.pk}/external-ids/add/", {"source": "zendesk", "value": "7"}, follow=True))
    assert "already belongs to Rita Example" in page
    adam.post(f"/people/{cast.rita.pk}/external-ids/{external_id.pk}/remove/")
    assert not ExternalId.objects.exists()


# --- Importing on the page ------------------------------------------------------------------------


def upload(client, content: str | bytes, name: str = "list.csv"):
    data = content.encode() if isinstance(content, str) else content
    return client.post("/people/import/", {"file": SimpleUploadedFile(name, data)}, follow=True)


LIST = "email,name,team\nnora@example.com,Nora,Care / Cove\nbad,Bad,\nrita@example.com,=HYPERLINK(1),\n"


def test_upload_preview_confirm_result_and_error_file(cast, adam):
    response = upload(adam, LIST)
    page = text(response)
    assert "What would happen" in page
    assert "nora@example.com" in page
    assert "This is not an e-mail address." in page
    assert not Person.objects.filter(email="nora@example.com").exists()
    preview = response.redirect_chain[-1][0]
    result = adam.post(preview, follow=True)
    assert "Some lines stayed out" in text(result)
    assert Person.objects.filter(email="nora@example.com").exists()
    assert AuditEntry.objects.filter(verb="person.create", actor=cast.adam, subject__email="nora@example.com").exists()
    errors = adam.get(result.redirect_chain[-1][0].replace("/result/", "/errors/"))
    assert errors["Content-Disposition"] == 'attachment; filename="people-errors.csv"'
    lines = errors.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "line,field,value,reason,remedy"
    assert lines[1].startswith("3,email,bad,")
    # Confirming twice imports once.
    assert adam.post(preview).status_code == 302
    assert AuditEntry.objects.filter(verb="person.create", subject__email="nora@example.com").count() == 1


def test_a_file_that_cannot_be_read_is_explained(cast, adam):
    assert "There is no column with e-mail addresses" in text(upload(adam, "a,b\n1,2\n"))
    assert "zip archive" in text(upload(adam, zip_of("x.txt"), "list.csv"))


def zip_of(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "x")
    return stream.getvalue()


def test_anothers_upload_is_not_there(cast, adam, sign_in, now):
    preview = upload(adam, LIST).redirect_chain[-1][0]
    services.grant_role(actor=cast.adam, person=cast.hana, role=Role.ADMIN, now=now)
    assert sign_in(cast.hana).get(preview).status_code == 404
    assert adam.get("/people/import/..%2F..%2Fetc/").status_code == 404
