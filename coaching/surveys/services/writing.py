"""What head and administrators do: make surveys, word them, set their rules, start and pause them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction
from coaching.surveys.mail import send_test_mail
from coaching.surveys.models import Survey, SurveyText, SurveyVersion
from coaching.surveys.scales import SCALES
from coaching.surveys.services.errors import SurveyError
from coaching.surveys.services.inviting import current_version
from coaching.surveys.wording import LANGUAGES, STARTER_FIELDS, starter_text
from people.audit import record
from people.models import Person

RULES = (
    "by_email", "channels", "wait_hours", "within_hours", "sample_percent", "not_again_days", "quiet_from", "quiet_until",
    "time_zone", "expires_days", "default_language",
)  # fmt: skip
USUAL_CHANNELS = [Interaction.Channel.EMAIL, Interaction.Channel.WEB, Interaction.Channel.CHAT, Interaction.Channel.MESSAGING]


@transaction.atomic
def create_survey(*, actor: Person | None, name: str, kind: str, scale_high: int, languages: list[str], now: datetime) -> Survey:
    """A survey with a first wording in these languages; it asks nobody until it is started.

    Raises SurveyError for a name that is taken, a scale that the kind does not have, or no language.
    """
    if scale_high not in {scale.high for scale in SCALES[kind]}:
        raise SurveyError(_("This kind of survey has no such scale. Choose another highest score."))
    chosen = [language for language in languages if language in LANGUAGES]
    if not chosen:
        raise SurveyError(_("Choose at least one language."))
    try:
        with transaction.atomic():
            survey = Survey.objects.create(
                name=name,
                kind=kind,
                scale_high=scale_high,
                default_language=chosen[0],
                channels=[str(channel) for channel in USUAL_CHANNELS],
                created_at=now,
                created_by=actor,
            )
    except IntegrityError as error:
        raise SurveyError(_("Another survey has this name. Choose another one.")) from error
    _new_version(survey, {language: starter_text(kind, language) for language in chosen}, actor, now)
    after = {"kind": kind, "scale": scale_high, "languages": chosen}
    record(actor=actor, verb="survey.create", target=survey, after=after, now=now)
    return survey


@transaction.atomic
def reword(*, actor: Person | None, survey: Survey, language: str, words: Mapping[str, str], now: datetime) -> SurveyVersion:
    """Put these words of one language in force: a new version, with the other languages as they were.

    A language that is not offered yet is added. Words that are those in force make no version. Raises SurveyError
    for a language that we have no page in, or empty words.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if language not in LANGUAGES:
        raise SurveyError(_("The customers’ pages do not speak this language yet."))
    wanted = {name: words.get(name, "").strip() for name in STARTER_FIELDS}
    if not all(wanted[name] for name in STARTER_FIELDS if name not in {"intro", "comment_question"}):
        raise SurveyError(_("Subject, question, both ends of the scale and the thank you are needed."))
    before = current_version(survey)
    texts = texts_of(before)
    if texts.get(language) == wanted:
        return before
    version = _new_version(survey, texts | {language: wanted}, actor, now)
    _note_words(actor, survey, before, version, language, now)
    return version


@transaction.atomic
def remove_language(*, actor: Person | None, survey: Survey, language: str, now: datetime) -> SurveyVersion:
    """Offer a language no more: a new version without it. Raises SurveyError for the default language or an unknown one."""
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if language == survey.default_language:
        raise SurveyError(_("This is the language used where the customer’s is not offered. Choose another one for that first."))
    before = current_version(survey)
    texts = texts_of(before)
    if texts.pop(language, None) is None:
        raise SurveyError(_("This language is not offered."))
    version = _new_version(survey, texts, actor, now)
    _note_words(actor, survey, before, version, language, now)
    return version


def _note_words(
    actor: Person | None, survey: Survey, before: SurveyVersion, version: SurveyVersion, language: str, now: datetime
) -> None:
    record(
        actor=actor,
        verb="survey.reword",
        target=survey,
        before={"version": before.number},
        after={"version": version.number, "language": language},
        now=now,
    )


def _new_version(survey: Survey, texts: Mapping[str, Mapping[str, str]], actor: Person | None, now: datetime) -> SurveyVersion:
    last = SurveyVersion.objects.filter(survey=survey).order_by("-number").values_list("number", flat=True).first() or 0
    version = SurveyVersion.objects.create(survey=survey, number=last + 1, created_at=now, created_by=actor)
    SurveyText.objects.bulk_create([SurveyText(version=version, language=language, **words) for language, words in texts.items()])
    return version


def texts_of(version: SurveyVersion) -> dict[str, dict[str, str]]:
    """A version's words by language."""
    rows = SurveyText.objects.filter(version=version).values("language", *STARTER_FIELDS)
    return {row.pop("language"): row for row in rows}


@transaction.atomic
def change_rules(*, actor: Person | None, survey: Survey, rules: Mapping[str, Any], now: datetime) -> Survey:
    """Ask by other rules from now on; who is in the queue stays there. Raises SurveyError for rules that cannot be."""
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    unknown = set(rules) - set(RULES)
    if unknown:
        raise SurveyError(_("A survey has no rule %(names)s.") % {"names": ", ".join(sorted(unknown))})
    before = _rules(survey)
    for name, value in rules.items():
        setattr(survey, name, value)
    if survey.within_hours <= survey.wait_hours:
        raise SurveyError(_("A case would be too old before anybody is asked: raise the age at which it is too old."))
    if survey.by_email and not survey.channels:
        raise SurveyError(_("Choose at least one channel, or do not ask by e-mail."))
    if survey.default_language not in texts_of(current_version(survey)):
        raise SurveyError(_("The survey has no words in this language yet. Add them first."))
    after = _rules(survey)
    changed = [name for name in RULES if before[name] != after[name]]
    if changed:
        survey.save(update_fields=changed)
        record(
            actor=actor,
            verb="survey.change_rules",
            target=survey,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            now=now,
        )
    return survey


def _rules(survey: Survey) -> dict[str, Any]:
    values = {name: getattr(survey, name) for name in RULES}
    return values | {name: values[name].strftime("%H:%M") for name in ("quiet_from", "quiet_until")}


@transaction.atomic
def start_survey(*, actor: Person | None, survey: Survey, now: datetime) -> Survey:
    """Begin, or go on, to ask."""
    return _set_active(actor, survey, active=True, now=now)


@transaction.atomic
def pause_survey(*, actor: Person | None, survey: Survey, now: datetime) -> Survey:
    """Ask nobody new; links that are out can still be answered, snippets show nothing."""
    return _set_active(actor, survey, active=False, now=now)


def _set_active(actor: Person | None, survey: Survey, *, active: bool, now: datetime) -> Survey:
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if survey.is_active != active:
        survey.is_active = active
        survey.save(update_fields=["is_active"])
        verb = "survey.start" if active else "survey.pause"
        record(actor=actor, verb=verb, target=survey, before={"active": not active}, after={"active": active}, now=now)
    return survey


@transaction.atomic
def send_test(*, actor: Person, survey: Survey, language: str, now: datetime) -> None:
    """Send the mail to oneself, with links that store nothing. Raises SurveyError for a language that is not offered."""
    version = current_version(survey)
    if not SurveyText.objects.filter(version=version, language=language).exists():
        raise SurveyError(_("This language is not offered."))
    record(actor=actor, verb="survey.send_test", target=survey, after={"language": language}, now=now)
    transaction.on_commit(partial(send_test_mail.enqueue, version.pk, language, actor.pk))
