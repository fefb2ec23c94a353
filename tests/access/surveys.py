"""Surveys: head and administrators write, leads read; customers need no account. Rita's case is asked about."""

from coaching.surveys import links, services
from tests.access_table import Entry, only, public
from tests.factories import surveys as make

WRITERS = ("head", "admin")
READERS = ("lead", "other_lead", "head")
BOTH = (*READERS, "admin")


def build(cast, now):
    survey = make.survey(now, languages=("en", "de"))
    answer = make.answered(survey, cast.rita, now, score=4, comment="Quick and kind.")
    open_invitation = make.sent(
        survey, make.case(cast.rita, now, customer="lou@customer.example"), now, address="lou@customer.example"
    )
    services.change_rules(actor=None, survey=survey, rules={"by_email": True}, now=now)
    return {
        "survey": survey,
        "answered": make.token(answer.invitation),
        "open": make.token(open_invitation),
        "snippet": make.snippet(survey, now),
        "paused": make.snippet(make.survey(now, name="Paused", asking=False), now),
    }


def survey(w):
    return [w.survey.pk]


def german(w):
    return [w.survey.pk, "de"]


def snippet(w):
    return [w.survey.pk, w.snippet.pk]


WORDS = {"subject": "A", "question": "B?", "low_label": "low", "high_label": "high", "thanks": "Thanks"}
RULES = {
    "by_email": "on", "channels": ["email"], "wait_hours": 2, "within_hours": 72, "sample_percent": 50, "not_again_days": 30,
    "quiet_from": "20:00", "quiet_until": "08:00", "time_zone": "UTC", "expires_days": 14, "default_language": "en",
}  # fmt: skip
PLACE = {"name": "Shop", "origins": "https://shop.example.com", "is_active": "on"}
NEW = {"name": "Another", "scale": "nps-10", "languages": ["en"]}

ENTRIES = [
    Entry("survey_list", get=only(*BOTH)),
    Entry("survey_create", get=only(*WRITERS), post=only(*WRITERS, status=302), data=lambda w: NEW),
    Entry("survey_detail", args=survey, get=only(*BOTH)),
    Entry("survey_csv", args=survey, get=only(*READERS)),
    Entry("survey_start", args=survey, post=only(*WRITERS, status=302)),
    Entry("survey_pause", args=survey, post=only(*WRITERS, status=302)),
    Entry("survey_rules", args=survey, get=only(*WRITERS), post=only(*WRITERS, status=302), data=lambda w: RULES),
    Entry("survey_words", args=survey, get=only(*WRITERS)),
    Entry("survey_language_add", args=survey, post=only(*WRITERS, status=302), data=lambda w: {"language": "fr"}),
    Entry("survey_reword", args=german, get=only(*WRITERS), post=only(*WRITERS, status=302), data=lambda w: WORDS),
    Entry("survey_reword", args=lambda w: [w.survey.pk, "xx"], get=only(*WRITERS, status=404), case="no such language"),
    Entry("survey_language_remove", args=german, post=only(*WRITERS, status=302)),
    Entry("survey_send_test", args=german, post=only(*WRITERS, status=302)),
    Entry("survey_snippets", args=survey, get=only(*WRITERS)),
    Entry("snippet_add", args=survey, get=only(*WRITERS), post=only(*WRITERS, status=302), data=lambda w: PLACE),
    Entry("snippet_change", args=snippet, get=only(*WRITERS), post=only(*WRITERS, status=302), data=lambda w: PLACE),
    Entry("snippet_renew_secret", args=snippet, post=only(*WRITERS, status=302)),
    # The customers' pages: the same for everybody, signed in or not.
    Entry("survey_snippet_js", get=public()),
    Entry(
        "survey_answer",
        args=lambda w: [w.open],
        get=public(410),
        post=public(410),
        data=lambda w: {"score": "4"},
        without_cookies=True,
        case="expired by today",
    ),
    Entry("survey_answer", args=lambda w: [w.answered], get=public(), case="answered"),
    Entry("survey_answer", args=lambda w: ["nonsense"], get=public(404), post=public(404), without_cookies=True, case="forged"),
    Entry("survey_score", args=lambda w: [w.answered, 4], get=public()),
    Entry("survey_stop", args=lambda w: [w.open], get=public(), post=public(), without_cookies=True),
    Entry("survey_frame", args=lambda w: [w.snippet.key], get=public(), framed=True, without_cookies=True),
    Entry(
        "survey_frame",
        args=lambda w: [w.snippet.key],
        post=public(),
        data=lambda w: {"score": "4", "form": links.new_form_key(w.snippet.key)},
        get=public(),
        framed=True,
        without_cookies=True,
        case="answered",
    ),
    Entry("survey_frame", args=lambda w: [w.paused.key], get=public(404), case="paused"),
    Entry("survey_shown", args=lambda w: [w.snippet.key], post=public(204), without_cookies=True),
]
