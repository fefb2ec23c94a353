"""Reviews on their way to their person. Vera wrote them about Rita; they wait for approval, or for their day."""

from datetime import timedelta

from django.utils import timezone

from coaching.quality.models import ScorecardVersion
from coaching.quality.release.services import approve_review
from coaching.quality.services import publish_review
from tests.access_table import Entry, by_role, only
from tests.factories.quality import make_complete


def build(cast, now):
    """Today, not on the day of the tests: only so is the day of the release to come."""
    now = timezone.now()
    submitted = make_complete(cast.vera, cast.rita, number=1, now=now)
    ScorecardVersion.objects.update(approval="all", hold="chosen")
    held = make_complete(cast.vera, cast.rita, number=2, now=now)
    day = timezone.localdate(now) + timedelta(days=3)
    return {
        "submitted": publish_review(actor=cast.vera, review=submitted, now=now),
        "held": approve_review(
            actor=cast.viktor, review=publish_review(actor=cast.vera, review=held, release_on=day, now=now), now=now
        ),
        "day": day,
    }


def of(name):
    return lambda w: [getattr(w, name).pk]


ENTRIES = [
    Entry("approval_list", get=only("reviewer", "head", "lead", "other_lead")),
    Entry("approval_list", get=only("reviewer", "head", "lead", "other_lead"), query="?show=held", case="held"),
    Entry("review_detail", args=of("submitted"), get=by_role(404, reviewer=200, head=200), case="submitted"),
    Entry("review_detail", args=of("held"), get=by_role(404, reviewer=200, head=200, lead=200), case="held"),
    Entry("review_edit", args=of("held"), get=by_role(404, reviewer=302, head=403, lead=403), case="held"),
    Entry("review_acknowledge", args=of("held"), post=by_role(404, reviewer=403, head=403, lead=403), case="held"),
    Entry("review_withdraw", args=of("held"), get=by_role(404, reviewer=403, head=403, lead=403), case="held"),
    Entry("dispute_raise", args=of("held"), get=by_role(404, reviewer=403, head=403, lead=403), case="held"),
    Entry("review_approve", args=of("submitted"), post=by_role(404, reviewer=403, head=302)),
    Entry("review_approve", args=of("held"), post=by_role(404, reviewer=403, head=403, lead=403), case="held"),
    Entry(
        "review_return",
        args=of("submitted"),
        post=by_role(404, reviewer=403, head=302),
        data=lambda w: {"reason": "Quote it."},
    ),
    Entry("review_return", args=of("held"), post=by_role(404, reviewer=403, lead=403, head=302), case="held"),
    Entry("review_take_back", args=of("submitted"), post=by_role(404, reviewer=302, head=403)),
    Entry(
        "review_hold",
        args=of("held"),
        post=by_role(404, reviewer=302, lead=302, head=302),
        data=lambda w: {"release_on": w.day + timedelta(days=1)},
    ),
    Entry("review_release", args=of("held"), post=by_role(404, reviewer=302, lead=302, head=302)),
    Entry("review_release", args=of("submitted"), post=by_role(404, reviewer=403, head=403), case="submitted"),
]
