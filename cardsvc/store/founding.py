"""Writing a new home."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from cardsvc.core.ids import HomeId
from cardsvc.core.people import masked_name
from cardsvc.core.prices import PriceBook
from cardsvc.core.staffing import Person
from cardsvc.core.waivers import WaiverTable
from cardsvc.store import tables as t
from cardsvc.store.log import GENESIS


def add_home(connection: Connection, home_id: HomeId, name_zh: str, name_en: str, phone: str) -> None:
    """An empty home, with the beginning of its log."""
    row = {"home_id": home_id, "name_zh": name_zh, "name_en": name_en, "phone": phone, "epoch": 1, "setup_version": 1}
    connection.execute(t.home.insert().values(row))
    connection.execute(t.log_head.insert().values(home_id=home_id, log_no=0, root=GENESIS))


def add_staff(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """People."""
    connection.execute(t.staff.insert(), rows)


def staff_row(
    home_id: HomeId, person: Person, name_sealed: bytes, now: datetime, *, password: str, pin: str
) -> dict[str, Any]:
    """The row of somebody who begins `now`, with the verifiers of their password and PIN ('' for none yet)."""
    return {
        "home_id": home_id,
        "staff_no": person.staff_no,
        "shown_name": masked_name(person.name),
        "name_sealed": name_sealed,
        "roles": ",".join(person.roles),
        "county": person.county,
        "password_hash": password,
        "pin_hash": pin,
        "disabled_at": None,
        "added_at": now,
    }


def add_resources(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Places and things."""
    connection.execute(t.resource.insert(), rows)


def add_prices(connection: Connection, home_id: HomeId, book: PriceBook) -> None:
    """A price list."""
    row = {"home_id": home_id, "version": book.version, "valid_from": book.valid_from.isoformat()}
    connection.execute(t.price_book.insert().values(body=book.model_dump_json(), **row))


def add_waivers(connection: Connection, home_id: HomeId, table: WaiverTable) -> None:
    """A waiver table."""
    row = {"home_id": home_id, "version": table.version, "valid_from": table.valid_from.isoformat()}
    connection.execute(t.waiver_table.insert().values(body=table.model_dump_json(), **row))
