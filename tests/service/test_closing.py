"""A case closes when its money is at rest, or when two people say why not; its bill can be set right ever after.

docs/decisions/0034.
"""

from typing import Any

import pytest

from cardsvc.core import reconciliation
from cardsvc.core.facts import Details, Stage, StationKind, Step
from cardsvc.core.local_time import local
from cardsvc.core.prices import PriceItem, Regime, Trigger
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import Rule
from cardsvc.core.terms import Means, Payer, Reason, WaiverFor
from cardsvc.core.workflow import in_order
from cardsvc.store import reconciling, reviewing, snapshots
from cardsvc.store.reviewing import Flagged, Wanted
from tests.service.exceptions.test_family_and_money import new_list
from tests.support.accounts import bill, owes
from tests.support.home import Service, Station
from tests.support.telling import FIRE, HANDED, READY, TO_SHELF, TO_STORAGE, Told, collected

NO_DETAILS = Details()
HARDSHIP = Details(reason=Reason.HARDSHIP)
AUDITOR, MANAGER = "1016", "1015"


def rested(service: Service, *, back: bool = False) -> Told:
    """A case whose ashes are at rest: a deposit pays its bill; `back`: what is left was given back."""
    one = Told.begun(service, 1, resident=False)
    one.go(*TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, *TO_SHELF)
    collected(service, one.case_no, one.card)
    one.go(*HANDED)
    one.does(Step.SETTLE)
    if back:
        one.does(Step.REFUND, amount_fen=bill(service, one.case_no).deposit_fen, means=Means.TRANSFER)
    return one


def closed(service: Service) -> Told:
    """A case that is closed with nothing owed and nothing held."""
    one = rested(service, back=True)
    assert close(one).status_code == 200
    assert one.case.stage is Stage.CLOSED
    return one


def cancelled(service: Service, *, fee_fen: int, deposit_fen: int = 0) -> Told:
    """A case that was cancelled too late for its hall: the list in force asks a fee."""
    new_list(service, "WZ-LATE", furnace_fen=33_000, extra=(late_hall(fee_fen),))
    one = Told.begun(service, 1, resident=False)
    one.go(Step.QUOTE, Step.SIGN_QUOTE)
    if deposit_fen:
        one.does(Step.DEPOSIT, amount_fen=deposit_fen, means=Means.TRANSFER)
    one.go(Step.RESERVE)
    one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    assert bill(service, one.case_no).due_fen == fee_fen
    return one


def late_hall(fee_fen: int) -> PriceItem:
    return PriceItem(
        item="hall_late",
        name_zh="迟退厅费",
        name_en="Hall given up late",
        unit="场",
        regime=Regime.REFERENCE,
        legal_basis="示例",
        trigger=Trigger.CANCELLATION,
        price_fen=fee_fen,
        within_hours=72,
        default=True,
    )


def close(one: Told, details: Details = NO_DETAILS, second: str | None = None) -> Any:
    two = {"second_staff_no": second, "second_password": second * 2} if second else {}
    body = {"step": Step.CLOSE.value, "details": details.model_dump(mode="json", exclude_defaults=True), **two}
    return one.office.desk.api("POST", f"cases/{one.case_no}/steps", body)


def why_open(one: Told, details: Details = NO_DETAILS, second: str | None = None) -> dict[str, str]:
    """Why the case is not closed, each problem with what it says; its money stays where it is."""
    before = bill(one.service, one.case_no)
    answer = close(one, details, second)
    assert answer.status_code == 409, answer.text
    assert bill(one.service, one.case_no) == before
    assert one.case.stage is not Stage.CLOSED
    return {reason["code"]: reason["detail"] for reason in answer.json()["reasons"]}


def flags(service: Service, rule: Rule = Rule.CLOSED_OPEN) -> list[Flagged]:
    """What review looks at by a rule: that a case was closed with money open."""
    with service.context.engine.connect() as connection:
        return reviewing.listed(connection, service.context.home_id, Wanted(rule=rule), None, 10)


def test_a_case_does_not_close_with_the_familys_money_inside(service: Service) -> None:
    one = rested(service)
    held = bill(service, one.case_no).deposit_fen
    assert held > 0

    assert why_open(one) == {Problem.MONEY_HELD: f"¥{held / 100:,.2f}"}

    one.does(Step.REFUND, amount_fen=held, means=Means.TRANSFER)
    assert close(one).status_code == 200
    assert flags(service) == []


