"""Found a home: its places, stations and price list; and add the people who work there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from types import MappingProxyType

from cardsvc.context import Context
from cardsvc.core.facts import PlaceKind, StationKind
from cardsvc.core.ids import StaffNo, StationId
from cardsvc.core.staffing import Person
from cardsvc.store import founding, journals
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.waiver_tables import WAIVERS
from cardsvc.store.working import PRICES


@dataclass(frozen=True, slots=True)
class Names:
    """What a home is called, and the number that families call."""

    zh: str
    en: str
    phone: str


NUMBERED: tuple[tuple[PlaceKind, str, str, int], ...] = (
    (PlaceKind.VEHICLE, "V", "灵车", 6),
    (PlaceKind.SLOT, "A-", "冷柜", 40),
    (PlaceKind.SLOT, "B-", "冷柜", 40),
    (PlaceKind.FURNACE, "F", "火化炉", 6),
    (PlaceKind.SHELF, "S-", "骨灰架", 60),
)
HALLS = (("H1", "思源厅", "Siyuan Hall"), ("H2", "怀恩厅", "Huaien Hall"), ("H3", "永安厅", "Yongan Hall"))
KINDS_EN = {
    PlaceKind.VEHICLE: "Vehicle",
    PlaceKind.SLOT: "Slot",
    PlaceKind.FURNACE: "Furnace",
    PlaceKind.SHELF: "Shelf",
}
STATIONS = tuple(
    (StationId(f"{kind.value}-1"), kind, number)
    for number, kind in enumerate((kind for kind in StationKind if kind is not StationKind.OFFICE), 1)
)


def handle(context: Context, names: Names) -> None:
    """Write the home into an empty database: places, nine stations, the shipped price list and waiver table."""

    def act(connection: Connection) -> None:
        home = context.home_id
        founding.add_home(connection, home, names.zh, names.en, names.phone)
        founding.add_resources(connection, _places(context))
        shipped = files("cardsvc.data").joinpath("prices_wenzhou.json").read_text(encoding="utf-8")
        founding.add_prices(connection, home, PRICES.validate_json(shipped))
        waived = files("cardsvc.data").joinpath("waivers_wenzhou.json").read_text(encoding="utf-8")
        founding.add_waivers(connection, home, WAIVERS.validate_json(waived))
        for station_id, kind, number in STATIONS:
            journals.add_station(connection, home, station_id, kind, number)

    transact(context.engine, act)


def add_staff(
    context: Context,
    people: Iterable[tuple[Person, str]],
    hash_: Callable[[str], str],
    qualified: Mapping[StaffNo, date] = MappingProxyType({}),
) -> None:
    """Add people with passwords that they have chosen; each is their PIN too. `hash_` makes argon2id verifiers.

    `qualified` says until which day somebody's certificate for the furnace is valid.
    """
    now = context.clock()
    rows = [
        _row(context, person, hash_(password), now) | {"qualified_until": _day(qualified.get(person.staff_no))}
        for person, password in people
    ]

    def act(connection: Connection) -> None:
        log = open_log(connection, context.home_id)
        founding.add_staff(connection, rows)
        for row in rows:
            log.add("staff added", str(row["staff_no"]), "", now)
        log.close()

    transact(context.engine, act)


def _day(date_: date | None) -> str | None:
    return date_.isoformat() if date_ is not None else None


def _row(context: Context, person: Person, verifier: str, now: datetime) -> dict[str, object]:
    sealed = context.vault.hide(person.name, f"staff/{person.staff_no}/name", context.chance(12))
    return founding.staff_row(context.home_id, person, sealed, now, password=verifier, pin=verifier)


def _places(context: Context) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for kind, prefix, title, count in NUMBERED:
        width = 1 if count < 10 else 2
        for number in range(1, count + 1):
            code = f"{prefix}{number:0{width}d}"
            rows.append(_place(context, kind, code, f"{title} {code}", f"{KINDS_EN[kind]} {code}"))
    rows += [_place(context, PlaceKind.HALL, code, zh, en) for code, zh, en in HALLS]
    return rows


def _place(context: Context, kind: PlaceKind, code: str, zh: str, en: str) -> dict[str, object]:
    return {"home_id": context.home_id, "kind": kind.value, "code": code, "title_zh": zh, "title_en": en}
