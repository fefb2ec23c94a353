"""Who enters the editors' admin, and which of Wagtail's rooms do not exist here."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from cms.access import can_edit_content

ADMIN = "/cms/"
# People, groups and their rights are kept by the people room and by roles; the reports show who did
# what and when, which is the audit log's business.
CLOSED = (
    "users/", "groups/", "bulk/people/", "sites/", "redirects/",
    "reports/site-history/", "reports/workflow/", "reports/workflow_tasks/", "reports/page-types-usage/",
)  # fmt: skip


class EditorsOnly:
    """403 with the reason for signed-in people who are no editors; 404 for the closed rooms, for everybody.

    Wagtail itself would redirect in both cases, which hides the answer from whoever asks. People who
    are not signed in still meet Wagtail's redirect to the sign-in page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> None:
        if not request.path.startswith(ADMIN) or not request.user.is_authenticated:
            return
        inner = request.path.removeprefix(ADMIN)
        if inner.startswith(("login/", "logout/")):
            return
        can_edit_content(request.user).or_403()
        if inner.startswith(CLOSED):
            raise Http404
