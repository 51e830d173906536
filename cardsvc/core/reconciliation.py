"""The night's reconciliation: what the home's records say of one day, held against each other.

A check is a function from the books to the rows that do not agree, in the table CHECKS; what to do about each finding
stands in docs/operations.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from pydantic import AwareDatetime

from cardsvc.core.books import LOW_STOCK, Books, Money, Unsent
from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Stage, Step, Wire
from cardsvc.core.furnace_log import Run
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Approval, CaseKind
from cardsvc.core.workflow import HERE

GRACE = timedelta(days=1)
"""What the next working day still does is no finding."""
LONGEST_RUN = timedelta(hours=4)
MESSAGE_WAITS = timedelta(hours=1)


class Code(StrEnum):
    """What may be found; codes live for ever."""

    BODY_NOT_IN_PLACE = "body_not_in_place"
    PLACE_WITHOUT_BODY = "place_without_body"
    TWO_IN_ONE_PLACE = "two_in_one_place"
    COUNT_DIFFERS = "count_differs"
    COUNT_MISSING = "count_missing"
    CERTIFICATE_UNFOUNDED = "certificate_unfounded"
    CERTIFICATE_DIFFERS = "certificate_differs"
    CERTIFICATE_OWED = "certificate_owed"
    CERTIFICATE_STOCK_LOW = "certificate_stock_low"
    CASE_NOT_CLOSED = "case_not_closed"
    TRANSFER_OPEN = "transfer_open"
    FURNACE_RECORD_OPEN = "furnace_record_open"
    CASE_CONTESTED = "case_contested"
    ASHES_UNPLACED = "ashes_unplaced"
    ASHES_LABEL_LOST = "ashes_label_lost"
    RUN_OPEN = "run_open"
    RUN_TIME_UNKNOWN = "run_time_unknown"
    RUNS_OVERLAP = "runs_overlap"
    FURNACE_STANDS = "furnace_stands"
    LEDGER_DIFFERS = "ledger_differs"
    LEDGER_NOT_ZERO = "ledger_not_zero"
    BILL_OPEN = "bill_open"
    DEPOSIT_LEFT = "deposit_left"
    MESSAGES_WAIT = "messages_wait"
    MESSAGES_FAILED = "messages_failed"
    RECORD_MISSING = "record_missing"
    DRILL_RED = "drill_red"


class RowKind(StrEnum):
    """What a row of a finding is about, and so where its link leads."""

    CASE = "case"
    PLACE = "place"
    CERTIFICATE = "certificate"
    COUNT = "count"
    RUN = "run"
    MESSAGE = "message"
    RECORD = "record"
    DRILL = "drill"


class Row(Wire):
    """One thing that does not agree; `name` is a number or code, never personal data."""

    kind: RowKind
    name: str
    case_no: CaseNo | None = None
    fen: int | None = None


class Finding(Wire):
    """What a check found."""

    code: Code
    rows: tuple[Row, ...]


class Findings(Wire):
    """A night's result; `minutes` are the burning minutes of each furnace on that day."""

    day: date
    at: AwareDatetime
    findings: tuple[Finding, ...]
    figures: dict[str, int]
    minutes: dict[str, int]


def _case(case: Case, fen: int | None = None) -> Row:
    return Row(kind=RowKind.CASE, name=case.case_no, case_no=case.case_no, fen=fen)


def _place(kind: str, code: str, case_no: CaseNo) -> Row:
    return Row(kind=RowKind.PLACE, name=f"{kind} {code}", case_no=case_no)


def _run(run: Run) -> Row:
    return Row(kind=RowKind.RUN, name=f"{run.furnace} {run.disc or ''}".strip(), case_no=run.case_no)


SINGLE = (PlaceKind.SLOT, PlaceKind.FURNACE, PlaceKind.SHELF)
"""Places of which there is one."""


def _claims(case: Case) -> Iterator[tuple[str, str]]:
    """The single places that a case has by its own record: where it is, and a furnace that it has not closed."""
    yield from ((one.kind.value, one.code) for one in case.places if one.kind in SINGLE and one.code is not None)
    if case.last(Step.LOAD) is not None and case.furnace is not None and not case.furnace_closed:
        yield PlaceKind.FURNACE.value, case.furnace


def body_not_in_place(books: Books) -> Iterator[Row]:
    """The record of a case says a place, and the place does not know it."""
    for case in books.cases:
        for kind, code in dict.fromkeys(_claims(case)):
            together = kind == PlaceKind.FURNACE and case.approved(Approval.TOGETHER) is not None
            if books.occupancy.get((kind, code)) != case.case_no and not together:
                yield _place(kind, code, case.case_no)


def place_without_body(books: Books) -> Iterator[Row]:
    """A place says a case, and the case is elsewhere."""
    claims = {case.case_no: set(_claims(case)) for case in books.cases}
    for (kind, code), case_no in sorted(books.occupancy.items()):
        if (kind, code) not in claims.get(case_no, ()):
            yield _place(kind, code, case_no)


