"""Rules of a manifest about the order of its parts, which we read only to say that we do not follow them.

SCORM 1.2 has `prerequisites`; SCORM 2004 a language of its own (sequencing). Here parts stand in a menu.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from learning.packages.elements import attribute, child, local


def unfollowed_rules(root: Element, organization: Element, *, several: bool) -> list[str]:
    """What the manifest asks for beyond a menu, in plain words. Order means nothing where there are not `several` parts."""
    shared = child(root, "sequencingCollection")
    elements = [*organization.iter(), *(shared.iter() if shared is not None else ())]
    kinds = {kind for element in elements for kind in _kinds(element)}
    words = {
        "prerequisites": _("parts that open only after others (prerequisites)"),
        "order": _("a fixed order of the parts"),
        "random": _("parts drawn by chance"),
        "conditions": _("parts that are skipped, closed or repeated under conditions"),
        "limits": _("a limit of attempts or of time"),
        "rollup": _("a rule of its own for when the whole counts as complete or passed"),
        "objectives": _("objectives that parts share"),
    }
    only_of_several = {"prerequisites", "order", "random", "objectives"}
    return [said for kind, said in words.items() if kind in kinds and (several or kind not in only_of_several)]


def _kinds(element: Element) -> Iterator[str]:
    name = local(element.tag)
    says = {key: attribute(element, key).lower() for key in ("choice", "forwardOnly", "choiceExit")}
    if name == "prerequisites":
        yield "prerequisites"
    elif name == "controlMode":
        if says["choice"] == "false" or says["choiceExit"] == "false" or says["forwardOnly"] == "true":
            yield "order"
    elif name == "constrainedChoiceConsiderations":
        yield "order"
    elif name == "randomizationControls":
        yield "random"
    elif name in {"preConditionRule", "postConditionRule", "exitConditionRule"}:
        yield "conditions"
    elif name == "limitConditions":
        yield "limits"
    elif name == "rollupRule" or (name == "rollupRules" and "false" in {value.lower() for value in element.attrib.values()}):
        yield "rollup"
    elif name == "mapInfo":
        yield "objectives"
