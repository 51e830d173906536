"""Import a version of the price list: by two people, with validity and legal basis; older versions stay."""

from datetime import datetime

from pydantic import ValidationError

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.prices import PriceBook
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import price_books
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.working import PRICES


def handle(context: Context, raw: bytes, by: StaffNo, second: StaffNo | None, now: datetime) -> PriceBook | Refusal:
    """Keep a version that takes effect today or later; what is wrong with it is named, and nothing is kept."""
    try:
        book = PRICES.validate_json(raw)
    except ValidationError as error:
        where = (".".join(str(part) for part in one["loc"]) or one["type"] for one in error.errors()[:10])
        return Refusal(Problem.FIELD_INVALID, ", ".join(where))
    wrong = _wrong(book)
    if wrong:
        return Refusal(Problem.FIELD_INVALID, ", ".join(wrong))

    def act(connection: Connection) -> PriceBook | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        refusal = confirmed(by, second, load_staff(connection, home), Action.SET_RULES)
        if refusal is not None:
            return refusal
        if book.valid_from < local(now).date():
            return Refusal(Problem.FIELD_INVALID, "valid_from")
        if any(one.version == book.version for one, _ in price_books.all_books(connection, home)):
            return Refusal(Problem.FIELD_INVALID, "version")
        price_books.keep(connection, home, book, by)
        log.add(f"price list from {book.valid_from} with {second}", book.version, "", now, by)
        log.close()
        return book

    return transact(context.engine, act)


def _wrong(book: PriceBook) -> list[str]:
    """What the shape alone does not say: amounts have a basis, items are there once, validity has an order."""
    items = [one.item for one in book.items]
    wrong = [f"{name}: legal_basis" for name in _unfounded(book)]
    wrong += sorted({f"{name}: twice" for name in items if items.count(name) > 1})
    if not items:
        wrong.append("items")
    if book.valid_to is not None and book.valid_to < book.valid_from:
        wrong.append("valid_to")
    return wrong


def _unfounded(book: PriceBook) -> list[str]:
    without = [] if book.legal_basis.strip() else [book.version]
    return without + [one.item for one in book.items if not one.legal_basis.strip()]
