"""The register of beneficiaries and the register of petitions at the real service."""

from datetime import timedelta

import pytest

from cardsvc.api.registers import Registers
from cardsvc.core.facts import Step
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.registers import RecordState
from cardsvc.core.terms import Payer, WaiverFor
from cardsvc.modules.veterans import MODULE
from cardsvc.modules.veterans.waivers import waivers
from cardsvc.naming.signs import identity
from cardsvc.rows.agreeing import stood
from cardsvc.store.snapshots import case_lines
from tests.support.accounts import bill, owes
from tests.support.home import ID_NO, Service
from tests.support.rows import CLERK, SECOND, Clerk, columns
from tests.support.telling import Told

pytestmark = pytest.mark.one_engine
BENEFICIARY = {
    "number": "YF-330302-00007",
    "name": "王守义",
    "id_no": ID_NO,
    "category": "在乡老复员军人",
    "monthly": "1210",
    "since": "2019-08-01",
}
PETITION = {
    "number": "XF-2026-0001",
    "level": "市级",
    "kind": "来访",
    "received_on": "2026-10-20",
    "due_on": "2026-11-05",
    "people": "7",
    "matter": "安置",
}


@pytest.fixture
def clerk(service: Service) -> Clerk:
    return Clerk.of(service, MODULE)


@pytest.mark.parametrize(
    ("category", "waiver"),
    [("在乡老复员军人", "veteran"), ("烈士遗属", "martyr_family"), ("烈士老年子女", "martyr_family")],
)
def test_a_beneficiary_is_let_off_with_their_record_named(
    service: Service, clerk: Clerk, category: str, waiver: str
) -> None:
    clerk.grants("beneficiary", **(BENEFICIARY | {"category": category}))
    case = Told.begun(service, resident=False)

    assert Registers(service.context).ask_due() == {"proven": 1}
    case.go(Step.DISPATCH, Step.COLLECT)

    with service.context.engine.connect() as connection:
        sources = {one.waiver_source for one in case_lines(connection, service.context.home_id, case.case_no)}
    assert sources == {f"{waiver} YF-330302-00007 veterans 2026-11-01 table:1"}
    assert (bill(service, case.case_no).open_fen, owes(service, case.case_no, Payer.TREASURY)) == (0, 23_000)


def test_a_suspended_beneficiary_is_told_as_such_and_waives_nothing(service: Service, clerk: Clerk) -> None:
    row = clerk.grants("beneficiary", **BENEFICIARY)
    clerk.moves("beneficiary", row, "suspend", reason="无法联系")
    Told.begun(service, resident=False)
    person, day = identity(service.context.vault.blind, ID_NO), local(service.clock.now).date()
    assert person is not None

    with service.context.engine.connect() as connection:
        asked = (
            (one, stood(connection, service.context.home_id, MODULE, one)) for one in (day, day - timedelta(days=1))
        )
        now, before = (list(waivers(connection, person, *one)) for one in asked)

    assert [(one.category, one.state) for one in now] == [(WaiverFor.VETERAN, RecordState.SUSPENDED)]
    assert [one.state for one in before] == [RecordState.ACTIVE]
    assert Registers(service.context).ask_due() == {"nothing": 1}


def test_nobody_withdraws_a_record_alone(service: Service, clerk: Clerk) -> None:
    row = clerk.grants("beneficiary", **BENEFICIARY)

    for alone in (None, CLERK):
        refused = clerk.tries_move("beneficiary", row, "withdraw", alone, reason="虚报、隐瞒")
        assert isinstance(refused, Refusal) and refused.problem is Problem.FOUR_EYES
    assert columns(clerk.tries_move("beneficiary", row, "withdraw", SECOND)) == ["reason"]
    clerk.moves("beneficiary", row, "withdraw", SECOND, reason="虚报、隐瞒")
    assert clerk.row("beneficiary", row).values["state"] == "withdrawn"


def test_a_petition_is_passed_on_answered_and_its_days_are_counted(service: Service, clerk: Clerk) -> None:
    row = clerk.types("petition", **PETITION)
    assert columns(clerk.tries_move("petition", row, "pass_on")) == ["unit"]
    clerk.moves("petition", row, "pass_on", unit="示例县退役军人事务局")
    clerk.moves("petition", row, "answer", answer="已安排工作")

    values = clerk.row("petition", row).values
    assert (values["state"], values["days"], values["late"]) == ("answered", 12, False)


def test_an_answer_that_comes_after_its_day_is_late(service: Service, clerk: Clerk) -> None:
    row = clerk.types("petition", **PETITION)
    service.clock.forward(days=5)
    clerk.moves("petition", row, "answer", answer="已答复")

    values = clerk.row("petition", row).values
    assert (values["days"], values["late"]) == (17, True)
