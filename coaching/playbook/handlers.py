"""The only listeners of the house: an event comes in, a rule or a verb is called, in the same transaction."""

from coaching.feeds.announcements import tell_assignment, tell_completion, tell_review, tell_signal
from coaching.metrics.services import team_history_changed
from coaching.playbook.practice import practise_what_was_missing, rest_with_review
from coaching.playbook.rules import assign_remedies, withdraw_with_review
from coaching.quality.events import ReviewPublished, ReviewWithdrawn
from coaching.quality.models import Review
from coaching.quality.queries import failed_criteria
from coaching.signals.events import SignalRaised
from coaching.signals.models import Signal
from foundation.events import listen
from learning.assignments.events import ModuleAssigned, ModuleCompleted
from learning.assignments.models import Completion
from learning.paths.services import advance_person
from people.events import TeamHistoryChanged


def _review(pk: int) -> Review:
    return Review.objects.select_related("scorecard_version__scorecard", "reviewee").get(pk=pk)


@listen(ReviewPublished)
def on_review_published(event: ReviewPublished) -> None:
    review = _review(event.review_id)
    if review.published_at is not None:
        now = review.corrected_at or review.published_at
        failed = failed_criteria(review)
        assign_remedies(review, now, failed=failed)
        practise_what_was_missing(review, now, failed=failed)
        tell_review(review=review)


@listen(ReviewWithdrawn)
def on_review_withdrawn(event: ReviewWithdrawn) -> None:
    review = _review(event.review_id)
    if review.withdrawn_at is not None:
        withdraw_with_review(review, review.withdrawn_at)
        rest_with_review(review, review.withdrawn_at)


@listen(TeamHistoryChanged)
def on_team_history_changed(event: TeamHistoryChanged) -> None:
    """Figures count for the team of the day: days whose team is another one now are counted again."""
    team_history_changed(person_id=event.person_id, from_day=event.from_day)


@listen(ModuleAssigned)
def on_module_assigned(event: ModuleAssigned) -> None:
    """Systems that want to know are told; the worker sends it after the commit."""
    tell_assignment(assignment_id=event.assignment_id)


@listen(ModuleCompleted)
def on_module_completed(event: ModuleCompleted) -> None:
    """Who completed a module goes on along their learning paths; systems that want to know are told."""
    tell_completion(completion_id=event.completion_id)
    completion = Completion.objects.select_related("person").get(pk=event.completion_id)
    advance_person(person=completion.person, now=completion.completed_at)


@listen(SignalRaised)
def on_signal_raised(event: SignalRaised) -> None:
    """A signal proposes and assigns nothing: a person reads the cases first. Other systems are told that there is one."""
    signal = Signal.objects.select_related("run").get(pk=event.signal_id)
    tell_signal(
        signal_id=signal.pk,
        metric=signal.metric_key,
        state=signal.level,
        person_id=signal.person_id,
        team_id=signal.team_id,
        now=signal.run.ran_at,
    )
