"""Reading the guide: everybody signed in, nobody else."""

from cms import thread
from cms.models import GuidelineModule, Standard

PAGES = [
    "/guide/",
    "/guide/vision/",
    "/guide/opening-a-conversation/",
    "/guide/standards/",
    "/guide/standards/warm-greeting/",
    "/guide/search/?q=refund",
    "/guide/search/?q=nothing-has-this-word",
]


def test_anonymous_is_sent_to_sign_in(starter, client):
    for url in PAGES:
        response = client.get(url)
        assert response.status_code == 302, url
        assert response.url.startswith("/accounts/login/?next=/guide/"), url


def test_everybody_on_the_staff_reads(starter, cast, sign_in):
    for who in ("rita", "lena", "vera", "edda", "hana", "adam"):
        client = sign_in(getattr(cast, who))
        assert [client.get(url).status_code for url in PAGES] == [200] * len(PAGES), who


def test_wagtails_own_sign_in_is_no_second_door(starter, client):
    response = client.get("/guide/_util/login/?next=/guide/")
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_index_shows_vision_modules_and_credos(starter, cast, sign_in):
    body = sign_in(cast.rita).get("/guide/").content.decode()
    for text in (
        "faster than I could get angry",
        "Opening a conversation",
        "Greet like a person",
        "Nobody should have to ask twice.",
    ):
        assert text in body


def test_module_has_contents_pairs_conversation_and_standards(starter, cast, sign_in):
    body = sign_in(cast.rita).get("/guide/opening-a-conversation/").content.decode()
    assert 'href="#section-the-first-three-sentences"' in body
    assert 'id="section-the-first-three-sentences"' in body
    assert 'id="standard-warm-greeting"' in body
    assert "A week on the floor is not a plan." in body
    assert "Not like this" in body


def test_draft_and_unknown_standards_are_404(starter, cast, sign_in):
    Standard.objects.create(key="half-written", title="Half written", behaviour="…", live=False)
    client = sign_in(cast.rita)
    assert client.get("/guide/standards/half-written/").status_code == 404
    assert client.get("/guide/standards/never-heard-of/").status_code == 404
    assert "Half written" not in client.get("/guide/standards/").content.decode()


def test_unpublished_standard_leaves_the_module(starter, cast, sign_in):
    Standard.objects.get(key="name-the-need").unpublish()
    body = sign_in(cast.rita).get("/guide/opening-a-conversation/").content.decode()
    assert 'id="standard-name-the-need"' not in body
    assert "Greet like a person" in body


def test_other_pages_below_the_site_are_not_listed(starter, cast, sign_in):
    """Learning hangs its own pages into the tree; the guide lists guideline modules only."""
    other = type(starter)(title="A page of another room", slug="another-room")
    starter.add_child(instance=other)
    assert "A page of another room" not in sign_in(cast.rita).get("/guide/").content.decode()


def test_thread_panel_shows_modules_and_what_other_rooms_add(starter, cast, sign_in):
    def criteria(standard, person):
        assert person == cast.vera
        return [thread.ThreadEntry("Criterion", f"Greets by name ({standard.key})", "/quality/")]

    thread.register(criteria)
    thread.register(criteria)
    try:
        body = sign_in(cast.vera).get("/guide/standards/warm-greeting/").content.decode()
    finally:
        thread.unregister(criteria)
    assert body.count("Greets by name (warm-greeting)") == 1
    assert "/guide/opening-a-conversation/#standard-warm-greeting" in body


def test_query_budget(starter, cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.rita)
    client.get("/guide/")  # site roots are cached by the first request of the process
    for url in PAGES:
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200


def test_query_count_does_not_grow_with_modules(starter, cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.rita)
    client.get("/guide/")
    standard = Standard.objects.first()
    for number in range(10):
        page = GuidelineModule(
            title=f"More {number}", slug=f"more-{number}", intro="…", body=[("standards", {"standards": [standard]})]
        )
        starter.add_child(instance=page)
    with django_assert_max_num_queries(12):
        assert "More 9" in client.get("/guide/").content.decode()
