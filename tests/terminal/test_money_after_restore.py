"""Money that went out by the word of a service whose books were restored since: booked, never lost, and never twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import SHORT, Account, deposits, till
from cardsvc.core.problems import Problem
from cardsvc.core.review import Rule
from cardsvc.core.terms import Means
from cardsvc.store import tables as t
from cardsvc.store import tills
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.witnesses import RESTORED
from tests.terminal.rig import Bench, Home, green
from tests.terminal.test_exchange import backup, fault
from tests.terminal.way import booked

CASH = {"means": "cash"}


@dataclass
class Desks:
    """Two cashier's stations, and a backup of the service from before they took anything."""

    home: Home
    case_no: CaseNo
    one: Bench
    other: Bench
    folder: Path

    def takes(self, bench: Bench, step: Step, yuan: int) -> None:
        green(bench.take(step, None, self.case_no, amount_fen=str(yuan), **CASH))

    def restore(self) -> None:
        """The backup is put back by the rules; no station has said anything yet."""
        context = self.home.service.context
        context.engine.dispose()
        backup(self.folder / "backup.db", self.folder / "service.db")

        def counted(connection: Connection) -> None:
            log = open_log(connection, context.home_id)
            log.add(RESTORED, "2", "", self.home.service.clock.now)
            log.close()
            connection.execute(update(t.home).values(epoch=2))

        transact(context.engine, counted)

    def balances(self) -> dict[Account, int]:
        """Every account that does not stand at zero, in fen; the books must be whole."""
        assert fault(self.home) is None
        k = t.account.c
        with self.home.service.context.engine.connect() as connection:
            rows = connection.execute(select(k.account, k.debit_fen - k.credit_fen))
            return {Account(name): int(fen) for name, fen in rows if fen}

    def flags(self) -> list[tuple[str, int]]:
        f = t.review_flag.c
        with self.home.service.context.engine.connect() as connection:
            rows = connection.execute(select(f.rule, f.amount_fen).where(f.rule == Rule.PAID_OUT_SHORT))
            return [(row.rule, int(row.amount_fen)) for row in rows]

    def in_drawer(self) -> int:
        """What the ledger moved in the shift of the cashier."""
        context = self.home.service.context
        with context.engine.connect() as connection:
            shift = tills.open_of(connection, context.home_id, StaffNo("1010"))
            assert shift is not None
            return tills.moved(connection, context.home_id, [shift.shift_no])[shift.shift_no]


@pytest.fixture
def desks(home: Home, tmp_path: Path) -> Iterator[Desks]:
    case_no, _ = booked(home)
    one, other = home.at(At.CASHIER), Bench(home.service, At.CASHIER, home.folder, other=1)
    for bench in (one, other):
        bench.exchange()
    backup(tmp_path / "service.db", tmp_path / "backup.db")
    yield Desks(home, case_no, one, other, tmp_path)
    other.close()


def test_a_refund_stands_while_the_money_that_covered_it_is_on_its_way_and_is_covered_when_it_comes(
    desks: Desks,
) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.takes(desks.one, Step.REFUND, 300)
    before, drawer = desks.balances(), desks.in_drawer()
    assert before == {till(Means.CASH): 20_000, deposits(desks.case_no): -20_000}
    desks.restore()

    desks.one.exchange()

    assert desks.balances() == {till(Means.CASH): -30_000, SHORT: 30_000}, "what left the drawer has left it"
    assert desks.in_drawer() == -30_000
    assert desks.flags() == [(Rule.PAID_OUT_SHORT, 30_000)]
    desks.other.exchange()
    assert (desks.balances(), desks.in_drawer()) == (before, drawer)
    assert desks.flags() == [(Rule.PAID_OUT_SHORT, 30_000)], "somebody looks at it nevertheless"


