"""What a fact does to the books: lines and counter-lines, the transfers that they make, and money that moved.

The bill's rules are in `prices` and `corrections`, the accounts' in `ledger`; here they are put together, once, for
the service and for whoever wants to check it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cardsvc.core import came, ledger, prices, reversal, waived, workflow
from cardsvc.core.case import Case
from cardsvc.core.corrections import CORRECTS, Corrected, Standing, corrections, trigger_of_line
from cardsvc.core.facts import Details, Fact, Step, StepTaken, step_of
from cardsvc.core.fold import then
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Account, Transfer
from cardsvc.core.prices import Line, Trigger
from cardsvc.core.reversal import Undone
from cardsvc.core.terms import Payer
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
        """Whether standing lines have a say: a correction, a price that pays for others, a waiver that comes again.

        Days in the cold that count themselves as over may be waived all the same: review took earlier ones back.
        """
        step = step_of(self.fact)
        waived_again = self.again and any(line.waiver_fen or is_cold(line, self.book_of) for line in self.lines)
        return step in CORRECTS or bool(self.paid) or waived_again

    @property
    def voided(self) -> str | None:
        """The cause of the tap that the fact takes back: what it had taken back stands again."""
        last = workflow.voided_by(self.before, self.fact) if step_of(self.fact) is Step.VOID else None
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
    undone: Undone = reversal.NOTHING,
    voided: Iterable[Standing] = (),
    *,
    cold: Iterable[PostedLine] | None = None,
    sent_again: bool = False,
    recovered_fen: int = 0,
) -> Posting:
    """The lines and transfers of a fact.

    `standing` are the lines of the case that nothing has taken back (read only where `Caused.looks_back`), `balances`
    its accounts in fen (read there too, and for `SETS_OFF`). `undone` is the payment
    that the fact takes back, `voided` the lines that the voided tap had taken back. `cold` are the lines of days
    in the cold that ought to stand, where the fact changes others than its own (`core.cold_bill`). `sent_again`: the
    service had it before its books were restored; `recovered_fen`: what was paid for what such money was to cover, and
    has not come twice yet. Counter-lines come first, then the fact's own lines, then money.
    Source: DOMAIN.md section 6.
    """
    fact, before, book_of, charged, paid = caused.fact, caused.before, caused.book_of, caused.lines, caused.paid
    if not isinstance(fact.body, StepTaken):
        return Posting()
    case_no, step, details = fact.case_no, fact.body.step, fact.body.details
    lines: list[PostedLine] = []
    moved: list[Transfer] = []
    anew: tuple[PostedLine, ...] = ()
    if cold is not None:
        anew = _set_right([one for one in standing if is_cold(one.line, book_of)], cold, fact.cause)
        charged = tuple(line for line in charged if not is_cold(line, book_of))
        standing, voided = (tuple(one for one in some if not is_cold(one.line, book_of)) for some in (standing, voided))
    standing = tuple(standing) if caused.looks_back else ()
    if step in CORRECTS:
        proof = _proof(step, details)
        for one in corrections(before, step, details, standing, book_of, caused.voided):
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
        # What the tap had only corrected stands already, as it was corrected or as its void has set it right.
        there = {(one.cause, one.line.item) for one in left}
        fresh += _again(caused, (one for one in voided if (one.cause, one.line.item) not in there))
    if (caused.again and caused.looks_back) or caused.voided is not None:
        after = then(before, fact) if caused.voided is not None else before
        fresh, changed = _left_for(fresh, left, after, book_of)
        for one in changed:
            lines.extend(_corrected(one, fact.cause))
            moved.extend(_moved(one, case_no))
    for posted in (*anew, *fresh):
        lines.append(posted)
        charge = ledger.charge(case_no, posted.line)
        moved.extend(charge if posted.reverses is None else ledger.reversed_(charge))
    moved.extend(_money(fact, before, balances))
    if step is Step.REVERSE_PAYMENT:
        moved.extend(undone.back if undone.there else ledger.taken_out(undone.made))
    if step in SETS_OFF or any(one.reverses is not None for one in lines):
        totals = ledger.added(balances, moved)
        moved.extend(ledger.settle(case_no, totals) if step is Step.SETTLE else ledger.surplus(case_no, totals))
    if sent_again and step in SETS_OFF:
        moved.extend(_sent_again(fact, before, balances, moved, recovered_fen))
    return Posting(tuple(lines), tuple(moved))


def _money(fact: Fact, before: Case, balances: Mapping[Account, int]) -> tuple[Transfer, ...]:
    """The transfers of money that moved; what came and its case takes no more is held until a person has decided."""
    step = step_of(fact)
    if step is Step.REFUND:
        return ledger.given_out(fact, balances)
    if step is Step.ASSIGN_HELD:
        return ledger.assigned(fact)
    if step is Step.WRITE_OFF_SHORT:
        return ledger.written_off(fact)
    moved = ledger.money_moved(fact)
    if step not in came.TAKES_MONEY or came.fits(before, step):
        return moved
    return tuple(one.model_copy(update={"credit": ledger.suspense(fact.case_no)}) for one in moved)


def _sent_again(
    fact: Fact, before: Case, balances: Mapping[Account, int], moved: Iterable[Transfer], recovered_fen: int
) -> tuple[Transfer, ...]:
    """What becomes of what the fact brings: the family's money alone, held as its case holds it."""
    step, case_no = step_of(fact), fact.case_no
    payer = fact.body.details.payer if isinstance(fact.body, StepTaken) else None
    over = step in came.TAKES_MONEY and step is not None and not came.fits(before, step)
    if over and payer not in (None, Payer.FAMILY):
        return ()
    held = ledger.suspense(case_no) if over else ledger.deposits(case_no)
    return ledger.made_good(case_no, balances, moved, held=held, recovered_fen=recovered_fen)


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


def is_cold(line: Line, book_of: BookOf) -> bool:
    """Whether the line charges days in the cold."""
    return trigger_of_line(line, book_of) is Trigger.STORAGE_DAY


def _set_right(stands: list[Standing], ought: Iterable[PostedLine], cause: str) -> tuple[PostedLine, ...]:
    """The counter-lines and lines after which what ought to stands, and nothing else."""
    missing, back = list(ought), list[PostedLine]()
    for one in stands:
        same = next((it for it in missing if it.cause == one.cause and _alike(it.line, one.line)), None)
        if same is None:
            back.append(PostedLine(cause, one.line, one))
        else:
            missing.remove(same)
    return (*back, *missing)


def _alike(one: Line, other: Line) -> bool:
    """Whether two lines charge the same; a waiver may name its record in other words."""
    said = {"waiver_source": None, "legal_basis": ""}
    return one.model_copy(update=said) == other.model_copy(update=said)


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
    for item in dict.fromkeys(one.line.item for one in fresh):
        theirs = [one for one in stands if one.line.item == item]
        known = sorted(theirs, key=lambda one: waived.place(one.line, book_of))
        at = [number for number, one in enumerate(fresh) if one.line.item == item]
        left, added = waived.together([one.line for one in known], [fresh[number].line for number in at], case, book_of)
        for number, line in zip(at, added, strict=True):
            found[number] = replace(fresh[number], line=line)
        changed += [Corrected(one, line) for one, line in zip(known, left, strict=True) if line != one.line]
    return found, changed
