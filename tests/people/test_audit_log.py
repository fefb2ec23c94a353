"""The audit log: read by administrators, filtered, append-only, and chained."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from people import services
from people.audit import record, record_read
from people.models import AuditEntry, AuditSeal, Person, Role
from people.services import audit_chain
from people.services.audit_chain import broken_seals, seal_audit_log


@pytest.fixture
def page(cast, sign_in):
    client = sign_in(cast.adam)

    def get(query: str = "") -> str:
        response = client.get(f"/people/audit/{query}")
        assert response.status_code == 200
        return response.content.decode()

    return get


def test_who_did_what_before_and_after(cast, page, now):
    services.rename_team(actor=cast.adam, team=cast.harbour, name="Pier", now=now)
    text = page()
    assert "renamed the team <b>Pier</b>" in text
    assert f'<a href="/people/{cast.adam.pk}/">Adam Example</a> renamed' in text
    assert "Harbour</span> → Pier" in text
    assert "team.rename</" not in text


def test_filters(cast, page, now):
    services.grant_role(actor=cast.adam, person=cast.otto, role=Role.REVIEWER, now=now)
    services.deactivate_person(actor=cast.hana, person=cast.ravi, now=now + timedelta(days=3))
    assert "switched off the account of" in page("?actor=hana")
    assert "a role</div>" not in page("?actor=hana")
    assert "switched off the account of" in page("?subject=ravi")
    assert "switched off the account of" not in page("?verb=role.")
    assert f"role: {Role.REVIEWER.label}" in page("?verb=role.")
    assert "switched off the account of" in page("?since=2026-06-18&until=2026-06-18")
    assert "Nothing matches" in page("?since=2026-06-19")
    assert "Nothing matches" in page("?until=2026-06-14")


def test_pages_of_fifty_with_few_queries(cast, page, now, django_assert_max_num_queries):
    for _number in range(80):
        record(actor=cast.adam, verb="test.entry", target=cast.harbour, subject=cast.rita, now=now)
    with django_assert_max_num_queries(12):
        first = page("?verb=test.")
    assert "80 entries" in first
    assert first.count("test: entry Harbour") == 50
    assert page("?verb=test.&page=2").count("test: entry Harbour") == 30


def test_figures_lists_and_dates_are_written_for_people(cast, page, now):
    counts = {"read": 30001, "created": 1234, "job": None}
    record(actor=None, verb="import.surveys", target=cast.harbour, after=counts, now=now)
    draws = [[189, cast.vera.pk, cast.rita.pk], [190, cast.vera.pk, cast.ravi.pk]]
    record(actor=cast.hana, verb="review.draw", after={"period": "2026-W24", "draws": draws}, now=now)
    record(actor=cast.hana, verb="team.join", target=cast.meadow, subject=cast.rita,
           before={"team": cast.harbour.pk}, after={"team": cast.meadow.pk, "starts_on": "2026-06-15"}, now=now)  # fmt: skip
    text = " ".join(page().split())
    assert "The system imported survey answers from <b>Harbour</b>" in text
    assert "rows read: 30,001" in text
    assert "new: 1,234" in text
    assert "conversations: 2" in text
    assert "Harbour</span> → Meadow" in text
    assert "from: 15 Jun 2026" in text
    for python in ("[[", "{'", "None", "True", "30001", "job"):
        assert python not in text.split("<main")[1].split("</form>")[1], python


def test_what_was_noted_is_shown_as_text(cast, page, now):
    services.rename_team(actor=cast.adam, team=cast.harbour, name="<script>x</script>", now=now)
    assert "<script>x" not in page()


def test_the_filter_offers_acts_in_words(cast, page, now):
    text = page("?verb=role.grant")
    assert '<option value="role.grant" selected>Role given</option>' in text
    services.revoke_role(actor=cast.adam, person=cast.vera, role=Role.REVIEWER, now=now)
    assert '<option value="role.">Roles: everything</option>' in page()


def test_a_persons_page_says_what_was_done_by_them_and_what_to_them(cast, sign_in, now):
    services.deactivate_person(actor=cast.adam, person=cast.ravi, now=now)
    services.rename_team(actor=cast.adam, team=cast.harbour, name="Pier", now=now)
    client = sign_in(cast.adam)
    to_ravi, by_ravi = sections(client.get(f"/people/{cast.ravi.pk}/"), "Ravi")
    assert "switched off the account of" in to_ravi
    assert "Nothing yet." in by_ravi
    services.update_own_account(
        actor=cast.ravi, display_name="Ravi Sample", pronouns="", locale="en", time_zone="Europe/Berlin", now=now
    )
    to_ravi, by_ravi = sections(client.get(f"/people/{cast.ravi.pk}/"), "Ravi")
    assert "changed their own account" in by_ravi
    assert "changed their own account" not in to_ravi
    to_adam, by_adam = sections(client.get(f"/people/{cast.adam.pk}/"), "Adam")
    assert "renamed the team" in by_adam
    assert "switched off the account of" in by_adam
    assert "renamed the team" not in to_adam
    assert "The system made an account for" in to_adam


def sections(response, name):
    """The two lists of a person's page."""
    text = response.content.decode()
    rest = text.split(f"What others did that concerns {name}")[1]
    to_them, by_them = rest.split(f"What {name} did")
    return to_them, by_them.split("</section>")[0]


