"""Before scoring is over nobody learns an answer, and at no time whose conversation it is. Each check is seen to notice a planted leak."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from coaching.interactions.models import Message
from coaching.quality.calibration.counting import count_agreement_of_all, doubled_readings
from coaching.quality.calibration.days import quarter_of
from coaching.quality.calibration.masking import mask
from coaching.quality.calibration.results import load_results
from coaching.quality.models import AgreementSummary, BlindScoring, Scorecard
from people.models import AuditEntry
from tests.factories.calibration import fill, make_session, scoring_of
from tests.factories.quality import make_published

SECRET = "The second sentence is what I went by."
REP = "Rita Example"


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def session(cast, now):
    """Vera has submitted with a comment, Viktor not; Ravi's review of the same conversation by Viktor is published."""
    review = make_published(cast.viktor, cast.rita, number=3, now=now, warm_greeting=0)
    Message.objects.filter(interaction=review.interaction, position=2).update(
        body="Good morning Kim,\nI will see to it.\nRita Example\nRITA\n rita\nIt was Rita's own idea. Rites and ritardando stay."
    )
    session = make_session(
        cast.hana, [cast.vera, cast.viktor, cast.lena], rep=cast.rita, interactions=[review.interaction], now=now
    )
    fill(scoring_of(session, cast.vera), now=now, comment=SECRET, warm_greeting=0.5)
    return session


def pages_of(client, person, session):
    """Everything about the session that this person can open, in one text."""
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    found = []
    addresses = [
        reverse("calibration_list"),
        reverse("calibration_detail", args=[session.pk]),
        reverse("quality_queue"),
        reverse("agreement"),
        reverse("grader_list"),
        *(reverse("scoring_edit", args=[scoring.pk]) for scoring in BlindScoring.objects.all()),
        *(reverse("calibration_item", args=[item.pk]) for item in session.items.all()),
    ]
    for address in addresses:
        answer = client.get(address)
        if answer.status_code == 200:
            # Vera's name stands in the list of participants and in the page's own menu.
            found.append(answer.content.decode())
    return found


def leaks(texts):
    """What of Vera's answers stands in these pages."""
    marks = (SECRET, "Because of what stands in the second message.", "% apart", "Agreed on", "Alignment</th>")
    return sorted({mark for text in texts for mark in marks if mark in text})


def test_no_answer_is_seen_before_scoring_is_over(client, cast, session, now):
    for person in (cast.viktor, cast.lena, cast.hana):
        assert leaks(pages_of(client, person, session)) == []
    # Another's sheet, and the results, cannot be opened at all.
    client.force_login(cast.hana, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("scoring_edit", args=[scoring_of(session, cast.vera).pk])).status_code == 404
    assert client.get(reverse("calibration_item", args=[session.items.get().pk])).status_code == 403
    with pytest.raises(ValueError, match="may not be read yet"):
        load_results(session)
    # Nor does the participant's own sheet show what the review of the same conversation says.
    client.force_login(cast.lena, backend="allauth.account.auth_backends.AuthenticationBackend")
    own = client.get(reverse("scoring_edit", args=[scoring_of(session, cast.lena).pk])).content.decode()
    assert " checked" not in own.split("sheet__body")[1]
    assert "<mark" not in own


def test_the_check_of_pages_notices_a_leak(client, cast, session, now):
    """Planted: the session is set to being discussed while Viktor and Lena have not submitted."""
    session.state, session.ended_at = "review", now
    session.save()
    assert SECRET in leaks(pages_of(client, cast.viktor, session))


def test_the_log_and_the_counts_say_nothing_before(cast, session, now):
    entries = list(AuditEntry.objects.filter(verb__startswith="scoring.").order_by("pk"))
    assert [entry.verb for entry in entries] == ["scoring.save", "scoring.submit"]
    assert all(entry.subject_id is None and entry.target_name.startswith("Blind scoring") for entry in entries)
    assert [entry.after for entry in entries] == [{}, {"state": "submitted"}]
    assert not AuditEntry.objects.filter(verb__startswith="calibration.", subject=cast.rita).exists()
    # One review and one submitted scoring make a double only once scoring is over.
    count_agreement_of_all(now)
    assert set(AgreementSummary.objects.values_list("doubles", flat=True)) == {0}
    quarter = quarter_of(now.date())
    assert doubled_readings(Scorecard.objects.get(), quarter) == []
    fill(scoring_of(session, cast.viktor), now=now)
    fill(scoring_of(session, cast.lena), now=now)
    assert {each.scorer for each in doubled_readings(Scorecard.objects.get(), quarter)} == {
        p.pk for p in (cast.vera, cast.viktor, cast.lena)
    }


def test_the_rep_is_not_named_at_any_time(client, cast, session, now):
    def text():
        return "".join(pages_of(client, cast.viktor, session)) + "".join(pages_of(client, cast.lena, session))

    during = text()
    assert "The rep" in during
    fill(scoring_of(session, cast.viktor), now=now)
    fill(scoring_of(session, cast.lena), now=now)
    session.refresh_from_db()
    after = text()
    assert SECRET in after
    for seen in (during, after):
        in_conversation = "".join(part.split("</ol>")[0] for part in seen.split('<ol class="turns">')[1:])
        assert "I will see to it." in in_conversation
        assert REP not in seen.replace("To review", "")
        assert "RITA" not in in_conversation
        assert "Rita" not in in_conversation
        assert "\n rita" not in in_conversation
        assert "ritardando stay" in in_conversation
    # The check notices a name: the same page with the words as they stand in the case.
    assert REP in Message.objects.get(interaction=session.items.get().interaction, position=2).body


def test_reps_editors_and_administrators_know_nothing_of_it(client, cast, session):
    for person in (cast.rita, cast.edda, cast.adam):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        for name, args in (("calibration_list", []), ("calibration_detail", [session.pk]), ("agreement", []), ("severity", [])):
            assert client.get(reverse(name, args=args)).status_code == 404
        assert "Calibration" not in client.get(reverse("my_reviews")).content.decode()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Best wishes, Rita Example", "Best wishes, <>"),
        ("RITA here", "<> here"),
        ("Thanks!\n-- rita --", "Thanks!\n-- <> --"),
        ("rita@example.com wrote", "<> wrote"),
        ("Example: an example of rites", "<>: an example of rites"),
        ("Margarita and Ritas stay", "Margarita and Ritas stay"),
        ("We will grant it. Will", "We will grant it. Will"),
    ],
)
def test_what_is_found_of_a_name(text, masked):
    assert mask(text, ["Rita Example", "rita@example.com"], "<>") == masked


def test_a_name_that_is_a_word_leaves_the_word():
    assert mask("We will call. Will Rose", ["Will Rose"], "<>") == "We will call. <>"
    assert mask("it will rise", ["Will Rose"], "<>") == "it will rise"


@given(st.text(alphabet="ab RITAritaExample\n.,", max_size=60))
def test_the_whole_name_never_stays(text):
    names = ["Rita Example"]
    assert "Rita Example" not in mask(f"{text} Rita Example, {text}", names, "<>")
    assert mask(text, [], "<>") == text
