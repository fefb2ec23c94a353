"""The learning record store: administrators keep it; what is told of oneself, everybody reads."""

from learning.assignments.models import Completion
from learning.statements import services
from learning.statements.gathering import gather
from learning.statements.models import Statement
from tests.access_table import Entry, only, signed_in
from tests.factories.certificates import learn
from tests.factories.learning import give, lesson, make_module

STORE = {"endpoint": "https://lrs.example.com/xapi", "user_name": "key", "password": "s3cret"}
ADMINS = only("admin", status=302)


def build(cast, now):
    services.name_store(actor=cast.adam, now=now, **STORE)
    services.turn_on(actor=cast.adam, start="past", now=now)
    learn(cast.rita, give(cast.rita, make_module(now, lessons=[lesson("Only")], quiz=[]), now), now)
    assert Completion.objects.exists()
    gather(now=now)
    services.turn_off(actor=cast.adam, now=now)
    return {"statement": Statement.objects.get()}


def statement(w):
    return [w.statement.pk]


ENTRIES = [
    Entry("record_store", get=only("admin")),
    Entry("record_store_change", get=only("admin"), post=ADMINS, data=lambda w: STORE),
    Entry("record_store_on", get=only("admin"), post=only("admin", status=200), case="without a choice"),
    Entry("record_store_off", post=ADMINS),
    Entry("record_store_test", post=ADMINS),
    Entry("record_store_again", post=ADMINS),
    Entry("statement_detail", args=statement, get=only("admin")),
    Entry("statement_again", args=statement, post=ADMINS),
    Entry("own_statements", get=signed_in(200)),
]
