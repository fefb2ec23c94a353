"""What support reps handled, as the organisation's own systems tell it.

Everything is keyed by (source, external id): importing twice changes nothing, importing a newer
file changes what changed. A source's name for a handler is kept as it came (`Handler`) and points
to a person once it is matched, so that nobody is guessed and nothing is lost.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coaching.interactions.redaction import mask_personal_data
from people.models import Person

LONGEST_RETURN_DAYS = 30  # figures ask at most so many days after a resolution whether the customer came back


class Source(models.Model):
    """A system that exports cases, for example "zendesk" or "phone". `system` is the kind of system, where it is known."""

    class System(models.TextChoices):
        GENERIC = "generic", _("Another system")
        ZENDESK = "zendesk", "Zendesk"
        FRESHDESK = "freshdesk", "Freshdesk"
        INTERCOM = "intercom", "Intercom"
        HELPSCOUT = "helpscout", "Help Scout"
        CHATWOOT = "chatwoot", "Chatwoot"
        ZAMMAD = "zammad", "Zammad"
        SERVICENOW = "servicenow", "ServiceNow"

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    system = models.CharField(max_length=20, choices=System, default=System.GENERIC)
    masks_personal_data = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_(
            "Card and account numbers, addresses, telephone numbers and passwords are masked before a message is stored."
        ),
    )

    def __str__(self) -> str:
        return self.name


class Handler(models.Model):
    """Whom a source names as handling a case; `person` is empty until matched.

    `ignored`: known to be none of our people (a robot, another company), so nobody need look for them.
    `matched_at` is set where somebody decided the match after the import; sure ones made by it have none.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="handlers")
    external_key = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ignored = models.BooleanField(default=False)
    matched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_key"], name="handler_once_per_source"),
            models.CheckConstraint(condition=Q(ignored=False) | Q(person=None), name="handler_ignored_has_no_person"),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.name or self.external_key


