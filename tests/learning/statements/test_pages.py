"""An administrator names the store, tests it, switches it on and mends it; everybody reads what is told of them."""

import time_machine
from django.urls import reverse
from django.utils import timezone

from learning.statements import services
from learning.statements.models import RecordStore, Statement
from tests.factories.certificates import learn
from tests.factories.learning import give, learn_all, lesson, make_module


def test_named_tested_switched_on(cast, lrs, sign_in, django_capture_on_commit_callbacks):
    learn_all(sign_in(cast.rita), give(cast.rita, make_module(timezone.now(), "Listening"), timezone.now()))
    adam = sign_in(cast.adam)
    store = reverse("record_store")
    assert "Nothing leaves the house" in adam.get(store).content.decode()
    form = {"endpoint": "http://lrs.example.com/xapi", "user_name": lrs.user, "password": "wrong"}
    refused = adam.post(reverse("record_store_change"), form).content.decode()
    assert "must begin with https" in refused
    assert 'value="wrong"' not in refused
    adam.post(reverse("record_store_change"), form | {"endpoint": f"{lrs.url}/statements"})
    test = reverse("record_store_test")
    assert "did not take it: 401" in adam.post(test, follow=True).content.decode()
    adam.post(reverse("record_store_change"), form | {"endpoint": lrs.url, "password": lrs.password})
    assert "took the test statement (200)" in adam.post(test, follow=True).content.decode()
    (trial,) = lrs.held.values()
    assert trial["actor"]["account"]["name"] == "test"
    page = adam.get(reverse("record_store_on")).content.decode()
    assert "random name" in page
    assert "Choose what is told" in adam.post(reverse("record_store_on"), {"start": ""}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = adam.post(reverse("record_store_on"), {"start": "past"}, follow=True).content.decode()
    assert len(lrs.held) == 3
    assert lrs.password not in page
    row = Statement.objects.get(kind="quiz")
    detail = adam.get(reverse("statement_detail", args=[row.pk])).content.decode()
    assert "verbs/passed" in detail
    for private in (str(row.pseudonym.name), "&quot;raw&quot;: 100", "Rita"):
        assert private not in detail.split("<main")[1]
    own = sign_in(cast.rita).get(reverse("own_statements")).content.decode()
    assert str(row.pseudonym.name) in own
    assert "100 %" in own
    assert "Listening" not in sign_in(cast.otto).get(reverse("own_statements")).content.decode()


def test_waiting_is_shown_and_tried_again(cast, now, on, lrs, sign_in, django_capture_on_commit_callbacks):
    for n in range(12):
        learn(cast.rita, give(cast.rita, make_module(now, f"Module {n}", lessons=[lesson("Only")], quiz=[]), now), now)
    lrs.verdict = lambda batch: (503, "Being repaired")
    on(now)
    adam = sign_in(cast.adam)
    page = adam.get(reverse("record_store")).content.decode()
    assert "Being repaired" in page
    assert "On, with trouble" in page
    assert page.count("again at") >= 1
    assert 'class="stat__value">12' in page or ">12<" in page.replace(" ", "").replace("\n", "")
    lrs.verdict = lambda batch: (400, "Not this") if "Module 3" in str(batch) else None
    with time_machine.travel(now), django_capture_on_commit_callbacks(execute=True):
        adam.post(reverse("record_store_again"))
    assert len(lrs.held) == 11
    refused = adam.get(reverse("record_store"), {"state": "refused"}).content.decode()
    assert "400 Not this" in refused
    row = Statement.objects.get(state="refused")
    lrs.verdict = lambda batch: None
    with time_machine.travel(now), django_capture_on_commit_callbacks(execute=True):
        adam.post(reverse("statement_again", args=[row.pk]))
    assert len(lrs.held) == 12
    assert "Only what was refused" in adam.post(reverse("statement_again", args=[row.pk]), follow=True).content.decode()
    services.turn_off(actor=cast.adam, now=now)
    assert "It is switched off" in adam.post(reverse("record_store_again"), follow=True).content.decode()


def test_the_outbox_stays_quick(cast, now, on, sign_in, django_assert_max_num_queries):
    for n in range(30):
        learn(cast.rita, give(cast.rita, make_module(now, f"Module {n}", lessons=[lesson("Only")], quiz=[]), now), now)
    on(now)
    adam, rita = sign_in(cast.adam), sign_in(cast.rita)
    with django_assert_max_num_queries(12):
        assert len(adam.get(reverse("record_store")).context["page"]) == 25
    with django_assert_max_num_queries(12):
        assert len(rita.get(reverse("own_statements"), {"page": 2}).context["rows"]) == 5
    assert RecordStore.objects.get().failures == 0
