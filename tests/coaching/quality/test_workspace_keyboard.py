"""A whole review from the keyboard, in a real browser."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cms.models.standard import Standard
from coaching.interactions.models import Message
from coaching.quality import services
from coaching.quality.models import Criterion, Quote, Rating, Review
from coaching.quality.workspace.services import save_snippet
from tests.browser import assert_accessible, violations
from tests.factories.quality import answers, make_draft, make_draw, make_published

expect.set_options(timeout=20_000)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def workspace(cast, now, live_server, open_as):
    """Vera at a draft review of Rita's conversation."""
    Standard.objects.create(key="warm-greeting", title="Greet warmly", behaviour="Greet by name.")
    review = make_draft(cast.vera, cast.rita, now=now)
    page = open_as(cast.vera)
    page.goto(live_server.url + reverse("review_edit", args=[review.pk]))
    return page, review


def rating(review, key):
    return Rating.objects.filter(review=review, criterion__key=key).first()


def saved(page):
    expect(page.locator("#save-state")).to_contain_text("Saved")
    page.wait_for_load_state("networkidle")


def test_a_review_is_written_and_published_by_keyboard_alone(workspace, cast):
    page, review = workspace
    keys = list(Criterion.objects.filter(section__version=review.scorecard_version).values_list("key", flat=True))
    page.keyboard.press("j")
    page.keyboard.press("k")
    for key in keys:
        # Owning the mistake fails, with the second message as evidence; staying calm does not apply.
        page.keyboard.press({"own-the-mistake": "3", "calm-with-upset": "n"}.get(key, "1"))
        if key == "own-the-mistake":
            page.keyboard.press("Shift+J")
            page.keyboard.press("q")
            page.keyboard.press("j")
            page.keyboard.press("k")
        page.keyboard.press("j")
    expect(page.locator("#score-panel")).to_contain_text("12 of 12 answered")
    expect(page.locator("#running-score")).to_have_text("91")
    saved(page)
    assert rating(review, "own-the-mistake").answer.label == "Pushed away"
    assert rating(review, "calm-with-upset").is_na
    assert Quote.objects.get().message.position == 2

    page.keyboard.press("c")
    page.keyboard.type("njq?1 is text here")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    saved(page)
    expect(page.locator(f"#comment-{Criterion.objects.get(key=keys[-1]).pk}")).to_have_value("njq?1 is text here")
    assert rating(review, keys[-1]).answer.value == 1

    page.get_by_role("button", name="Check and publish").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Publish this review?")).to_be_visible()
    page.keyboard.press("Enter")  # the button has the focus
    expect(page.get_by_text("Published. Rita Example can read it now.")).to_be_visible()
    review.refresh_from_db()
    assert (review.state, round(review.score_shown, 1)) == ("published", 91.5)
    assert rating(review, keys[-1]).comment == "njq?1 is text here"


MOST_PRESSES = 30


def test_twelve_criteria_and_twenty_messages_take_at_most_thirty_key_presses(cast, now, live_server, open_as):
    """From the opened workspace to "published" and into the next conversation; typed comments are not counted."""
    review = make_draft(cast.vera, cast.rita, now=now)
    make_draw(cast.vera, cast.ravi, number=2, now=now)
    first = review.interaction.messages.get(position=2)
    for position in range(5, 21):
        first.pk, first.external_id, first.position = None, str(position), position
        first.body = f"Turn {position}: the second parcel left the depot this morning."
        first.save(force_insert=True)
    assert Message.objects.filter(interaction=review.interaction).count() == 20
    page = open_as(cast.vera)
    page.goto(live_server.url + reverse("review_edit", args=[review.pk]))
    expect(page.locator("[data-message]")).to_have_count(20)
    pressed = 0

    def press(*keys):
        nonlocal pressed
        for key in keys:
            page.keyboard.press(key)
            pressed += 1

    keys = list(Criterion.objects.filter(section__version=review.scorecard_version).values_list("key", flat=True))
    assert len(keys) == 12
    for key in keys:
        if key == "own-the-mistake":  # fails, with message 17 as evidence; the sheet stays until j
            press("3", "m", "1", "7", "q", "j")
        elif key == "plain-language":  # the middle answer, with words
            press("2", "k", "c")
            page.keyboard.type("Two words only an insider knows.")
            press("Escape", "j")
        elif key == "calm-with-upset":
            press("n")
        else:
            press("1")
    expect(page.locator("#score-panel")).to_contain_text("12 of 12 answered")
    press("p")
    expect(page.get_by_role("heading", name="Publish this review?")).to_be_visible()
    press("Enter")
    expect(page.get_by_text("Published. Rita Example can read it now.")).to_be_visible()
    expect(page.get_by_text("Ravi Example E-mail")).to_be_visible()  # the next conversation is open now
    review.refresh_from_db()
    assert review.state == "published"
    assert Quote.objects.get().message.position == 17
    assert rating(review, "plain-language").comment == "Two words only an insider knows."
    assert rating(review, "plain-language").answer.value == 0.5
    assert rating(review, "calm-with-upset").is_na
    assert pressed <= MOST_PRESSES, pressed


