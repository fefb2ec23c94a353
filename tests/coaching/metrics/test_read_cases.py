"""The cases behind a figure, and one case with its conversation."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from coaching.interactions.models import Interaction
from people.models import AuditEntry
from tests.factories import interactions as make


@pytest.fixture
def open_list(floor, sign_in):
    def read(who, key, query=""):
        response = sign_in(getattr(floor, who)).get(f"/metrics/people/{floor.rita.pk}/cases/{key}/{query}")
        assert response.status_code == 200
        return response

    return read


def test_the_list_is_what_the_figure_counted(open_list):
    response = open_list("lena", "reopen_rate", "?first=2026-05-01&last=2026-06-15")
    assert response.context["page"].paginator.count == response.context["tile"].figure.n == 40
    assert b"case-" in response.content


def test_only_what_counts_against(open_list):
    response = open_list("lena", "reopen_rate", "?first=2026-05-01&last=2026-06-15&against=on")
    assert response.context["page"].paginator.count == response.context["tile"].figure.numerator == 20


def test_a_week_of_one_person(open_list):
    response = open_list("lena", "volume", "?first=2026-06-08&last=2026-06-14")
    assert response.context["page"].paginator.count == 6
    assert {case.opened_on for case in response.context["page"]} <= {date(2026, 6, 8) + timedelta(days=d) for d in range(7)}


def test_slowest_first(open_list):
    took = [case.took for case in open_list("rita", "resolution_time", "?first=2026-05-01&last=2026-06-15").context["page"]]
    assert took == sorted(took, reverse=True)


def test_filters_narrow_the_list(open_list, floor, now):
    make.interaction(floor.rita, now.date(), channel="phone", seconds=None, subject="On the phone")
    found = open_list("rita", "volume", "?channel=phone").context["page"]
    assert [case.subject for case in found] == ["On the phone"]
    found = open_list("rita", "volume", "?status=open").context["page"]
    assert [case.subject for case in found] == ["On the phone"]
    found = open_list("rita", "volume", "?q=parcel%203").context["page"]
    assert {case.subject for case in found} >= {"Parcel 3", "Parcel 31"}
    assert "Nothing matches" in open_list("rita", "volume", "?q=nonsense").content.decode()


def test_wrong_dates_are_told_and_harmless(open_list):
    assert "Swap them" in open_list("rita", "volume", "?first=2026-06-10&last=2026-06-01").content.decode()
    assert "valid date" in open_list("rita", "volume", "?first=tomorrow").content.decode()


def test_ratings_are_listed_with_their_case(open_list):
    text = open_list("lena", "csat", "?first=2026-05-01&last=2026-06-15").content.decode()
    assert "40 ratings, newest first" in text
    assert "Not satisfied" in text
    assert "Parcel 1" in text


def test_a_rating_of_a_case_now_with_somebody_else_shows_no_way_in(open_list, floor):
    case = Interaction.objects.filter(subject="Parcel 1").get()
    Interaction.objects.filter(pk=case.pk).update(handler=make.handler(floor.otto))
    text = open_list("lena", "csat", "?first=2026-05-01&last=2026-06-15").content.decode()
    assert f"/metrics/cases/{case.pk}/" not in text
    assert ">Parcel 1<" not in text


def test_pages_of_fifty(floor, open_list, now):
    for number in range(60):
        make.interaction(floor.rita, now.date(), subject=f"Many {number}")
    response = open_list("rita", "volume", "?q=Many&page=2")
    assert len(response.context["page"]) == 10
    assert "51–60 of 60" in response.content.decode()


def test_a_case_is_read_with_its_notes_marked(floor, sign_in):
    case = Interaction.objects.get(subject="Parcel 2")
    make.message(case, "Where is my parcel? <b>now</b> kim@example.com")
    make.message(case, "Stuck at customs, told the depot.", position=2, is_private=True, author_kind="agent", author_name="Rita")
    for who in (floor.rita, floor.lena, floor.hana):
        text = sign_in(who).get(f"/metrics/cases/{case.pk}/").content.decode()
        assert "Where is my parcel? &lt;b&gt;now&lt;/b&gt;" in text
        assert "•••@•••••••.•••" in text  # masked, as beside a review
        assert "kim@example.com" not in text
        assert "Internal note" in text
    assert sign_in(floor.vera).get(f"/metrics/cases/{case.pk}/").status_code == 403
    assert sign_in(floor.otto).get(f"/metrics/cases/{case.pk}/").status_code == 404


def test_what_a_customer_wrote_is_masked_in_subjects_and_comments_too(floor, sign_in, now):
    case = make.interaction(floor.rita, now.date(), subject="Call me at +49 171 2345678 about order 1234")
    make.rating(floor.rita, now.date(), case=case, comment="Write to kim@example.com, please")
    pages = [
        f"/metrics/cases/{case.pk}/",
        f"/metrics/people/{floor.rita.pk}/cases/volume/",
        f"/metrics/people/{floor.rita.pk}/cases/csat/",
    ]
    for who, urls in ((floor.rita, [*pages, "/"]), (floor.lena, pages), (floor.hana, [*pages, "/metrics/demand/cases/"])):
        for url in urls:
            text = sign_in(who).get(url).content.decode()
            assert "2345678" not in text, url
            assert "kim@example.com" not in text, url
    text = sign_in(floor.lena).get(pages[0]).content.decode()
    assert "Call me at +•• ••• ••••••• about order 1234" in text
    assert "Write to •••@•••••••.•••, please" in text
    assert str(case) == "Call me at +•• ••• ••••••• about order 1234"  # where reviews name it


def test_who_leads_looks_behind_the_mask_and_that_is_on_record(floor, sign_in):
    case, other = Interaction.objects.get(subject="Parcel 2"), Interaction.objects.get(subject="Parcel 3")
    message = make.message(case, "Write to kim@example.com")
    page, show = f"/metrics/cases/{case.pk}/", reverse("metrics_message_show", args=[case.pk, message.pk])
    for who in (floor.lena, floor.hana):
        assert show in sign_in(who).get(page).content.decode()
        answer = sign_in(who).post(show)
        assert "Write to kim@example.com" in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        entry = AuditEntry.objects.get(verb="case.show_personal_data", actor=who)
        assert (entry.subject, entry.after) == (floor.rita, {"interaction": case.pk, "message": message.pk})
        assert sign_in(who).get(show).status_code == 405
    assert sign_in(floor.lena).post(reverse("metrics_message_show", args=[other.pk, message.pk])).status_code == 404
    assert show not in sign_in(floor.rita).get(page).content.decode()
    assert sign_in(floor.rita).post(show).status_code == 403  # the number is the customer's
    # A lead with cases of their own is a rep there.
    Interaction.objects.filter(pk=case.pk).update(handler=make.handler(floor.lena))
    assert sign_in(floor.lena).post(show).status_code == 403
    assert AuditEntry.objects.filter(verb="case.show_personal_data").count() == 2


def test_lists_cost_few_queries(floor, sign_in, django_assert_max_num_queries):
    client = sign_in(floor.lena)
    for key in ("volume", "csat"):
        url = f"/metrics/people/{floor.rita.pk}/cases/{key}/"
        client.get(url)
        with django_assert_max_num_queries(15):
            client.get(url)
