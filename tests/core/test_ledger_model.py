"""The books of a case against a small model of its own: whatever happens, they agree to the fen and no account is below
its floor."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from cardsvc.core import closing, ledger, posting, recovery, reversal
from cardsvc.core.case import Case
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Booked, Details, Fact, Quantity, StationKind, Step, StepTaken
from cardsvc.core.fold import opened, then
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import Account, Transfer
from cardsvc.core.prices import PriceBook, PriceItem, Regime, Trigger
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reversal import Posted
from cardsvc.core.terms import CaseKind, CauseClass, Means, Payer, Reason, WaiverFor
from tests.core.story import CASE, START

DAY, NIGHT, LENGTH = 1_000, 100_000, 50
PARTS = 4
"""The seeds are shared out, so that every processor has some."""

WAIVED_FEN, WAIVED_DAYS = 7_000, 3
QUOTED = {"hall": 60_001, "flowers": 333, "music": 1}


def item(name: str, trigger: Trigger, fen: int, waiver_fen: int = 0, units: int = 0) -> PriceItem:
    return PriceItem(
        item=name, name_zh=name, name_en=name, unit="time", regime=Regime.GUIDED, legal_basis="indicative",
        trigger=trigger, price_fen=fen, waiver_fen=waiver_fen, waiver_units=units,
        default=trigger is not Trigger.QUOTED,
    )  # fmt: skip


BOOK = PriceBook(
    version="2026-1",
    legal_basis="indicative",
    valid_from=date(2026, 1, 1),
    valid_to=None,
    items=(
        item("cold", Trigger.STORAGE_DAY, 8_013, WAIVED_FEN, WAIVED_DAYS),
        *(item(name, Trigger.QUOTED, fen) for name, fen in QUOTED.items()),
    ),
)


@dataclass
class Charged:
    """What the model knows of a line that stands."""

    item: str
    fen: int
    days: int
    waiver: int
    payer: Payer


@dataclass
class Paid:
    """A payment that may be taken back as long as its own money is where it went: `lines` of it pay lines."""

    cause: str
    payer: Payer
    fen: int
    lines: int = 0
    over: bool = False
    "It came for a case that is over."
    gone: bool = False
    "Some of its own money left what is held, whatever has come since."


@dataclass
class Model:
    """The books as one would keep them on a sheet of paper: lines, and what each payer paid."""

    lines: list[Charged] = field(default_factory=list)
    payer_of: dict[str, Payer] = field(default_factory=dict)
    paid: dict[Payer, int] = field(default_factory=lambda: dict.fromkeys(Payer, 0))
    held: int = 0
    waiting: int = 0
    by_qr: int = 0
    till: int = 0
    resident: bool = False
    short: int = 0
    off: int = 0
    recovered: int = 0
    over: bool = False
    payments: list[Paid] = field(default_factory=list)

    def due(self, payer: Payer) -> int:
        waived = sum(one.waiver for one in self.lines) if payer is Payer.TREASURY else 0
        return waived + sum(one.fen - one.waiver for one in self.lines if one.payer is payer)

    def owed(self, payer: Payer) -> int:
        return self.due(payer) - self.paid[payer]

    def add(self, name: str, fen: int, days: int = 0) -> None:
        payer = self.payer_of.get(name, Payer.FAMILY)
        left = WAIVED_DAYS - sum(one.days for one in self.lines)
        waiver = min(max(0, left), days) * WAIVED_FEN if self.resident and payer is Payer.FAMILY else 0
        self.lines.append(Charged(name, fen, days, waiver, payer))

    def waive(self) -> None:
        left = WAIVED_DAYS if self.payer_of.get("cold", Payer.FAMILY) is Payer.FAMILY else 0
        for one in self.lines:
            one.waiver = min(left, one.days) * WAIVED_FEN
            left -= min(left, one.days)

    def even_out(self) -> None:
        for payer in Payer:
            over = -min(0, self.owed(payer))
            self.paid[payer] -= over
            if payer is Payer.FAMILY:
                self.held += over
            else:
                self.waiting += over

    def follow(self) -> None:
        """Look after each payment's own money: what nobody owes for lines any more is held, and what left is gone."""
        for one in self.payments:
            one.lines = min(one.lines, self.paid[one.payer])
            pool = self.held if one.payer is Payer.FAMILY and not one.over else self.waiting
            one.gone = one.gone or one.fen - one.lines > pool

    def undo(self, one: Paid) -> bool:
        """Whether a payment can be taken back: its own money is there."""
        if one.gone:
            return False
        held, family = one.fen - one.lines, one.payer is Payer.FAMILY and not one.over
        self.paid[one.payer] -= one.lines
        self.held, self.waiting = self.held - held * family, self.waiting - held * (not family)
        self.till -= one.fen
        self.payments.remove(one)
        return True

    def give_out(self, fen: int) -> None:
        """Money went out by the word of lost books: what is not held for it is short."""
        covered = min(fen, self.held)
        self.held, self.till, self.short = self.held - covered, self.till - fen, self.short + fen - covered
        self.make_good()

    def make_good(self) -> int:
        """What is held covers what is short."""
        covered = min(self.held, self.short)
        self.held, self.short = self.held - covered, self.short - covered
        return covered

    def sent_again(self, fen: int) -> None:
        """What is sent again covers what is short, comes back to what was written off, or waits: it was paid before."""
        self.till += fen
        if self.over:
            self.waiting += fen
            covered = min(fen, self.short)
            self.waiting, self.short = self.waiting - covered, self.short - covered
        else:
            self.held += fen
            covered = self.make_good()
        left = max(0, fen - covered)
        back = min(left, self.off)
        self.off -= back
        if self.over:
            self.waiting -= back
            return
        twice = min(left - back, self.recovered)
        self.held, self.waiting, self.recovered = self.held - back - twice, self.waiting + twice, self.recovered - twice

    def settle(self) -> None:
        used = max(0, min(self.held, self.owed(Payer.FAMILY)))
        self.paid[Payer.FAMILY] += used
        self.held -= used

    def accounts(self) -> dict[Account, int]:
        return {
            **{ledger.receivable(CASE, payer): self.owed(payer) for payer in Payer},
            ledger.deposits(CASE): -self.held,
            ledger.suspense(CASE): -self.waiting - self.by_qr,
            ledger.till(Means.CASH): self.till,
            ledger.till(Means.QR): self.by_qr,
            ledger.SHORT: self.short,
            ledger.OFF: self.off,
        }


