"""Money stories that have a name (DOMAIN.md section 6), each to the fen; those of section 5 are in exceptions/.

Price change at midnight: test_price_import.py. Waiver proven late, withdrawn, case cancelled: exceptions/. Offline
payments during day close: test_day_close.py. Provider twice, late, never, killed between: paying/.
"""

import pytest
from sqlalchemy import select, update

from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import SHORT, till
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Means, Payer
from cardsvc.core.wire import Outcome
from cardsvc.store import tables as t
from tests.support.accounts import bill, lines, owes
from tests.support.home import Service, Station
from tests.support.telling import ARRANGED, TO_STORAGE, Told


@pytest.mark.parametrize("over_fen", [10_000, 0, -10_000], ids=["above", "equal", "below"])
def test_a_deposit_above_equal_to_or_below_the_bill(service: Service, over_fen: int) -> None:
    one = Told.begun(service, 1, resident=False)
    one.go(*TO_STORAGE, *ARRANGED)
    due = bill(service, one.case_no).due_fen
    one.does(Step.DEPOSIT, amount_fen=due + over_fen, means=Means.TRANSFER)
    assert bill(service, one.case_no).open_fen == -over_fen

    one.does(Step.SETTLE)

    settled = bill(service, one.case_no)
    assert (settled.paid_fen, settled.deposit_fen) == (min(due, due + over_fen), max(0, over_fen))
    assert owes(service, one.case_no, Payer.FAMILY) == max(0, -over_fen)
    if over_fen > 0:
        one.refused(Step.REFUND, Problem.ABOVE_PAID, amount_fen=over_fen + 1, means=Means.TRANSFER)
        one.does(Step.REFUND, amount_fen=over_fen, means=Means.TRANSFER)
    elif over_fen < 0:
        one.does(Step.PAY, amount_fen=-over_fen, means=Means.CARD_TERMINAL)
    ended = bill(service, one.case_no)
    assert (ended.due_fen, ended.paid_fen, ended.deposit_fen, ended.open_fen) == (due, due, 0, 0)


def test_several_means_and_part_payments_add_up(service: Service) -> None:
    one = Told.begun(service, 1, resident=False)
    one.go(*TO_STORAGE, *ARRANGED)
    due = bill(service, one.case_no).due_fen
    for part, means in ((1, Means.QR), (9_999, Means.CARD_TERMINAL), (due - 10_000, Means.TRANSFER)):
        one.does(Step.PAY, amount_fen=part, means=means)
    ended = bill(service, one.case_no)
    assert (ended.paid_fen, ended.open_fen, ended.deposit_fen) == (due, 0, 0)


def test_a_refund_in_three_parts_never_passes_what_was_paid(service: Service) -> None:
    one = Told.begun(service, 1, resident=False)
    one.does(Step.DEPOSIT, amount_fen=30_000, means=Means.TRANSFER)
    for part in (10_000, 19_999):
        one.does(Step.REFUND, amount_fen=part, means=Means.TRANSFER)
    one.refused(Step.REFUND, Problem.ABOVE_PAID, amount_fen=2, means=Means.TRANSFER)
    one.does(Step.REFUND, amount_fen=1, means=Means.TRANSFER)
    assert bill(service, one.case_no).deposit_fen == 0
    assert one.tries(Step.REFUND, amount_fen=1, means=Means.TRANSFER).reasons[0].problem is Problem.ABOVE_PAID


def test_a_charge_that_comes_between_is_never_paid_out(service: Service) -> None:
    one = Told.begun(service, 1, resident=False)
    one.does(Step.DEPOSIT, amount_fen=30_000, means=Means.TRANSFER)
    one.does(Step.DISPATCH)
    one.does(Step.COLLECT)
    owed = bill(service, one.case_no).due_fen
    assert owed > 0
    one.refused(Step.REFUND, Problem.ABOVE_PAID, amount_fen=30_000 - owed + 1, means=Means.TRANSFER)
    one.does(Step.REFUND, amount_fen=30_000 - owed, means=Means.TRANSFER)
    one.does(Step.SETTLE)
    assert bill(service, one.case_no).paid_fen == owed
    assert bill(service, one.case_no).open_fen == 0


def test_what_is_reported_behind_a_yes_is_what_was_granted(service: Service) -> None:
    one = Told.begun(service, 1, resident=False)
    one.does(Step.DEPOSIT, amount_fen=30_000, means=Means.TRANSFER)
    station = service.station(StationKind.CASHIER)
    people = station.people(Step.REFUND)
    granted = Details(amount_fen=10_000, means=Means.TRANSFER)
    asked = station.append(wire.Request(step=Step.REFUND, details=granted), case_no=one.case_no, **people)
    assert station.judged().outcome is Outcome.ACCEPTED

    more = granted.model_copy(update={"amount_fen": 20_000})
    told = []
    for said in (granted, more):
        body = wire.Observation(step=Step.REFUND, details=said, granted_seq=asked)
        station.append(body, case_no=one.case_no, **people)
        told.append(station.judged().outcome)

    assert told == [Outcome.ACCEPTED, Outcome.CONFLICT]
    assert bill(service, one.case_no).deposit_fen == 20_000


def test_what_was_given_out_by_lost_books_is_short_until_its_cover_is_sent_again(service: Service) -> None:
    """Both stations say that we had these records: the books that had them are gone."""
    one = Told.begun(service, 1, resident=False)
    station, other = service.station(StationKind.CASHIER), Station(service, StationKind.CASHIER, number=1)
    money = Details(amount_fen=30_000, means=Means.TRANSFER)
    people = station.people(Step.REFUND) | {"case_no": one.case_no}
    asked = station.append(wire.Request(step=Step.REFUND, details=money), **people)
    station.append(wire.Observation(step=Step.REFUND, details=money, granted_seq=asked), **people)
    came_in = money.model_copy(update={"reference": "BANK-1"})
    other.append(wire.Observation(step=Step.DEPOSIT, details=came_in), staff_no=StaffNo("1010"), case_no=one.case_no)
    with service.context.engine.begin() as connection:
        connection.execute(update(t.home).values(epoch=2))

    def came(from_: Station) -> tuple[list[Outcome], dict[str, int]]:
        from_.settled = from_.seq
        judged = [row.judgement.outcome for row in from_.send().results if row.judgement is not None]
        assert bill(service, one.case_no).deposit_fen == 0, "no account is below its floor"
        k = t.account.c
        with service.context.engine.connect() as connection:
            rows = connection.execute(select(k.account, k.debit_fen - k.credit_fen))
            return judged, {row.account: int(row[1]) for row in rows if row[1]}

    short = {SHORT: 30_000, till(Means.TRANSFER): -30_000}
    assert came(station) == ([Outcome.NOTED, Outcome.CONFLICT], short)
    assert came(other) == ([Outcome.ACCEPTED], {})


def test_viewings_of_an_hour_cost_no_day_of_their_own(service: Service) -> None:
    one = Told.begun(service, 1, resident=False)
    one.go(*TO_STORAGE)
    for _ in range(3):
        service.clock.forward(hours=3)
        one.does(Step.TAKE_OUT)
        service.clock.forward(hours=1)
        one.does(Step.STORE)
    service.clock.forward(hours=2)

    one.does(Step.TAKE_OUT)

    cold = [line for line in lines(service, one.case_no) if line[0] == "cold_storage"]
    assert cold == [("cold_storage", 8_000, 0, "family")]
    with service.context.engine.connect() as connection:
        assert [row.rule for row in connection.execute(select(t.review_flag))] == []