class Account(models.Model):
    """A customer organisation: what it is worth, since when it is a customer, and until when.

    Cases name it by `external_key` (`Interaction.account`), so accounts and cases may come in any order.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="accounts")
    external_key = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    segment = models.CharField(max_length=80, blank=True)
    yearly_value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    since = models.DateField(null=True)
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_key"], name="account_once_per_source")]

    def __str__(self) -> str:
        return self.name or self.external_key


class Interaction(models.Model):
    """One support case, chat or call.

    `handler` is who the case counts for (who resolved it, or handled it last); `assignee` who has it
    now. `opened_on` and `resolved_on` are the calendar days in the handler's time zone (the
    organisation's where the handler is not matched): figures are counted per such day.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        PHONE = "phone", _("Phone")
        WEB = "web", _("Web form")
        MESSAGING = "messaging", _("Messenger")
        SOCIAL = "social", _("Social network")
        MENTION = "mention", _("Mention")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Resolved")

    # The three links have no constraint in the database: checking them took half of the time of a
    # load on PostgreSQL. Only the importer writes them, in the transaction in which it looked them up,
    # and PROTECT keeps what they name.
    # The unique pair below begins with the source, so an index of its own would only cost time.
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    external_id = models.CharField(max_length=200)
    handler = models.ForeignKey(
        Handler, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    assignee = models.ForeignKey(
        Handler, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.OTHER)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    subject = models.CharField(max_length=300, blank=True)
    topic = models.CharField(max_length=120, blank=True, help_text=_("What made the customer write: the contact driver."))
    customer = models.CharField(max_length=200, blank=True)
    # Defaults of the database: an import of files without these columns does not have to carry them.
    account = models.CharField(
        max_length=200, blank=True, db_default="", help_text=_("`Account.external_key` of the same source.")
    )
    queue = models.CharField(max_length=120, blank=True, db_default="", help_text=_("The group or queue the case lay in."))
    priority = models.CharField(max_length=40, blank=True, db_default="")
    opened_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    last_event_at = models.DateTimeField(null=True)
    opened_on = models.DateField()
    resolved_on = models.DateField(null=True)
    reopens = models.PositiveIntegerField(default=0)
    reopened_at = models.DateTimeField(null=True, help_text=_("The first time it was reopened, where the source tells."))
    replies = models.PositiveIntegerField(
        null=True, help_text=_("Public replies by agents; empty where the source does not tell.")
    )
    customer_replies = models.PositiveIntegerField(null=True, help_text=_("Messages by the customer after the first."))
    is_complaint = models.BooleanField(null=True, help_text=_("Empty where the source does not tell."))
    answered = models.BooleanField(
        null=True, help_text=_("Was the call or chat picked up? Empty where the question does not arise.")
    )
    wait_seconds = models.PositiveIntegerField(null=True)
    handle_seconds = models.PositiveIntegerField(null=True)
    from_messages = models.BooleanField(
        default=False, help_text=_("Known from its messages only: no export of cases has named it yet.")
    )
    extra = models.JSONField(null=True, help_text=_("Columns of the source that have no field of their own."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="interaction_once_per_source")]
        indexes = [
            models.Index(fields=["handler", "opened_on"], name="interaction_handler_opened"),
            models.Index(
                fields=["handler", "resolved_on"], name="interaction_handler_resolved", condition=Q(resolved_on__isnull=False)
            ),
            # Who wrote again within days of a case: first contact resolution asks that of every resolved case.
            models.Index(fields=["customer", "opened_at"], name="interaction_customer_opened", condition=~Q(customer="")),
            # What an account asked for, and what waits now: both hold few of the rows, so an import hardly pays for them.
            models.Index(fields=["source", "account", "opened_on"], name="interaction_account_opened", condition=~Q(account="")),
            models.Index(fields=["handler", "opened_at"], name="interaction_unresolved", condition=Q(resolved_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.masked_subject or self.external_id

    @property
    def masked_subject(self) -> str:
        """What the customer wrote above it, personal data masked as in messages: what pages show."""
        return mask_personal_data(self.subject)


class Message(models.Model):
    """One turn of a conversation. A private one is an internal note: no customer, no export sees it."""

    class AuthorKind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        SYSTEM = "system", _("System")
        OTHER = "other", _("Other")

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="messages", db_index=False)
    external_id = models.CharField(max_length=200)
    position = models.PositiveIntegerField(help_text=_("Order within the conversation, from 1."))
    author_kind = models.CharField(max_length=10, choices=AuthorKind)
    author_name = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(Handler, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    sent_at = models.DateTimeField(null=True)
    body = models.TextField()
    is_private = models.BooleanField(default=False)
    # Of a call: where in the recording this turn begins and ends, in seconds.
    starts_at = models.FloatField(null=True)
    ends_at = models.FloatField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["interaction", "external_id"], name="message_once_per_interaction")]

    def __str__(self) -> str:
        return f"{self.get_author_kind_display()} {self.position}"


class SurveyResponse(models.Model):
    """What a customer answered when asked. The raw value is kept, so that any definition recomputes.

    `handler` is who it counts for: whom the file names, else who handled the case when the answer and
    the case first met here. It stays with them when the case moves on. Until the case comes, an answer
    waits for it by `case_key`.
    """

    class Kind(models.TextChoices):
        CSAT = "csat", _("Customer satisfaction")
        NPS = "nps", _("Net promoter score")
        CES = "ces", _("Customer effort")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)  # leads the unique key
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CSAT)
    case_key = models.CharField(max_length=200, blank=True, help_text=_("The case it is about, as the source names it."))
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, null=True, related_name="surveys")
    handler = models.ForeignKey(Handler, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    raw_value = models.DecimalField(max_digits=7, decimal_places=3)
    scale_min = models.DecimalField(max_digits=7, decimal_places=3)
    scale_max = models.DecimalField(max_digits=7, decimal_places=3)
    polarity = models.SmallIntegerField(help_text=_("1 satisfied, 0 neutral, -1 dissatisfied."))
    comment = models.TextField(blank=True)
    responded_at = models.DateTimeField()
    responded_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "external_id"], name="survey_once_per_source")]
        indexes = [
            models.Index(fields=["handler", "responded_on"], name="survey_handler_day"),
            models.Index(
                fields=["source", "case_key"],
                name="survey_waiting",
                condition=Q(handler__isnull=True) | Q(interaction__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.raw_value}"

    @property
    def masked_comment(self) -> str:
        """What the customer said, personal data masked as in messages: what pages show."""
        return mask_personal_data(self.comment)


class ChangedDay(models.Model):
    """A person's day whose figures must be counted again; written in the same transaction as the change.

    Without a day: the person's whole history. A file of months marks each person once instead of each day.
    """

    # Written by the thousand beside every import, from persons looked up in the same statement: no constraint
    # in the database, which checked each of them again.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="changed_day_once"),
            models.UniqueConstraint(fields=["person"], name="changed_history_once", condition=Q(day__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day or '*'}"


class ImportJob(models.Model):
    """One import: how far it is, what it counted, where its files lie.

    One done by command is written down when it has ended; its file was never ours and is not kept.
    """

    BY_COMMAND = "command:"  # how the stored name of a file begins that was never stored

    class Kind(models.TextChoices):
        INTERACTIONS = "interactions", _("Cases")
        MESSAGES = "messages", _("Messages")
        SURVEYS = "surveys", _("Survey answers")

    class State(models.TextChoices):
        DRAFT = "draft", _("To be checked")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, db_index=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=200, help_text=_("As the person called it; never used as a path."))
    stored_name = models.CharField(max_length=80, unique=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    mapping = models.JSONField(default=dict, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    run_token = models.CharField(max_length=40, blank=True)
    position = models.BigIntegerField(default=0, help_text=_("Rows, or cases of a grouped file, that are safely stored."))
    total = models.BigIntegerField(default=0)
    read = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    notes = models.JSONField(default=dict, blank=True)
    errors_name = models.CharField(max_length=80, blank=True)
    errors_bytes = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def by_command(self) -> bool:
        return self.stored_name.startswith(self.BY_COMMAND)


class SavedMapping(models.Model):
    """What the columns of a source's file meant last time, offered again for the next file."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=20, choices=ImportJob.Kind)
    mapping = models.JSONField()
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind"], name="mapping_once_per_source_kind")]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_kind_display()}"
