"""My account: what I may change about myself, and what my role may see."""

from people.models import Person

FORM = {"display_name": "Rita R.", "pronouns": "she/her", "locale": "en", "time_zone": "Asia/Manila", "theme": "dark"}


def test_changing_it(cast, sign_in):
    client = sign_in(cast.rita)
    page = client.post("/people/me/", FORM, follow=True).content.decode()
    cast.rita.refresh_from_db()
    assert (cast.rita.display_name, cast.rita.pronouns, cast.rita.time_zone) == ("Rita R.", "she/her", "Asia/Manila")
    assert client.cookies["theme"].value == "dark"
    assert 'data-theme="dark"' in page


def test_nothing_else_can_be_written(cast, sign_in):
    """Every field of the table is posted; only the four of the form change."""
    fields = {field.name: "9" for field in Person._meta.concrete_fields} | FORM | {"email": "evil@example.com", "is_active": ""}
    before = Person.objects.filter(pk=cast.rita.pk).values().get()
    sign_in(cast.rita).post("/people/me/", fields)
    after = Person.objects.filter(pk=cast.rita.pk).values().get()
    assert {name for name in before if before[name] != after[name]} == {"display_name", "pronouns", "time_zone", "last_login"}


def test_a_wrong_time_zone_is_refused(cast, sign_in):
    page = sign_in(cast.rita).post("/people/me/", FORM | {"time_zone": "Mars/Base"}).content.decode()
    assert "Select a valid choice" in page


def test_roles_and_teams_are_told_in_words(cast, sign_in):
    page = sign_in(cast.rita).get("/people/me/").content.decode()
    assert "Your own cases, figures, reviews and learning" in page
    assert "Harbour" in page
    page = sign_in(cast.lena).get("/people/me/").content.decode()
    assert "the teams you lead today" in page
    assert "Lead" in page


def test_times_are_shown_in_my_zone(cast, sign_in, now):
    """12:30 UTC is 20:30 in Manila."""
    cast.adam.time_zone = "Asia/Manila"
    cast.adam.save()
    cast.rita.invited_at = now.replace(hour=12, minute=30)
    cast.rita.save()
    assert "15 Jun 2026, 20:30" in sign_in(cast.adam).get(f"/people/{cast.rita.pk}/").content.decode()
