"""The starter strategy: what a support team could begin with tomorrow, and then make its own.

Written for this product. Each guideline module has a file in `modules/`; `publish_starter_content`
puts everything into the guide once and never overwrites what editors have changed.
"""

from cms.starter.credos import CREDOS
from cms.starter.modules import MODULES
from cms.starter.standards import STANDARDS
from cms.starter.vision import GUIDE, VISION

__all__ = ["CREDOS", "GUIDE", "MODULES", "STANDARDS", "VISION"]
