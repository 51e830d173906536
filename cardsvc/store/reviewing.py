"""Flags as they are listed, counted and decided about: pages by key and never by offset, counts up to a bound."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, tuple_, union_all, update

from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.review import Evidence, Rule
from cardsvc.core.reviewing import ON_FACT, Because, Decision, FlagState, concerned
from cardsvc.store import tables as t
from cardsvc.store.aside import condition_aside, value_aside

COUNTED = 1_000
"""Beyond it a count says only that there are more."""
FEW = 2_500
"""So many flags are sorted sooner than a long list is walked."""
EQUAL = ("rule", "item", "payer", "station", "month", "case_no")
AMOUNT = "amount_fen"


@dataclass(frozen=True, slots=True)
class FlagKey:
    """Which flag: the log number, the line there (`core.reviewing.ON_FACT`: the fact), and the rule."""

    log_no: int
    line_no: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag as it stands."""

    key: FlagKey
    case_no: CaseNo | None
    item: str | None
    payer: str | None
    station: str | None
    caused_by: StaffNo | None
    second: StaffNo | None
    amount_fen: int
    at: datetime
    evidence: Evidence
    state: FlagState

    @property
    def people(self) -> tuple[StaffNo, ...]:
        """Who caused it."""
        return tuple(one for one in (self.caused_by, self.second) if one is not None)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision about a flag."""

    decision: Decision
    because: Because
    by: StaffNo
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which flags a list shows; None asks for all. `below_fen`: at most so much; `dearest`: by amount, not age."""

    state: FlagState = FlagState.OPEN
    rule: Rule | None = None
    item: str | None = None
    payer: str | None = None
    station: str | None = None
    month: str | None = None
    case_no: CaseNo | None = None
    from_fen: int | None = None
    below_fen: int | None = None
    dearest: bool = False
    not_by: StaffNo | None = None
    "Only what this person did not cause."


def listed(connection: Connection, home_id: HomeId, wanted: Wanted, after: Flagged | None, most: int) -> list[Flagged]:
    """The flags that follow `after` (None: from the first), the newest or the dearest first."""
    c, rarest = t.review_flag.c, _rarest(connection, home_id, wanted)
    order: tuple[ColumnElement[Any], ...] = (c.log_no, c.line_no, c.rule)
    place: tuple[Any, ...] = (after.key.log_no, after.key.line_no, after.key.rule.value) if after is not None else ()
    if wanted.dearest:
        order, place = (c.amount_fen, *order), (after.amount_fen, *place) if after is not None else ()
    if rarest is not None and (rarest == AMOUNT) is not wanted.dearest:
        order = (value_aside(order[0]), *order[1:])
    where = [c.home_id == home_id, c.state == wanted.state.value]
    where += _filters(wanted, aside_but=rarest).values()
    if wanted.not_by is not None:
        where += [or_(one.is_(None), one != wanted.not_by) for one in (c.caused_by, c.second)]
    if place:
        where.append(tuple_(*order) < tuple_(*(literal(value) for value in place)))
    rows = connection.execute(select(t.review_flag).where(*where).order_by(*(one.desc() for one in order)).limit(most))
    return [_flagged(row) for row in rows]


def _filters(wanted: Wanted, aside_but: str | None = None) -> dict[str, ColumnElement[bool]]:
    """What the filters ask of a flag; with `aside_but`, no index is used for any of them but this one."""
    c = t.review_flag.c
    asked = {name: getattr(wanted, name) for name in EQUAL}
    found: dict[str, ColumnElement[bool]] = {
        name: c[name] == str(value) for name, value in asked.items() if value is not None
    }
    amounts = [c[AMOUNT] >= wanted.from_fen] if wanted.from_fen is not None else []
    amounts += [c[AMOUNT] <= wanted.below_fen] if wanted.below_fen is not None else []
    if amounts:
        found[AMOUNT] = and_(*amounts)
    return {name: one if aside_but in (None, name) else condition_aside(one) for name, one in found.items()}


def _rarest(connection: Connection, home_id: HomeId, wanted: Wanted) -> str | None:
    """The filter that leaves the fewest flags, when they are few: then they are found by it and sorted.

    Otherwise the list is walked in its own order until a page is full, and that is soon.
    """
    c, parts = t.review_flag.c, []
    for name, condition in _filters(wanted).items():
        some = select(c.log_no).where(c.home_id == home_id, c.state == wanted.state.value, condition).limit(FEW + 1)
        parts.append(select(literal(name), func.count()).select_from(some.subquery()))
    counted = [(row[1], row[0]) for row in connection.execute(union_all(*parts))] if parts else []
    left, name = min(counted, default=(FEW + 1, ""))
    return name if left <= FEW else None


def counts(connection: Connection, home_id: HomeId, state: FlagState) -> dict[Rule, int]:
    """How many flags of each rule are in this state, counted up to `COUNTED` + 1."""
    c = t.review_flag.c
    parts = []
    for rule in Rule:
        where = (c.home_id == home_id, c.state == state.value, c.rule == rule.value)
        some = select(c.log_no).where(*where).limit(COUNTED + 1).subquery()
        parts.append(select(literal(rule.value), func.count()).select_from(some))
    return {Rule(row[0]): row[1] for row in connection.execute(union_all(*parts))}


def find(connection: Connection, home_id: HomeId, key: FlagKey) -> Flagged | None:
    """One flag."""
    row = connection.execute(select(t.review_flag).where(*_is(home_id, key))).one_or_none()
    return _flagged(row) if row is not None else None


