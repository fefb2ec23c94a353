"""Calls: a transcript with times becomes the messages, the sound is heard by who may hear it, and by nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from coaching.interactions.models import Message
from coaching.quality import services
from coaching.quality.models import Recording, ScorecardVersion
from coaching.quality.recordings import store
from coaching.quality.recordings.services import add_recording, add_transcript
from coaching.quality.recordings.transcripts import Cue, TranscriptError, read_transcript
from tests.browser import assert_accessible
from tests.coaching.quality.test_review_journey import text_of
from tests.factories.quality import answers, make_interaction
from tests.factories.sounds import a_wav

VTT = """WEBVTT - a call

NOTE written by hand

STYLE
::cue { color: red }

1
00:00.500 --> 00:02.000 align:start
<v Rita>Good morning, <b>this is</b> Rita.

2
00:02.500 --> 00:03.000
<v Rita>How can I help?

00:00:04.000 --> 01:00:06.250
<v.loud Kim Lee>My parcel &amp; the lamp are late.
"""
SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nRita: Good morning.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nKim: It is 10:30 now.\r\n"


def test_both_formats_are_read_into_turns():
    assert read_transcript(VTT.encode()) == [
        Cue(0.5, 3.0, "Rita", "Good morning, this is Rita. How can I help?"),
        Cue(4.0, 3606.25, "Kim Lee", "My parcel & the lamp are late."),
    ]
    assert read_transcript(b"\xef\xbb\xbf" + SRT.encode()) == [
        Cue(1.0, 2.5, "Rita", "Good morning."),
        Cue(3.0, 4.0, "Kim", "It is 10:30 now."),
    ]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"WEBVTT\n\nnothing here", "empty", 0),
        (b"\xff\xfe\x00", "encoding", 0),
        (b"WEBVTT\n\n00:01 -> x\n\n1:2 --> later\nWords", "times", 5),
        (b"00:00:05.000 --> 00:00:01.000\nBackwards", "times", 1),
        (b"00:00:01.000 --> 00:00:02.000\nA: x\n\n" * 5001, "many", 0),
    ],
)
def test_what_cannot_be_read_says_where(data, code, line):
    with pytest.raises(TranscriptError) as refused:
        read_transcript(data)
    assert (refused.value.code, refused.value.line) == (code, line)


@given(st.one_of(st.binary(max_size=300), st.text(st.sampled_from("0123456789:.,-> <v/>\n&;aA"), max_size=300).map(str.encode)))
def test_no_file_breaks_the_reader(data):
    try:
        cues = read_transcript(data)
    except TranscriptError:
        return
    assert all(cue.text and cue.starts_at <= cue.ends_at for cue in cues)
    assert [cue.starts_at for cue in cues] == sorted(cue.starts_at for cue in cues)


@given(st.text(st.sampled_from("bytes=0123456789- ,"), max_size=20) | st.tuples(st.integers(0, 30), st.integers(0, 30)).map(
    lambda pair: f"bytes={pair[0]}-{pair[1]}"))  # fmt: skip
def test_a_range_lies_inside_the_file(header):
    try:
        found = store.asked_range(header, 20)
    except ValueError:
        return
    assert found is None or 0 <= found[0] <= found[1] < 20


@pytest.fixture
def folder(settings, tmp_path):
    """Where recordings lie in this test; nothing of another one is there."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "recordings"


def a_call(person, now, number=1):
    case = make_interaction(person, number=number, now=now)
    case.messages.all().delete()
    type(case).objects.filter(pk=case.pk).update(channel="phone")
    return case


def upload(data=None, name="call.wav"):
    return SimpleUploadedFile(name, a_wav() if data is None else data, content_type="audio/wav")


