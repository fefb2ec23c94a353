"""Queues and lists: what they show, how they narrow, and how many reads they take."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from coaching.quality import services
from coaching.quality.models import ReviewDraw
from tests.factories.quality import make_draft, make_draw, make_published


@pytest.fixture
def busy(cast, now):
    """A queue of 30, one of it begun; ten published reviews of Rita and Ravi."""
    make_draft(cast.vera, cast.rita, number=100, now=now)
    for number in range(29):
        make_draw(cast.vera, cast.rita if number % 2 else cast.ravi, number=number, now=now)
    for number in range(10):
        make_published(cast.vera, cast.rita if number % 2 else cast.ravi, number=200 + number, now=now - timedelta(days=number))


def test_the_queue_is_paged_and_takes_few_reads(cast, now, busy, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.vera)
    with time_machine.travel(now, tick=False):
        with django_assert_max_num_queries(16):  # the page itself, what is handed in, what is to be scored blind, helpers
            page = client.get(reverse("quality_queue")).content.decode()
        assert page.count('class="queue__item"') == 25
        assert "29 waiting, 1 in progress." in page
        assert page.index("In progress") < page.index(">Review<")
        assert client.get(reverse("quality_queue"), {"page": 2}).content.decode().count('class="queue__item"') == 5
        with django_assert_max_num_queries(16):
            done = client.get(reverse("quality_queue"), {"show": "done"}).content.decode()
    assert done.count('class="queue__item"') == 10
    assert "Not read yet" in done


def test_the_queue_narrows(cast, now, busy, sign_in):
    ReviewDraw.objects.filter(interaction__external_id=f"{cast.rita.pk}-1").update(due_on=now.date() - timedelta(days=1))
    client = sign_in(cast.vera)
    with time_machine.travel(now, tick=False):
        assert client.get(reverse("quality_queue"), {"due": "overdue"}).content.decode().count('class="queue__item"') == 1
        assert "Overdue by 1 day" in client.get(reverse("quality_queue"), {"due": "overdue"}).content.decode()
        assert client.get(reverse("quality_queue"), {"q": "Ravi"}).content.decode().count('class="queue__item"') == 15
        assert "Nothing fits these filters" in client.get(reverse("quality_queue"), {"q": "zebra"}).content.decode()
        assert "Nothing fits these filters" in client.get(reverse("quality_queue"), {"method": "targeted"}).content.decode()


def test_an_empty_queue_says_so(cast, sign_in):
    page = sign_in(cast.viktor).get(reverse("quality_queue")).content.decode()
    assert "All done" in page
    assert "Your queue is empty" in sign_in(cast.viktor).post(reverse("quality_next"), follow=True).content.decode()


def test_a_lead_gets_the_queue_with_the_first_conversation_in_it(cast, now, sign_in):
    lena = sign_in(cast.lena)
    tab = f'<a href="{reverse("quality_queue")}"'
    assert tab not in lena.get(reverse("review_list")).content.decode()
    page = lena.get(reverse("quality_queue")).content.decode()
    assert "Nothing was given to you to review" in page
    assert reverse("draw_one") in page
    assert "drawn every week" not in page
    make_draw(cast.lena, cast.otto, now=now)
    assert tab in lena.get(reverse("review_list")).content.decode()
    assert "Nothing was given to you" not in lena.get(reverse("quality_queue")).content.decode()


def test_a_conversation_is_taken_out_with_a_reason(cast, now, sign_in):
    draw = make_draw(cast.vera, cast.rita, now=now)
    client = sign_in(cast.vera)
    assert "This field is required" in client.post(reverse("draw_take_out", args=[draw.pk]), {"reason": ""}).content.decode()
    client.post(reverse("draw_take_out", args=[draw.pk]), {"reason": "A test message"})
    draw.refresh_from_db()
    assert (draw.state, draw.reason) == ("replaced", "Taken out: A test message")


def test_the_workspace_takes_few_reads(cast, now, sign_in, django_assert_max_num_queries):
    review = make_draft(cast.vera, cast.rita, now=now)
    client = sign_in(cast.vera)
    # The sheet takes seven, the conversation one; clock, note, saved comments, recording and helpers one each.
    with django_assert_max_num_queries(22):
        page = client.get(reverse("review_edit", args=[review.pk])).content.decode()
    assert "Depot confirms the first parcel is lost." in page
    assert "internal note" in page


def test_the_lead_narrows_the_list(cast, now, busy, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.lena)
    with django_assert_max_num_queries(
        20
    ):  # the rows of one page apart from which they are: at 20,000 reviews four times as fast
        page = client.get(reverse("review_list")).content.decode()
    assert "10 reviews" in page

    def found(**query):
        return client.get(reverse("review_list"), query).content.decode()

    assert "5 reviews" in found(person=cast.rita.pk)
    assert "3 reviews" in found(since=(now - timedelta(days=2)).date().isoformat())
    assert "One review" in found(since=now.date().isoformat(), until=now.date().isoformat())
    assert "10 reviews" in found(read="no")
    assert "Nothing fits these filters" in found(read="yes")
    assert "Nothing fits these filters" in found(q="zebra")


def test_the_rep_sees_every_review_and_an_honest_figure(cast, now, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.rita)
    with time_machine.travel(now, tick=False):
        assert "No reviews yet" in client.get(reverse("my_reviews")).content.decode()
        first = make_published(cast.vera, cast.rita, number=1, now=now, plain_language=0)
        page = client.get(reverse("my_reviews")).content.decode()
        assert "Not enough data yet" in page
        assert "Not acknowledged" in page
        services.acknowledge_review(actor=cast.rita, review=first, now=now)
        make_published(cast.vera, cast.rita, number=2, now=now)
        with django_assert_max_num_queries(14):
            page = client.get(reverse("my_reviews")).content.decode()
    assert "n = 2" in page
    assert "Acknowledged" in page


@pytest.mark.parametrize("viewer", ["rita", "lena", "hana", "vera"])
def test_the_review_page_takes_few_reads(cast, now, sign_in, django_assert_max_num_queries, viewer):
    review = make_published(cast.vera, cast.rita, now=now, plain_language=0)
    client = sign_in(getattr(cast, viewer))
    # The sheet takes seven; its release, disputes, assessments, recording and what else may be done here one or two each.
    with django_assert_max_num_queries(26):
        page = client.get(reverse("review_detail", args=[review.pk])).content.decode()
    assert "Hard to follow" in page
    assert "internal note" in page
    assert ("Withdraw" in page) == (viewer in {"hana", "vera"})
