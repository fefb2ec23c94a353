"""A calibration session from its preparation to its end, through the front door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from coaching.quality import services as quality
from coaching.quality.agreement import alignment
from coaching.quality.calibration import services
from coaching.quality.calibration.results import load_results
from coaching.quality.models import (
    Answer,
    BlindRating,
    BlindScoring,
    CalibrationSession,
    Consensus,
    Criterion,
    Review,
    ScorecardVersion,
)
from coaching.quality.services import QualityError
from people.models import AuditEntry
from tests.factories.calibration import agree, criterion, fill, make_session, scoring_of
from tests.factories.quality import make_interaction, make_published


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


def get(client, person, name, *args, query=""):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(reverse(name, args=args) + query)


def page(client, person, name, *args, query=""):
    return get(client, person, name, *args, query=query).content.decode()


def send(client, person, name, *args, data=None):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.post(reverse(name, args=args), data or {}, follow=True).content.decode()


def sheet(version, **choices):
    """A posted sheet: the best answers, except the criteria named."""
    wanted = {key.replace("_", "-"): value for key, value in choices.items()}
    data = {}
    for each in Criterion.objects.filter(section__version=version):
        data[f"answer-{each.pk}"] = Answer.objects.get(criterion=each, value=wanted.get(each.key, 1)).pk
        data[f"comment-{each.pk}"] = f"About {each.key}" if each.key in wanted else ""
    return data


def test_from_preparing_to_closing(client, cast, now):
    make_published(cast.viktor, cast.rita, number=41, now=now - timedelta(days=3))
    version = ScorecardVersion.objects.get(state="published")
    case = make_interaction(cast.ravi, number=42, now=now)
    setup = {
        "title": "Greetings in June",
        "version": version.pk,
        "due_on": "2026-06-22",
        "threshold": "10",
        "participants": [cast.vera.pk, cast.viktor.pk],
        "numbers": case.external_id,
        "at_random": "5",
    }
    # One participant is not enough, and a number that names nothing is named.
    assert "Choose at least two participants." in send(
        client, cast.hana, "calibration_create", data=setup | {"participants": [cast.vera.pk]}
    )
    assert "has the number 4711" in send(client, cast.hana, "calibration_create", data=setup | {"numbers": "4711"})
    assert "Nobody is asked before you open it." in send(client, cast.hana, "calibration_create", data=setup)
    session = CalibrationSession.objects.get()
    assert [item.interaction.external_id for item in session.items.all()] == [case.external_id, f"{cast.rita.pk}-41"]
    # A participant does not know of it yet; it can be set up anew.
    assert get(client, cast.vera, "calibration_detail", session.pk).status_code == 404
    rest = {"remove": session.items.get(position=2).pk, "numbers": "", "at_random": ""}
    send(client, cast.hana, "calibration_change", session.pk, data=setup | rest | {"participants": [cast.vera.pk, cast.lena.pk]})
    send(client, cast.hana, "calibration_open", session.pk)
    session.refresh_from_db()
    assert (session.state, session.items.count(), BlindScoring.objects.count()) == ("scoring", 1, 2)
    # It stands on the pages of work of who takes part, the lead's among them.
    assert "Greetings in June" in page(client, cast.vera, "quality_queue")
    assert "Greetings in June" in page(client, cast.lena, "today")
    assert "Greetings in June" not in page(client, cast.viktor, "quality_queue")
    # Vera saves a draft, forgets nothing, and submits; what is missing is named first.
    own = scoring_of(session, cast.vera)
    some = {key: value for key, value in sheet(version).items() if not key.startswith("comment")}
    first = criterion(session, "warm-greeting")
    assert "Draft saved." in send(
        client,
        cast.vera,
        "scoring_edit",
        own.pk,
        data={f"answer-{first.pk}": some[f"answer-{first.pk}"], f"comment-{first.pk}": ""},
    )
    assert BlindRating.objects.count() == 1
    missing = send(client, cast.vera, "scoring_edit", own.pk, data={"action": "submit"})
    assert "11 answers are missing before you can submit:" in missing
    done = send(
        client,
        cast.vera,
        "scoring_edit",
        own.pk,
        data=sheet(version, warm_greeting=0.5) | {"action": "submit", "overall": "Hard to say."},
    )
    assert "You see the answers of the others once scoring is over." in done
    assert "can no longer be changed" in send(client, cast.vera, "scoring_edit", own.pk, data=sheet(version))
    # The last to submit ends scoring.
    send(
        client,
        cast.lena,
        "scoring_edit",
        scoring_of(session, cast.lena).pk,
        data=sheet(version, plain_language=0) | {"action": "submit"},
    )
    session.refresh_from_db()
    assert (session.state, session.ended_by) == ("review", None)
    read = page(client, cast.vera, "calibration_detail", session.pk)
    assert "1 of 1" in read
    item = session.items.get()
    assert "Vera Example" in page(client, cast.lena, "calibration_item", item.pk)
    assert "About plain-language" in page(client, cast.vera, "calibration_item", item.pk)
    # The discussion: what all answered alike is filled in already, the rest is chosen.
    form = page(client, cast.hana, "calibration_item", item.pk)
    assert form.count('<option value="">Not yet</option>') == 12
    assert "criteria have no agreed answer yet" in send(client, cast.hana, "calibration_resolve", session.pk)
    agreed = {
        f"answer-{c.pk}": Answer.objects.get(criterion=c, value=1).pk for c in Criterion.objects.filter(section__version=version)
    }
    assert "Saved what was agreed on." in send(
        client, cast.hana, "calibration_item", item.pk, data=agreed | {f"reason-{first.pk}": "By name, and about the parcel."}
    )
    send(client, cast.hana, "calibration_resolve", session.pk, data={"conclusion": "We look for the name first."})
    read = page(client, cast.vera, "calibration_detail", session.pk)
    assert "We look for the name first." in read
    assert "By name, and about the parcel." in page(client, cast.vera, "calibration_item", item.pk)
    send(client, cast.hana, "calibration_close", session.pk)
    session.refresh_from_db()
    assert session.state == "closed"
    # Nobody's answers and no review changed by any of it.
    assert BlindRating.objects.get(scoring=own, criterion=first).answer.value == 0.5
    assert Review.objects.count() == 1
    assert Consensus.objects.count() == 12
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {f"calibration.{verb}" for verb in ("create", "change", "open", "end", "agree", "resolve", "close")} <= verbs


def test_figures_are_those_of_the_formulas(client, cast, now):
    """Alignment by hand: weights 6 and 10 of 100 half and wholly apart, and a criterion that only one found to apply."""
    session = make_session(cast.hana, [cast.vera, cast.viktor, cast.lena], rep=cast.rita, cases=2, now=now)
    for position in (1, 2):
        fill(scoring_of(session, cast.vera, position), now=now)
        fill(scoring_of(session, cast.viktor, position), now=now, warm_greeting=0.5, name_the_need=0, calm_with_upset="na")
        fill(scoring_of(session, cast.lena, position), now=now, warm_greeting=0.5)
    session.refresh_from_db()
    agree(session, cast.hana, now=now)
    results = load_results(session)
    found = {each.person.pk: each for each in results.participants}
    weights = {c.key: float(c.weight) for c in Criterion.objects.filter(section__version=session.scorecard_version)}
    best = dict.fromkeys(weights, 1.0)
    other = {key: value for key, value in best.items() if key != "calm-with-upset"} | {"warm-greeting": 0.5, "name-the-need": 0.0}
    assert found[cast.vera.pk].alignment == 1
    assert found[cast.viktor.pk].alignment == pytest.approx(alignment(other, best, weights))
    assert found[cast.viktor.pk].alignment == pytest.approx(1 - (3 + 10 + 6) / 100)
    assert found[cast.lena.pk].alignment == pytest.approx(0.97)
    assert found[cast.lena.pk].criteria == 24
    by_key = {each.criterion.key: each for each in results.criteria}
    assert by_key["warm-greeting"].percent == pytest.approx(1 / 3)  # one of three pairs
    assert (by_key["warm-greeting"].widest, by_key["warm-greeting"].flagged) == (50, 2)
    assert (by_key["calm-with-upset"].widest, by_key["calm-with-upset"].flagged) == (0, 2)  # apart on whether it applies
    assert (by_key["plain-language"].percent, by_key["plain-language"].flagged) == (1, 0)
    assert "Apart on whether it applies" in page(client, cast.vera, "calibration_item", session.items.first().pk)
    of_all = page(client, cast.vera, "calibration_detail", session.pk)
    assert "81 %" in of_all
    assert of_all.count("and on whether it applies") == 1  # beside the 0 % of the one criterion


def test_the_threshold_decides_what_is_flagged(cast, now):
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, now=now)
    CalibrationSession.objects.update(threshold=50)
    fill(scoring_of(session, cast.vera), now=now)
    fill(scoring_of(session, cast.viktor), now=now, warm_greeting=0.5, plain_language=0)
    session.refresh_from_db()
    flagged = {each.criterion.key for each in load_results(session).criteria if each.flagged}
    assert flagged == {"plain-language"}  # half the scale is not more than half of it


def test_partial_results_say_whose_answers_are_missing(client, cast, now):
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, cases=2, now=now)
    assert "Nobody has submitted anything yet" in send(client, cast.hana, "calibration_end", session.pk)
    fill(scoring_of(session, cast.vera), now=now)
    fill(scoring_of(session, cast.viktor), now=now, submit=False, warm_greeting=0)
    assert get(client, cast.vera, "calibration_end", session.pk).status_code == 405
    client.force_login(cast.vera, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse("calibration_end", args=[session.pk])).status_code == 403
    send(client, cast.hana, "calibration_end", session.pk)
    read = page(client, cast.vera, "calibration_detail", session.pk)
    assert "Hana Example ended scoring on 15 June 2026." in read
    assert "Vera Example (1 of 2 submitted), Viktor Example (0 of 2 submitted)" in read
    # A draft that was not handed in stays out, for good.
    assert "Missing" not in page(client, cast.vera, "calibration_item", session.items.get(position=1).pk)
    assert "Scoring of this session is over" in send(client, cast.viktor, "scoring_edit", scoring_of(session, cast.viktor).pk)
    results = load_results(CalibrationSession.objects.get())
    assert [len(item.scorings) for item in results.items] == [1, 0]
    # What nobody scored needs no agreement.
    agree(CalibrationSession.objects.get(), cast.hana, now=now)
    Consensus.objects.filter(item__position=2).delete()
    assert services.resolve_session(actor=cast.hana, session=session, now=now).state == "resolved"


def test_who_left_is_not_waited_for(cast, now):
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, now=now)
    cast.viktor.is_active = False
    cast.viktor.save()
    fill(scoring_of(session, cast.vera), now=now)
    session.refresh_from_db()
    assert session.state == "review"


def test_nobody_takes_part_where_their_own_conversation_is_scored(client, cast, now):
    with pytest.raises(QualityError, match="Lena Example’s own"):
        make_session(cast.hana, [cast.vera, cast.lena], rep=cast.lena, now=now)
    assert not CalibrationSession.objects.exists()
    # Who became a reviewer meanwhile neither sees the session nor opens it.
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, now=now)
    cast.rita.role_grants.create(role="reviewer")
    assert get(client, cast.rita, "calibration_detail", session.pk).status_code == 404
    assert "Greetings in June" not in page(client, cast.rita, "calibration_list")


def test_each_step_only_from_the_one_before(cast, now):
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, open_it=False, now=now)
    item = session.items.get()

    def refused(verb, **extra):
        with pytest.raises(QualityError):
            verb(actor=cast.hana, now=now, **extra)

    everything = (services.open_session, services.end_session_scoring, services.resolve_session, services.close_session)
    for verb in everything[1:]:
        refused(verb, session=session)
    refused(services.save_consensus, item=item, wishes=[])
    services.open_session(actor=cast.hana, session=session, now=now)
    refused(services.open_session, session=session)
    refused(services.discard_session, session=session)
    refused(services.resolve_session, session=session)
    fill(scoring_of(session, cast.vera), now=now)
    fill(scoring_of(session, cast.viktor), now=now)
    refused(services.end_session_scoring, session=session)
    refused(services.close_session, session=session)
    agree(CalibrationSession.objects.get(), cast.hana, now=now)
    services.resolve_session(actor=cast.hana, session=session, now=now)
    refused(services.save_consensus, item=item, wishes=[])
    services.close_session(actor=cast.hana, session=session, now=now)
    refused(services.close_session, session=session)


def test_a_draft_is_thrown_away(client, cast, now):
    session = make_session(cast.vera, [cast.vera, cast.viktor], rep=cast.rita, open_it=False, now=now)
    assert "Thrown away." in send(client, cast.vera, "calibration_discard", session.pk)
    assert not CalibrationSession.objects.exists()
    assert "No session yet" in page(client, cast.vera, "calibration_list")


def test_a_reviewer_chooses_among_reviewed_conversations_only(client, cast, now):
    """Else any conversation of the company could be opened by its number."""
    case = make_interaction(cast.rita, number=7, now=now)
    quality.ensure_starter_scorecard(actor=None, now=now)
    setup = {
        "title": "Ours",
        "version": ScorecardVersion.objects.get(state="published").pk,
        "due_on": "2026-06-22",
        "threshold": "10",
        "participants": [cast.vera.pk, cast.viktor.pk],
        "numbers": case.external_id,
    }
    assert "No single conversation that you may choose" in send(client, cast.vera, "calibration_create", data=setup)
    reviewed = make_published(cast.viktor, cast.rita, number=8, now=now)
    send(client, cast.vera, "calibration_create", data=setup | {"numbers": reviewed.interaction.external_id})
    assert CalibrationSession.objects.get().items.get().interaction == reviewed.interaction


def test_the_pages_do_not_read_more_with_more_people(client, cast, now, django_assert_max_num_queries):
    session = make_session(cast.hana, [cast.vera, cast.viktor, cast.lena], rep=cast.rita, cases=3, now=now)
    for position in (1, 2, 3):
        for person in (cast.vera, cast.viktor, cast.lena):
            fill(scoring_of(session, person, position), now=now, warm_greeting=0.5)
    agree(CalibrationSession.objects.get(), cast.hana, now=now)
    client.force_login(cast.hana, backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_assert_max_num_queries(32):
        client.get(reverse("calibration_detail", args=[session.pk]))
    with django_assert_max_num_queries(32):
        client.get(reverse("calibration_item", args=[session.items.first().pk]))
