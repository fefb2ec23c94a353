"""What colleagues say against a standard: that it is wrong, or cannot be followed. It is about the text, never about a score."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from cms.models.standard import Standard
from people.models import Person


class StandardFlag(models.Model):
    """One person's word about one standard, for those who edit the guide."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("It is wrong")
        UNWORKABLE = "unworkable", _("It cannot be followed")
        UNCLEAR = "unclear", _("It is unclear")
        MISSING = "missing", _("Something is missing")
        OUTDATED = "outdated", _("It is outdated")

    class Part(models.TextChoices):
        WHOLE = "", _("The standard as a whole")
        BEHAVIOUR = "behaviour", _("The behaviour")
        WHY = "why", _("Why it matters")
        GOOD_EXAMPLE = "good_example", _("The good example")
        BAD_EXAMPLE = "bad_example", _("The bad example")
        LIMIT = "empowerment_limit", _("What you may decide alone")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an editor")
        ANSWERED = "answered", _("Answered")
        CHANGED = "changed", _("The standard was changed")
        DECLINED = "declined", _("Stays as it is")
        TAKEN_BACK = "taken_back", _("Taken back")

    DECIDED = (State.ANSWERED, State.CHANGED, State.DECLINED)

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(_("which part"), max_length=20, choices=Part, blank=True, default=Part.WHOLE)
    # The words as they were: the standard may read differently by the time an editor comes.
    passage = models.TextField(blank=True)
    revision = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, related_name="+", help_text=_("The version of the standard it is about.")
    )
    kind = models.CharField(_("what is wrong"), max_length=10, choices=Kind)
    words = models.TextField(_("in your words"))
    review = models.ForeignKey("coaching_quality.Review", on_delete=models.PROTECT, null=True, related_name="+")
    criterion = models.ForeignKey("coaching_quality.Criterion", on_delete=models.PROTECT, null=True, related_name="+")
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reply = models.TextField(_("reply"), blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    changed_to = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, related_name="+", help_text=_("The version that answers it.")
    )
    changed_at = models.DateTimeField(
        null=True, help_text=_("When that version was written; stays when old versions are tidied.")
    )

    class Meta:
        ordering = ["-raised_at", "-pk"]
        indexes = [models.Index(fields=["state", "standard"], name="flag_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "raised_by", "kind", "part"], condition=Q(state="open"), name="flag_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "changed", "declined"])
                | (Q(answered_by__isnull=False) & Q(answered_at__isnull=False)),
                name="flag_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "declined"]) | ~Q(reply=""), name="flag_answered_has_reply"
            ),
            models.CheckConstraint(
                condition=~Q(state="changed") | Q(changed_at__isnull=False), name="flag_changed_names_version"
            ),
        ]

    def __str__(self) -> str:
        return _("Flag %(number)s") % {"number": self.pk}

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_decided(self) -> bool:
        return self.state in self.DECIDED
