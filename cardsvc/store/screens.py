"""Screens on the walls, and what they may be made from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from cardsvc.core.case import Case
from cardsvc.core.facts import Stage
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.shown import TURNS, NameChoice, Place, ScreenKind, Turn
from cardsvc.store import tables as t
from cardsvc.store.working import CASE

SEEN_EVERY = timedelta(minutes=1)
IN_QUEUE = tuple(stage.value for stage, turn in TURNS.items() if turn is not Turn.DONE)


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen; `hall` is the code of the hall before whose door it hangs."""

    token_hash: str
    kind: ScreenKind
    hall: str | None
    title: str
    made_at: datetime
    made_by: StaffNo
    revoked_at: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InHall:
    """A case with what may be shown of its name: `approved` when the family chose; `own_sealed` its own words."""

    case: Case
    shown_name: str
    name_sealed: bytes
    approved: bool
    own_sealed: bytes | None


def where_own(case_no: CaseNo) -> str:
    """Where a family's own words are sealed."""
    return f"hall_name/{case_no}/name"


def home_names(connection: Connection, home_id: HomeId) -> tuple[str, str]:
    """The home's name in Chinese and in English."""
    h = t.home.c
    row = connection.execute(select(h.name_zh, h.name_en).where(h.home_id == home_id)).one()
    return row.name_zh, row.name_en


def add(connection: Connection, home_id: HomeId, one: Screen) -> None:
    """Keep a new screen."""
    values = {name: getattr(one, name) for name in Screen.__slots__}
    connection.execute(t.screen.insert().values(home_id=home_id, **values | {"kind": one.kind.value}))


def screens(connection: Connection, home_id: HomeId) -> list[Screen]:
    """All screens, those that are switched off last."""
    c = t.screen.c
    rows = connection.execute(select(t.screen).where(c.home_id == home_id).order_by(c.made_at.desc()))
    found = [
        Screen(
            r.token_hash, ScreenKind(r.kind), r.hall, r.title, r.made_at, StaffNo(r.made_by), r.revoked_at, r.seen_at
        )
        for r in rows
    ]
    return sorted(found, key=lambda one: one.revoked_at is not None)


def screen(connection: Connection, home_id: HomeId, token_hash: str) -> Screen | None:
    """The screen with this token."""
    c = t.screen.c
    r = connection.execute(select(t.screen).where(c.home_id == home_id, c.token_hash == token_hash)).first()
    if r is None:
        return None
    return Screen(
        r.token_hash, ScreenKind(r.kind), r.hall, r.title, r.made_at, StaffNo(r.made_by), r.revoked_at, r.seen_at
    )


def change(connection: Connection, home_id: HomeId, token_hash: str, **values: str | datetime) -> None:
    """Another title; switched off; seen."""
    c = t.screen.c
    connection.execute(update(t.screen).where(c.home_id == home_id, c.token_hash == token_hash).values(**values))


def queue_places(connection: Connection, home_id: HomeId, today: date) -> list[Place]:
    """The numbers of today, and those of earlier days that are still in the queue."""
    q, c = t.queue_place.c, t.funeral_case.c
    rows = connection.execute(
        select(q.day, q.number, c.body)
        .join(t.funeral_case, (c.home_id == q.home_id) & (c.case_no == q.case_no))
        .where(q.home_id == home_id, or_(q.day == today.isoformat(), c.stage.in_(IN_QUEUE)))
    )
    return [Place(date.fromisoformat(row.day), row.number, CASE.validate_json(row.body)) for row in rows]


def in_halls(connection: Connection, home_id: HomeId, cases: set[CaseNo]) -> list[InHall]:
    """The cases of these numbers, and all whose body is out: it may be in a hall."""
    c, n = t.funeral_case.c, t.hall_name.c
    rows = connection.execute(
        select(c.body, c.shown_name, c.deceased_name_sealed, n.log_no, n.name_sealed)
        .outerjoin(t.hall_name, (n.home_id == c.home_id) & (n.case_no == c.case_no))
        .where(c.home_id == home_id, or_(c.case_no.in_(cases), c.stage == Stage.OUT.value))
    )
    return [
        InHall(
            CASE.validate_json(row.body),
            row.shown_name,
            row.deceased_name_sealed,
            row.log_no is not None,
            row.name_sealed,
        )
        for row in rows
    ]


def choose_name(
    connection: Connection, home_id: HomeId, case_no: CaseNo, log_no: int, own_sealed: bytes | None
) -> None:
    """The family approved a name for its hall's screen: its own words, or the name as booked."""
    mask_name(connection, home_id, case_no)
    values = {"home_id": home_id, "case_no": case_no, "log_no": log_no, "name_sealed": own_sealed}
    connection.execute(t.hall_name.insert().values(**values))


def mask_name(connection: Connection, home_id: HomeId, case_no: CaseNo) -> None:
    """The name is masked again."""
    c = t.hall_name.c
    connection.execute(t.hall_name.delete().where(c.home_id == home_id, c.case_no == case_no))


def name_choice(connection: Connection, home_id: HomeId, case_no: CaseNo) -> NameChoice:
    """What the family chose."""
    c = t.hall_name.c
    row = connection.execute(select(c.name_sealed).where(c.home_id == home_id, c.case_no == case_no)).first()
    if row is None:
        return NameChoice.MASKED
    return NameChoice.OWN if row.name_sealed is not None else NameChoice.BOOKED
