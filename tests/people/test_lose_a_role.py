"""With a role goes what it may see, from the next page on: also by an address known from before."""

from django.urls import reverse

from people import services
from people.models import Membership, Role
from tests.factories.learning import give, make_module
from tests.factories.quality import make_published


def test_who_is_no_lead_any_more_reads_nobody_though_still_in_the_team(cast, now, sign_in):
    review = make_published(cast.vera, cast.rita, now=now)
    addresses = [
        reverse("assignment_detail", args=[give(cast.rita, make_module(now), now).pk]),
        reverse("review_detail", args=[review.pk]),
    ]
    lena = sign_in(cast.lena)
    assert [lena.get(address).status_code for address in addresses] == [200, 200]
    services.revoke_role(actor=cast.adam, person=cast.lena, role=Role.LEAD, now=now)
    assert Membership.objects.on(now.date()).filter(person=cast.lena, kind=Membership.Kind.LEAD).exists()
    assert [lena.get(address).status_code for address in addresses] == [404, 404]
