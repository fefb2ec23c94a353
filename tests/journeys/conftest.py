"""A company on its first day: guide, modules, scorecard and metrics as they are shipped."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import timezone

from cms.services import ensure_site, publish_starter_content
from coaching.metrics.services import ensure_default_metrics
from coaching.quality.plans.services import ensure_default_plan
from coaching.quality.services import ensure_starter_scorecard
from learning.modules.models import Module
from learning.modules.services import publish_starter_modules

CRITERION = "own-the-mistake"


@pytest.fixture
def company(cast, live_server) -> SimpleNamespace:
    """The cast, with everything a new organisation starts with; `module` teaches to own a mistake."""
    now = timezone.now()
    ensure_site(now=now)
    publish_starter_content(actor=None, now=now)
    modules = publish_starter_modules(actor=None, now=now)
    ensure_default_metrics(now=now)
    ensure_default_plan(now=now)
    cast.scorecard = ensure_starter_scorecard(actor=None, now=now)
    cast.module: Module = next(module for module in modules if module.standards.filter(key=CRITERION).exists())
    return cast
