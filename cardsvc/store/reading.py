"""What a working set reads: statements built once, and values read once for each text that the database holds.

A price list, the rules, a case and what a place is like are kept as text and never change without it: what was read
from the same text before is the same value. So nothing here can be stale, and nothing is ever told that it changed.
"""

import threading
from functools import lru_cache

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, bindparam, select

from cardsvc.core.case import Case
from cardsvc.core.ids import CaseNo
from cardsvc.core.policy import Policy
from cardsvc.core.prices import PriceBook
from cardsvc.core.snapshot import Traits
from cardsvc.core.waivers import WaiverTable
from cardsvc.store import tables as t

_CASE = TypeAdapter(Case)
_PRICES = TypeAdapter(PriceBook)
_POLICY = TypeAdapter(Policy)
_WAIVERS = TypeAdapter(WaiverTable)
_TRAITS = TypeAdapter(Traits)
CASES_KEPT = 3_000
"""Open cases of a large home, with room to spare: some 50 kB each at the end of their way."""


class _Cases:
    """The cases that were read or written last, each with its text."""

    def __init__(self) -> None:
        self._kept: dict[CaseNo, tuple[str, Case]] = {}
        self._gate = threading.Lock()

    def read(self, case_no: CaseNo, body: str) -> Case:
        """The case that the text says. Raises ValidationError."""
        text, kept = self._kept.get(case_no, ("", None))
        return kept if kept is not None and text == body else self.keep(_CASE.validate_json(body), body)

    def keep(self, case: Case, body: str) -> Case:
        """Know a case by its text."""
        with self._gate:
            self._kept.pop(case.case_no, None)
            self._kept[case.case_no] = (body, case)
            if len(self._kept) > CASES_KEPT:
                del self._kept[next(iter(self._kept))]
        return case


_CASES = _Cases()


def case(case_no: CaseNo, body: str) -> Case:
    """A case as it is kept. Raises ValidationError."""
    return _CASES.read(case_no, body)


def body_of(case: Case) -> str:
    """A case as it will be kept; whoever reads this text again reads this case."""
    body = case.model_dump_json(exclude_none=True)
    _CASES.keep(case, body)
    return body


@lru_cache(32)
def price_book(body: str, waivers: tuple[str, ...] = ()) -> PriceBook:
    """A price list as it is kept, with the waiver tables beside it. Raises ValidationError."""
    book = _PRICES.validate_json(body)
    return book.model_copy(update={"waivers": tuple(waiver_table(one) for one in waivers)}) if waivers else book


@lru_cache(32)
def waiver_table(body: str) -> WaiverTable:
    """A waiver table as it is kept. Raises ValidationError."""
    return _WAIVERS.validate_json(body)


@lru_cache(32)
def policy(body: str) -> Policy:
    """Rules as they are kept. Raises ValidationError."""
    return _POLICY.validate_json(body)


@lru_cache(512)
def traits(body: str) -> Traits:
    """What a place or thing is like, as it is kept. Raises ValidationError."""
    return _TRAITS.validate_json(body)


_HOME: BindParameter[str] = bindparam("of_home")
_WANTED: BindParameter[list[str]] = bindparam("wanted", expanding=True)
_OF_CASE: BindParameter[str] = bindparam("case_no")
_case, _card, _book, _hall, _permit, _trip = (
    one.c for one in (t.funeral_case, t.card, t.price_book, t.hall_booking, t.permit, t.trip)
)
_missing, _mark, _write, _transfer, _fact, _staff, _policy = (
    one.c for one in (t.missing_record, t.mark, t.card_write, t.transfer, t.fact, t.staff, t.policy)
)
CASES = select(_case.case_no, _case.body).where(_case.home_id == _HOME, _case.case_no.in_(_WANTED))
CARDS = select(t.card).where(_card.home_id == _HOME, _card.card_no.in_(_WANTED))
PRICE_BOOK = select(_book.body).where(_book.home_id == _HOME, _book.version == bindparam("version"))
BEGUN_BOOKS = (
    select(_book.body)
    .where(_book.home_id == _HOME, _book.valid_from <= bindparam("day"))
    .order_by(_book.valid_from.desc(), _book.version.desc())
)
WAIVERS = (
    select(t.waiver_table.c.body).where(t.waiver_table.c.home_id == _HOME).order_by(t.waiver_table.c.version.desc())
)
RULES = (
    select(_policy.body)
    .where(_policy.home_id == _HOME, _policy.valid_from <= bindparam("day"))
    .order_by(_policy.valid_from.desc(), _policy.version.desc())
    .limit(1)
)
STAFF = select(_staff.staff_no, _staff.roles).where(_staff.home_id == _HOME, _staff.disabled_at.is_(None))
OCCUPANCY = select(t.occupancy).where(t.occupancy.c.home_id == _HOME)
HALLS = select(t.hall_booking).where(_hall.home_id == _HOME)
PERMITS = select(t.permit).where(_permit.home_id == _HOME, _permit.state == "live")
TRIPS = select(t.trip).where(_trip.home_id == _HOME, _trip.ended_at.is_(None))
MISSING = select(_missing.journal_id, _missing.seq).where(_missing.home_id == _HOME, _missing.resolved_at.is_(None))
MARK = select(_mark.case_no).where(
    _mark.home_id == _HOME, _mark.kind == bindparam("kind"), _mark.code == bindparam("code")
)
WRITER = select(_write.journal_id, _write.seq).where(
    _write.home_id == _HOME, _write.card_no == bindparam("card_no"), _write.counter == bindparam("counter")
)
TRANSFERS = select(_transfer.debit, _transfer.credit, _transfer.amount_fen, _transfer.memo).where(
    _transfer.home_id == _HOME, _transfer.case_no == _OF_CASE
)
FACTS = select(_fact.body).where(_fact.home_id == _HOME, _fact.case_no == _OF_CASE)
CAUSE = select(_fact.log_no).where(_fact.home_id == _HOME, _fact.cause == bindparam("cause"))