def test_answering_moves_on_stays_where_words_are_needed_and_p_says_what_is_missing(workspace, cast, now):
    page, review = workspace
    keys = list(Criterion.objects.filter(section__version=review.scorecard_version).values_list("key", "pk"))

    def here():
        return page.locator("[data-criterion][data-current]").get_attribute("data-criterion")

    page.keyboard.press("1")
    assert here() == str(keys[1][1])
    page.keyboard.press("0")  # takes it back
    assert here() == str(keys[0][1])
    expect(page.locator("#score-panel")).to_contain_text("0 of 12 answered")
    page.keyboard.press("3")  # the worst one: it stays for a quote or a comment
    assert here() == str(keys[0][1])
    page.keyboard.press("g")
    expect(page.get_by_text("Greet by name.")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator("#missing")).to_be_focused()
    expect(page.locator("#missing")).to_contain_text("12 things are missing")
    assert here() == str(keys[0][1])
    # A search finds while it is typed, and Enter goes through the hits.
    page.keyboard.press("/")
    page.keyboard.type("parcel")
    expect(page.locator("#find-state")).to_have_text("2 found")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#find-state")).to_have_text("2 / 2")
    expect(page.locator("[data-message][data-current]")).to_have_attribute("data-position", "3")
    page.keyboard.press("Escape")
    # A saved comment goes into the current criterion.
    save_snippet(actor=cast.vera, title="Name", text="Say the name once.", is_shared=False, now=now)
    page.reload()
    page.keyboard.press("k")
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(f"#comment-{keys[0][1]}")).to_have_value("Say the name once.")
    saved(page)
    assert rating(review, keys[0][0]).comment == "Say the name once."
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#clock")).to_contain_text("Paused")
    page.locator("summary", has_text="My working note").click()
    assert_accessible(page, "Late parcel")


def test_whoever_publishes_by_mouse_waits_for_the_save_on_the_way(workspace):
    """Else the page is left, and the save that carries the answer is cut off, or arrives behind."""
    page, review = workspace
    page.evaluate(
        """() => {
            const real = window.fetch;
            window.fetch = async (...request) => {
                await new Promise((go) => setTimeout(go, 600));
                return real(...request);
            };
        }"""
    )
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    page.locator("[data-criterion] input[type=radio]").first.check()
    publish = page.get_by_role("button", name="Check and publish")
    publish.dblclick()  # once is enough
    expect(page.locator("#missing")).to_contain_text("11 things are missing")
    assert [verb for body in sent for verb in re.findall(r'name="action"\s+(\w+)|action=(\w+)', body or "")] == [
        ("save", ""),
        ("", "publish"),
    ]
    first = Criterion.objects.filter(section__version=review.scorecard_version).values_list("key", flat=True)[0]
    assert rating(review, first).answer.value == 1


def test_selected_words_are_quoted_for_the_current_criterion(workspace):
    page, _review = workspace
    page.keyboard.press("j")
    page.evaluate(
        """() => {
            const body = document.querySelectorAll('[data-body]')[1].firstChild;
            const at = body.data.indexOf('far too long');
            getSelection().setBaseAndExtent(body, at, body, at + 12);
        }"""
    )
    expect(page.get_by_role("button", name="Quoted for Names the need")).to_be_visible()
    page.keyboard.press("q")
    expect(page.locator("mark")).to_have_text("far too long")
    quote = Quote.objects.get()
    assert (quote.excerpt, quote.rating.criterion.key) == ("far too long", "name-the-need")
    page.get_by_role("button", name="Remove the quote of message 2 from “Names the need”").click()
    expect(page.locator("mark")).to_have_count(0)
    assert not Quote.objects.exists()


