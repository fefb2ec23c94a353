"""Somebody says that a standard does not work; an editor answers; no score changes and no reader learns who it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from cms.models import Standard
from coaching.quality import services
from coaching.quality.flags import access as flag_access
from coaching.quality.flags import services as flags
from coaching.quality.models import Criterion, Rating, Review, ScorecardVersion, StandardFlag
from coaching.quality.services import QualityError
from people.models import AuditEntry
from tests.factories.quality import make_complete, make_published


@pytest.fixture
def standard(db):
    return Standard.objects.create(
        key="say-it-back",
        title="Name the need",
        behaviour="Says back what the customer needs.",
        good_example="You need…",
        live=True,
    )


@pytest.fixture
def review(cast, now, standard):
    review = make_published(cast.vera, cast.rita, now=now)
    Criterion.objects.filter(section__version=review.scorecard_version, key="warm-greeting").update(standard=standard)
    return review


def page(client, person, name, pk=None, query=""):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(reverse(name, args=[pk] if pk else []) + query)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


def send(client, person, address, **data):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.post(address, data, follow=True)


def raised(cast, standard, now, person="rita", **more):
    told = {"kind": "unworkable", "words": "On the phone it sounds absurd."} | more
    return flags.raise_flag(actor=getattr(cast, person), standard=standard, now=now, **told)


def test_from_a_review_to_an_editors_answer(client, cast, now, standard, review):
    criterion = Criterion.objects.get(standard=standard)
    link = f"{reverse('flag_raise')}?standard=say-it-back&amp;criterion={criterion.pk}&amp;review={review.pk}"
    assert link in page(client, cast.rita, "review_detail", review.pk)
    before = (review.score_shown, review.state, list(Rating.objects.values_list("pk", "answer_id")))
    shown = page(client, cast.rita, "flag_raise", query=link.partition("new/")[2].replace("&amp;", "&"))
    assert "Says back what the customer needs." in shown
    assert "The bad example" not in shown  # this standard has none
    address = link.replace("&amp;", "&")
    refused = send(client, cast.rita, address, kind="unworkable", part="good_example", words="")
    assert (refused.status_code, StandardFlag.objects.count()) == (422, 0)
    told = send(client, cast.rita, address, kind="unworkable", part="good_example", words="Nobody talks like this.")
    assert "it changes no score" in told.content.decode()
    flag = StandardFlag.objects.get()
    assert (flag.passage, flag.criterion, flag.review, flag.raised_by) == ("You need…", criterion, review, cast.rita)
    again = send(client, cast.rita, address, kind="unworkable", part="good_example", words="Really.")
    assert "You said so already" in again.content.decode()

    # The editor sees who said it, and gets no right to the review.
    assert "Rita Example" in page(client, cast.edda, "flag_list")
    seen = page(client, cast.edda, "flag_detail", flag.pk)
    assert "Nobody talks like this." in seen
    assert reverse("review_detail", args=[review.pk]) not in seen
    assert reverse("review_detail", args=[review.pk]) in page(client, cast.hana, "flag_detail", flag.pk)
    answer = reverse("flag_answer", args=[flag.pk])
    assert "Say why" in send(client, cast.edda, answer, state="declined", reply="").content.decode()
    assert "was not changed since" in send(client, cast.edda, answer, state="changed", reply="").content.decode()
    send(client, cast.edda, answer, state="declined", reply="In writing it works; calls have their own.")
    mine = page(client, cast.rita, "my_flags")
    assert "In writing it works" in mine
    assert "Stays as it is" in mine
    with pytest.raises(QualityError):
        flags.take_back_flag(actor=cast.rita, flag=flag, now=now)
    with pytest.raises(QualityError):
        flags.answer_flag(actor=cast.hana, flag=flag, state="answered", reply="No.", now=now)
    review.refresh_from_db()
    assert (review.score_shown, review.state, list(Rating.objects.values_list("pk", "answer_id"))) == before
    assert list(AuditEntry.objects.filter(verb__startswith="flag.").values_list("verb", flat=True).order_by("pk")) == [
        "flag.raise",
        "flag.answer",
    ]


def test_a_change_names_the_version_and_answers_all_who_said_so(client, cast, now, standard, time_machine):
    first, second = raised(cast, standard, now), raised(cast, standard, now, person="otto", kind="unclear")
    other = Standard.objects.create(key="other", title="Other", behaviour="Waits.", live=True)
    elsewhere = raised(cast, other, now)
    time_machine.move_to(now + timedelta(days=1), tick=False)
    standard.behaviour = "Says back the need in one sentence."
    revision = standard.save_revision()
    revision.publish()
    answered = flags.answer_flag(
        actor=cast.edda, flag=first, state="changed", reply="", together=True, now=now + timedelta(days=2)
    )
    assert [flag.pk for flag in answered] == [first.pk, second.pk]
    for flag in (first, second):
        flag.refresh_from_db()
        assert (flag.state, flag.changed_to, flag.changed_at) == ("changed", revision, revision.created_at)
    elsewhere.refresh_from_db()
    assert elsewhere.is_open
    assert "Changed by the version of 16 June 2026" in page(client, cast.otto, "flag_detail", second.pk)


def test_the_queue_is_by_standard_and_narrows(client, cast, now, standard):
    other = Standard.objects.create(key="other", title="Own the mistake", behaviour="Says sorry once.", live=True)
    raised(cast, other, now - timedelta(days=9), words="Legal forbids it.")
    for person in ("rita", "otto", "ravi"):
        raised(cast, standard, now, person=person)
    shown = page(client, cast.edda, "flag_list")
    assert shown.index("Name the need</a>") < shown.index("Own the mistake</a>")  # three voices before one, though it is older
    assert "3 flags" in shown
    narrowed = page(client, cast.edda, "flag_list", query="?q=legal")
    assert "Legal forbids it." in narrowed
    assert "absurd" not in narrowed
    assert "Nothing fits these filters" in page(client, cast.edda, "flag_list", query="?state=declined")
    assert "absurd" in page(client, cast.edda, "flag_list", query=f"?standard={standard.pk}&state=all")


def test_who_reads_what(client, cast, now, standard):
    flag = raised(cast, standard, now)
    for person in (cast.ravi, cast.lena, cast.vera, cast.adam):
        assert page(client, person, "flag_detail", flag.pk) == 404
        assert page(client, person, "flag_list") == 403
        assert "absurd" not in page(client, person, "my_flags")
    # On the standard's page: how many, for those who answer; for nobody who.
    address = reverse("standard_detail", args=[standard.key])
    for person, counts in ((cast.edda, True), (cast.hana, True), (cast.rita, False), (cast.lena, False)):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        shown = client.get(address).content.decode().partition("<main")[2]
        assert ("1 open flag" in shown) is counts
        assert "absurd" not in shown
        assert "Say that it is wrong or cannot be followed" in shown
        if person != cast.rita:
            assert "Rita Example" not in shown
    # Taken back, it is the reporter's alone.
    assert "Taken back" in send(client, cast.rita, reverse("flag_take_back", args=[flag.pk])).content.decode()
    flags.take_back_flag(actor=cast.rita, flag=flag, now=now)
    assert page(client, cast.edda, "flag_detail", flag.pk) == 404
    assert "No open flags" in page(client, cast.edda, "flag_list")
    assert "absurd" in page(client, cast.rita, "flag_detail", flag.pk)


def test_a_review_that_is_not_yours_is_no_place_to_flag_from(client, cast, now, standard, review):
    criterion = Criterion.objects.get(standard=standard)
    query = f"?standard=say-it-back&review={review.pk}&criterion={criterion.pk}"
    assert page(client, cast.otto, "flag_raise", query=query) == 404
    wrong = Criterion.objects.exclude(standard=standard).first()
    assert page(client, cast.rita, "flag_raise", query=f"?standard=say-it-back&criterion={wrong.pk}") == 404
    Standard.objects.create(key="hidden", title="Hidden", behaviour="Nothing.", live=False)
    assert page(client, cast.rita, "flag_raise", query="?standard=hidden") == 404
    # Nor is one of hers that waits for approval.
    ScorecardVersion.objects.update(approval="all")
    waiting = make_complete(cast.vera, cast.rita, number=2, now=now)
    services.publish_review(actor=cast.vera, review=waiting, now=now)
    query = f"?standard=say-it-back&review={waiting.pk}&criterion={criterion.pk}"
    assert page(client, cast.rita, "flag_raise", query=query) == 404
    assert page(client, cast.viktor, "flag_raise", query=query) != 404
    assert Review.objects.get(pk=waiting.pk).is_submitted
    assert flag_access.own_flags(cast.rita).count() == 0


def test_the_editors_way_into_the_room(client, cast):
    client.force_login(cast.edda, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("quality_home")).url == reverse("flag_list")
    assert "You have flagged nothing" in page(client, cast.rita, "my_flags")
