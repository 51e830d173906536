"""What a fact does to the books: lines and counter-lines, the transfers that they make, and money that moved.

The bill's rules are in `prices` and `corrections`, the accounts' in `ledger`; here they are put together, once, for
the service and for whoever wants to check it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cardsvc.core import came, ledger, prices, reversal, waived, waivers, workflow
from cardsvc.core.case import Case
from cardsvc.core.corrections import CORRECTS, Corrected, Standing, corrections
from cardsvc.core.facts import Details, Fact, Step, StepTaken, step_of
from cardsvc.core.fold import then
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Account, Transfer
from cardsvc.core.prices import Line
from cardsvc.core.waived import BookOf

SETS_OFF = CORRECTS | {Step.DEPOSIT, Step.PAY, Step.REFUND, Step.SETTLE, Step.STATEMENT_PAID, Step.ASSIGN_HELD}
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
    if step in CORRECTS:
        proof = _proof(step, details)
        for one in corrections(before, step, details, standing, book_of):
            lines.extend(_corrected(one, fact.cause))
            moved.extend(_moved(one, case_no, proof))
    corrected = [one.reverses for one in lines]
    for stands in standing:
        if stands.line.item in paid and stands not in corrected:
            lines.append(PostedLine(fact.cause, stands.line, stands))
            moved.extend(ledger.reversed_(ledger.charge(case_no, stands.line)))
    fresh = [PostedLine(fact.cause, line) for line in charged]
    left = _still(standing, lines)
    if caused.voided is not None:
        fresh += _again(caused, voided)
    if (caused.again and caused.looks_back) or caused.voided is not None:
        after = then(before, fact) if caused.voided is not None else before
        fresh, changed = _left_for(fresh, left, after, book_of)
        for one in changed:
            lines.extend(_corrected(one, fact.cause))
            moved.extend(_moved(one, case_no))
    for posted in fresh:
        lines.append(posted)
        moved.extend(ledger.charge(case_no, posted.line))
    moved.extend(_money(fact, before, balances))
    if step is Step.REVERSE_PAYMENT:
        undone = tuple(undone)
        back = reversal.counter_entries(case_no, undone, standing, balances)
        moved.extend(ledger.taken_out(undone) if reversal.used_up(back, balances) is not None else back)
    if step in SETS_OFF or any(one.reverses is not None for one in lines):
        totals = ledger.added(balances, moved)
        moved.extend(ledger.settle(case_no, totals) if step is Step.SETTLE else ledger.surplus(case_no, totals))
    if sent_again and step in SETS_OFF:
        moved.extend(ledger.made_good(case_no, ledger.added(balances, moved)))
    return Posting(tuple(lines), tuple(moved))


def _money(fact: Fact, before: Case, balances: Mapping[Account, int]) -> tuple[Transfer, ...]:
    """The transfers of money that moved; what came and its case takes no more is held until a person has decided."""
    step = step_of(fact)
    if step is Step.REFUND:
        return ledger.given_out(fact, balances)
    if step is Step.ASSIGN_HELD:
        return ledger.assigned(fact)
    moved = ledger.money_moved(fact)
    if step not in came.TAKES_MONEY or came.fits(before, step):
        return moved
    return tuple(one.model_copy(update={"credit": ledger.suspense(fact.case_no)}) for one in moved)


def _corrected(one: Corrected, cause: str) -> Iterator[PostedLine]:
    """The counter-line of a correction, and what is posted instead."""
    yield PostedLine(cause, one.standing.line, one.standing)
    if one.instead is not None:
        yield PostedLine(one.standing.cause, one.instead)


def _moved(one: Corrected, case_no: CaseNo, proof: str = "") -> Iterator[Transfer]:
    """What those two move."""
    yield from ledger.reversed_(ledger.charge(case_no, one.standing.line, proof))
    if one.instead is not None:
        yield from ledger.charge(case_no, one.instead, proof)


def _still(standing: tuple[Standing, ...], lines: Iterable[PostedLine]) -> list[Standing]:
    """What stands after these lines, those that came instead of others in their places."""
    stands = {one.name: one for one in standing}
    last = None
    for posted in lines:
        if posted.reverses is not None:
            last = stands.pop(posted.reverses.name)
        elif last is not None:
            stands[last.name] = replace(last, line=posted.line)
    return list(stands.values())


def _again(caused: Caused, voided: Iterable[Standing]) -> Iterator[PostedLine]:
    """The lines that a voided tap had taken back, as the case owes them now: its price pays for them no more."""
    after = then(caused.before, caused.fact)
    within = prices.paid_within(after, caused.book_of(after.price_version))
    for was in voided:
        book = caused.book_of(was.line.price_version)
        row = book.find(was.line.item)
        if row is None or was.line.item in within:
            continue
        line = prices.once_more(was.line, row, after, caused.book_of(after.price_version))
        if line is not None:
            yield PostedLine(was.cause, line)


def _left_for(
    fresh: list[PostedLine], stands: list[Standing], case: Case, book_of: BookOf
) -> tuple[list[PostedLine], list[Corrected]]:
    """Fresh lines with what those that stand have left of the units that are waived.

    With several categories another one may be the best for all lines of an item together: then those that stand are
    corrected.
    """
    found, changed = list(fresh), list[Corrected]()
    chooses = len(waivers.entitlements(case)) > 1
    for item in dict.fromkeys(one.line.item for one in fresh):
        known = sorted((one for one in stands if one.line.item == item), key=lambda one: one.line.at)
        at = [number for number, one in enumerate(fresh) if one.line.item == item]
        right = waived.anew([*(one.line for one in known), *(fresh[number].line for number in at)], case, book_of)
        for number, line in zip(at, right[len(known) :], strict=True):
            found[number] = replace(fresh[number], line=line)
        pairs = list(zip(known, right, strict=False))
        if chooses and sum(line.waiver_fen - one.line.waiver_fen for one, line in pairs) != 0:
            changed += [Corrected(one, line) for one, line in pairs if line != one.line]
    return found, changed
