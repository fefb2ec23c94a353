"""What the audit log says: every recorded verb as a sentence, every noted field and value in words.

`tests/rules/test_audit_words.py` finds each verb that the code base records and asks for its sentence here.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Membership, Role


@dataclass(frozen=True)
class Words:
    """A verb for the filter ("Role given") and as a sentence of {actor}, {target} and {subject}."""

    label: str | Promise
    sentence: str | Promise


# The part before the dot, for finding everything of one kind. In the order of the filter.
AREAS: dict[str, str | Promise] = {
    "person": _("Accounts"),
    "account": _("Own accounts"),
    "invitation": _("Invitations"),
    "external_id": _("Names in other systems"),
    "role": _("Roles"),
    "team": _("Teams"),
    "acting_as": _("Seeing the site as somebody"),
    "read": _("Reading somebody’s record"),
    "import": _("Imports"),
    "handler": _("Matching of handlers"),
    "metric": _("Metrics"),
    "scorecard": _("Scorecards"),
    "criterion": _("Criteria"),
    "review": _("Reviews"),
    "remedy": _("Playbook"),
    "assignment": _("Assignments"),
    "quiz": _("Quizzes"),
    "module": _("Modules"),
    "guide": _("Guide"),
    "page": _("Pages"),
    "standard": _("Standards"),
    "credo": _("Credos"),
    "demo": _("Demo"),
}

VERBS: dict[str, Words] = {
    "person.create": Words(_("Account made"), _("{actor} made an account for {subject}")),
    "person.update": Words(_("Account changed"), _("{actor} changed the account of {subject}")),
    "person.deactivate": Words(_("Account switched off"), _("{actor} switched off the account of {subject}")),
    "person.reactivate": Words(_("Account switched on"), _("{actor} switched on the account of {subject}")),
    "person.invite": Words(_("Invitation sent"), _("{actor} invited {subject}")),
    "account.update": Words(_("Own account changed"), _("{actor} changed their own account")),
    "invitation.accept": Words(_("Invitation accepted"), _("{actor} accepted the invitation and chose a password")),
    "external_id.add": Words(_("Name in another system added"), _("{actor} added a name in another system to {subject}")),
    "external_id.remove": Words(
        _("Name in another system removed"), _("{actor} removed a name in another system from {subject}")
    ),
    "role.grant": Words(_("Role given"), _("{actor} gave {subject} a role")),
    "role.revoke": Words(_("Role taken away"), _("{actor} took a role away from {subject}")),
    "team.create": Words(_("Team made"), _("{actor} made the team {target}")),
    "team.rename": Words(_("Team renamed"), _("{actor} renamed the team {target}")),
    "team.move": Words(_("Team moved"), _("{actor} moved the team {target}")),
    "team.join": Words(_("Put into a team"), _("{actor} put {subject} into the team {target}")),
    "team.leave": Words(_("Time in a team ended"), _("{actor} ended the time of {subject} in the team {target}")),
    "acting_as.start": Words(_("Began to see the site as somebody"), _("{actor} began to see the site as {subject}")),
    "acting_as.stop": Words(_("Ceased to see the site as somebody"), _("{actor} ceased to see the site as {subject}")),
    "read.figures": Words(_("Figures read"), _("{actor} read the figures of {subject}")),
    "read.cases": Words(_("Cases read"), _("{actor} read cases of {subject}")),
    "read.reviews": Words(_("Reviews read"), _("{actor} read reviews of {subject}")),
    "read.learning": Words(_("Learning read"), _("{actor} read the learning of {subject}")),
    "import.upload": Words(_("File uploaded"), _("{actor} uploaded the file {target}")),
    "import.start": Words(_("Import started"), _("{actor} started the import of {target}")),
    "import.resume": Words(_("Import resumed"), _("{actor} resumed the import of {target}")),
    "import.discard": Words(_("Upload thrown away"), _("{actor} threw away the upload {target}")),
    "import.interactions": Words(_("Cases imported"), _("{actor} imported cases from {target}")),
    "import.messages": Words(_("Messages imported"), _("{actor} imported messages from {target}")),
    "import.surveys": Words(_("Survey answers imported"), _("{actor} imported survey answers from {target}")),
    "handler.match": Words(_("Handler matched"), _("{actor} found that {target} is {subject}")),
    "metric.define": Words(_("Metric defined"), _("{actor} defined the metric {target}")),
    "metric.link_standards": Words(_("Metric tied to standards"), _("{actor} tied the metric {target} to standards")),
    "metric.export": Words(_("Figures exported"), _("{actor} took figures of {target} along as a file")),
    "metric.save_view": Words(_("View kept"), _("{actor} kept a view of figures")),
    "metric.delete_view": Words(_("View thrown away"), _("{actor} threw a kept view of figures away")),
    "scorecard.create": Words(_("Scorecard made"), _("{actor} made the scorecard {target}")),
    "scorecard.new_version": Words(_("Version begun"), _("{actor} began {target}")),
    "scorecard.save": Words(_("Version changed"), _("{actor} changed {target}")),
    "scorecard.publish": Words(_("Version published"), _("{actor} published {target}")),
    "scorecard.archive": Words(_("Version archived"), _("{actor} archived {target}")),
    "criterion.save": Words(_("Criterion written"), _("{actor} wrote the criterion {target}")),
    "criterion.remove": Words(_("Criterion removed"), _("{actor} removed the criterion {target}")),
    "review.draw": Words(_("Conversations drawn"), _("{actor} drew conversations to review")),
    "review.draw_one": Words(_("Conversation picked"), _("{actor} picked a conversation of {subject} to review")),
    "review.take_out": Words(_("Conversation taken out"), _("{actor} took a conversation of {subject} out of the queue")),
    "review.start": Words(_("Review begun"), _("{actor} began {target} about {subject}")),
    "review.save_draft": Words(_("Review written"), _("{actor} wrote in {target} about {subject}")),
    "review.quote": Words(_("Quote added"), _("{actor} added a quote to {target} about {subject}")),
    "review.unquote": Words(_("Quote removed"), _("{actor} removed a quote from {target} about {subject}")),
    "review.publish": Words(_("Review published"), _("{actor} published {target} about {subject}")),
    "review.reassign_draw": Words(
        _("Conversation handed over"), _("{actor} gave a conversation of {subject} to another reviewer")
    ),
    "review.withdraw": Words(_("Review withdrawn"), _("{actor} withdrew {target} about {subject}")),
    "review.acknowledge": Words(_("Review acknowledged"), _("{actor} read and acknowledged {target}")),
    "remedy.add": Words(_("Remedy added"), _("{actor} added the remedy {target}")),
    "remedy.change": Words(_("Remedy changed"), _("{actor} changed the remedy {target}")),
    "remedy.pause": Words(_("Remedy paused"), _("{actor} paused the remedy {target}")),
    "remedy.resume": Words(_("Remedy resumed"), _("{actor} resumed the remedy {target}")),
    "assignment.assign": Words(_("Module assigned"), _("{actor} assigned {target} to {subject}")),
    "assignment.withdraw": Words(_("Assignment withdrawn"), _("{actor} withdrew {target} from {subject}")),
    "assignment.start": Words(_("Module started"), _("{actor} started {target}")),
    "assignment.finish_step": Words(_("Step finished"), _("{actor} finished a step of {target}")),
    "assignment.complete": Words(_("Module completed"), _("{actor} completed {target}")),
    "quiz.submit": Words(_("Quiz answered"), _("{actor} answered a quiz. {target}")),
    "module.create_index": Words(_("Learning page made"), _("{actor} made the page {target}")),
    "module.publish": Words(_("Module published"), _("{actor} published the module {target}")),
    "guide.create": Words(_("Guide made"), _("{actor} made the page {target}")),
    "guide.publish": Words(_("Published in the guide"), _("{actor} published {target} in the guide")),
    "page.create": Words(_("Page written"), _("{actor} wrote the page {target}")),
    "page.edit": Words(_("Page changed"), _("{actor} changed the page {target}")),
    "page.publish": Words(_("Page published"), _("{actor} published the page {target}")),
    "page.unpublish": Words(_("Page unpublished"), _("{actor} took the page {target} off the site")),
    "page.move": Words(_("Page moved"), _("{actor} moved the page {target}")),
    "page.delete": Words(_("Page deleted"), _("{actor} deleted the page {target}")),
    "standard.create": Words(_("Standard written"), _("{actor} wrote the standard {target}")),
    "standard.edit": Words(_("Standard changed"), _("{actor} changed the standard {target}")),
    "standard.delete": Words(_("Standard deleted"), _("{actor} deleted the standard {target}")),
    "credo.create": Words(_("Credo written"), _("{actor} wrote the credo {target}")),
    "credo.edit": Words(_("Credo changed"), _("{actor} changed the credo {target}")),
    "credo.delete": Words(_("Credo deleted"), _("{actor} deleted the credo {target}")),
    "demo.seed": Words(_("Demo company made"), _("{actor} made the demo company")),
}

FIELDS: dict[str, str | Promise] = {
    "acknowledgement": _("acknowledgement"),
    "active": _("active"),
    "again": _("drawn again"),
    "answers": _("worth of the answers"),
    "attempt": _("attempt"),
    "audience": _("who may open it"),
    "auto_fail": _("critical miss"),
    "by": _("by"),
    "cap": _("cap"),
    "cause": _("because of"),
    "completion": _("completion"),
    "created": _("new"),
    "criteria": _("criteria"),
    "criterion": _("criterion"),
    "criticality": _("criticality"),
    "display_name": _("name"),
    "draw": _("draw"),
    "draws": _("conversations"),
    "due_in_days": _("days to do it"),
    "due_on": _("due"),
    "email": _("e-mail"),
    "ends_on": _("first day without it"),
    "interaction": _("case"),
    "job": _("import"),
    "joined_on": _("joined on"),
    "key": _("key"),
    "kind": _("as"),
    "live": _("on the site"),
    "locale": _("language"),
    "message": _("message"),
    "module": _("module"),
    "name": _("name"),
    "number": _("number"),
    "parent": _("below"),
    "period": _("period"),
    "person": _("person"),
    "position": _("from row"),
    "pronouns": _("pronouns"),
    "quote": _("quote"),
    "read": _("rows read"),
    "reason": _("reason"),
    "rejected": _("rejected"),
    "reviewer": _("reviewer"),
    "reviews": _("reviews"),
    "revision": _("version of the content"),
    "role": _("role"),
    "rows": _("rows"),
    "scorecard_version": _("scorecard version"),
    "sections": _("sections"),
    "seed": _("seed"),
    "sha256": _("fingerprint"),
    "size": _("size"),
    "source": _("source"),
    "standards": _("standards"),
    "starter": _("starter content"),
    "starts_on": _("from"),
    "state": _("state"),
    "step": _("step"),
    "target": _("target"),
    "team": _("team"),
    "time_zone": _("time zone"),
    "unchanged": _("as before"),
    "until": _("until"),
    "updated": _("changed"),
    "value": _("name or number there"),
    "version": _("version"),
    "view": _("view"),
    "warnings": _("warnings"),
    "weight": _("weight"),
}

# Numbers that name something: shown as "no. 17", never with separators.
IDS = frozenset(
    {
        "attempt",
        "completion",
        "draw",
        "interaction",
        "job",
        "message",
        "module",
        "quote",
        "revision",
        "scorecard_version",
        "standards",
        "view",
    }
)
# Ids that are looked up and shown by name.
TEAM_FIELDS = frozenset({"team", "parent"})
PERSON_FIELDS = frozenset({"person", "reviewer"})

VALUES: dict[str, str | Promise] = {
    **{role.value: role.label for role in Role},
    **{kind.value: kind.label for kind in Membership.Kind},
    "archived": _("archived"),
    "assigned": _("assigned"),
    "completed": _("completed"),
    "draft": _("draft"),
    "expired": _("expired by itself"),
    "no longer allowed": _("no longer allowed"),
    "none": _("none"),
    "open": _("open"),
    "own": _("own choice"),
    "published": _("published"),
    "replaced": _("taken out"),
    "started": _("started"),
    "stopped": _("stopped by hand"),
    "waiting": _("waiting"),
    "withdrawn": _("withdrawn"),
    "interactions": _("cases"),
    "messages": _("messages"),
    "surveys": _("survey answers"),
}


def label_of(verb: str) -> str:
    """A verb in a few words; one that nobody has words for yet reads as it is."""
    words = VERBS.get(verb)
    return str(words.label) if words else verb.replace("_", " ").replace(".", ": ")


def area_of(verb: str) -> str:
    """The kind of thing a verb belongs to, in words."""
    area = verb.partition(".")[0]
    return str(AREAS.get(area, area.replace("_", " ")))
