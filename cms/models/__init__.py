"""What good looks like, as editors publish it."""

from cms.models.base import GuidePage
from cms.models.credo import Credo
from cms.models.guideline import GuideIndex, GuidelineModule
from cms.models.standard import Standard
from cms.models.vision import Vision

__all__ = ["Credo", "GuideIndex", "GuidePage", "GuidelineModule", "Standard", "Vision"]