def test_a_lead_adds_transcript_and_sound_and_the_call_can_be_reviewed(cast, now, sign_in, folder):
    services.ensure_starter_scorecard(actor=None, now=now)
    case = a_call(cast.rita, now)
    lena = sign_in(cast.lena)
    page = lena.post(reverse("recording_find"), {"case": case.external_id}, follow=True)
    address = reverse("recording_edit", args=[case.pk])
    assert page.redirect_chain[-1][0] == address
    bad = lena.post(address, {"what": "transcript", "transcript": upload(VTT.encode(), "a.vtt"), "rep": "Nora"})
    assert "Nobody speaks under this name in the file." in text_of(bad)
    bad = lena.post(address, {"what": "transcript", "transcript": upload(b"--> x", "a.vtt"), "rep": ""})
    assert "Line 1 holds times that cannot be read." in text_of(bad)
    for _twice in (1, 2):  # a second upload replaces the first
        lena.post(address, {"what": "transcript", "transcript": upload(VTT.encode(), "a.vtt"), "rep": "Rita"})
    assert list(Message.objects.filter(interaction=case).values_list("author_kind", "starts_at", "ends_at")) == [
        ("agent", 0.5, 3.0),
        ("customer", 4.0, 3606.25),
    ]
    assert case.messages.first().author == case.handler
    services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="A long call", now=now)

    bad = lena.post(address, {"what": "recording", "audio": upload(b"<html><script>alert(1)</script>", "a.wav")})
    assert bad.status_code == 422
    assert "This is no sound file we can play." in text_of(bad)
    assert not folder.exists()
    lena.post(address, {"what": "recording", "audio": upload(name="../../evil.html")})
    first = store.path_of(Recording.objects.get())
    assert first.parent == folder
    lena.post(address, {"what": "recording", "audio": upload()})
    recording = Recording.objects.get()
    assert [path.name for path in first.parent.iterdir()] == [recording.stored_name]  # the first is gone

    sound = reverse("recording_sound", args=[recording.pk])
    vera = sign_in(cast.vera)
    whole = b"".join(vera.get(sound).streaming_content)
    assert whole == a_wav()
    part = vera.get(sound, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part["Content-Range"], b"".join(part.streaming_content)) == (
        206,
        f"bytes 10-19/{len(whole)}",
        whole[10:20],
    )
    assert b"".join(vera.get(sound, headers={"Range": "bytes=-4"}).streaming_content) == whole[-4:]
    beyond = vera.get(sound, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert (part["Content-Type"], part["X-Content-Type-Options"], part["Cache-Control"]) == (
        "audio/wav",
        "nosniff",
        "private, no-store",
    )
    assert sign_in(cast.rita).get(sound).status_code == 200
    for stranger in (cast.ravi, cast.otto, cast.lars, cast.viktor, cast.adam):
        assert sign_in(stranger).get(sound).status_code == 404
    lena.post(reverse("recording_delete", args=[recording.pk]))
    assert not Recording.objects.exists()
    assert not list(first.parent.iterdir())


def test_a_transcript_never_doubles_messages_or_replaces_evidence(cast, now):
    written = make_interaction(cast.rita, number=5, now=now)
    cues = read_transcript(VTT.encode())
    with pytest.raises(services.QualityError, match="messages already"):
        add_transcript(actor=cast.lena, interaction=written, cues=cues, rep="", now=now)
    case = a_call(cast.rita, now)
    case.source.masks_personal_data = True
    case.source.save()
    said = [Cue(0, 1, "Rita", "Your number?"), Cue(1, 2, "Kim", "+49 171 2345678")]
    add_transcript(actor=cast.lena, interaction=case, cues=said, rep="Rita", now=now)
    assert case.messages.last().body == "+•• ••• •••••••"
    services.ensure_starter_scorecard(actor=None, now=now)
    draw = services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="x", position=1, now=now)
    assert draw.message.position == 1
    with pytest.raises(services.QualityError, match="cannot be replaced"):
        add_transcript(actor=cast.lena, interaction=case, cues=said, rep="Rita", now=now)
    # A review without a quote rests on the words as well.
    other = a_call(cast.ravi, now)
    add_transcript(actor=cast.lena, interaction=other, cues=said, rep="Rita", now=now)
    draw = services.draw_one(actor=cast.lena, interaction=other, reviewer=cast.vera, reason="x", now=now)
    review = services.start_review(actor=cast.vera, draw=draw, now=now)
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    add_transcript(actor=cast.lena, interaction=other, cues=said, rep="Rita", now=now)
    services.publish_review(actor=cast.vera, review=review, now=now)
    with pytest.raises(services.QualityError, match="cannot be replaced"):
        add_transcript(actor=cast.lena, interaction=other, cues=said, rep="Rita", now=now)


