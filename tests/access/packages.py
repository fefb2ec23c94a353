"""Training packages: kept by editors and the head, opened by the learner of an assignment only."""

from learning.assignments.services import start_attempt
from learning.packages.services import launch_package
from tests.access_table import Entry, by_role, only
from tests.factories.learning import give
from tests.factories.packages import keep_package, module_of

# The file itself is put into place inside the transaction; each test process has a folder of its own for them.


def build(cast, now):
    package = keep_package(now, parts=[{"type": "asset"}])
    module = module_of(package, now, "Calm calls")
    opened = give(cast.rita, module, now)
    attempt = start_attempt(actor=cast.rita, assignment=opened, now=now)
    launch = launch_package(actor=cast.rita, assignment=opened, app_origin="http://testserver", now=now)
    other = module_of(keep_package(now, title="Another"), now, "Another")
    return {"package": package, "opened": opened, "attempt": attempt, "launch": launch, "other": other}


def package(w):
    return [w.package.pk]


def opened(w):
    return [w.opened.pk]


KEEPERS = only("editor", "head")
LEARNER = by_role(404, rep=200, lead=403, head=403)
LEARNER_GOES_ON = by_role(404, rep=302, lead=403, head=403)

ENTRIES = [
    Entry("package_list", get=KEEPERS),
    Entry("package_upload", get=KEEPERS, post=only("editor", "head", status=422)),
    Entry("package_detail", args=package, get=KEEPERS),
    Entry("package_make_module", args=package, post=only("editor", "head", status=302)),
    Entry("package_exchange", args=package, post=only("editor", "head", status=302), data=lambda w: {"module": w.other.pk}),
    Entry("package_step", args=opened, get=LEARNER),
    Entry("package_launch", args=opened, post=LEARNER_GOES_ON),
    Entry("package_seen", args=opened, post=LEARNER_GOES_ON),
    # Its hour is over long since: the way leads back to the page of the package.
    Entry("package_player", args=lambda w: [w.opened.pk, w.launch.pk], get=LEARNER_GOES_ON),
]
