"""Accounts: the head reads; the head and administrators import; an upload is nobody else's."""

from django.core.files.uploadedfile import SimpleUploadedFile

from coaching.interactions.models import Account
from people.uploads import keep_upload
from tests.access_table import Entry, by_role, only
from tests.factories import interactions as make


def build(cast, now):
    make.source("desk")  # which systems there are is no secret to who imports
    account = Account.objects.create(source=make.source(), external_key="A-1", name="Canary Ltd", yearly_value=1000)
    token, unchecked = (
        keep_upload(person=cast.adam, upload=SimpleUploadedFile(name, b"account id\nA-1\n"), invite=False, now=now)
        for name in ("a.csv", "b.csv")
    )
    return {"account": account, "token": token, "unchecked": unchecked}


def token(w):
    return [w.token]


OWN = by_role(403, admin=200, head=404)

ENTRIES = [
    Entry("account_list", get=only("head")),
    Entry("account_detail", args=lambda w: [w.account.pk], get=only("head")),
    Entry("account_detail", args=lambda w: [987_654_321], get=only("head", status=404), case="missing"),
    Entry("account_upload", get=only("head", "admin"), post=only("head", "admin")),
    Entry("account_check", args=token, get=OWN, post=OWN),
    Entry("account_errors", args=lambda w: [w.unchecked], get=by_role(403, admin=404, head=404), case="not checked yet"),
    Entry("account_errors", args=token, get=OWN),  # the check before it wrote the file: files are not undone with the request
]
