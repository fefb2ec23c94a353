"""The verbs of surveys, by part: writing (head and administrators), inviting, answering, refusing, snippets."""

from coaching.surveys.services.answering import OWN_SOURCE, answer_invitation, answer_snippet
from coaching.surveys.services.errors import AnswerRefused, SurveyError
from coaching.surveys.services.inviting import Delivered, current_version, deliver_invitations, invite, queue_invitations
from coaching.surveys.services.refusing import ask_again, credit_waiting_answers, forget, stop_asking
from coaching.surveys.services.snippets import add_snippet, change_snippet, count_shown, renew_secret, tidy_origin
from coaching.surveys.services.writing import (
    change_rules,
    create_survey,
    pause_survey,
    remove_language,
    reword,
    send_test,
    start_survey,
)

__all__ = [
    "OWN_SOURCE", "AnswerRefused", "Delivered", "SurveyError", "add_snippet", "answer_invitation", "answer_snippet", "ask_again",
    "change_rules", "change_snippet", "count_shown", "create_survey", "credit_waiting_answers", "current_version",
    "deliver_invitations", "forget", "invite", "pause_survey", "queue_invitations", "remove_language", "renew_secret", "reword",
    "send_test", "start_survey", "stop_asking", "tidy_origin",
]  # fmt: skip