def test_what_nothing_covers_stays_short_and_eats_no_money_that_the_family_brings_later(desks: Desks) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.takes(desks.one, Step.REFUND, 500)
    desks.restore()
    desks.one.exchange()

    desks.takes(desks.one, Step.DEPOSIT, 200)

    assert desks.balances() == {
        till(Means.CASH): -30_000, SHORT: 50_000, deposits(desks.case_no): -20_000,
    }  # fmt: skip


def test_what_was_refused_before_the_restore_is_not_given_out_by_what_comes_first_after_it(desks: Desks) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.other.sign_in(Step.REFUND)
    desks.other.act("choose_case", case_no=desks.case_no)
    desks.other.act("choose_step", step=Step.REFUND.value)
    desks.other.second(Step.REFUND)
    for field, value in {"amount_fen": "500", **CASH}.items():
        desks.other.act("enter", field=field, value=value)
    desks.takes(desks.one, Step.REFUND, 500)
    desks.other.act("confirm")
    refused = desks.other.outcome
    assert refused is not None and refused.refusal is not None and refused.refusal.problem is Problem.ABOVE_PAID
    kinds = [row.body.kind for row in desks.other.journal.recent(4)]
    assert "request" in kinds, "it was the service that said no"
    desks.other.exchange()
    before = desks.balances()
    desks.restore()

    desks.other.exchange()
    assert desks.balances() == {till(Means.CASH): 50_000, deposits(desks.case_no): -50_000}
    desks.one.exchange()

    assert desks.balances() == before == {} and desks.flags() == []


def test_a_refund_that_was_reported_only_after_the_restore_is_booked_once(desks: Desks) -> None:
    desks.takes(desks.one, Step.DEPOSIT, 500)
    desks.one.loop._taking.uplink.wake = lambda: None  # type: ignore[method-assign]
    word = desks.one.uplink.wait_for

    def then_cut(seq: int, seconds: float) -> object:
        said = word(seq, seconds)
        desks.one.cable.pulled = True
        return said

    desks.one.uplink.wait_for = then_cut  # type: ignore[method-assign, assignment]
    green(desks.one.take(Step.REFUND, None, desks.case_no, amount_fen="500", **CASH))
    assert desks.one.uplink.unsent == 1, "the word has come, what came of it has not been said yet"
    desks.restore()

    desks.one.uplink.wait_for = word  # type: ignore[method-assign]
    desks.one.cable.pulled = False
    for _ in range(3):
        desks.one.exchange()

    assert desks.balances() == {} and desks.in_drawer() == 0 and desks.flags() == []
    assert desks.one.uplink.unsent == 0


def test_a_new_refund_is_posted_with_its_yes_as_before(desks: Desks) -> None:
    desks.takes(desks.one, Step.DEPOSIT, 500)
    desks.restore()
    desks.one.exchange()
    desks.other.exchange()

    desks.takes(desks.one, Step.REFUND, 400)
    twice = desks.other.take(Step.REFUND, None, desks.case_no, amount_fen="400", **CASH)

    assert twice.refusal is not None and twice.refusal.problem is Problem.ABOVE_PAID
    assert desks.balances() == {till(Means.CASH): 10_000, deposits(desks.case_no): -10_000}


@pytest.mark.parametrize("first", ["one", "other"])
def test_a_payment_that_was_taken_back_ends_as_it_did_whoever_sends_again_first(desks: Desks, first: str) -> None:
    desks.takes(desks.one, Step.DEPOSIT, 500)
    desks.other.exchange()
    known = desks.other.local.current
    assert known is not None
    [paid] = known.cases[desks.case_no].payments
    green(desks.other.take(Step.REVERSE_PAYMENT, None, desks.case_no, payment=paid.cause, reason="entered_by_mistake"))
    desks.takes(desks.other, Step.DEPOSIT, 400)
    desks.takes(desks.one, Step.REFUND, 400)
    before, drawer = desks.balances(), desks.in_drawer()
    assert before == {} and drawer == 0
    desks.restore()

    for bench in (desks.one, desks.other) if first == "one" else (desks.other, desks.one):
        bench.exchange()

    assert desks.balances() == before and desks.in_drawer() == drawer
