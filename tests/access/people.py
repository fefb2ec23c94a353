"""Accounts, teams, roles, the audit log, and what belongs to the site as a whole."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from people import services
from people.invitations import invitation_token
from people.models import ExternalId, Membership
from people.uploads import find_upload, keep_upload
from tests.access_table import Entry, only, public, signed_in


def upload(person, now):
    file = SimpleUploadedFile("people.csv", b"email,name\nnew@example.com,New\n")
    return keep_upload(person=person, upload=file, invite=False, now=now)


def build(cast, now):
    services.add_external_id(actor=None, person=cast.rita, source="zendesk", value="7", now=now)
    services.invite_person(actor=None, person=cast.rita, now=now)
    done = upload(cast.adam, now)
    find_upload(cast.adam, done).keep_result(
        {"counts": dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0), "problems": []}
    )
    return {
        "waiting": upload(cast.adam, now),
        "of_another": upload(cast.hana, now),
        "done": done,
        "external_id": ExternalId.objects.get(person=cast.rita),
        "membership": Membership.objects.get(person=cast.rita),
        "token": invitation_token(cast.rita),
    }


PREFERENCES = {"display_name": "Rita", "locale": "en", "time_zone": "UTC"}


def rita(w):
    return [w.rita.pk]


ENTRIES = [
    Entry("healthz", get=public(200)),
    Entry("readyz", get=public(200)),
    Entry("people_list", get=only("admin")),
    Entry(
        "my_delivery",
        get=signed_in(200),
        post=signed_in(302),
        data=lambda w: {"mode": "daily", "quiet_from": "20:00", "quiet_until": "08:00"},
    ),
    Entry("my_account", get=signed_in(200), post=signed_in(302), data=lambda w: PREFERENCES | {"theme": "dark"}),
    Entry("person_add", get=only("admin"), post=only("admin")),
    Entry("audit_log", get=only("admin")),
    Entry("people_import", get=only("admin"), post=only("admin")),
    Entry("people_import_preview", args=lambda w: [w.waiting], get=only("admin"), post=only("admin", status=302)),
    Entry("people_import_preview", args=lambda w: [w.of_another], get=only("admin", status=404), case="another's upload"),
    Entry("people_import_result", args=lambda w: [w.done], get=only("admin")),
    Entry("people_import_errors", args=lambda w: [w.done], get=only("admin")),
    # The test's day lies in the past: the link is too old, and says so to everybody alike.
    Entry("invitation", args=lambda w: [w.token], get=public(410), post=public(410)),
    Entry("act_as_start", args=rita, get=only("admin"), post=only("admin", status=302)),
    Entry("act_as_start", args=lambda w: [w.adam.pk], get=only(), case="an administrator"),
    Entry("act_as_stop", post=signed_in(302)),
    Entry("team_tree", get=only("admin")),
    Entry("team_create", get=only("admin"), post=only("admin", status=302), data=lambda w: {"name": "Cove"}),
    Entry(
        "team_edit",
        args=lambda w: [w.harbour.pk],
        get=only("admin"),
        post=only("admin", status=302),
        data=lambda w: {"name": "Pier", "parent": w.care.pk},
    ),
    Entry("person_detail", args=rita, get=only("admin")),
    Entry("person_detail", args=lambda w: [987_654_320], get=only("admin", status=404), case="nobody"),
    Entry("person_edit", args=rita, get=only("admin"), post=only("admin")),
    Entry("person_invite", args=rita, post=only("admin", status=302)),
    Entry("person_deactivate", args=rita, get=only("admin"), post=only("admin", status=302)),
    Entry("person_reactivate", args=rita, post=only("admin", status=302)),
    Entry("role_grant", args=rita, post=only("admin", status=302), data=lambda w: {"role": "reviewer"}),
    Entry("role_revoke", args=lambda w: [w.rita.pk, "rep"], get=only("admin"), post=only("admin", status=302)),
    Entry(
        "team_join",
        args=rita,
        post=only("admin", status=302),
        data=lambda w: {"team": w.meadow.pk, "kind": "member", "starts_on": date(2026, 6, 1).isoformat()},
    ),
    Entry(
        "team_leave",
        args=lambda w: [w.rita.pk, w.membership.pk],
        get=only("admin"),
        post=only("admin", status=302),
        data=lambda w: {"ends_on": "2026-06-01"},
    ),
    Entry("external_id_add", args=rita, post=only("admin", status=302), data=lambda w: {"source": "phone", "value": "Rita"}),
    Entry("external_id_remove", args=lambda w: [w.rita.pk, w.external_id.pk], get=only("admin"), post=only("admin", status=302)),
]