def two_in_one_place(books: Books) -> Iterator[Row]:
    """Two cases say the same slot or shelf."""
    first: dict[tuple[str, str], CaseNo] = {}
    for case in books.cases:
        for key in dict.fromkeys(_claims(case)):
            if first.setdefault(key, case.case_no) != case.case_no and key[0] != PlaceKind.FURNACE:
                yield _place(*key, case.case_no)


def count_differs(books: Books) -> Iterator[Row]:
    """Bodies counted by hand, and bodies by the records of that moment."""
    if books.count is not None and books.count.counted != books.count.recorded:
        yield Row(kind=RowKind.COUNT, name=f"{books.count.counted} / {books.count.recorded}")


def count_missing(books: Books) -> Iterator[Row]:
    """Nobody counted, though bodies were here."""
    if books.count is None and any(case.stage in HERE for case in books.cases):
        yield Row(kind=RowKind.COUNT, name=books.day.isoformat())


def certificate_unfounded(books: Books) -> Iterator[Row]:
    """A certificate was drawn without a closed furnace record."""
    closed = {case.case_no for case in books.cases if case.furnace_closed}
    for one in books.drawn:
        if one.case_no not in closed:
            yield Row(kind=RowKind.CERTIFICATE, name=one.number, case_no=one.case_no)


def certificate_differs(books: Books) -> Iterator[Row]:
    """Stock ledger and case name different certificates, or another disc."""
    drawn = {one.case_no: one for one in books.drawn}
    for case in books.cases:
        one = drawn.get(case.case_no)
        if (one.number if one else None) != case.certificate or (one is not None and one.disc != case.disc):
            yield Row(
                kind=RowKind.CERTIFICATE, name=(one.number if one else case.certificate) or "", case_no=case.case_no
            )


def certificate_owed(books: Books) -> Iterator[Row]:
    """A furnace record was closed a day ago, and there is no certificate."""
    for case in books.cases:
        closed = case.last(Step.CLOSE_FURNACE)
        needed = case.kind not in (CaseKind.BODY_PART, CaseKind.BONES)
        if closed is not None and needed and case.certificate is None and books.now - closed.at > GRACE:
            yield _case(case)


def certificate_stock_low(books: Books) -> Iterator[Row]:
    """Few numbered forms are left."""
    if books.stock < LOW_STOCK:
        yield Row(kind=RowKind.CERTIFICATE, name=str(books.stock))


def case_not_closed(books: Books) -> Iterator[Row]:
    """The case is over, and nobody closed it."""
    for case in books.cases:
        over = case.stage in (Stage.AT_REST, Stage.CANCELLED)
        over = over or (case.stage is Stage.TRANSFERRED and case.transfer_receipt is not None)
        if over and books.now - case.stage_since > GRACE:
            yield _case(case)


def transfer_open(books: Books) -> Iterator[Row]:
    """A body left for another home, which has not said that it arrived: it is still in our custody."""
    for case in books.cases:
        open_ = case.stage is Stage.TRANSFERRED and case.transfer_receipt is None
        if open_ and books.now - case.stage_since > GRACE:
            yield _case(case)


def furnace_record_open(books: Books) -> Iterator[Row]:
    """Out of the furnace, and operator and checker have not closed its record."""
    for case in books.cases:
        unloaded = case.last(Step.UNLOAD)
        if unloaded is not None and not case.furnace_closed and books.now - unloaded.at > LONGEST_RUN:
            yield _case(case)


def case_contested(books: Books) -> Iterator[Row]:
    """Records contradict each other, and nobody has resolved it."""
    yield from (_case(case) for case in books.cases if case.gaps and case.stage is not Stage.CLOSED)


ASHES_AT = frozenset({PlaceKind.DESK, PlaceKind.SHELF, PlaceKind.COLLECTOR, PlaceKind.DESTINATION})


def ashes_unplaced(books: Books) -> Iterator[Row]:
    """Sealed ashes are neither on a shelf nor on the desk nor released."""
    for case in books.cases:
        for one in case.portions:
            if one.place.kind not in ASHES_AT:
                yield Row(kind=RowKind.PLACE, name=one.label, case_no=case.case_no)


def ashes_label_lost(books: Books) -> Iterator[Row]:
    """A label was given out, and no box of its case carries it; or a box carries one that was not."""
    carried = {(one.label, case.case_no) for case in books.cases for one in case.portions}
    for label, case_no in sorted(carried ^ set(books.labels.items())):
        yield Row(kind=RowKind.PLACE, name=label, case_no=case_no)


def run_open(books: Books) -> Iterator[Row]:
    """Loaded, and hours later not unloaded."""
    yield from (_run(run) for run in books.runs if run.unloaded is None and books.now - run.loaded.at > LONGEST_RUN)


def run_time_unknown(books: Books) -> Iterator[Row]:
    """A time of the run was typed: the city is told that it was not recorded."""
    for run in books.runs:
        if not all(one is None or one.observed for one in (run.loaded, run.unloaded, run.closed)):
            yield _run(run)


