"""The one page of this room: a published module with its answers. All else of a module is shown by the player."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learning.modules.access import can_read_module_with_answers, get_module_for
from learning.modules.content import from_revision
from learning.modules.questions.display import with_answers
from people.requests import PersonRequest


@require_safe
def module_with_answers(request: PersonRequest, pk: int) -> HttpResponse:
    """The whole published module on one page, for editors and the head."""
    module = get_module_for(request.user, pk)
    can_read_module_with_answers(request.user).or_403()
    if module.live_revision is None:
        raise Http404
    content = from_revision(module.live_revision)
    context = {"module": module, "content": content, "asked": with_answers(content.questions)}
    return render(request, "learning/modules/_whole_module.html", context)
