"""A standard's page names what measures it and what teaches it: the thread, read from the standard."""

from cms.models import Standard
from coaching.metrics.services import ensure_default_metrics
from coaching.quality.models import Criterion
from coaching.quality.services import ensure_starter_scorecard
from learning.modules.services import publish_starter_modules


def test_a_standard_names_its_criterion_metric_module_and_chapter(starter, cast, sign_in, now):
    ensure_default_metrics(actor=None, now=now)
    ensure_starter_scorecard(actor=None, now=now)
    publish_starter_modules(actor=None, now=now)
    standard = Standard.objects.get(key="name-the-need")
    criterion = Criterion.objects.get(standard=standard)

    page = sign_in(cast.rita).get("/guide/standards/name-the-need/").content.decode()

    panel = page[page.index("Where it lives") :]
    for label, text in (
        ("Guideline module", "Opening a conversation"),
        ("Metric", "Satisfied customers"),
        ("Criterion", criterion.label),
        ("Module", "A warm start"),
    ):
        assert label in panel
        assert text in panel
    assert f"/quality/scorecards/versions/{criterion.section.version_id}/" in panel
