"""What a person has to look at: rules that raise a flag on a line of a bill or on money that moved, with its evidence.

A flag never stops anything and says nothing about guilt: it names a rule, and what to hold against it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import gcd

from pydantic import Field

from cardsvc.core import came, prices
from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.case import Case
from cardsvc.core.cold_bill import ColdDays
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Details, Fact, Step, StepTaken, Wire, step_of
from cardsvc.core.fold import then
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.posting import PostedLine
from cardsvc.core.prices import Line, PriceItem, Regime, Trigger
from cardsvc.core.problems import Problem
from cardsvc.core.reversal import PROVIDED
from cardsvc.core.storage import open_days
from cardsvc.core.terms import Means, Payer
from cardsvc.core.waived import BookOf
from cardsvc.core.waiver_source import read


class Rule(StrEnum):
    """Why a line or a payment is looked at (DOMAIN.md section 6); wire names that live for ever."""

    ABOVE_CAP = "above_cap"
    OUTSIDE_RANGE = "outside_range"
    MANUAL_LINE = "manual_line"  # typed afterwards, and seen by no tap
    PRICE_OVERRIDDEN = "price_overridden"  # not what its price list says
    WAIVER_UNSOURCED = "waiver_unsourced"
    SPLIT = "split"  # one item twice in a case on a day
    BUNDLED = "bundled"  # charged beside an item whose price includes it
    TAP_WITHOUT_CHARGE = "tap_without_charge"
    CHARGE_WITHOUT_TAP = "charge_without_tap"
    ONE_PERSON = "one_person"  # who took the money gives it back
    OLD_SUSPENSE = "old_suspense"  # for a day nobody has decided whose money it is
    TAKEN_IN_DOUBT = "taken_in_doubt"  # money that came although a rule speaks against it, or for a case that is over
    CLOSED_OPEN = "closed_open"  # two people closed the case with money owed or held
    PAID_OUT_SHORT = "paid_out_short"  # given out before a restore, and what covered it is not in the books
    DAYS_DIFFER = "days_differ"  # charged for other days in the cold than began, as it turned out late
    QR_BY_HAND = "qr_by_hand"  # a person says that a provider was paid; the provider has not said so of this entry
    CASH_FOR_OTHER = "cash_for_other"  # cash went out for money that had not come as cash
    PAYER_SWITCHED = "payer_switched"  # off the family's bill after the service, or to a payer whom no statement asks
    WRITTEN_BACK = "written_back"  # came after all, and had been written off
    RECOVERED_BEFORE = "recovered_before"  # came after all, and somebody else had paid for it


class Evidence(Wire):
    """What a flag is held against.

    `causes` are the taps or entries, the flagged one first; `listed_fen` is what the list says, `bound_fen` the cap or
    the end of the range that is passed, `other` the item beside it, `said` a reason that somebody wrote, `against` the
    problems that speak against money that came.
    """

    causes: tuple[str, ...] = ()
    price_version: str | None = None
    legal_basis: str | None = None
    listed_fen: int | None = None
    bound_fen: int | None = None
    other: str | None = None
    said: str = ""
    against: tuple[Problem, ...] = ()
    waiver_source: str | None = Field(default=None, exclude_if=lambda value: value is None)
    "What the waiver of the line stands on, as `core.waiver_source` writes it."


class Flag(Wire):
    """A rule that a line or a payment meets; `line` counts the lines that the fact posts, None is the fact itself."""

    rule: Rule
    line: int | None
    item: str | None
    payer: Payer | None
    amount_fen: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Looked:
    """One fact with what it posted; `standing` are the other lines of the case that stand, `before` the case then."""

    fact: Fact
    before: Case
    posted: tuple[PostedLine, ...]
    standing: tuple[Standing, ...]
    book_of: BookOf
    short_fen: int | None = None
    "How much of what was given out is not covered; None where all is, or nothing was given out."
    written_back_fen: int = 0
    "How much of what came had been written off."
    recovered_before_fen: int = 0
    "How much of what came somebody else had paid for."
    left_fen: int = 0
    "What the closing of a case leaves owed or held."
    against: tuple[Problem, ...] = ()
    "What the rules say against money that came in."
    held: bool = False
    "Whether money that came in is held: for the family, or until somebody has decided."
    out_fen: int = 0
    "What went out of the tills."
    as_cash_fen: int = 0
    "How much of the cash that went out had come for the case by other means."
    assigned: tuple[tuple[str, StaffNo], ...] = ()
    "By which causes money of the case had come otherwise or for a merged one, or was recovered; whose doing it was."
    now: Case | None = None
    "The case as it stands; None where it is as it was with the fact."
    cold: ColdDays | None = None
    "Days in the cold begun and charged, where the fact came late."

    @property
    def after(self) -> Case:
        """The case with the fact."""
        return self.now or then(self.before, self.fact)


@dataclass(frozen=True, slots=True)
class OnLine:
    """A line that a fact posted, the row of its own price list (None: the list has none), and what it came with."""

    posted: PostedLine
    row: PriceItem | None
    looked: Looked

    @property
    def line(self) -> Line:
        """The line itself."""
        return self.posted.line

    def evidence(
        self, *further: str, bound_fen: int | None = None, other: str | None = None, said: str = ""
    ) -> Evidence:
        """The tap and the row of the list that the line stands on, and what is added to them."""
        return Evidence(
            causes=tuple(dict.fromkeys((self.posted.cause, *further))),
            price_version=self.line.price_version,
            legal_basis=self.line.legal_basis,
            listed_fen=self.row.price_fen if self.row is not None else None,
            bound_fen=bound_fen,
            other=other,
            said=said,
            waiver_source=self.line.waiver_source,
        )


def _unit_fen(one: OnLine) -> int:
    """What one unit cost, rounded up to the fen; of an item with kilometres or floors the list's own price."""
    if one.row is not None and (one.row.extra_fen or one.row.floor_fen):
        return min(one.row.price_fen, one.line.price_fen)
    return -(-one.line.price_fen // one.line.quantity)


def _above_cap(one: OnLine) -> Evidence | None:
    cap = one.row.cap_fen if one.row is not None and one.row.regime is Regime.GUIDED else None
    return one.evidence(bound_fen=cap) if cap is not None and _unit_fen(one) > cap else None


def _outside_range(one: OnLine) -> Evidence | None:
    if one.row is None or one.row.regime is not Regime.REFERENCE:
        return None
    fen, low, high = _unit_fen(one), one.row.low_fen, one.row.high_fen
    if low is not None and fen < low:
        return one.evidence(bound_fen=low, said=one.row.why_outside)
    return one.evidence(bound_fen=high, said=one.row.why_outside) if high is not None and fen > high else None


def _manual_line(one: OnLine) -> Evidence | None:
    fact = one.looked.fact
    return one.evidence() if not fact.observed and one.posted.cause == fact.cause else None


def _price_overridden(one: OnLine) -> Evidence | None:
    row, line = one.row, one.line
    if row is None:
        return one.evidence()
    rest = {line.price_fen - fen * line.quantity for fen in (row.price_fen, *(tier.price_fen for tier in row.tiers))}
    further = gcd(row.extra_fen, row.floor_fen)
    as_listed = 0 in rest or (further and any(fen > 0 and fen % further == 0 for fen in rest))
    return None if as_listed else one.evidence()


def _waiver_unsourced(one: OnLine) -> Evidence | None:
    """A waiver that does not name what proves it and the rule that gives it, or is more than that rule gives."""
    line, looked = one.line, one.looked
    if not line.waiver_fen:
        return None
    source = read(line.waiver_source or "")
    book = looked.book_of(line.price_version)
    grants = prices.grants_for(one.row, looked.after, book, line.at) if one.row is not None else ()
    given = next((given.of(line.price_fen, line.quantity) for given in grants if given.category == source.category), 0)
    return one.evidence(bound_fen=given) if line.waiver_fen > given or not source.is_whole else None


def _split(one: OnLine) -> Evidence | None:
    if one.row is not None and one.row.trigger in METERED:
        return None
    day = local(one.line.at).date()
    same = [
        other.cause
        for other in one.looked.standing
        if other.line.item == one.line.item and other.cause != one.posted.cause and local(other.line.at).date() == day
    ]
    return one.evidence(*same) if same else None


def _bundled(one: OnLine) -> Evidence | None:
    book = one.looked.book_of(one.line.price_version)
    inside = book.inside(one.line.item)
    for other in one.looked.standing:
        if other.line.item in inside or one.line.item in book.inside(other.line.item):
            return one.evidence(other.cause, other=other.line.item)
    return None


def _charge_without_tap(one: OnLine) -> Evidence | None:
    fact, trigger = one.looked.fact, one.row.trigger if one.row is not None else None
    taps = (*one.looked.before.taken, *one.looked.after.taken)
    seen = {(taken.cause, prices.trigger_of(taken.step)) for taken in taps}
    step = step_of(fact)
    if step is not None and step is not Step.VOID:
        seen.add((fact.cause, prices.trigger_of(step)))
    return None if (one.posted.cause, trigger) in seen else one.evidence()


ON_LINES: Mapping[Rule, Callable[[OnLine], Evidence | None]] = {
    Rule.ABOVE_CAP: _above_cap,
    Rule.OUTSIDE_RANGE: _outside_range,
    Rule.MANUAL_LINE: _manual_line,
    Rule.PRICE_OVERRIDDEN: _price_overridden,
    Rule.WAIVER_UNSOURCED: _waiver_unsourced,
    Rule.SPLIT: _split,
    Rule.BUNDLED: _bundled,
    Rule.CHARGE_WITHOUT_TAP: _charge_without_tap,
}
"""What a line that is not a counter-line is held against."""

SAFE = frozenset({Rule.MANUAL_LINE, Rule.OUTSIDE_RANGE})
"""Rules whose flags may be accepted together below an amount: a listed price that a person typed in, and a range that
a published reason passes. Whatever else is wrong with such a line raises a flag of its own."""
FINISHES = frozenset({Step.COLLECT, Step.PREPARED, Step.FAREWELL_OVER, Step.LOAD})
"""Services that are never done for nothing: their tap makes a line, or another line's price includes it."""
METERED = frozenset({Trigger.STORAGE_DAY, Trigger.ASH_STORAGE})
"""Charged by the day or the period that began: two taps of a day may each close one of their own."""
SUSPENSE_WAITS = timedelta(days=1)


def flags(looked: Looked) -> tuple[Flag, ...]:
    """The flags that a fact raises with what it posted.

    Source: DOMAIN.md section 6, *Review*.
    """
    return (*_on_lines(looked), *_on_fact(looked))


def _on_lines(looked: Looked) -> Iterator[Flag]:
    for number, posted in enumerate(looked.posted):
        if posted.reverses is not None:
            continue
        line = posted.line
        one = OnLine(posted, looked.book_of(line.price_version).find(line.item), looked)
        for rule, raises in ON_LINES.items():
            evidence = raises(one)
            if evidence is not None:
                yield Flag(
                    rule=rule,
                    line=number,
                    item=line.item,
                    payer=line.payer,
                    amount_fen=line.price_fen,
                    evidence=evidence,
                )


def _on_fact(looked: Looked) -> Iterator[Flag]:
    fact, case, step = looked.fact, looked.before, step_of(looked.fact)
    trigger = prices.trigger_of(step) if step is not None else None
    if looked.cold is not None and looked.cold.begun != looked.cold.charged:
        yield _about(fact, Rule.DAYS_DIFFER, looked.cold.fen, (fact.cause,))
    elif trigger is not None and all(one.reverses is not None for one in looked.posted):
        book = looked.book_of(case.price_version)
        in_cold = bool(open_days(case, fact.at)) and looked.cold is None
        ran = in_cold if trigger is Trigger.STORAGE_DAY else step in FINISHES
        if ran and not prices.is_paid_within(case, book, trigger):
            yield _about(fact, Rule.TAP_WITHOUT_CHARGE, 0, (fact.cause,), book.version)
    if looked.short_fen is not None:
        yield _about(fact, Rule.PAID_OUT_SHORT, looked.short_fen, (fact.cause,))
    if looked.written_back_fen:
        yield _about(fact, Rule.WRITTEN_BACK, looked.written_back_fen, (fact.cause,))
    if looked.recovered_before_fen:
        yield _about(fact, Rule.RECOVERED_BEFORE, looked.recovered_before_fen, (fact.cause,))
    if came.doubted(step, case, looked.against, held=looked.held):
        details = _details(fact)
        yield in_doubt(fact.cause, details.amount_fen or 0, details.payer, looked.against)
    if looked.left_fen:
        yield _about(fact, Rule.CLOSED_OPEN, looked.left_fen, (fact.cause,))
    if qr_by_hand(fact):
        yield _about(fact, Rule.QR_BY_HAND, _details(fact).amount_fen or 0, (fact.cause,))
    if looked.as_cash_fen:
        yield _about(fact, Rule.CASH_FOR_OTHER, looked.as_cash_fen, (fact.cause,))
    if step is Step.SWITCH_PAYER and _off_the_bill(looked):
        due_fen = sum(one.line.due_fen for one in looked.posted if one.reverses is None)
        yield _about(fact, Rule.PAYER_SWITCHED, due_fen, (fact.cause,))
    if step in (Step.REFUND, Step.REVERSE_PAYMENT, Step.UNDO_RECOVERY):
        details = _details(fact)
        undone, fen = details.payment, details.amount_fen or looked.out_fen
        taken = [(one.cause, one.by) for one in case.taken if one.step in TAKES_MONEY and undone in (None, one.cause)]
        held = [one for one in case.taken if one.step is Step.ASSIGN_HELD and undone is None]
        taken += [(one.cause, who) for one in held for who in (one.by, one.second) if who is not None]
        taken += [one for one in looked.assigned if undone in (None, one[0])]
        alone = one_person(fact.cause, fen, (fact.staff_no, fact.second_staff_no), taken)
        yield from (alone,) if alone is not None else ()


def _off_the_bill(looked: Looked) -> bool:
    """Whether a switch puts something on nobody's list: to *other*, or off the family that had been charged."""
    to = _details(looked.fact).payer
    was = {one.reverses.line.payer for one in looked.posted if one.reverses is not None}
    return to is Payer.OTHER or (to is not Payer.FAMILY and Payer.FAMILY in was)


def qr_by_hand(fact: Fact) -> bool:
    """Whether a fact brings money by QR on a person's word: what a provider says names its order."""
    by_qr = step_of(fact) in TAKES_MONEY and _details(fact).means is Means.QR
    return by_qr and not fact.cause.startswith(PROVIDED)


def _about(fact: Fact, rule: Rule, fen: int, causes: Iterable[str], version: str | None = None) -> Flag:
    evidence = Evidence(causes=tuple(causes), price_version=version)
    payer = _details(fact).payer
    return Flag(rule=rule, line=None, item=None, payer=payer, amount_fen=fen, evidence=evidence)


def one_person(
    cause: str, fen: int, people: Iterable[StaffNo | None], taken: Iterable[tuple[str, StaffNo]]
) -> Flag | None:
    """The flag on money that goes back by who took it in, asked for it or entered it; None when others did.

    `people` give it back, `taken` says what it came by (its cause) and whose doing that was; `fen` is the amount.
    """
    gives = {one for one in people if one}
    took = tuple(dict.fromkeys(came for came, who in taken if who in gives))
    evidence = Evidence(causes=(cause, *took))
    if not took:
        return None
    return Flag(rule=Rule.ONE_PERSON, line=None, item=None, payer=None, amount_fen=fen, evidence=evidence)


def _details(fact: Fact) -> Details:
    return fact.body.details if isinstance(fact.body, StepTaken) else Details()


def in_doubt(cause: str, amount_fen: int, payer: Payer | None, against: tuple[Problem, ...]) -> Flag:
    """The flag on money that a desk took and the rules speak against."""
    evidence = Evidence(causes=(cause,), against=against)
    return Flag(rule=Rule.TAKEN_IN_DOUBT, line=None, item=None, payer=payer, amount_fen=amount_fen, evidence=evidence)


def paid_out_short(cause: str, amount_fen: int) -> Flag:
    """The flag on money that was paid out before a restore, for a case that is not in the books."""
    evidence = Evidence(causes=(cause,))
    return Flag(rule=Rule.PAID_OUT_SHORT, line=None, item=None, payer=None, amount_fen=amount_fen, evidence=evidence)


def old_suspense(cause: str, amount_fen: int, heard_at: datetime, now: datetime) -> Flag | None:
    """The flag on money that nobody has decided about for a day; None while there is time."""
    if now - heard_at < SUSPENSE_WAITS:
        return None
    evidence = Evidence(causes=(cause,))
    return Flag(rule=Rule.OLD_SUSPENSE, line=None, item=None, payer=None, amount_fen=amount_fen, evidence=evidence)
