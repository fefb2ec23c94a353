"""Every export in its documented shape: recognised, read whole, and nothing changes a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from coaching.interactions.importing.formats import recognise
from coaching.interactions.models import Source
from tests.coaching.interactions.formats.checks import bring_format, differences, know_agents, stored
from tests.coaching.interactions.formats.more_exports import EXPORTS, Export, name_of


@pytest.mark.django_db
@pytest.mark.parametrize("export", EXPORTS, ids=name_of)
def test_recognised_and_read(cast, tmp_path: Path, export: Export):
    know_agents(cast)
    path = export.write(tmp_path / "export")
    recognised = recognise(path, export.kind)
    assert recognised is not None
    assert recognised.variant.key == export.key
    first = bring_format(path, export.kind, timezone=export.zone)
    assert first.rejected == 0, first.samples
    assert first.created == len(export.expected)
    assert differences(stored(export.kind), export.expected) == []
    source = Source.objects.get()
    assert (source.key, source.system) == (export.source, export.system)
    again = bring_format(path, export.kind, format=export.system, timezone=export.zone)
    assert (again.created, again.updated, again.rejected) == (0, 0, 0)
