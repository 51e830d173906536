"""What the family's page says of cold storage before it is charged is what is charged, to the fen."""

from datetime import timedelta

import pytest

from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.terms import Reason, WaiverFor
from cardsvc.core.waivers import WaiverRule, WaiverTable
from cardsvc.handlers import set_waivers
from tests.service.test_family import OURS, link, look_in
from tests.support.accounts import bill
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
RESIDENT, POOR = WaiverFor.RESIDENT, WaiverFor.LOW_INCOME
POLICE = Details(reason=Reason.POLICE)


def tabled(service: Service, after: int, *rules: tuple[WaiverFor, int, int]) -> None:
    """A waiver table for days in the cold (category, fen, days) from so many days from now on."""
    given = tuple(
        WaiverRule(category=category, item="cold_storage", fen=fen, units=units, legal_basis="城市规定 9 号")
        for category, fen, units in rules
    )
    begins = local(service.clock.now).date() + timedelta(days=after)
    one = WaiverTable(legal_basis="城市规定 9 号", valid_from=begins, rules=given)
    done = set_waivers.handle(service.context, one, StaffNo("1015"), StaffNo("1016"), service.clock.now)
    assert isinstance(done, WaiverTable), done


def so_far(service: Service, one: Told) -> str:
    """What the page says of days that are not charged yet."""
    client = look_in(service, link(service, one.case_no))
    client.post("/family/confirm", json={"digits": "0000"}, headers=OURS)
    (said,) = client.get("/family/status").json()["bill"]["running"]
    return f"{said['quantity']} {said['due']}"


def charged(service: Service, one: Told) -> str:
    """What the body's way out of the cold adds to the bill, in yuan."""
    before = bill(service, one.case_no).due_fen
    one.does(Step.TAKE_OUT)
    return in_yuan(bill(service, one.case_no).due_fen - before)


def test_with_several_categories_and_a_new_table_within_the_stay(service: Service) -> None:
    tabled(service, 0, (RESIDENT, 8_000, 3), (POOR, 5_000, 30))
    tabled(service, 6, (RESIDENT, 4_000, 2), (POOR, 6_000, 30))
    one = Told.begun(service, resident=True)
    proof = Details(category=POOR, number="DB-7", reason=Reason.PROVEN_LATE)
    one.office.step(one.case_no, Step.PROVE_WAIVER, proof)
    one.go(*TO_STORAGE)
    service.clock.forward(days=1, hours=5)
    assert (so_far(service, one), charged(service, one)) == ("2 0.00", "0.00")
    one.go(Step.STORE)
    service.clock.forward(days=8)

    # Ten days are 800 yuan. Low income is the best now: 50 for each of the first two days, 60 for each of the others.
    assert (so_far(service, one), charged(service, one)) == ("8 220.00", "220.00")


def test_days_that_the_police_pay_are_no_money_of_the_family(service: Service) -> None:
    one = Told.begun(service, resident=False)
    one.office.step(one.case_no, Step.HOLD, POLICE.model_copy(update={"blocks": (Step.LOAD,)}))
    one.go(*TO_STORAGE)
    service.clock.forward(days=2, hours=5)

    assert (so_far(service, one), charged(service, one)) == ("3 0.00", "0.00")
