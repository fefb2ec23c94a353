"""Import pages: administrators and the head; everybody else is told that they do not import."""

from coaching.interactions.models import ImportJob
from tests.access_table import Entry, only


def job(cast, now, state, name, **fields):
    return ImportJob.objects.create(
        kind="interactions", state=state, file_name=f"{name}.csv", stored_name=f"{name}.upload", size=1, sha256=name, created_by=cast.adam,
        created_at=now, **fields,
    )  # fmt: skip


def build(cast, now):
    return {"done_import": job(cast, now, "done", "done", finished_at=now, rejected=0)}


def done(w):
    return [w.done_import.pk]


ENTRIES = [
    Entry("import_list", get=only("head", "admin")),
    Entry("import_upload", get=only("head", "admin"), post=only("head", "admin")),
    Entry("import_detail", args=done, get=only("head", "admin")),
    Entry("import_preview", args=done, get=only("head", "admin", status=302), post=only("head", "admin", status=302)),
    Entry("import_resume", args=done, post=only("head", "admin", status=302)),
    Entry("import_discard", args=done, post=only("head", "admin", status=302)),
    Entry("import_match", args=done, post=only("head", "admin", status=404)),
    Entry("import_errors", args=done, get=only("head", "admin", status=404)),
]
