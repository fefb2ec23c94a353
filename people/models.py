"""People, teams, who was where when, roles, and the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from typing import Any


class Role(models.TextChoices):
    REP = "rep", _("Support rep")
    LEAD = "lead", _("Team lead")
    REVIEWER = "reviewer", _("QA reviewer")
    EDITOR = "editor", _("Content editor")
    HEAD = "head", _("Head of support")
    ADMIN = "admin", _("Administrator")


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        return self.filter(is_active=True)

    def with_role(self, role: Role | str) -> PersonQuerySet:
        return self.filter(role_grants__role=role)

    def in_teams(self, teams: Iterable[Team] | models.QuerySet[Team], on: date) -> PersonQuerySet:
        """Members (not leads) of these teams on that day."""
        memberships = Membership.objects.on(on).filter(team__in=teams, kind=Membership.Kind.MEMBER)
        return self.filter(pk__in=memberships.values("person_id"))

    def present_on(self, day: date) -> PersonQuerySet:
        """Everybody without an absence on that day; whether the account is in use is another question."""
        return self.exclude(pk__in=Absence.objects.on(day).values("person_id"))

    def absent_on(self, day: date) -> PersonQuerySet:
        return self.filter(pk__in=Absence.objects.on(day).values("person_id"))


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """E-mail addresses are stored in lower case: one person, one account."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Signs in by e-mail."""

    email = models.EmailField(_("e-mail"), unique=True)
    display_name = models.CharField(_("name"), max_length=120)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    locale = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    is_active = models.BooleanField(_("active"), default=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    # Part of every session's hash: raising it ends all sessions of this person.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        ordering = ["display_name", "email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower"),
            # Rights come from roles; nobody is above the rules.
            models.CheckConstraint(condition=Q(is_superuser=False), name="person_no_superuser"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.split(" ")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's hash (over the password), with the epoch: deactivation ends sessions for good."""
        key_salt = "people.models.Person.get_session_auth_hash"
        return salted_hmac(key_salt, f"{self.password}|{self.session_epoch}", secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles as of the first look in this request."""
        return frozenset(grant.role for grant in self.role_grants.all())

    def has_role(self, *roles: Role) -> bool:
        return any(role.value in self.roles for role in roles)


class ExternalId(models.Model):
    """How another system names this person; imports match by it after e-mail."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=60)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="external_id_once")]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


class RoleGrant(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="role_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


class TeamQuerySet(models.QuerySet["Team"]):
    def at_or_below(self, teams: Iterable[Team]) -> TeamQuerySet:
        """These teams and every team under them."""
        condition = Q(pk__in=[])
        for team in teams:
            condition |= Q(path__startswith=team.path)
        return self.filter(condition)


class Team(models.Model):
    """A node of the organisation's tree. `path` holds the ids from the root, "/1/4/9/"."""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, db_index=True, editable=False, default="")

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="team_name_once_per_parent"),
            models.UniqueConstraint(fields=["name"], condition=Q(parent=None), name="team_root_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> MembershipQuerySet:
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)


class Membership(models.Model):
    """A person in a team from `starts_on` up to, not including, `ends_on`."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("Member")
        LEAD = "lead", _("Lead")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MEMBER)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        indexes = [models.Index(fields=["person", "kind", "starts_on"]), models.Index(fields=["team", "kind", "starts_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="membership_ends_later"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_on=None, kind="member"), name="membership_one_open_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team} from {self.starts_on}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> AbsenceQuerySet:
        return self.filter(starts_on__lte=day, until__gte=day)

    def not_over(self, day: date) -> AbsenceQuerySet:
        """Those of that day and all that are still to come."""
        return self.filter(until__gte=day)


class Absence(models.Model):
    """Somebody does not work from `starts_on` up to and including `until`. Why is nobody's business.

    `note` is for the person away and whoever wrote it; no page, export or log shows it to anybody else.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences", db_index=False)
    starts_on = models.DateField(_("first day away"))
    until = models.DateField(_("last day away"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["person", "starts_on"], name="absence_of_person")]
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="absence_ends_after_start")]

    def __str__(self) -> str:
        return _("Absence of %(person)s") % {"person": self.person}


class DeliveryPreference(models.Model):
    """When and how somebody wants to be told. Nobody has a row before they change something: the defaults are theirs.

    Between `quiet_from` and `quiet_until` of the person's own clock no mail goes out; the same time twice means never quiet.
    """

    class Mode(models.TextChoices):
        AT_ONCE = "at_once", _("By mail, when it happens")
        DAILY = "daily", _("By mail, once a day")
        PRODUCT = "product", _("Only here, never by mail")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="delivery_preference")
    mode = models.CharField(_("how to be told"), max_length=10, choices=Mode, default=Mode.AT_ONCE)
    quiet_from = models.TimeField(_("no mail from"), default=time(20))
    quiet_until = models.TimeField(_("no mail until"), default=time(8))
    weekends = models.BooleanField(_("mail on Saturdays and Sundays too"), default=False)

    def __str__(self) -> str:
        return self.get_mode_display()


class AuditSeal(models.Model):
    """A link of the chain over the audit log: the digest of a block of entries and of the seal before it."""

    at = models.DateTimeField()
    entries_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.digest[:12]}"


class AuditEntry(models.Model):
    """Who did what to what, when, before and after. Append-only."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60, db_index=True)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    target_name = models.CharField(max_length=200, blank=True)
    subject = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    # Set where the same thing is written down once only ("read Rita's scores today").
    once_key = models.CharField(max_length=120, blank=True, default="", editable=False)
    seal = models.ForeignKey(AuditSeal, on_delete=models.PROTECT, null=True, related_name="entries", editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"]), models.Index(fields=["subject", "at"])]
        constraints = [models.UniqueConstraint(fields=["once_key"], condition=~Q(once_key=""), name="audit_entry_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit log is append-only.")

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(name, before, after) for each thing noted; None where there was, or is, nothing."""
        names = [*self.before, *(name for name in self.after if name not in self.before)]
        return [(name, self.before.get(name), self.after.get(name)) for name in names]
