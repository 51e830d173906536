"""The registers of relief at the real service: what they say of a day waives lines, with their record named."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cardsvc.api.registers import Registers
from cardsvc.core.facts import Step
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.registers import RecordState
from cardsvc.core.terms import Payer, WaiverFor
from cardsvc.modules.social_relief import MODULE
from cardsvc.modules.social_relief.waivers import waivers
from cardsvc.naming.signs import identity
from cardsvc.rows.agreeing import stood
from cardsvc.store.snapshots import case_lines
from tests.support.accounts import bill, owes
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.rows import CLERK, SECOND, Clerk, columns
from tests.support.telling import Told

pytestmark = pytest.mark.one_engine
HOUSEHOLD = {
    "number": "JZ-330302-00007",
    "head": "王守义",
    "kind": "低保边缘",
    "residence": "城镇",
    "persons": "2",
    "standard": "664",
    "income": "900",
    "since": "2024-03-01",
}
MEMBER = {"name": "王守义", "id_no": ID_NO, "relation": "户主", "since": "2024-03-01"}
ORPHAN = {
    "number": "GE-7",
    "name": "王守义",
    "id_no": ID_NO,
    "kind": "孤儿",
    "placement": "散居",
    "disabled": "否",
    "guardian": "王小雨",
    "monthly": "996",
    "since": "2024-03-01",
}
SINGLE = {
    "number": "DR-7",
    "name": "王守义",
    "id_no": ID_NO,
    "kind": "肢体",
    "grade": "1",
    "monthly": "664",
    "since": "2024-03-01",
}


@pytest.fixture
def clerk(service: Service) -> Clerk:
    return Clerk.of(service, MODULE)


def household(clerk: Clerk, kind: str = "最低生活保障", **member: str) -> tuple[str, str]:
    """A household with one member; the ids of both."""
    home = clerk.grants("household", **(HOUSEHOLD | {"kind": kind}))
    return home, clerk.grants("member", household=home, **(MEMBER | member))


def today(service: Service) -> date:
    return local(service.clock.now).date()


def said(service: Service, day: date) -> list[tuple[WaiverFor, str, RecordState]]:
    person = identity(service.context.vault.blind, ID_NO)
    assert person is not None
    with service.context.engine.connect() as connection:
        found = list(waivers(connection, person, day, stood(connection, service.context.home_id, MODULE, day)))
    assert {(one.person, one.on) for one in found} <= {(person, day)}
    return [(one.category, one.number, one.state) for one in found]


def test_a_member_of_a_household_on_allowance_is_let_off_with_its_record_named(service: Service, clerk: Clerk) -> None:
    household(clerk)
    case = Told.begun(service, resident=False)

    assert Registers(service.context).ask_due() == {"proven": 1}
    case.go(Step.DISPATCH, Step.COLLECT)

    with service.context.engine.connect() as connection:
        sources = {one.waiver_source for one in case_lines(connection, service.context.home_id, case.case_no)}
    assert sources == {"low_income JZ-330302-00007 social_relief 2026-11-01 table:1"}
    assert (bill(service, case.case_no).open_fen, owes(service, case.case_no, Payer.TREASURY)) == (0, 23_000)
    page = Desk(service, "1015").get(f"cases/{case.case_no}").text
    assert "低保 JZ-330302-00007 （社会救助与儿童福利登记，2026-11-01 有效）" in page


def test_each_register_gives_its_own_waiver(service: Service, clerk: Clerk) -> None:
    household(clerk, "特困人员供养")
    clerk.grants("single", **SINGLE)
    clerk.grants("orphan", **ORPHAN)

    assert said(service, today(service)) == [
        (WaiverFor.DESTITUTE, "JZ-330302-00007", RecordState.ACTIVE),
        (WaiverFor.LOW_INCOME, "DR-7", RecordState.ACTIVE),
        (WaiverFor.ORPHAN, "GE-7", RecordState.ACTIVE),
    ]


def test_a_borderline_household_and_a_child_that_is_no_orphan_have_no_waiver(service: Service, clerk: Clerk) -> None:
    household(clerk, "低保边缘")
    clerk.grants("orphan", **(ORPHAN | {"kind": "事实无人抚养儿童"}))

    assert said(service, today(service)) == []


def test_nobody_is_let_off_before_their_record_begins_or_after_it_ends(service: Service, clerk: Clerk) -> None:
    household(clerk, since="2026-10-05", until="2026-10-20")

    days = [date(2026, 10, day) for day in (4, 5, 20, 21)]
    assert [len(said(service, day)) for day in days] == [0, 1, 1, 0]


def test_what_happens_to_the_record_later_does_not_change_what_held_on_the_day(service: Service, clerk: Clerk) -> None:
    home, _ = household(clerk)
    first = today(service)
    states = []

    service.clock.forward(days=3)
    clerk.moves("household", home, "suspend", reason="复核不符合条件")
    service.clock.forward(days=3)
    clerk.moves("household", home, "resume", SECOND, reason="其他")
    service.clock.forward(days=3)
    clerk.moves("household", home, "withdraw", SECOND, reason="虚报、隐瞒")

    for days in (0, 3, 5, 6, 8, 9, 10):
        found = said(service, first + timedelta(days=days))
        states.append(found[0][2].value if found else None)
    assert states == ["active", "suspended", "suspended", "active", "active", "withdrawn", "withdrawn"]


def test_payments_that_stop_because_of_the_death_take_no_waiver_away(service: Service, clerk: Clerk) -> None:
    _, member = household(clerk)
    case = Told.begun(service, resident=False)
    clerk.moves("member", member, "report_death")
    registers = Registers(service.context)

    assert registers.ask_due() == {"proven": 1}
    clerk.moves("member", member, "end", reason="死亡")
    case.go(Step.DISPATCH, Step.COLLECT)
    case.does(Step.DEPOSIT)

    assert registers.ask_due() == {"nothing": 1}
    assert bill(service, case.case_no).open_fen == -300_000


def test_a_suspended_member_of_a_household_in_force_waives_nothing(service: Service, clerk: Clerk) -> None:
    _, member = household(clerk)
    clerk.moves("member", member, "suspend", reason="无法联系")
    Told.begun(service, resident=False)

    assert Registers(service.context).ask_due() == {"nothing": 1}


BATCH = {
    "number": "202610-330302-low",
    "scheme": "最低生活保障金",
    "for_day": "2026-10-01",
    "persons": "1",
    "amount": "664",
}


def filled(clerk: Clerk) -> str:
    """A batch with the payment that it tells of."""
    row = clerk.types("payment_batch", **BATCH)
    clerk.types("payment", single=clerk.grants("single", **SINGLE), paid_on="2026-10-10", amount="664", of_batch=row)
    return row


def test_a_benefit_batch_is_approved_by_two_and_stays_as_they_saw_it(service: Service, clerk: Clerk) -> None:
    row = filled(clerk)
    more = BATCH | {"amount": "946"}
    assert clerk.edits("payment_batch", row, **BATCH | {"bank": "示例农商银行"}) == row
    clerk.moves("payment_batch", row, "submit")
    assert clerk.edits("payment_batch", row, **more) == Refusal(Problem.ROW_FROZEN)

    alone = clerk.tries_move("payment_batch", row, "approve")
    assert isinstance(alone, Refusal) and alone.problem is Problem.FOUR_EYES
    clerk.moves("payment_batch", row, "approve", SECOND)
    assert clerk.edits("payment_batch", row, **more) == Refusal(Problem.ROW_FROZEN)
    clerk.moves("payment_batch", row, "pay")

    values = clerk.row("payment_batch", row).values
    assert (values["state"], values["amount"], values["paid_on"]) == ("paid", 66_400, today(service))


def test_a_batch_that_is_sent_back_is_changed_and_approved_anew(service: Service, clerk: Clerk) -> None:
    row = filled(clerk)
    clerk.moves("payment_batch", row, "submit")
    clerk.moves("payment_batch", row, "approve", SECOND)
    clerk.moves("payment_batch", row, "reject", remark="人数有误")

    single = clerk.grants("single", **SINGLE | {"number": "DR-8", "id_no": "330302194001010029"})
    clerk.types("payment", single=single, paid_on="2026-10-10", amount="664", of_batch=row)
    assert columns(clerk.tries_move("payment_batch", row, "submit")) == ["persons", "amount"]
    assert clerk.edits("payment_batch", row, **BATCH | {"persons": "2", "amount": "1328"}) == row
    assert isinstance(clerk.tries_move("payment_batch", row, "pay"), Refusal)
    clerk.moves("payment_batch", row, "submit")
    clerk.moves("payment_batch", row, "approve", SECOND)
    assert clerk.row("payment_batch", row).values["persons"] == 2


def test_a_move_before_eight_in_the_morning_is_of_that_day_here(service: Service, clerk: Clerk) -> None:
    home, _ = household(clerk)
    service.clock.now = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)

    clerk.moves("household", home, "suspend", reason="其他")

    assert clerk.row("household", home).values["suspended_on"] == date(2026, 11, 3)


def test_the_page_of_a_paid_batch_offers_no_form(service: Service, clerk: Clerk) -> None:
    row = filled(clerk)
    clerk.granted()
    page, desk = f"modules/social_relief/payment_batch/{row}", Desk(service, CLERK)
    assert f"{row}/edit" in desk.get(page).text

    clerk.moves("payment_batch", row, "submit")

    assert desk.get(page).status_code == 200
    assert f"{row}/edit" not in desk.get(page).text


def test_nobody_lets_payments_go_on_alone_after_a_death_was_told(service: Service, clerk: Clerk) -> None:
    _, member = household(clerk)
    clerk.moves("member", member, "report_death")

    alone = clerk.tries_move("member", member, "not_dead", reason="经核未死亡")
    assert isinstance(alone, Refusal) and alone.problem is Problem.FOUR_EYES
    clerk.moves("member", member, "not_dead", SECOND, reason="经核未死亡")

    assert clerk.row("member", member).values["state"] == "active"
