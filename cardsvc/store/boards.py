"""What boards read: open cases as `core.board.Live`, what changed since, the home's things and who is in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Select, func, select

from cardsvc.core.board import ON_BOARD, Live
from cardsvc.core.facts import PlaceKind, Stage
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.snapshot import Traits
from cardsvc.store import reading
from cardsvc.store import tables as t

LIVE = TypeAdapter(Live)
MOST_NEWS = 300
"""So many changed cards are told one by one; beyond that the page is read anew."""


class Row(NamedTuple):
    """A case as a board reads it: `text` is JSON of core.board.Live, `shown_name` masked, `owed_fen` the family's."""

    text: str
    shown_name: str
    owed_fen: int


@dataclass(frozen=True, slots=True)
class Thing:
    """A slot, vehicle, hall, furnace or shelf, and the case that has it now."""

    kind: PlaceKind
    code: str
    title_zh: str
    title_en: str
    traits: Traits
    case_no: CaseNo | None


def open_cases(connection: Connection, home_id: HomeId, county: str | None, stage: Stage | None = None) -> list[Row]:
    """The cases on the board; of one county only, where somebody sees no other."""
    stages = (stage,) if stage is not None else ON_BOARD
    rows = connection.execute(of_board(home_id, county, stages))
    return [Row(row.live, row.shown_name, row.owed_fen) for row in rows]


def of_board(home_id: HomeId, county: str | None, stages: Iterable[Stage]) -> Select[tuple[str, str, int]]:
    """The board's one query."""
    c = t.funeral_case.c
    where = [*_visible(home_id, county), c.stage.in_([one.value for one in stages])]
    return select(c.live, c.shown_name, c.owed_fen).where(*where)


def changed_since(connection: Connection, home_id: HomeId, county: str | None, log_no: int) -> list[Row] | None:
    """The cases that changed after this link of the log, ended ones too; None when there are too many to tell."""
    c = t.funeral_case.c
    where = [*_visible(home_id, county), c.changed_log_no > log_no]
    rows = connection.execute(
        select(c.live, c.shown_name, c.owed_fen).where(*where).order_by(c.changed_log_no).limit(MOST_NEWS + 1)
    )
    news = [Row._make(row) for row in rows]
    return news if len(news) <= MOST_NEWS else None


def newest(connection: Connection, home_id: HomeId, county: str | None) -> int:
    """The link of the log that changed a case last; 0 when there is none. Links are committed in their order."""
    c = t.funeral_case.c
    last = select(c.changed_log_no).where(*_visible(home_id, county)).order_by(c.changed_log_no.desc()).limit(1)
    return connection.execute(last).scalar_one_or_none() or 0


def things(connection: Connection, home_id: HomeId, kinds: Iterable[PlaceKind]) -> list[Thing]:
    """The home's things of these kinds with who has them: by the records of places, of trips for vehicles."""
    r, o, d = t.resource.c, t.occupancy.c, t.trip.c
    there = (o.home_id == r.home_id) & (o.kind == r.kind) & (o.code == r.code)
    away = (d.home_id == r.home_id) & (r.kind == PlaceKind.VEHICLE.value) & (d.vehicle == r.code) & d.ended_at.is_(None)
    rows = connection.execute(
        select(t.resource, func.coalesce(o.case_no, d.case_no).label("case_no"))
        .select_from(t.resource.outerjoin(t.occupancy, there).outerjoin(t.trip, away))
        .where(r.home_id == home_id, r.kind.in_([one.value for one in kinds]))
        .order_by(r.kind, r.code)
    )
    return [
        Thing(
            *(PlaceKind(row.kind), row.code, row.title_zh, row.title_en, reading.traits(row.traits)),
            CaseNo(row.case_no) if row.case_no else None,
        )
        for row in rows
    ]


def _visible(home_id: HomeId, county: str | None) -> list[ColumnElement[bool]]:
    c = t.funeral_case.c
    return [c.home_id == home_id] + ([c.county == county] if county is not None else [])


@lru_cache(maxsize=20_000)
def live_of(text: str) -> Live:
    """What a row says. It is read once and kept: the same text is the same value."""
    return LIVE.validate_json(text)
