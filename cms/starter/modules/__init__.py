"""One file per guideline module, in reading order."""

from cms.starter.modules import deciding, honesty, listening, opening, resolving, tone

MODULES = [opening.MODULE, listening.MODULE, honesty.MODULE, resolving.MODULE, deciding.MODULE, tone.MODULE]