def test_a_case_does_not_close_while_the_family_owes(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000)

    assert why_open(one) == {Problem.BALANCE_OPEN: "¥200.00"}

    one.does(Step.PAY, amount_fen=20_000, means=Means.TRANSFER)
    assert close(one).status_code == 200
    assert one.case.stage is Stage.CLOSED


def test_a_case_does_not_close_while_another_payer_owes_that_no_statement_asks(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000)
    switch = Details(item="hall_late", payer=Payer.OTHER, reason=Reason.PAYER_FOUND)
    one.office.step(one.case_no, Step.SWITCH_PAYER, switch)
    [flag] = flags(service, Rule.PAYER_SWITCHED)
    assert (flag.amount_fen, flag.payer, flag.people) == (20_000, Payer.OTHER, (MANAGER, AUDITOR))

    assert why_open(one) == {Problem.OTHER_OWES: "¥200.00"}

    one.does(Step.PAY, amount_fen=20_000, means=Means.TRANSFER, payer=Payer.OTHER)
    assert close(one).status_code == 200


def test_the_night_names_a_case_that_is_over_while_another_payer_owes(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000)
    switch = Details(item="hall_late", payer=Payer.OTHER, reason=Reason.PAYER_FOUND)
    one.office.step(one.case_no, Step.SWITCH_PAYER, switch)

    with service.context.engine.connect() as connection:
        books = reconciling.books(
            connection, service.context.home_id, local(service.clock.now).date(), service.clock.now
        )

    assert [(row.case_no, row.fen) for row in reconciliation.bill_open(books)] == [(one.case_no, 20_000)]


def named(service: Service, at_night: Any) -> list[tuple[str | None, int | None]]:
    """What a check of the night names, a few days later."""
    service.clock.forward(days=3)
    now = service.clock.now
    with service.context.engine.connect() as connection:
        books = reconciling.books(connection, service.context.home_id, local(now).date(), now)
    return [(row.case_no, row.fen) for row in at_night(books)]


def test_a_reason_agrees_to_no_money_that_came_after_the_closing(service: Service) -> None:
    one = Told.begun(service, 1, resident=False)
    one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    assert close(one, HARDSHIP).status_code == 200, "nothing is open, and nobody else is needed"

    one.does(Step.PAY, amount_fen=50_000, means=Means.TRANSFER)

    assert named(service, reconciliation.deposit_left) == [(one.case_no, 50_000)]


def test_what_two_people_agreed_to_is_not_named_and_what_came_beyond_it_is(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000)
    assert close(one, HARDSHIP, AUDITOR).status_code == 200
    assert named(service, reconciliation.bill_open) == []
    one.does(Step.PAY, amount_fen=5_000, means=Means.TRANSFER)
    assert named(service, reconciliation.bill_open) == [], "it owes less than was agreed to"

    one.does(Step.PAY, amount_fen=25_000, means=Means.TRANSFER)

    assert named(service, reconciliation.deposit_left) == [(one.case_no, 10_000)]


def test_a_deposit_that_two_people_left_here_is_not_named_and_a_debt_that_came_later_is(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000, deposit_fen=30_000)
    one.does(Step.SETTLE)
    assert close(one, Details(reason=Reason.UNCLAIMED), AUDITOR).status_code == 200
    assert named(service, reconciliation.deposit_left) == []
    switch = Details(item="hall_late", payer=Payer.OTHER, reason=Reason.PAYER_FOUND)
    one.office.step(one.case_no, Step.SWITCH_PAYER, switch)

    assert named(service, reconciliation.bill_open) == [(one.case_no, 20_000)]
    assert named(service, reconciliation.deposit_left) == [(one.case_no, 30_000)]


def test_two_people_close_a_case_that_owes_with_a_reason_and_review_looks_at_it(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000)

    assert set(why_open(one, second=AUDITOR)) == {Problem.BALANCE_OPEN}
    assert set(why_open(one, HARDSHIP)) == {Problem.SECOND_PERSON_MISSING}
    assert set(why_open(one, HARDSHIP, MANAGER)) == {Problem.SECOND_PERSON_SAME}
    assert flags(service) == []

    assert close(one, HARDSHIP, AUDITOR).status_code == 200

    [flag] = flags(service)
    assert (flag.key.rule, flag.amount_fen, flag.people) == (Rule.CLOSED_OPEN, 20_000, (MANAGER, AUDITOR))
    assert owes(service, one.case_no, Payer.FAMILY) == 20_000

    one.does(Step.PAY, amount_fen=20_000, means=Means.TRANSFER)
    assert (bill(service, one.case_no).open_fen, one.case.stage) == (0, Stage.CLOSED)