class Told:
    """One case: what happens to it is posted, and told to the model."""

    def __init__(self, seed: int) -> None:
        self.chance, self.number, self.at, self.stored = random.Random(seed), 0, START, False
        self.model, self.totals, self.standing = Model(), dict[Account, int](), list[Standing]()
        self.posted: list[Posted] = []
        self.facts: list[Fact] = []
        self.recovered: list[tuple[str, int]] = []
        body = Booked(case_kind=CaseKind.PERSON, cause_class=CauseClass.NATURAL, infectious=False, police=False)
        case = opened(self.fact(body))
        assert case is not None
        self.case: Case = case

    def fact(self, body: Booked | StepTaken) -> Fact:
        self.number += 1
        return Fact(
            case_no=CASE, body=body, at=self.at, observed=True, staff_no=StaffNo("S1"),
            station_kind=StationKind.CASHIER, cause=f"{'ab' * 16}:{self.number}", order=(self.number, self.number),
        )  # fmt: skip

    @property
    def cause(self) -> str:
        """That of the last fact."""
        return f"{'ab' * 16}:{self.number}"

    def take(self, step: Step, details: Details, at: datetime | None = None, *, sent_again: bool = False) -> None:
        self.at = at or self.at + timedelta(minutes=1)
        fact = self.fact(StepTaken(step=step, details=details))
        self.facts.append(fact)
        undone = reversal.undone(CASE, details.payment, self.posted) if details.payment else reversal.NOTHING
        posted = posting.post(
            posting.caused(fact, self.case, lambda _: BOOK), self.standing, self.totals, undone, sent_again=sent_again,
            recovered_fen=self.model.recovered,
        )  # fmt: skip
        gone = [one.reverses for one in posted.lines if one.reverses is not None]
        new = (one for one in posted.lines if one.reverses is None)
        fresh = [Standing(self.number, n, one.cause, one.line) for n, one in enumerate(new)]
        self.standing = [one for one in self.standing if one not in gone] + fresh
        self.move_money(fact.cause, posted.transfers)
        self.case = then(self.case, fact)

    def move_money(self, cause: str, transfers: Iterable[Transfer]) -> None:
        self.posted += [Posted(self.number, cause, one) for one in transfers]
        for one in sorted(transfers, key=ledger.lowers):
            self.totals = ledger.added(self.totals, (one,))
            assert ledger.below_floor(self.totals) == (), one

    def by_qr(self, fen: int) -> None:
        """Money by QR that fits no order comes; or it is decided about, and leaves."""
        self.number += 1
        transfers = ledger.suspended(CASE, abs(fen), Means.QR)
        self.move_money("qr:1", transfers if fen > 0 else ledger.reversed_(transfers))
        self.model.by_qr += fen

    def turn(self) -> None:
        chance, model = self.chance, self.model
        fen, payer = chance.choice((1, 7, 333, 50_000, 200_000)), chance.choice(tuple(Payer))
        cash = Details(amount_fen=fen, means=Means.CASH)
        match chance.randrange(25):
            case 20:
                self.by_qr(fen)
            case 22 if model.short:
                part = min(fen, model.short)
                self.take(Step.RECOVER_SHORT, Details(amount_fen=part, means=Means.CASH, reason=Reason.PAYER_FOUND))
                model.short, model.till = model.short - part, model.till + part
                model.recovered += part
                self.recovered.append((self.cause, part))
            case 24 if self.recovered:
                self.undo_recovery(chance.choice(self.recovered))
            case 23 if model.short:
                part = min(fen, model.short)
                self.take(Step.WRITE_OFF_SHORT, Details(amount_fen=part, reason=Reason.LOST))
                model.short, model.off = model.short - part, model.off + part
            case 21 if model.by_qr:
                self.by_qr(-min(fen, model.by_qr))
            case 6 if model.over:
                self.take(Step.DEPOSIT, cash)
                model.waiting, model.till = model.waiting + fen, model.till + fen
                model.payments.append(Paid(self.cause, Payer.FAMILY, fen, over=True))
            case 17 if model.over:
                self.take(Step.DEPOSIT, cash, sent_again=True)
                model.sent_again(fen)
            case 10 if chance.random() < 0.2 and not model.over:
                self.take(Step.CLOSE, Details())
                model.over = True
            case 0 | 1 if not model.over:
                self.move()
            case 2:
                chosen = {name: chance.randrange(1, 4) for name in QUOTED if chance.random() < 0.6}
                items = tuple(Quantity(item=name, count=count) for name, count in chosen.items())
                self.take(Step.QUOTE, Details(items=items))
                self.take(Step.SIGN_QUOTE, Details())
                model.lines = [one for one in model.lines if one.item not in QUOTED]
                for name, count in chosen.items():
                    model.add(name, QUOTED[name] * count)
                model.even_out()
            case 3:
                name = chance.choice(tuple(QUOTED))
                self.take(Step.CANCEL_ITEM, Details(item=name, reason=Reason.FAMILY_WISH))
                model.lines = [one for one in model.lines if one.item != name]
                model.even_out()
            case 4:
                name = chance.choice((*QUOTED, "cold"))
                self.take(Step.SWITCH_PAYER, Details(item=name, payer=payer, reason=Reason.PAYER_FOUND))
                model.payer_of[name] = payer
                moved = [line for line in model.lines if line.item == name and line.payer is not payer]
                for line in moved:
                    line.payer, line.waiver = payer, 0
                if moved and name == "cold" and model.resident:
                    model.waive()
                model.even_out()
            case 5:
                self.take(Step.PROVE_WAIVER, Details(number="WP-1", reason=Reason.PROVEN_LATE))
                model.resident = True
                model.waive()
                model.even_out()
            case 11:
                lost = Details(category=WaiverFor.RESIDENT, reason=Reason.NOT_ENTITLED)
                self.take(Step.WITHDRAW_WAIVER, lost)
                model.resident = False
                for line in model.lines:
                    line.waiver = 0
                model.even_out()
            case 6:
                self.take(Step.DEPOSIT, cash)
                model.held, model.till = model.held + fen, model.till + fen
                model.payments.append(Paid(self.cause, Payer.FAMILY, fen))
            case 7 | 8:
                self.take(Step.PAY, cash.model_copy(update={"payer": payer}))
                model.paid[payer], model.till = model.paid[payer] + fen, model.till + fen
                over = -min(0, model.owed(payer))
                model.even_out()
                model.payments.append(Paid(self.cause, payer, fen, lines=fen - over))
            case 12 if self.standing:
                gone = chance.choice(self.standing)
                of_item = sorted((one for one in self.standing if one.line.item == gone.line.item), key=_place)
                theirs = [number for number, one in enumerate(model.lines) if one.item == gone.line.item]
                self.take(Step.REVERSE_LINE, Details(line=gone.name, number="split", reason=Reason.REVIEWED))
                model.lines.pop(theirs[of_item.index(gone)])
                if model.resident and gone.line.item == "cold":
                    model.waive()
                model.even_out()
            case 13:
                over = max(0, model.owed(payer)) + chance.choice((-1, 0, 7))
                if over > 0:
                    details = Details(amount_fen=over, means=Means.CASH, payer=payer, number="ST-1")
                    self.take(Step.STATEMENT_PAID, details)
                    model.paid[payer], model.till = model.paid[payer] + over, model.till + over
                    model.even_out()
            case 14 | 15 if model.payments:
                self.undo(chance.choice(model.payments))
            case 16:
                self.take(Step.REFUND, cash, sent_again=True)
                model.give_out(fen)
            case 17:
                self.take(Step.DEPOSIT, cash, sent_again=True)
                model.sent_again(fen)
            case 18 if model.waiting:
                back = min(fen, model.waiting)
                self.take(Step.GIVE_BACK_HELD, cash.model_copy(update={"amount_fen": back}))
                model.waiting, model.till = model.waiting - back, model.till - back
            case 19 if model.waiting:
                part = min(fen, model.waiting)
                self.take(Step.ASSIGN_HELD, Details(amount_fen=part, payer=payer))
                model.waiting, model.paid[payer] = model.waiting - part, model.paid[payer] + part
                model.even_out()
            case 9 if model.held:
                back = min(fen, model.held)
                self.take(Step.REFUND, cash.model_copy(update={"amount_fen": back}))
                model.held, model.till = model.held - back, model.till - back
            case _:
                self.take(Step.SETTLE, Details())
                model.settle()

    def undo(self, one: Paid) -> None:
        """A payment that was typed by mistake; refused by the books exactly where the model cannot either."""
        there = reversal.undone(CASE, one.cause, self.posted).there
        assert there is self.model.undo(one), one
        if there:
            self.take(Step.REVERSE_PAYMENT, Details(payment=one.cause, reason=Reason.ENTERED_BY_MISTAKE))

    def undo_recovery(self, one: tuple[str, int]) -> None:
        """What somebody paid is taken back, unless the money itself has come in its place."""
        cause, fen = one
        found = recovery.found(self.facts, cause, self.model.recovered)
        assert isinstance(found, Refusal) is (fen > self.model.recovered), one
        if isinstance(found, Fact):
            given = (recovery.amount(found), recovery.means(found))
            undo = Details(payment=cause, reason=Reason.ENTERED_BY_MISTAKE, amount_fen=given[0], means=given[1])
            self.take(Step.UNDO_RECOVERY, undo)
            self.recovered.remove(one)
            model = self.model
            model.short, model.till, model.recovered = model.short + fen, model.till - fen, model.recovered - fen
            again = recovery.found(self.facts, cause, model.recovered)
            assert again == Refusal(Problem.RECOVERY_GONE, cause)

    def move(self) -> None:
        """In or out of cold storage."""
        if not self.stored:
            self.take(Step.STORE, Details(tag="T", slot="A-01"))
            self.stored, self.since = True, self.at
            return
        days = self.chance.randrange(1, 6)
        self.take(Step.TAKE_OUT, Details(tag="T", reason=Reason.PREPARATION), at=self.since + timedelta(days=days))
        self.stored = False
        self.model.add("cold", 8_013 * days, days)

    def agrees(self) -> None:
        expected = {account: fen for account, fen in self.model.accounts().items() if fen}
        kept = {account: fen for account, fen in self.totals.items() if fen and not account.startswith("revenue/")}
        assert kept == expected
        assert sum(self.totals.values()) == 0
        earned = -sum(fen for account, fen in self.totals.items() if account.startswith("revenue/"))
        assert earned == sum(one.fen for one in self.model.lines)
        assert ledger.below_floor(self.totals) == ()
        model = (
            *(self.model.owed(Payer.FAMILY), self.model.owed(Payer.OTHER)),
            *(self.model.held, self.model.waiting + self.model.by_qr),
        )
        problems = (Problem.BALANCE_OPEN, Problem.OTHER_OWES, Problem.MONEY_HELD, Problem.MONEY_WAITS)
        left = dict(zip(problems, model, strict=True))
        assert closing.left(CASE, self.totals) == {problem: fen for problem, fen in left.items() if fen}


def _place(one: Standing) -> datetime:
    return one.line.at


@pytest.mark.parametrize("part", range(PARTS))
def test_the_books_agree_with_the_model_to_the_fen(part: int, night: bool) -> None:
    for seed in range(part, NIGHT if night else DAY, PARTS):
        told = Told(seed)
        for turn in range(LENGTH):
            try:
                told.turn()
                told.model.follow()
                told.agrees()
            except AssertionError as error:
                pytest.fail(f"seed {seed}, turn {turn}: {error}")