def test_the_log_fits_a_phone(cast, open_as, live_server, now):
    for number in range(10):
        record(actor=cast.hana, verb="import.interactions", target=cast.harbour,
               after={"read": 30001 + number, "created": 1, "updated": 2, "unchanged": 3, "rejected": 4, "warnings": 5}, now=now)  # fmt: skip
    browser = open_as(cast.adam)
    browser.set_viewport_size({"width": 360, "height": 800})
    browser.goto(f"{live_server.url}/people/audit/?verb=import.")
    assert browser.evaluate("document.documentElement.scrollWidth") <= 360
    heights = browser.evaluate("[...document.querySelectorAll('.log__entries > li')].map(li => li.offsetHeight)")
    assert len(heights) == 10
    assert max(heights) < 140


@pytest.mark.parametrize("who", ["rita", "lena", "vera", "edda", "hana"])
def test_nobody_else_reads_it(cast, sign_in, who):
    response = sign_in(getattr(cast, who)).get("/people/audit/")
    assert response.status_code == 403
    assert "Only an administrator reads the audit log." in response.content.decode()


def test_entries_cannot_be_changed_or_deleted(cast):
    entry = AuditEntry.objects.first()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_reading_somebodys_record_is_noted_once_a_day(cast, now):
    for moment in (now, now + timedelta(hours=5), now + timedelta(days=1)):
        record_read(cast.lena, cast.rita, "scores", moment)
    record_read(cast.lena, cast.rita, "cases", now)
    record_read(cast.lena, cast.ravi, "scores", now)
    record_read(cast.rita, cast.rita, "scores", now)
    reads = AuditEntry.objects.filter(verb__startswith="read.").order_by("at", "pk")
    assert sorted((entry.verb, entry.subject.email, entry.at.day) for entry in reads) == [
        ("read.cases", "rita@example.com", 15),
        ("read.scores", "ravi@example.com", 15),
        ("read.scores", "rita@example.com", 15),
        ("read.scores", "rita@example.com", 16),
    ]


def test_two_reads_at_once_cannot_both_be_noted(cast, now):
    record_read(cast.lena, cast.rita, "scores", now)
    key = AuditEntry.objects.get(verb="read.scores").once_key
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.create(at=now, verb="read.scores", once_key=key)


# --- The chain ------------------------------------------------------------------------------------


