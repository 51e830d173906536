"""Lines of bills summed for statistics, and the very lines behind each sum."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Select, cast, func, literal, select, tuple_, type_coerce

from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.turnover import By, Sums, last_day, months_of_year, name_of
from cardsvc.store import tables as t
from cardsvc.store.business_days import of_days


@dataclass(frozen=True, slots=True)
class Only:
    """Which lines are summed; None asks for all."""

    item: str | None = None
    payer: str | None = None
    station: str | None = None


@dataclass(frozen=True, slots=True)
class Billed:
    """A line behind a figure."""

    key: tuple[int, int]
    case_no: CaseNo
    item: str
    payer: str
    station: str
    cause: str
    at: datetime
    price_fen: int
    waiver_fen: int
    due_fen: int
    taken_back: bool


def sums(connection: Connection, home_id: HomeId, by: By, month: date, only: Only) -> Mapping[str, Sums]:
    """What was billed in a month by item, payer or station; by month: in each month of its year."""
    if by is By.MONTH:
        found = {name_of(one): _summed(connection, home_id, None, one, only) for one in months_of_year(month)}
        return {name: row[""] for name, row in found.items() if "" in row}
    return _summed(connection, home_id, by, month, only)


def _summed(connection: Connection, home_id: HomeId, by: By | None, month: date, only: Only) -> dict[str, Sums]:
    c = t.bill_line.c
    keys = {By.ITEM: c.item, By.PAYER: c.payer, By.STATION: _station(connection), None: literal("")}
    key = keys[by].label("key")
    query = select(key, func.count(), func.sum(c.price_fen), func.sum(c.waiver_fen), func.sum(c.due_fen))
    query = _of_month(connection, query, home_id, month, only, by is By.STATION).group_by(key)
    rows = connection.execute(query)
    return {one[0]: Sums(one[1], *(int(fen) for fen in one[2:])) for one in rows}


def lines(
    connection: Connection, home_id: HomeId, month: date, only: Only, before: tuple[int, int] | None, most: int
) -> list[Billed]:
    """The lines behind a figure, the newest first; those that follow the line `before` in this order."""
    c = t.bill_line.c
    query = _of_month(connection, select(t.bill_line, _station(connection)), home_id, month, only, True)
    if before is not None:
        query = query.where(tuple_(c.log_no, c.line_no) < tuple_(*(literal(value) for value in before)))
    query = query.order_by(c.log_no.desc(), c.line_no.desc()).limit(most)
    return list(_billed(connection.execute(query)))


def _billed(rows: Any) -> Iterator[Billed]:
    for one in rows:
        yield Billed(
            key=(one.log_no, one.line_no),
            case_no=CaseNo(one.case_no),
            item=one.item,
            payer=one.payer,
            station=one.station,
            cause=one.cause,
            at=one.at,
            price_fen=one.price_fen,
            waiver_fen=one.waiver_fen,
            due_fen=one.due_fen,
            taken_back=one.reverses is not None,
        )


def _of_month(
    connection: Connection, query: Select[Any], home_id: HomeId, month: date, only: Only, joined: bool
) -> Select[Any]:
    """The lines that were posted in a month: between two log numbers, which the index of lines has in order."""
    c, f = t.bill_line.c, t.fact.c
    posted = of_days(connection, home_id, month, last_day(month))
    where = [c.home_id == home_id, c.log_no >= posted.first]
    where += [c.log_no < posted.end] if posted.end is not None else []
    where += [c.item == only.item] if only.item is not None else []
    where += [c.payer == only.payer] if only.payer is not None else []
    where += [_station(connection) == only.station] if only.station is not None else []
    if joined or only.station is not None:
        same = (f.home_id == c.home_id) & (f.case_no == c.case_no) & (f.log_no == c.log_no)
        query = query.select_from(t.bill_line.outerjoin(t.fact, same))
    return query.where(*where)


def _station(connection: Connection) -> ColumnElement[str]:
    """Where the fact of a line was reported; what a merge takes back has no fact of its own, and is the office's."""
    body: ColumnElement[Any] = t.fact.c.body
    body = cast(body, JSON) if connection.dialect.name == "postgresql" else type_coerce(body, JSON)
    return func.coalesce(body["station_kind"].as_string(), StationKind.OFFICE.value).label("station")
