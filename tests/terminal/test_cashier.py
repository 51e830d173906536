"""The cashier's station: money back, and money from whoever pays a line."""

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.problems import Problem
from cardsvc.store.snapshots import case_bill
from tests.terminal.rig import Home, green
from tests.terminal.way import before, booked, go


def test_the_cashier_pays_back_what_was_paid_less_what_is_owed(home: Home) -> None:
    case_no, card = booked(home)
    go(home, card, *before(Step.RESERVE))
    cashier = home.at(At.CASHIER)
    green(cashier.take(Step.DEPOSIT, None, case_no, amount_fen="500", means="cash"))
    owed = cashier.local.current.cases[case_no].bill.owed_fen  # type: ignore[union-attr]
    assert owed > 0

    over = cashier.take(Step.REFUND, None, case_no, amount_fen=str((50_000 - owed) / 100 + 0.01), means="cash")
    asked = cashier.journal.head[0]

    assert over.refusal is not None
    assert (over.refusal.problem, cashier.journal.judgement(asked).outcome) == (Problem.ABOVE_PAID, "noted")  # type: ignore[union-attr]
    green(cashier.take(Step.REFUND, None, case_no, amount_fen=str((50_000 - owed) / 100), means="cash"))
    with home.service.context.engine.connect() as connection:
        bill = case_bill(connection, home.service.context.home_id, case_no)
    assert (bill.deposit_fen, bill.open_fen) == (owed, 0)
