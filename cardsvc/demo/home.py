"""Found a home: its people, places, stations and price list.

Everybody here is invented. In the demo each PIN and password is the staff number said twice; a production home is
founded with `cardsvc init`, which makes one administrator with a password of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from argon2 import PasswordHasher

from cardsvc.context import Context
from cardsvc.core.facts import PlaceKind, StationKind
from cardsvc.core.ids import StaffNo, StationId
from cardsvc.core.people import masked_name
from cardsvc.core.permissions import Role
from cardsvc.store import founding, journals
from cardsvc.store.engine import Connection, transact
from cardsvc.store.working import PRICES


@dataclass(frozen=True, slots=True)
class Person:
    """An invented member of staff; `county` None sees all."""

    staff_no: StaffNo
    name: str
    roles: tuple[Role, ...]
    county: str | None = None


STAFF = tuple(
    Person(StaffNo(number), name, tuple(Role(role) for role in roles.split()), county)
    for number, name, roles, county in (
        ("1001", "林晓棠", "call_desk", None),
        ("1002", "陈立群", "dispatcher crew", None),
        ("1003", "周平安", "crew", None),
        ("1004", "吴雪梅", "cold_clerk", None),
        ("1005", "郑海生", "cold_clerk", None),
        ("1006", "黄思远", "arranger", None),
        ("1007", "徐静", "prep_staff", None),
        ("1008", "孙若兰", "prep_staff", None),
        ("1009", "胡明礼", "hall_steward", None),
        ("1010", "朱清", "cashier", None),
        ("1011", "高炎", "furnace_operator", None),
        ("1012", "何慎", "checker", None),
        ("1013", "郭念慈", "ash_clerk", None),
        ("1014", "马安国", "ash_clerk", None),
        ("1015", "罗正", "duty_manager cashier", None),
        ("1016", "梁察", "auditor", None),
        ("1017", "宋维", "administrator", None),
        ("1018", "谢县", "call_desk arranger", "330324"),
    )
)

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


def password_of(person: Person) -> str:
    """The demo's password and PIN."""
    return f"{person.staff_no}{person.staff_no}"


def found(context: Context, hasher: Callable[[str], str] | None = None) -> None:
    """Write the home into an empty database. `hasher` makes argon2id verifiers."""
    hash_ = hasher or PasswordHasher().hash

    def act(connection: Connection) -> None:
        home = context.home_id
        founding.add_home(connection, home, "温州市殡仪馆", "Wenzhou Funeral Home", "0577-0000000")
        founding.add_staff(connection, [_staff_row(context, person, hash_) for person in STAFF])
        founding.add_resources(connection, _places(context))
        shipped = files("cardsvc.data").joinpath("prices_wenzhou.json").read_text(encoding="utf-8")
        founding.add_prices(connection, home, PRICES.validate_json(shipped))
        for station_id, kind, number in STATIONS:
            journals.add_station(connection, home, station_id, kind, number)

    transact(context.engine, act)


def _staff_row(context: Context, person: Person, hash_: Callable[[str], str]) -> dict[str, object]:
    verifier = hash_(password_of(person))
    where = f"staff/{person.staff_no}/name"
    return {
        "home_id": context.home_id,
        "staff_no": person.staff_no,
        "shown_name": masked_name(person.name),
        "name_sealed": context.vault.hide(person.name, where, context.chance(12)),
        "roles": ",".join(person.roles),
        "county": person.county,
        "password_hash": verifier,
        "pin_hash": verifier,
        "disabled_at": None,
    }


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
