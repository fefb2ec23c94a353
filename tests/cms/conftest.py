"""The guide with its starter content."""

import pytest

from cms import services
from cms.models import GuideIndex


@pytest.fixture
def guide(db, now) -> GuideIndex:
    """An empty guide at /guide/."""
    return services.ensure_site(now=now)


@pytest.fixture
def starter(guide, now) -> GuideIndex:
    """The guide with everything that ships with the product."""
    services.publish_starter_content(actor=None, now=now)
    guide.refresh_from_db()
    return guide