@pytest.mark.parametrize("approval", ["none", "all"])  # published at once, or handed in for approval
def test_a_recording_stands_once_a_review_rests_on_it(cast, now, sign_in, folder, approval):
    services.ensure_starter_scorecard(actor=None, now=now)
    ScorecardVersion.objects.update(approval=approval)
    case = a_call(cast.rita, now)
    Message.objects.create(interaction=case, external_id="1", position=1, author_kind="agent", body="Good morning.")
    draw = services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="A call", now=now)
    review = services.start_review(actor=cast.vera, draw=draw, now=now)
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    lena, address = sign_in(cast.lena), reverse("recording_edit", args=[case.pk])
    for _twice in (1, 2):  # a draft rests on nothing yet
        lena.post(address, {"what": "recording", "audio": upload()})
    services.publish_review(actor=cast.vera, review=review, now=now)
    recording = Recording.objects.get()
    for what, data in ((address, {"what": "recording", "audio": upload(name="other.wav")}), ("recording_delete", {})):
        refused = lena.post(reverse(what, args=[recording.pk]) if not data else what, data, follow=True)
        assert "A review rests on this recording, so it cannot be replaced or deleted any more." in text_of(refused)
    assert Recording.objects.get().stored_name == recording.stored_name
    assert [path.name for path in folder.iterdir()] == [recording.stored_name]
    shown = lena.get(address).content.decode()
    assert "Replace the sound" not in shown
    assert "Delete the sound" not in shown

    # The first recording comes late: nothing is replaced by it.
    late = a_call(cast.ravi, now)
    Message.objects.create(interaction=late, external_id="1", position=1, author_kind="agent", body="Good morning.")
    draw = services.draw_one(actor=cast.lena, interaction=late, reviewer=cast.vera, reason="A call", now=now)
    review = services.start_review(actor=cast.vera, draw=draw, now=now)
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    services.publish_review(actor=cast.vera, review=review, now=now)
    lena.post(reverse("recording_edit", args=[late.pk]), {"what": "recording", "audio": upload()})
    assert Recording.objects.filter(interaction=late).exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_turn_of_a_call_plays_from_its_time(cast, now, live_server, open_as, folder):
    services.ensure_starter_scorecard(actor=None, now=now)
    case = a_call(cast.rita, now)
    said = [Cue(0, 1, "Rita", "Good morning."), Cue(1.5, 2, "Kim", "My parcel is late.")]
    add_transcript(actor=cast.lena, interaction=case, cues=said, rep="Rita", now=now)
    add_recording(actor=cast.lena, interaction=case, upload=upload(), now=now)
    draw = services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="A call", now=now)
    review = services.start_review(actor=cast.vera, draw=draw, now=now)
    page = open_as(cast.vera)
    page.goto(live_server.url + reverse("review_edit", args=[review.pk]))
    expect(page.get_by_role("link", name="0:01")).to_have_attribute("href", "#t=1.5")
    page.wait_for_function("document.querySelector('#player audio').readyState > 0")
    page.evaluate("document.querySelector('#player audio').play = () => Promise.resolve()")  # only where it begins is asked
    page.get_by_role("link", name="0:01").click()
    page.wait_for_function("document.querySelector('#player audio').currentTime >= 1.5")
    assert page.url.endswith("#t=1.5")
    assert_accessible(page, "Late parcel")
    page = open_as(cast.lena)
    page.goto(live_server.url + reverse("recording_edit", args=[case.pk]))
    assert_accessible(page, "Recording and transcript")
