"""Writing reviews: a chunk at a time, looked up and stored set-based, each chunk one transaction.

A review is known by its id in the other system. The same again changes nothing. One that changed is a correction: a published
review is evidence, so the one here is withdrawn and a new one of the same day corrects it. Nobody is told anything and nothing
is assigned: these reviews were read, disputed and acted upon where they were written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import Notes, Problem
from coaching.interactions.models import Interaction, Source
from coaching.quality.days import local_day
from coaching.quality.exchange.importing.documents import Found
from coaching.quality.exchange.importing.shapes import ConversationShape, ReviewShape
from coaching.quality.exchange.importing.survey import Survey
from coaching.quality.exchange.importing.versions import Category, Version, category_key
from coaching.quality.exchange.models import ImportedReview, System
from coaching.quality.models import Dispute, Rating, Review, ReviewDraw
from coaching.quality.scoring import Score
from people.audit import record
from people.models import Person

MOST_DIFFERENCE = 0.5  # points between the file's score and ours that roundings explain
MARK = "from_review_import"  # in Interaction.extra: known from its reviews only, no export of cases has named it yet
BATCH = 500


@dataclass
class Ready:
    """A review that makes sense in itself: everything but whose it is, is known."""

    found: Found
    place: str
    conversation: ConversationShape
    shape: ReviewShape
    version: Version
    worths: dict[str, float | None]
    score: Score
    digest: str

    @property
    def case_key(self) -> tuple[str, str]:
        return self.conversation.sourceType, self.conversation.externalId


@dataclass(frozen=True)
class Foretold:
    """What a dry run remembers of a review that it did not store."""

    digest: str
    reviewer: Person
    reviewee: Person


@dataclass
class Tally:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass
class ReviewWriter:
    """Writes chunks of reviews of one import. In a dry run it looks everything up and stores nothing."""

    actor: Person | None
    system: System
    survey: Survey
    sources: dict[str, Source | None]  # by sourceType; None: made when the first review of it is stored
    notes: Notes
    now: datetime
    dry_run: bool
    foretold: dict[str, Foretold] = field(default_factory=dict)  # what a dry run would have stored by now, by id
    # The sum and number of scores stored or found the same, for the mean that the other system showed.
    total: float = 0.0
    scored: int = 0

    def write(self, chunk: Sequence[Ready]) -> Tally:
        """Store a chunk; no id stands in it twice. One transaction."""
        with transaction.atomic():
            return self._write(chunk)

    def _write(self, chunk: Sequence[Ready]) -> Tally:
        tally = Tally()
        if not self.dry_run:
            self._hold(chunk)
        people = self._people(chunk)
        stored = self._stored(chunk)
        fresh: list[tuple[Ready, Person, Person]] = []
        changed: list[tuple[Ready, Person, Person, ImportedReview]] = []
        for each in chunk:
            pair = self._who(each, people, tally)
            if pair is None:
                continue
            if each.shape.score is not None:
                self.total, self.scored = self.total + each.shape.score, self.scored + 1
            known = stored.get(each.shape.id)
            told = self.foretold.get(each.shape.id)
            before = told.digest if told else known.digest if known else None
            if before == each.digest:
                tally.unchanged += 1
            elif before is None:
                fresh.append((each, *pair))
            elif known is not None and not known.review.is_published:
                self._note_withdrawn(tally)
                continue
            elif known is not None:
                changed.append((each, *pair, known))
            else:
                tally.updated += 1  # a dry run that met it before
            self._compare(each)
            if self.dry_run:
                self.foretold[each.shape.id] = Foretold(each.digest, *pair)
        tally.created = len(fresh)
        if self.dry_run:
            tally.updated += len(changed)
            return tally
        cases = self._cases([*(each for each, *_rest in fresh), *(each for each, *_rest in changed)])
        self._create(fresh, cases)
        for each, reviewer, reviewee, known in changed:
            if self._correct(each, reviewer, reviewee, known, cases[each.case_key]):
                tally.updated += 1
            else:
                self._note_withdrawn(tally)
        return tally

    def _note_withdrawn(self, tally: Tally) -> None:
        self.notes.add(_("Reviews that changed in the file but were withdrawn here: they stay withdrawn."))
        tally.unchanged += 1

    def _hold(self, chunk: Sequence[Ready]) -> None:
        """One import at a time writes reviews of a source's conversations, and a second one finds what the first has stored.

        Imports of cases hold the source as well.
        """
        kinds = {each.conversation.sourceType for each in chunk}
        wanted = {source.pk for kind in kinds if (source := self.sources.get(kind)) is not None}
        list(Source.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))

    # --- Who --------------------------------------------------------------------------------------

    def _people(self, chunk: Sequence[Ready]) -> dict[str, Person]:
        emails = {user.email for each in chunk for user in (each.shape.reviewer, each.shape.reviewee) if user.email}
        return {person.email: person for person in Person.objects.filter(email__in=emails)}

    def _who(self, each: Ready, people: dict[str, Person], tally: Tally) -> tuple[Person, Person] | None:
        """(reviewer, reviewee) by e-mail, never by a guess; None with a problem noted where one is not here."""
        found = []
        for role, user in (("reviewer", each.shape.reviewer), ("reviewee", each.shape.reviewee)):
            person = people.get(user.email)
            if person is None:
                reason = _("Nobody here has this e-mail address.") if user.email else _("No e-mail address is given.")
                remedy = _("Make an account with it (switched off where they have left), then import the file again.")
                tally.problems.append(
                    Problem(
                        each.found.line, each.found.field(f"{each.place}.{role}.email"), user.email or user.name, reason, remedy
                    )
                )
                return None
            found.append(person)
        if found[0].pk == found[1].pk:
            reason = _("Somebody reviewed their own conversation.")
            remedy = _("Such reviews are not kept here. Leave it out.")
            tally.problems.append(
                Problem(each.found.line, each.found.field(f"{each.place}.reviewer.email"), found[0].email, reason, remedy)
            )
            return None
        return found[0], found[1]

    def _stored(self, chunk: Sequence[Ready]) -> dict[str, ImportedReview]:
        rows = ImportedReview.objects.filter(system=self.system, external_id__in=[each.shape.id for each in chunk])
        return {row.external_id: row for row in rows.select_related("review__draw")}

    def _compare(self, each: Ready) -> None:
        said, ours = each.shape.score, each.score.shown
        if said is None or ours is None or abs(said - ours) <= MOST_DIFFERENCE:
            return
        self.notes.add(
            _(
                "Line %(line)s, review %(id)s: the file’s score is %(said).2f, by its own ratings and weights it would be %(ours).2f."
            )
            % {"line": each.found.line, "id": each.shape.id, "said": said, "ours": ours}
        )

    # --- Conversations ----------------------------------------------------------------------------

    def _cases(self, wanted: Sequence[Ready]) -> dict[tuple[str, str], Interaction]:
        """The conversations; those that no export of cases has named are made, with nothing but their number and day."""
        found: dict[tuple[str, str], Interaction] = {}
        by_type: dict[str, dict[str, Ready]] = {}
        for each in wanted:
            by_type.setdefault(each.conversation.sourceType, {}).setdefault(each.conversation.externalId, each)
        for kind, here in sorted(by_type.items()):
            source = self._source(kind)
            cases = {c.external_id: c for c in Interaction.objects.filter(source=source, external_id__in=list(here))}
            bare = [self._bare(source, each) for key, each in here.items() if key not in cases]
            if bare:
                self.notes.add(
                    _("Conversations that are not here: only their number and day are kept until their cases are imported."),
                    len(bare),
                )
            cases |= {case.external_id: case for case in Interaction.objects.bulk_create(bare, batch_size=BATCH)}
            found |= {(kind, key): cases[key] for key in here}
        return found

    def _source(self, kind: str) -> Source:
        source = self.sources.get(kind)
        if source is None:
            raise RuntimeError(f"no source for {kind}")
        return source

    def _bare(self, source: Source, each: Ready) -> Interaction:
        """It counts for nobody: no handler, so no figure of cases knows it."""
        at = each.conversation.createdAtISO or each.shape.at or self.now
        extra = {MARK: str(self.system.label)}
        if each.conversation.externalUrl:
            extra["url"] = each.conversation.externalUrl[:500]
        return Interaction(
            source=source,
            external_id=each.conversation.externalId,
            status=Interaction.Status.RESOLVED,
            opened_at=at,
            opened_on=local_day(at),
            extra=extra,
        )

    # --- Reviews ----------------------------------------------------------------------------------

    def _create(self, fresh: Sequence[tuple[Ready, Person, Person]], cases: dict[tuple[str, str], Interaction]) -> None:
        draws, reviews = [], []
        for each, reviewer, reviewee in fresh:
            case = cases[each.case_key]
            draws.append(self._draw(each, reviewer, reviewee, case))
        ReviewDraw.objects.bulk_create(draws, batch_size=BATCH)
        for (each, _reviewer, _reviewee), draw in zip(fresh, draws, strict=True):
            reviews.append(self._review(each, draw))
        Review.objects.bulk_create(reviews, batch_size=BATCH)
        rows = []
        for (each, _reviewer, _reviewee), review in zip(fresh, reviews, strict=True):
            rows.append(
                ImportedReview(
                    system=self.system, external_id=each.shape.id, review=review, digest=each.digest,
                    details=_details(each), imported_at=self.now,
                )
            )  # fmt: skip
        ImportedReview.objects.bulk_create(rows, batch_size=BATCH)
        self._rate([(each, review) for (each, *_pair), review in zip(fresh, reviews, strict=True)])

    def _rate(self, pairs: Sequence[tuple[Ready, Review]]) -> None:
        ratings = [
            Rating(review=review, criterion_id=category.pk, **_answer(each, category))
            for each, review in pairs
            for category in each.version.categories.values()
        ]
        Rating.objects.bulk_create(ratings, batch_size=BATCH)

    def _draw(self, each: Ready, reviewer: Person, reviewee: Person, case: Interaction) -> ReviewDraw:
        at = each.shape.at or self.now
        return ReviewDraw(
            interaction=case,
            reviewer=reviewer,
            reviewee=reviewee,
            method=ReviewDraw.Method.IMPORTED,
            reason=_("Imported from %(system)s") % {"system": self.system.label},
            drawn_at=at,
            drawn_by=self.actor,
            due_on=local_day(at),
            state=ReviewDraw.State.DONE,
        )

    def _review(self, each: Ready, draw: ReviewDraw) -> Review:
        at = each.shape.at or self.now
        return Review(
            draw=draw,
            interaction=draw.interaction,
            scorecard_version_id=each.version.pk,
            reviewer=draw.reviewer,
            reviewee=draw.reviewee,
            state=Review.State.PUBLISHED,
            score_raw=each.score.raw,
            score_shown=each.shape.score,
            score_critical=each.score.critical,
            applicable_weight=each.score.applicable_weight,
            critical_failed=list(each.score.critical_failed),
            comment=each.shape.comment,
            started_at=at,
            saved_at=each.shape.updatedISO or at,
            published_at=at,
        )

    def _correct(self, each: Ready, reviewer: Person, reviewee: Person, known: ImportedReview, case: Interaction) -> bool:
        """Withdraw the review that stands here for it; a new one corrects it. False where it was withdrawn a moment ago."""
        old = Review.objects.select_for_update(of=("self",)).select_related("draw").get(pk=known.review_id)
        if not old.is_published:
            return False
        draw = old.draw
        if (draw.interaction_id, draw.reviewer_id, draw.reviewee_id) != (case.pk, reviewer.pk, reviewee.pk):
            ReviewDraw.objects.filter(pk=draw.pk).update(state=ReviewDraw.State.REPLACED)
            draw = self._draw(each, reviewer, reviewee, case)
            draw.save()
        Review.objects.filter(pk=old.pk).update(
            state=Review.State.WITHDRAWN, withdrawn_at=self.now, withdrawn_reason=_("Imported anew.")
        )
        Dispute.objects.filter(review=old, state__in=Dispute.UNDECIDED).update(state=Dispute.State.SETTLED)
        review = self._review(each, draw)
        review.corrects, review.corrected_at = old, self.now
        review.save()
        self._rate([(each, review)])
        known.review, known.digest, known.details, known.imported_at = review, each.digest, _details(each), self.now
        known.save()
        record(
            actor=self.actor,
            verb="review.import_anew",
            target=review,
            subject=reviewee,
            before={"review": old.pk, "score": old.score_shown},
            after={"score": review.score_shown},
            now=self.now,
        )
        return True


def worths_of(review: ReviewShape, survey: Survey) -> dict[str, float | None]:
    """What each rated category is worth, None where it did not apply. Raises ValueError of the category outside its scale."""
    found: dict[str, float | None] = {}
    for rating in review.ratings:
        key = category_key(rating.categoryId, rating.categoryName)
        worth = survey.scale.worth(key, rating.score) if rating.score is not None else None
        if rating.score is not None and worth is None:
            raise ValueError(rating.categoryName or key)
        found[key] = worth
    return found


def _answer(each: Ready, category: Category) -> dict[str, Any]:
    """The fields of a rating. What was not rated did not apply; its causes are kept as its comment."""
    worth = each.worths.get(category.key)
    causes = [
        cause for rating in each.shape.ratings if category_key(rating.categoryId, rating.categoryName) == category.key
        for cause in rating.why
    ]  # fmt: skip
    comment = _("Cause: %(causes)s") % {"causes": ", ".join(causes)} if causes else ""
    return {"answer_id": None if worth is None else category.answers[worth], "is_na": worth is None, "comment": comment}


def _details(each: Ready) -> dict[str, Any]:
    shape = each.shape
    said: dict[str, Any] = {
        "tags": [tag.tag for tag in shape.tags if tag.tag],
        "replies": [line for reply in shape.thread for line in reply.lines()],
        "causes": {category_key(r.categoryId, r.categoryName): r.why for r in shape.ratings if r.why},
        "review_time": shape.reviewTime,
        "pause_time": shape.pauseTime,
        "url": each.conversation.url,
        "own_score": each.score.shown,
    }
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}
