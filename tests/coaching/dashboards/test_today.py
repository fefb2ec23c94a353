"""Today, by role: what to do next, and how it goes."""

from datetime import timedelta

import pytest

from cms.models import Credo
from coaching.interactions.models import Handler
from tests.factories import interactions as make


def read(client):
    response = client.get("/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_rep_sees_what_to_do_and_own_figures(floor, sign_in):
    text = read(sign_in(floor.rita))
    assert "Hello Rita" in text
    assert "Nothing is waiting for you." in text
    assert "35–65 % · 40 ratings" in text
    assert f"/metrics/people/{floor.rita.pk}/#csat" in text
    assert "Ravi" not in text


def test_the_last_words_of_a_customer_are_shown_escaped(floor, sign_in, now):
    make.rating(floor.rita, now.date() - timedelta(days=1), comment="Thanks <script>alert(1)</script>")
    text = read(sign_in(floor.rita))
    assert "Thanks &lt;script&gt;" in text
    assert "<script>alert" not in text


def test_a_lead_sees_who_needs_them_and_why(floor, sign_in):
    text = read(sign_in(floor.lena))
    assert "Who needs me" in text
    assert "Rita Example" in text
    assert "Ravi Example" not in text
    assert "n = 40" in text
    assert 'href="/board/"' in text


def test_a_lead_whose_team_is_fine_reads_that(floor, sign_in):
    assert "Nobody stands out" in read(sign_in(floor.lars))


def test_the_head_sees_the_companys_figures(floor, sign_in):
    text = read(sign_in(floor.hana))
    assert "65–83 % · 80 ratings" in text
    assert "/overview/#csat" in text


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("vera", "Your queue is empty"),
        ("edda", "Everything you changed is published"),
        ("adam", "Looking after the system"),
    ],
)
def test_the_others_see_their_own_work(floor, sign_in, who, words):
    text = read(sign_in(getattr(floor, who)))
    assert words in text
    assert "Rita" not in text


def test_the_administrator_hears_of_unknown_handlers(floor, sign_in):
    Handler.objects.create(source=make.source(), external_key="ghost")
    assert "1 name of the imports has no account yet" in read(sign_in(floor.adam))


def test_everybody_reads_the_credo_of_the_week(floor, sign_in):
    Credo.objects.create(sentence="Say what happens next.", explanation="Always with a day.", live=True)
    for who in (floor.rita, floor.lena, floor.vera, floor.edda, floor.hana, floor.adam):
        assert "Say what happens next." in read(sign_in(who))


def test_few_queries(floor, sign_in, django_assert_max_num_queries):
    # A rep's page judges the last weeks beside the own normal: a dozen of them.
    for who, most in ((floor.rita, 32), (floor.lena, 24), (floor.hana, 20)):
        client = sign_in(who)
        read(client)
        with django_assert_max_num_queries(most):
            read(client)