def test_shortcuts_explain_themselves_and_can_be_turned_off(workspace):
    page, review = workspace
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("Use single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("1")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    page.reload()
    page.keyboard.press("1")
    page.wait_for_timeout(300)
    assert not Rating.objects.filter(review=review).exists()
    page.get_by_role("button", name="Shortcuts").click()
    dialog.get_by_label("Use single-key shortcuts").check()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    saved(page)
    expect(page.locator("#score-panel")).to_contain_text("1 of 12 answered")


def test_an_answer_is_cleared_and_a_lost_connection_is_said(workspace):
    page, _review = workspace
    page.keyboard.press("1")
    expect(page.locator("#score-panel")).to_contain_text("1 of 12 answered")
    page.keyboard.press("0")
    expect(page.locator("#score-panel")).to_contain_text("0 of 12 answered")
    page.route("**/edit/", lambda route: route.abort())
    page.keyboard.press("1")
    expect(page.locator("#save-state")).to_contain_text("Not saved")


def test_the_workspace_is_accessible_also_with_everything_open(workspace, cast, now):
    page, review = workspace
    services.save_draft(
        actor=cast.vera, review=review, ratings=answers(review, protect_customer_data=0), comment="Well done.", now=now
    )
    services.save_draft(
        actor=cast.vera,
        review=review,
        ratings=[
            services.RatingInput(criterion_id=Criterion.objects.get(key="plain-language").pk),
            services.RatingInput(
                criterion_id=Criterion.objects.get(key="own-the-mistake").pk,
                answer_id=Criterion.objects.get(key="own-the-mistake").answers.last().pk,
            ),
        ],
        comment="Well done.",
        now=now,
    )
    message = review.interaction.messages.get(position=2)
    key = Criterion.objects.get(key="warm-greeting").pk
    services.add_quote(actor=cast.vera, review=review, criterion_id=key, message_id=message.pk, text="far too long", now=now)
    page.goto(page.url + "?check=1")
    expect(page.locator("#missing")).to_be_focused()
    expect(page.locator("#missing")).to_contain_text("2 things are missing")
    assert_accessible(page, "Late parcel")
    page.get_by_text("How was this calculated?").click()
    page.get_by_text("Quote this message").first.click()
    assert_accessible(page, "Late parcel")
    page.evaluate(
        "document.querySelector('.answer__input').closest('label').replaceWith(document.querySelector('.answer__input'))"
    )
    assert any(line.startswith("label") for line in violations(page)), "the check must see a radio without a name"


def test_the_other_pages_are_accessible(cast, now, live_server, open_as):
    review = make_published(cast.vera, cast.rita, number=1, now=now, own_the_mistake=0, calm_with_upset="na")
    make_draw(cast.vera, cast.rita, number=2, now=now)
    draft = make_draft(cast.vera, cast.rita, number=3, now=now)
    services.save_draft(actor=cast.vera, review=draft, ratings=answers(draft), comment="", now=now)
    version = services.new_version(actor=cast.hana, scorecard=review.scorecard_version.scorecard, now=now)
    criterion = Criterion.objects.filter(section__version=version).first()
    for person, name, args, marker in (
        (cast.vera, "quality_queue", [], "To review"),
        (cast.vera, "review_publish", [draft.pk], "Publish this review?"),
        (cast.vera, "review_withdraw", [review.pk], "Withdraw"),
        (cast.rita, "review_detail", [review.pk], "Late parcel"),
        (cast.rita, "my_reviews", [], "My reviews"),
        (cast.lena, "review_list", [], "Reviews of my people"),
        (cast.lena, "draw_one", [], "Pick a conversation"),
        (cast.rita, "version_detail", [review.scorecard_version_id], "Written conversation"),
        (cast.hana, "scorecard_list", [], "Scorecards"),
        (cast.hana, "version_edit", [version.pk], "Written conversation"),
        (cast.hana, "criterion_edit", [criterion.pk], "Warm greeting"),
    ):
        page = open_as(person)
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, marker)
        page.close()
    assert Review.objects.count() == 2
