"""What is read for the papers of a case, and which copies of them the log has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select, text

from cardsvc.core.facts import PlaceKind
from cardsvc.core.gate import Clearance
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.on_paper import Home
from cardsvc.core.prices import PriceBook
from cardsvc.store import reading
from cardsvc.store import tables as t
from cardsvc.store.log import Log
from cardsvc.store.opening import waiver_bodies

CLEARANCE = TypeAdapter(Clearance)
ABOUT_PRINTS = text("substr(what, 1, 8) = 'printed '")
"""As the index `audit_link_of_prints` has it."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """A clearance as the database keeps it: its very bytes, and the signature over them."""

    log_no: int
    clearance: Clearance
    body: bytes
    sig: bytes


def cleared(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[Cleared]:
    """The clearances of a case, the earliest first."""
    c = t.clearance.c
    rows = connection.execute(
        select(c.log_no, c.body, c.sig).where(c.home_id == home_id, c.case_no == case_no).order_by(c.log_no)
    )
    return [Cleared(row.log_no, CLEARANCE.validate_json(row.body), row.body.encode(), row.sig) for row in rows]


def copies(connection: Connection, home_id: HomeId, subject: str, what: str) -> int:
    """How often the log says that this was printed for a case, or for a day."""
    c = t.audit_link.c
    this = c.what.startswith(f"{what} copy ", autoescape=True)
    where = (c.home_id == home_id, c.subject == subject, ABOUT_PRINTS, this)
    return int(connection.execute(select(func.count()).select_from(t.audit_link).where(*where)).scalar_one())


def add_copy(log: Log, subject: str, what: str, at: datetime, staff_no: StaffNo, station_id: str = "") -> int:
    """Log one more copy of what is printed for a case, or for a day; its number. `station_id`: where, unless here."""
    here = len([one for one in log.links if one["subject"] == subject and one["what"].startswith(f"{what} copy ")])
    copy = copies(log.connection, log.home_id, subject, what) + here + 1
    log.add(f"{what} copy {copy}{f' at {station_id}' if station_id else ''}", subject, "", at, staff_no)
    return copy


def printed(connection: Connection, home_id: HomeId, subject: str) -> Mapping[str, int]:
    """How often each thing was printed for a case: what, without its copy's number, to the number of the last copy."""
    c = t.audit_link.c
    rows = connection.execute(select(c.what).where(c.home_id == home_id, c.subject == subject, ABOUT_PRINTS))
    last: dict[str, int] = {}
    for row in rows:
        what, number = _parted(row.what)
        last[what] = max(last.get(what, 0), number)
    return last


def receipts_printed(
    connection: Connection, home_id: HomeId, numbers: Sequence[CaseNo]
) -> Mapping[tuple[CaseNo, str], int]:
    """How often each receipt of these cases was printed: by case, and by its family and number with a space between."""
    c, start = t.audit_link.c, "printed receipt "
    where = (c.home_id == home_id, c.subject.in_(numbers), ABOUT_PRINTS, c.what.startswith(start, autoescape=True))
    found: dict[tuple[CaseNo, str], int] = {}
    for row in connection.execute(select(c.subject, c.what).where(*where)):
        what, number = _parted(row.what.removeprefix(start))
        key = (CaseNo(row.subject), what)
        found[key] = max(found.get(key, 0), number)
    return found


def _parted(what: str) -> tuple[str, int]:
    """What was printed, and the number of its copy; where it was printed is left out."""
    name, _, rest = what.partition(" copy ")
    return name, int(rest.partition(" ")[0])


def home(connection: Connection, home_id: HomeId) -> Home:
    """How the home is called."""
    h = t.home.c
    row = connection.execute(select(h.name_zh, h.name_en, h.phone).where(h.home_id == home_id)).one()
    return Home(row.name_zh, row.name_en, row.phone)


def titles(connection: Connection, home_id: HomeId) -> Mapping[tuple[PlaceKind, str], tuple[str, str]]:
    """How places are called, in Chinese and in English."""
    r = t.resource.c
    rows = connection.execute(select(r.kind, r.code, r.title_zh, r.title_en).where(r.home_id == home_id))
    return {(PlaceKind(row.kind), row.code): (row.title_zh, row.title_en) for row in rows}


def book(connection: Connection, home_id: HomeId, version: str) -> PriceBook | None:
    """A version of the price list; None when the home has none with this name."""
    c = t.price_book.c
    row = connection.execute(select(c.body).where(c.home_id == home_id, c.version == version)).first()
    return reading.price_book(row.body, waiver_bodies(connection, home_id)) if row is not None else None


def personal(
    connection: Connection, home_id: HomeId, case_no: CaseNo, columns: Sequence[str]
) -> Mapping[str, bytes | None]:
    """Sealed columns of a case, by their names without the ending."""
    c = t.funeral_case.c
    wanted = [c[f"{column}_sealed"].label(column) for column in columns]
    row = connection.execute(select(*wanted).where(c.home_id == home_id, c.case_no == case_no)).one()
    return dict(row._mapping)
