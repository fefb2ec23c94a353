"""One file per guideline module, in reading order."""

from cms.starter.modules import opening

MODULES = [opening.MODULE]
