"""Cold storage on the bill as the facts of a case make it in their right order, whatever order their records came in.

Two stations without network tell of one stay in pieces: what was charged before the last piece came may be too much, or
too little. Then the lines of days in the cold are made anew from all facts, and only what differs is posted
(docs/decisions/0039).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from cardsvc.core import posting, workflow
from cardsvc.core.case import Case
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Fact, Step, StepTaken, step_of
from cardsvc.core.fold import opened, then
from cardsvc.core.posting import PostedLine, is_cold
from cardsvc.core.prices import PriceBook
from cardsvc.core.storage import MOVES, ended_days
from cardsvc.core.waived import BookOf


@dataclass(frozen=True, slots=True)
class ColdBill:
    """The lines of days in the cold that ought to stand, and how many further days review has taken off the bill."""

    lines: tuple[PostedLine, ...]
    taken_off: int = 0

    @property
    def days(self) -> int:
        """Days that are to be charged, or were and review has taken them off."""
        return sum(one.line.quantity for one in self.lines) + self.taken_off


@dataclass(frozen=True, slots=True)
class ColdDays:
    """Days in the cold that have begun in a case, and those that are charged; `fen` is by how much the bill is off."""

    begun: int
    charged: int
    fen: int


def asks(fact: Fact, known: Case, after: Case, *, late: bool) -> bool:
    """Whether a fact changes other days than those that it charges itself.

    `known` is the case as it was known before its record came, `after` with it; `late`: others have written behind it.
    """
    step = step_of(fact)
    if step is Step.VOID:
        last = workflow.voided_by(known, fact)
        if late or (last is not None and last.step in MOVES):
            return True
    elif step in MOVES and late:
        return True
    elif step not in MOVES and not late:
        return False
    old, new = ended_days(known), ended_days(after)
    return new[: len(old)] != old or any(cause != fact.cause for cause, _ in new[len(old) :])


def ought(bill: ColdBill, case: Case, stands: Iterable[Standing]) -> tuple[PostedLine, ...]:
    """The lines to stand in a case as it is now; `stands` are those of days in the cold that do.

    A case whose books people have closed or carried over is charged nothing anew by itself.
    """
    if case.has_taken(Step.CLOSE) or case.merged_into is not None:
        return tuple(PostedLine(one.cause, one.line) for one in stands)
    return bill.lines


def compared(bill: ColdBill, stand: Iterable[PostedLine]) -> ColdDays:
    """Days that have begun, and the lines that stand."""
    lines = [one.line for one in stand]
    off = sum(one.line.due_fen for one in bill.lines) - sum(line.due_fen for line in lines)
    return ColdDays(bill.days, sum(line.quantity for line in lines), abs(off))


def made_anew(facts: Iterable[Fact], ever: Iterable[Standing], book_of: BookOf) -> ColdBill:
    """What the facts of a case charge for days in the cold, each in its place.

    `ever` are all lines that the case has had: they say which line review took back, and which price list was in force
    when nothing was signed. What review took off the bill of a tap stays off it.
    """
    named = {one.name: one for one in ever}
    versions = {one.cause: one.line.price_version for one in named.values()}
    rows, voided = _in_their_places(facts)
    case: Case | None = None
    stands: list[Standing] = []
    taken_off, numbers = 0, count(1)
    for fact in rows:
        if case is None:
            case = opened(fact)
            continue
        if isinstance(fact.body, StepTaken) and fact.body.step is Step.REVERSE_LINE:
            was = named.get(fact.body.details.line or "")
            for one in _reversed(stands, was):
                taken_off += one.line.quantity if is_cold(one.line, book_of) else 0
                stands = _with(stands, _about(fact, fact.body, _again(stands, one)), case, book_of, next(numbers))
        elif fact.cause not in voided and step_of(fact) is not Step.VOID:
            stands = _with(stands, fact, case, _book_of(book_of, versions.get(fact.cause)), next(numbers))
        case = then(case, fact)
    cold = (PostedLine(one.cause, one.line) for one in stands if is_cold(one.line, book_of))
    return ColdBill(tuple(cold), taken_off)


def _with(stands: list[Standing], fact: Fact, before: Case, book_of: BookOf, number: int) -> list[Standing]:
    """What stands after one more fact."""
    lines = posting.post(posting.caused(fact, before, book_of), stands, {}).lines
    gone = {one.reverses.name for one in lines if one.reverses is not None}
    fresh = [Standing(number, at, one.cause, one.line) for at, one in enumerate(lines) if one.reverses is None]
    return [one for one in stands if one.name not in gone] + fresh


def _book_of(book_of: BookOf, version: str | None) -> BookOf:
    """Price lists, with the one that a tap was charged by where no quote had been signed."""

    def find(asked: str | None) -> PriceBook:
        return book_of(asked if asked is not None else version)

    return find


def _reversed(stands: Iterable[Standing], was: Standing | None) -> list[Standing]:
    """The line that review took back, as it stands here; all of its tap and item where that line came out otherwise."""
    if was is None:
        return []
    alike = [one for one in stands if (one.cause, one.line.item) == (was.cause, was.line.item)]
    same = [one for one in alike if _kind(one) == _kind(was)]
    return sorted(same, key=lambda one: abs(one.line.quantity - was.line.quantity))[:1] or alike


def _kind(one: Standing) -> tuple[str, str, str, int]:
    return one.cause, one.line.item, one.line.payer, one.line.price_fen // one.line.quantity


def _again(stands: Iterable[Standing], was: Standing) -> Standing:
    """A line as it stands after the waivers of its item were set right."""
    alike = (one for one in stands if (_kind(one), one.line.quantity) == (_kind(was), was.line.quantity))
    return next(alike)


def _about(fact: Fact, body: StepTaken, one: Standing) -> Fact:
    """A fact of review, about a line by the name that it has here."""
    details = body.details.model_copy(update={"line": one.name})
    return fact.model_copy(update={"body": body.model_copy(update={"details": details})})


def _in_their_places(facts: Iterable[Fact]) -> tuple[list[Fact], set[str]]:
    """The facts in their order, and the causes of those that were taken back.

    The way to the furnace writes no card: it stands behind what stations did before its time, a void of what was before
    it too.
    """
    rows = sorted(facts, key=lambda fact: fact.order)
    voids = _voids(rows)
    voided = set(voids.values())
    queued = next((one for one in rows if step_of(one) is Step.QUEUE and one.cause not in voided), None)
    if queued is None:
        return rows, voided
    at = rows.index(queued)
    before = {one.cause for one in rows[:at]}
    back = [one for one in rows[at + 1 :] if voids.get(one.cause) in before]
    rows = [*rows[:at], *back, *(one for one in rows[at:] if one not in back)]
    at = rows.index(queued)
    earlier = [
        number
        for number, one in enumerate(rows)
        if number > at and step_of(one) in MOVES and one.cause not in voided and one.at < queued.at
    ]
    last = max(earlier, default=at)
    return [*rows[:at], *rows[at + 1 : last + 1], queued, *rows[last + 1 :]], voided


def _voids(rows: Iterable[Fact]) -> dict[str, str]:
    """The causes of voids, and of what each of them takes back."""
    case: Case | None = None
    voids: dict[str, str] = {}
    for fact in rows:
        if case is None:
            case = opened(fact)
            continue
        last = workflow.voided_by(case, fact) if step_of(fact) is Step.VOID else None
        if last is not None:
            voids[fact.cause] = last.cause
        case = then(case, fact)
    return voids
