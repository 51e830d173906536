"""What a fact does to the books: lines and counter-lines, the transfers that they make, and money that moved.

The bill's rules are in `prices` and `corrections`, the accounts' in `ledger`; here they are put together, once, for
the service and for whoever wants to check it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cardsvc.core import came, ledger, prices, reversal, waived, workflow
from cardsvc.core.case import Case
from cardsvc.core.corrections import CORRECTS, BookOf, Standing, corrections
from cardsvc.core.facts import Details, Fact, Step, StepTaken, step_of
from cardsvc.core.fold import then
from cardsvc.core.ledger import Account, Transfer
from cardsvc.core.prices import Line, PriceBook
from cardsvc.core.terms import Payer

SETS_OFF = CORRECTS | {Step.DEPOSIT, Step.PAY, Step.REFUND, Step.SETTLE, Step.STATEMENT_PAID}
"""Steps after which money may be left over, or is set off: they need the balances of the case."""


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A line to post; `cause` is the tap or entry that it is charged for, `reverses` the line that it takes back."""

    cause: str
    line: Line
    reverses: Standing | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """What one fact posts."""

    lines: tuple[PostedLine, ...] = ()
    transfers: tuple[Transfer, ...] = ()


def _proof(step: Step, details: Details) -> str:
    """What the transfers of a correction name beside their item: the waiver's record, or review's rule and line."""
    match step:
        case Step.PROVE_WAIVER:
            return details.number or ""
        case Step.REVERSE_LINE:
            return f"{details.number} {details.line}"
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class Caused:
    """What a fact charges by itself, found once: nothing that stands has had a say yet."""

    fact: Fact
    before: Case
    book_of: BookOf
    lines: tuple[Line, ...]
    paid: frozenset[str]
    "The items that those lines pay for too."
    again: bool
    "An earlier tap of the case may have charged the same."

    @property
    def looks_back(self) -> bool:
        """Whether standing lines have a say: a correction, a price that pays for others, a waiver that comes again."""
        step = step_of(self.fact)
        waived_again = self.again and any(line.waiver_fen for line in self.lines)
        return step in CORRECTS or step is Step.REVERSE_PAYMENT or bool(self.paid) or waived_again

    @property
    def voided(self) -> str | None:
        """The cause of the tap that the fact takes back: what it had taken back stands again."""
        last = workflow.last_voidable(self.before) if step_of(self.fact) is Step.VOID else None
        return last.cause if last is not None else None


def caused(fact: Fact, before: Case, book_of: BookOf) -> Caused:
    """What a fact charges, given the case before it."""
    book = book_of(before.price_version)
    lines = prices.lines_for(fact, before, book)
    return Caused(fact, before, book_of, lines, prices.taken_in(lines, book), waived.comes_again(fact, before))


def post(
    caused: Caused,
    standing: Iterable[Standing],
    balances: Mapping[Account, int],
    undone: Iterable[Transfer] = (),
    voided: Iterable[Standing] = (),
    *,
    sent_again: bool = False,
) -> Posting:
    """The lines and transfers of a fact.

    `standing` are the lines of the case that nothing has taken back (read only where `Caused.looks_back`), `balances`
    its accounts in fen (read there too, and for `SETS_OFF`). `undone` are the transfers of the payment
    that the fact takes back, `voided` the lines that the voided tap had taken back. `sent_again`: the service had it
    before its books were restored. Counter-lines come first, then the fact's own lines, then money.
    Source: DOMAIN.md section 6.
    """
    fact, before, book_of, charged, paid = caused.fact, caused.before, caused.book_of, caused.lines, caused.paid
    if not isinstance(fact.body, StepTaken):
        return Posting()
    case_no, step, details = fact.case_no, fact.body.step, fact.body.details
    lines: list[PostedLine] = []
    moved: list[Transfer] = []
    standing = tuple(standing) if caused.looks_back else ()
    if caused.again:
        book = book_of(before.price_version)
        charged = tuple(_left_for(line, standing, before, book) for line in charged)
    if step in CORRECTS:
        proof = _proof(step, details)
        for one in corrections(before, step, details, standing, book_of):
            old = one.standing
            lines.append(PostedLine(fact.cause, old.line, old))
            moved.extend(ledger.reversed_(ledger.charge(case_no, old.line, proof)))
            if one.instead is not None:
                lines.append(PostedLine(old.cause, one.instead))
                moved.extend(ledger.charge(case_no, one.instead, proof))
    corrected = [one.reverses for one in lines]
    for stands in standing:
        if stands.line.item in paid and stands not in corrected:
            lines.append(PostedLine(fact.cause, stands.line, stands))
            moved.extend(ledger.reversed_(ledger.charge(case_no, stands.line)))
    fresh = [PostedLine(fact.cause, line) for line in charged]
    if caused.voided is not None:
        fresh += _again(caused, voided, [one for one in standing if one not in [row.reverses for row in lines]])
    for posted in fresh:
        lines.append(posted)
        moved.extend(ledger.charge(case_no, posted.line))
    moved.extend(_money(fact, before, balances))
    if step is Step.REVERSE_PAYMENT:
        undone = tuple(undone)
        back = reversal.counter_entries(case_no, undone, standing, balances)
        moved.extend(ledger.taken_out(undone) if reversal.used_up(back, balances) is not None else back)
    if step in SETS_OFF or paid:
        totals = ledger.added(balances, moved)
        moved.extend(ledger.settle(case_no, totals) if step is Step.SETTLE else ledger.surplus(case_no, totals))
    if sent_again and step in SETS_OFF:
        moved.extend(ledger.made_good(case_no, ledger.added(balances, moved)))
    return Posting(tuple(lines), tuple(moved))


def _money(fact: Fact, before: Case, balances: Mapping[Account, int]) -> tuple[Transfer, ...]:
    """The transfers of money that moved; what came for a case that is over is held until a person has decided."""
    step = step_of(fact)
    if step is Step.REFUND:
        return ledger.given_out(fact, balances)
    moved = ledger.money_moved(fact)
    if step not in came.TAKES_MONEY or came.fits(before, step):
        return moved
    return tuple(one.model_copy(update={"credit": ledger.suspense(fact.case_no)}) for one in moved)


def _again(caused: Caused, voided: Iterable[Standing], standing: Iterable[Standing]) -> Iterator[PostedLine]:
    """The lines that a voided tap had taken back, as the case owes them now: its price pays for them no more."""
    after = then(caused.before, caused.fact)
    within = prices.paid_within(after, caused.book_of(after.price_version))
    known = list(standing)
    for was in voided:
        book = caused.book_of(was.line.price_version)
        row = book.find(was.line.item)
        if row is None or was.line.item in within:
            continue
        line = prices.once_more(was.line, row, after, caused.book_of(after.price_version))
        if line is not None:
            left = _left_for(line, tuple(known), after, caused.book_of(line.price_version))
            known.append(replace(was, line=left))
            yield PostedLine(was.cause, left)


def _left_for(line: Line, standing: tuple[Standing, ...], case: Case, book: PriceBook) -> Line:
    """The line with what earlier lines of its item have left of the units that are waived."""
    row = book.find(line.item)
    ours = (one.line for one in standing if one.line.item == line.item and one.line.payer is Payer.FAMILY)
    return waived.within(line, row, sum(one.quantity for one in ours), case, book) if row is not None else line
