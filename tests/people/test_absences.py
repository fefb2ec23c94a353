"""Somebody is away: noted and removed by those who may, and the note is for nobody else."""

from datetime import date

import pytest
from django.urls import reverse

from people import services
from people.models import Absence, AuditEntry, Person
from people.services import PeopleError

DAYS = {"starts_on": "2026-08-03", "until": "2026-08-07"}


def post(client, person, **more):
    return client.post(reverse("absence_list"), DAYS | {"person": person.pk, "note": "Back surgery"} | more, follow=True)


def test_noted_by_oneself_and_removed_by_the_lead(cast, now, sign_in, time_machine):
    time_machine.move_to(now, tick=False)
    rita = sign_in(cast.rita)
    assert "Rita Example gets no new work on these days." in post(rita, cast.rita).content.decode()
    assert "Back surgery" in rita.get(reverse("absence_list")).content.decode()
    page = sign_in(cast.lena).get(reverse("absence_list")).content.decode()
    assert "3 Aug 2026 to 7 Aug 2026" in page
    for other in (cast.lena, cast.hana, cast.adam):
        assert "Back surgery" not in sign_in(other).get(reverse("absence_list")).content.decode()
    assert "Rita" not in sign_in(cast.otto).get(reverse("absence_list")).content.decode()
    entry = AuditEntry.objects.get(verb="absence.record")
    assert (entry.actor, entry.subject, entry.after) == (cast.rita, cast.rita, DAYS)
    assert "Back surgery" not in str(entry.after) + entry.target_name
    url = reverse("absence_remove", args=[Absence.objects.get().pk])
    assert sign_in(cast.otto).post(url).status_code == 404
    assert "Remove this absence?" in sign_in(cast.lena).get(url).content.decode()
    sign_in(cast.lena).post(url)
    assert not Absence.objects.exists()


def test_nobody_notes_absences_of_strangers(cast, sign_in):
    assert post(sign_in(cast.lars), cast.rita).status_code == 422
    assert post(sign_in(cast.rita), cast.ravi).status_code == 422
    assert not Absence.objects.exists()


def test_days_make_sense_and_do_not_overlap(cast, now, sign_in):
    assert "lies before the first" in post(sign_in(cast.rita), cast.rita, until="2026-08-01").content.decode()
    note = {"actor": None, "person": cast.rita, "now": now}
    services.record_absence(starts_on=date(2026, 8, 3), until=date(2026, 8, 7), **note)
    with pytest.raises(PeopleError, match="noted already"):
        services.record_absence(starts_on=date(2026, 8, 7), until=date(2026, 8, 9), **note)
    services.record_absence(starts_on=date(2026, 8, 8), until=date(2026, 8, 8), **note)
    assert cast.rita in Person.objects.present_on(date(2026, 8, 2))
    assert cast.rita not in Person.objects.present_on(date(2026, 8, 7))
    assert set(Person.objects.absent_on(date(2026, 8, 8))) == {cast.rita}


def test_the_list_is_narrowed(cast, now, sign_in, time_machine):
    time_machine.move_to(now, tick=False)
    for person, day in ((cast.rita, date(2026, 6, 15)), (cast.otto, date(2026, 5, 4))):
        services.record_absence(actor=None, person=person, starts_on=day, until=day, now=now)
    head = sign_in(cast.hana)
    url = reverse("absence_list")
    shown = {query: head.get(url + query).content.decode() for query in ("", "?show=past", "?show=all", "?q=otto", "?q=nobody")}
    rows = {query: ("Remove: Rita" in page, "Remove: Otto" in page) for query, page in shown.items()}
    assert rows == {
        "": (True, False), "?show=past": (False, True), "?show=all": (True, True), "?q=otto": (False, False), "?q=nobody": (False, False),
    }  # fmt: skip
    assert "Away today" in shown[""]
    assert "Nothing fits these filters" in shown["?q=nobody"]