@pytest.fixture
def sealed(cast, now) -> AuditSeal:
    first = seal_audit_log(now=now)
    services.rename_team(actor=cast.adam, team=cast.harbour, name="Pier", now=now)
    services.grant_role(actor=cast.adam, person=cast.otto, role=Role.REVIEWER, now=now)
    last = seal_audit_log(now=now)
    assert first != last
    assert seal_audit_log(now=now) == last
    return last


def test_a_whole_log_is_found_whole(sealed):
    assert broken_seals() == []
    assert broken_seals(expected_digest=sealed.digest) == []
    call_command("verify_audit", expect=sealed.digest)


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "role.revoke"},
        {"at": datetime.fromisoformat("2026-06-15T09:00:01+00:00")},
        {"after": {"role": "admin"}},
        {"before": {"x": 1}},
        {"target_name": "Somebody"},
        {"target_id": "99"},
        {"actor_id": None},
        {"subject_id": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(sealed, change):
    entry = AuditEntry.objects.filter(verb="role.grant", actor__isnull=False).first()
    AuditEntry.objects.filter(pk=entry.pk).update(**change)
    assert len(broken_seals()) == 1


def test_each_removed_entry_is_found(sealed):
    for entry in AuditEntry.objects.all():
        with transaction.atomic():
            AuditEntry.objects.filter(pk=entry.pk)._raw_delete("default")
            assert len(broken_seals()) == 1
            transaction.set_rollback(True)


def test_an_entry_slipped_in_is_found(sealed, now):
    AuditEntry.objects.create(at=now, verb="planted", seal=sealed)
    assert len(broken_seals()) == 1


def test_a_log_cut_off_at_the_end_is_found_by_the_noted_digest(sealed):
    sealed.entries.all()._raw_delete("default")
    sealed.delete()
    assert broken_seals() == []
    assert broken_seals(expected_digest=sealed.digest) == ["the seal noted elsewhere is gone: the end of the log was cut off"]
    with pytest.raises(CommandError):
        call_command("verify_audit", expect=sealed.digest)


def test_the_command_seals_everything(cast, capsys):
    call_command("seal_audit")
    assert AuditEntry.objects.filter(seal=None).count() == 0
    assert AuditSeal.objects.last().digest in capsys.readouterr().out


def test_every_verb_of_people_is_in_the_log(cast, now):
    """Whoever does something to people leaves who, what and for whom."""
    person = Person.objects.get(pk=cast.rita.pk)
    services.update_own_account(actor=person, display_name="R", pronouns="they", locale="en", time_zone="UTC", now=now)
    entry = AuditEntry.objects.get(verb="account.update")
    assert (entry.actor, entry.subject) == (person, person)
    assert entry.before == {"display_name": "Rita Example", "pronouns": "", "time_zone": "Europe/Berlin"}
    assert entry.after == {"display_name": "R", "pronouns": "they", "time_zone": "UTC"}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there anyway; runs on PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sealed_before", [True, False])
def test_two_sealings_at_once_make_one_chain(now, monkeypatch, sealed_before):
    AuditEntry.objects.create(at=now, verb="first")
    if sealed_before:
        seal_audit_log(now=now)
        AuditEntry.objects.create(at=now, verb="second")
    monkeypatch.setattr(audit_chain, "BLOCK", 1)
    AuditEntry.objects.create(at=now, verb="third")
    in_the_middle, digest = threading.Event(), audit_chain._digest

    def slow(previous, entries):
        in_the_middle.set()
        time.sleep(1)
        return digest(previous, entries)

    def seal():
        try:
            seal_audit_log(now=now)
        finally:
            connections.close_all()

    monkeypatch.setattr(audit_chain, "_digest", slow)
    threads = [threading.Thread(target=seal) for _n in range(2)]
    threads[0].start()
    in_the_middle.wait(timeout=10)
    threads[1].start()
    for thread in threads:
        thread.join(timeout=20)
    monkeypatch.setattr(audit_chain, "_digest", digest)
    assert not AuditEntry.objects.filter(seal=None).exists()
    assert broken_seals() == []
