"""Imports of reviews, exports of quality data, imported history. The export is Lena's, the imports Adam's."""

from datetime import timedelta

from django.utils import timezone

from coaching.quality.exchange import files
from coaching.quality.exchange.models import QualityExport, ReviewImport
from tests.access_table import Entry, by_role, only
from tests.factories.quality import make_published

IMPORTERS = ("head", "admin")
EXPORTERS = ("rep", "other_rep", "lead", "other_lead", "reviewer", "head")


def build(cast, now):
    make_published(cast.vera, cast.rita, now=now)
    today = timezone.now()

    def job(name, state, is_check):
        return ReviewImport.objects.create(
            created_by=cast.adam, file_name="export.json", stored_name=name, size=2, state=state, is_check=is_check,
            created_at=today, heartbeat_at=today,
        )  # fmt: skip

    done = job("table-done", "done", False)
    files.errors_path_of(done).write_text("line,field,value,reason,remedy\n")
    export = QualityExport.objects.create(
        created_by=cast.lena, format="json", tables=["reviews"], since=now.date(), until=now.date(), stored_name="table-export",
        state="done", created_at=today, heartbeat_at=today, expires_at=today + timedelta(days=1), subjects=[cast.rita.pk],
    )  # fmt: skip
    files.path_of(export).write_text("{}")
    return {
        "done": done,
        "checked": job("table-checked", "checked", True),
        "stopped": job("table-stopped", "failed", False),
        "export": export,
    }


def of(name):
    return lambda w: [getattr(w, name).pk]


ENTRIES = [
    Entry("review_import_list", get=only(*IMPORTERS)),
    Entry("review_import_upload", get=only(*IMPORTERS), post=only(*IMPORTERS)),
    Entry("review_import_detail", args=of("checked"), get=only(*IMPORTERS)),
    Entry("review_import_errors", args=of("done"), get=only(*IMPORTERS)),
    Entry("review_import_start", args=of("checked"), post=only(*IMPORTERS, status=302)),
    Entry("review_import_resume", args=of("stopped"), post=only(*IMPORTERS, status=302)),
    Entry("review_import_discard", args=of("checked"), post=only(*IMPORTERS, status=302)),
    Entry("quality_export", get=only(*EXPORTERS), post=only(*EXPORTERS)),
    Entry("quality_export_detail", args=of("export"), get=by_role(404, lead=200)),
    Entry("quality_export_download", args=of("export"), get=by_role(404, lead=200)),
    Entry("imported_history", get=only("rep", "other_rep", "lead", "other_lead", "head")),
    Entry(
        "imported_history",
        get=only("rep", "lead", "head"),
        query=lambda w: f"?person={w.rita.pk}",
        case="Rita's",
    ),
]