def runs_overlap(books: Books) -> Iterator[Row]:
    """The next run began in a furnace before the one before it ended, without leave for two at once."""
    for before, after in pairwise(books.runs):
        ended = before.unloaded.at if before.unloaded is not None else None
        overlaps = before.furnace == after.furnace and (ended is None or after.loaded.at < ended)
        if overlaps and not (before.together or after.together):
            yield _run(after)


def furnace_stands(books: Books) -> Iterator[Row]:
    """A furnace stopped in mid-run and has not gone on."""
    for run in books.runs:
        if run.unloaded is None and any(one.resumed is None for one in run.trips):
            yield _run(run)


def ledger_differs(books: Books) -> Iterator[Row]:
    """The lines of a bill, and what the ledger received for them."""
    for case in books.cases:
        money = books.money.get(case.case_no, Money())
        if money.charged != money.revenue:
            yield _case(case, money.charged - money.revenue)


def ledger_not_zero(books: Books) -> Iterator[Row]:
    """All balances of a case together are zero."""
    for case in books.cases:
        money = books.money.get(case.case_no, Money())
        if money.balance:
            yield _case(case, money.balance)


OVER = frozenset({Stage.RELEASED, Stage.AT_REST, Stage.TRANSFERRED, Stage.CANCELLED, Stage.CLOSED})


def bill_open(books: Books) -> Iterator[Row]:
    """The case is over, the family or another who pays at the counter owes, and nobody granted credit or agreed to it.

    What two people agreed to when they closed it, and said why, review has looked at (decision 0034).
    """
    for case in books.cases:
        money = books.money.get(case.case_no, Money())
        family = money.owed if money.owed > max(0, money.agreed) else 0
        other = money.by_other if money.by_other > money.agreed_other else 0
        if case.stage in OVER and family + other > 0 and case.approved(Approval.CREDIT) is None:
            yield _case(case, family + other)


def deposit_left(books: Books) -> Iterator[Row]:
    """The case is over, and money of the family's is left with us, more than two people agreed to."""
    for case in books.cases:
        money = books.money.get(case.case_no, Money())
        late = books.now - case.stage_since > GRACE
        if case.stage in OVER and money.owed < min(0, money.agreed) and late:
            yield _case(case, -money.owed)


def _message(one: Unsent) -> Row:
    return Row(kind=RowKind.MESSAGE, name=one.name, case_no=one.case_no)


def messages_wait(books: Books) -> Iterator[Row]:
    """Messages have waited for an hour."""
    yield from (_message(one) for one in books.unsent if not one.failed and books.now - one.since > MESSAGE_WAITS)


def messages_failed(books: Books) -> Iterator[Row]:
    """Messages that the receiver refused."""
    yield from (_message(one) for one in books.unsent if one.failed)


def record_missing(books: Books) -> Iterator[Row]:
    """A card names a record that no station has sent."""
    yield from (Row(kind=RowKind.RECORD, name=name, case_no=case_no) for name, case_no in books.missing)


def drill_red(books: Books) -> Iterator[Row]:
    """A drill in which a wrong attempt passed, and none after it was green."""
    yield from (Row(kind=RowKind.DRILL, name=str(number)) for number in books.red_drills)


CHECKS: Mapping[Code, Callable[[Books], Iterable[Row]]] = {
    Code(one.__name__): one
    for one in (
        *(body_not_in_place, place_without_body, two_in_one_place, count_differs, count_missing),
        *(certificate_unfounded, certificate_differs, certificate_owed, certificate_stock_low),
        *(case_not_closed, transfer_open, furnace_record_open, case_contested, ashes_unplaced, ashes_label_lost),
        *(run_open, run_time_unknown, runs_overlap, furnace_stands),
        *(ledger_differs, ledger_not_zero, bill_open, deposit_left),
        *(messages_wait, messages_failed, record_missing, drill_red),
    )
}


def reconcile(books: Books) -> Findings:
    """Every check, in the order of the table."""
    found = [Finding(code=code, rows=tuple(check(books))) for code, check in CHECKS.items()]
    minutes: dict[str, int] = {}
    for run in books.runs:
        burning = run.burning
        minutes[run.furnace] = minutes.get(run.furnace, 0) + (int(burning.total_seconds()) // 60 if burning else 0)
    portions = [one.place.kind for case in books.cases for one in case.portions]
    figures = {
        "cases": len(books.cases),
        "bodies": sum(case.stage in HERE for case in books.cases),
        "loads": len(books.runs),
        "on_shelf": portions.count(PlaceKind.SHELF),
        "on_desk": portions.count(PlaceKind.DESK),
        "released": portions.count(PlaceKind.COLLECTOR) + portions.count(PlaceKind.DESTINATION),
        "stock": books.stock,
        "unsent": len(books.unsent),
    }
    return Findings(
        day=books.day,
        at=books.now,
        findings=tuple(one for one in found if one.rows),
        figures=figures,
        minutes=minutes,
    )
