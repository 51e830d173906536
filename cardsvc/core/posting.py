"""What a fact does to the books: lines and counter-lines, the transfers that they make, and money that moved.

The bill's rules are in `prices` and `corrections`, the accounts' in `ledger`; here they are put together, once, for
the service and for whoever wants to check it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cardsvc.core import ledger, prices, reversal, waived
from cardsvc.core.case import Case
from cardsvc.core.corrections import CORRECTS, BookOf, Standing, corrections
from cardsvc.core.facts import Details, Fact, Step, StepTaken, step_of
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


def takes_back(fact: Fact, before: Case, book_of: BookOf) -> bool:
    """Whether lines that stand have a say: a correction, a price that pays for others, a waiver that comes again."""
    if step_of(fact) in CORRECTS or step_of(fact) is Step.REVERSE_PAYMENT:
        return True
    book = book_of(before.price_version)
    if not any(row.includes for row in book.items) and not waived.comes_again(fact, before):
        return False
    charged = prices.lines_for(fact, before, book)
    again = waived.comes_again(fact, before) and any(line.waiver_fen for line in charged)
    return again or bool(prices.taken_in(charged, book))


def post(
    fact: Fact,
    before: Case,
    standing: Iterable[Standing],
    balances: Mapping[Account, int],
    book_of: BookOf,
    undone: Iterable[Transfer] = (),
    *,
    sent_again: bool = False,
) -> Posting:
    """The lines and transfers of a fact.

    `standing` are the lines of the case that nothing has taken back (read only where `takes_back` says so), `balances`
    its accounts in fen (read there too, and for `SETS_OFF`). `undone` are the transfers of the payment
    that the fact takes back. `sent_again`: the service had it before its books were restored. Counter-lines come
    first, then the fact's own lines, then money.
    Source: DOMAIN.md section 6.
    """
    if not isinstance(fact.body, StepTaken):
        return Posting()
    case_no, step, details = fact.case_no, fact.body.step, fact.body.details
    lines: list[PostedLine] = []
    moved: list[Transfer] = []
    book = book_of(before.price_version)
    charged = prices.lines_for(fact, before, book)
    paid = prices.taken_in(charged, book)
    standing = tuple(standing) if takes_back(fact, before, book_of) else ()
    if waived.comes_again(fact, before):
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
    for line in charged:
        lines.append(PostedLine(fact.cause, line))
        moved.extend(ledger.charge(case_no, line))
    moved.extend(ledger.given_out(fact, balances) if step is Step.REFUND else ledger.money_moved(fact))
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


def _left_for(line: Line, standing: tuple[Standing, ...], case: Case, book: PriceBook) -> Line:
    """The line with what earlier lines of its item have left of the units that are waived."""
    row = book.find(line.item)
    ours = (one.line for one in standing if one.line.item == line.item and one.line.payer is Payer.FAMILY)
    return waived.within(line, row, sum(one.quantity for one in ours), case, book) if row is not None else line
