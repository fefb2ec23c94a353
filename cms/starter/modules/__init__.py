"""One file per guideline module, in reading order."""

from typing import Any

from cms.starter.modules import deciding, honesty, listening, opening, resolving, tone

MODULES: list[dict[str, Any]] = [opening.MODULE, listening.MODULE, honesty.MODULE, resolving.MODULE, deciding.MODULE, tone.MODULE]