def _is(home_id: HomeId, key: FlagKey) -> tuple[ColumnElement[bool], ...]:
    c = t.review_flag.c
    return c.home_id == home_id, c.log_no == key.log_no, c.line_no == key.line_no, c.rule == key.rule.value


def decisions(connection: Connection, home_id: HomeId, key: FlagKey) -> list[Decided]:
    """What was decided about a flag, the newest first."""
    c = t.review_decision.c
    where = (
        c.home_id == home_id,
        c.flag_log_no == key.log_no,
        c.flag_line_no == key.line_no,
        c.rule == key.rule.value,
    )
    rows = connection.execute(select(t.review_decision).where(*where).order_by(c.log_no.desc()))
    return [Decided(Decision(row.decision), Because(row.reason), StaffNo(row.decided_by), row.at) for row in rows]


def keep(
    connection: Connection, home_id: HomeId, key: FlagKey, state: FlagState, decided: Decided, log_no: int
) -> None:
    """A decision, and how the flag stands after it."""
    connection.execute(
        t.review_decision.insert().values(
            home_id=home_id,
            log_no=log_no,
            flag_log_no=key.log_no,
            flag_line_no=key.line_no,
            rule=key.rule.value,
            decision=decided.decision.value,
            reason=decided.because.value,
            decided_by=decided.by,
            at=decided.at,
        )
    )
    connection.execute(update(t.review_flag).where(*_is(home_id, key)).values(state=state.value))


def accepted_between(connection: Connection, home_id: HomeId, after: int, until: int, by: StaffNo) -> list[FlagKey]:
    """Flags that somebody accepted under these log numbers, and about which nobody has decided since."""
    d, later = t.review_decision.c, t.review_decision.alias("later")
    same = (later.c.home_id == d.home_id, later.c.flag_log_no == d.flag_log_no, later.c.flag_line_no == d.flag_line_no)
    since = select(later.c.log_no).where(*same, later.c.rule == d.rule, later.c.log_no > d.log_no)
    where = (d.home_id == home_id, d.log_no > after, d.log_no <= until, d.decided_by == by)
    rows = connection.execute(
        select(t.review_decision).where(*where, d.decision == Decision.ACCEPT.value, ~since.exists()).order_by(d.log_no)
    )
    return [FlagKey(row.flag_log_no, row.flag_line_no, Rule(row.rule)) for row in rows]


def undecided(connection: Connection, home_id: HomeId, log_no: int, line_no: int) -> list[FlagKey]:
    """The flags of a line that are open or returned."""
    c, states = t.review_flag.c, (FlagState.OPEN.value, FlagState.RETURNED.value)
    where = (c.home_id == home_id, c.log_no == log_no, c.line_no == line_no, c.state.in_(states))
    rows = connection.execute(select(c.rule).where(*where).order_by(c.rule))
    return [FlagKey(log_no, line_no, Rule(row.rule)) for row in rows]


def tasks(connection: Connection, home_id: HomeId, station: StationKind, county: str | None) -> list[Flagged]:
    """What review gave back to a station, the oldest first; `county`: only of its cases."""
    c, f = t.review_flag.c, t.funeral_case.c
    where = [c.home_id == home_id, c.state == FlagState.RETURNED.value]
    arose = c.station == station.value
    where.append(or_(arose, c.station.is_(None)) if station is concerned(None) else arose)
    query = select(t.review_flag)
    if county is not None:
        query = query.join(t.funeral_case, (f.home_id == c.home_id) & (f.case_no == c.case_no))
        where.append(f.county == county)
    return [_flagged(row) for row in connection.execute(query.where(*where).order_by(c.log_no, c.line_no, c.rule))]


def returned(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[Flagged]:
    """What review gave back in a case, and nobody has accepted since."""
    c = t.review_flag.c
    where = (c.home_id == home_id, c.case_no == case_no, c.state == FlagState.RETURNED.value)
    return [_flagged(row) for row in connection.execute(select(t.review_flag).where(*where).order_by(c.log_no))]


def unflagged_suspense(connection: Connection, home_id: HomeId, before: datetime) -> list[Any]:
    """Payments in suspense since before this moment that no flag names."""
    c, f = t.payment_arrival.c, t.review_flag.c
    there = select(f.log_no).where(f.home_id == home_id, f.rule == Rule.OLD_SUSPENSE.value, f.log_no == c.log_no)
    where = (c.home_id == home_id, c.why.is_not(None), c.settled.is_(None), c.heard_at <= before, ~there.exists())
    return list(connection.execute(select(t.payment_arrival).where(*where).order_by(c.log_no)))


def unflagged(connection: Connection, home_id: HomeId, rule: Rule, log_nos: set[int]) -> set[int]:
    """Those of the log numbers whose fact has no flag of the rule."""
    f = t.review_flag.c
    where = (f.home_id == home_id, f.rule == rule.value, f.line_no == ON_FACT, f.log_no.in_(log_nos))
    return log_nos - set(connection.execute(select(f.log_no).where(*where)).scalars())


def add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Further flags; none is raised twice."""
    if rows:
        connection.execute(t.review_flag.insert(), rows)


def _flagged(row: Any) -> Flagged:
    return Flagged(
        key=FlagKey(row.log_no, row.line_no, Rule(row.rule)),
        case_no=CaseNo(row.case_no) if row.case_no else None,
        item=row.item,
        payer=row.payer,
        station=row.station,
        caused_by=StaffNo(row.caused_by) if row.caused_by else None,
        second=StaffNo(row.second) if row.second else None,
        amount_fen=row.amount_fen,
        at=row.at,
        evidence=Evidence.model_validate_json(row.evidence),
        state=FlagState(row.state),
    )