@pytest.mark.parametrize(("deposit_fen", "left_fen"), [(15_000, -5_000), (20_000, 0), (50_000, 30_000)])
def test_a_cancelled_case_settles_what_it_owes_and_gets_back_what_is_left(
    service: Service, deposit_fen: int, left_fen: int
) -> None:
    one = cancelled(service, fee_fen=20_000, deposit_fen=deposit_fen)
    assert in_order(one.case, Step.DEPOSIT) == Refusal(Problem.CASE_CLOSED, "cancelled"), "a desk takes no new one"

    one.does(Step.SETTLE)

    if left_fen > 0:
        one.refused(Step.REFUND, Problem.ABOVE_PAID, amount_fen=left_fen + 1, means=Means.TRANSFER)
        one.does(Step.REFUND, amount_fen=left_fen, means=Means.TRANSFER)
    elif left_fen < 0:
        assert set(why_open(one)) == {Problem.BALANCE_OPEN}
        one.does(Step.PAY, amount_fen=-left_fen, means=Means.TRANSFER)
    ended = bill(service, one.case_no)
    assert (ended.paid_fen, ended.deposit_fen, ended.open_fen) == (20_000, 0, 0)
    assert close(one).status_code == 200


def test_a_payment_of_a_cancelled_case_that_was_a_mistake_is_taken_back(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000)
    one.does(Step.PAY, amount_fen=20_000, means=Means.TRANSFER)

    one.does(Step.REVERSE_PAYMENT, payment=one.case.taken[-1].cause)

    assert owes(service, one.case_no, Payer.FAMILY) == 20_000


def test_the_bill_of_a_closed_case_is_set_right_and_what_is_left_over_is_given_back(service: Service) -> None:
    one = closed(service)
    furnace = owes_of(service, one, "furnace_ordinary")

    one.office.step(one.case_no, Step.PROVE_WAIVER, Details(number="WP-9", reason=Reason.PROVEN_LATE))

    back = bill(service, one.case_no).deposit_fen
    assert back > 0
    one.does(Step.REFUND, amount_fen=back, means=Means.TRANSFER)
    one.office.step(one.case_no, Step.WITHDRAW_WAIVER, Details(category=WaiverFor.RESIDENT, reason=Reason.NOT_ENTITLED))
    assert bill(service, one.case_no).open_fen == back
    one.does(Step.PAY, amount_fen=back, means=Means.TRANSFER)

    switch = Details(item="furnace_ordinary", payer=Payer.POLICE, reason=Reason.POLICE)
    one.office.step(one.case_no, Step.SWITCH_PAYER, switch)

    ended = bill(service, one.case_no)
    assert (ended.open_fen, ended.deposit_fen) == (-furnace, furnace)
    assert owes(service, one.case_no, Payer.POLICE) == furnace
    one.does(Step.REFUND, amount_fen=furnace, means=Means.TRANSFER)
    assert bill(service, one.case_no).open_fen == 0
    assert one.case.stage is Stage.CLOSED


def owes_of(service: Service, one: Told, item: str) -> int:
    """What an item of the bill came to, in fen."""
    with service.context.engine.connect() as connection:
        rows = snapshots.case_lines(connection, service.context.home_id, one.case_no)
    return sum(row.due_fen for row in rows if row.item == item)


def test_nothing_about_the_body_of_a_closed_case_goes_on(service: Service) -> None:
    one = closed(service)
    for step in (Step.STORE, Step.QUOTE, Step.RETURN_ASHES, Step.DEPOSIT, Step.VOID):
        assert Problem.CASE_CLOSED in {reason.problem for reason in one.tries(step).reasons}, step


def test_the_cashier_s_station_knows_an_ended_case_for_as_long_as_its_money_is_open(service: Service) -> None:
    one = cancelled(service, fee_fen=20_000)
    assert close(one, HARDSHIP, AUDITOR).status_code == 200
    here, new = service.station(StationKind.CASHIER), Station(service, StationKind.CASHIER, number=1)
    desk = service.station(StationKind.ARRANGEMENT)
    for station in (here, new, desk):
        station.send()
        assert station.known is not None
        assert (one.case_no in station.known.cases) == (station is not desk)

    one.does(Step.PAY, amount_fen=20_000, means=Means.TRANSFER)

    for station in (here, new, Station(service, StationKind.CASHIER, number=2)):
        station.send()
        assert station.known is not None
        assert one.case_no not in station.known.cases
