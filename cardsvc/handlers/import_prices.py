"""A new price list: one person brings it, another one publishes it; what is wrong with it is named, cell by cell.

Nothing of a list that has a fault is kept, and a version that is published stays as it is.
"""

import hashlib
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, confirmed, may
from cardsvc.core.price_rules import DraftState, faults
from cardsvc.core.prices import PriceBook
from cardsvc.core.problems import Problem, Refusal
from cardsvc.documents import price_json, price_sheet
from cardsvc.documents.price_sheet import Read
from cardsvc.documents.safe_xlsx import PRICES, Unsafe
from cardsvc.store import price_books
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff, price_book
from cardsvc.store.price_books import Draft

XLSX = b"PK"
"""How every spreadsheet file begins; what begins otherwise is read as JSON."""


def bring(context: Context, raw: bytes, by: StaffNo, now: datetime) -> int | Read | Refusal:
    """Keep a draft of the list in this file: its number, or what is wrong with it."""
    with context.engine.connect() as connection:
        taken = price_books.taken(connection, context.home_id)
    today = local(now).date()
    if len(raw) > PRICES.size:
        return Refusal(Problem.SHEET_UNSAFE, Unsafe.TOO_LARGE)
    found = price_sheet.read(raw, today, taken) if raw.startswith(XLSX) else price_json.read(raw, today, taken)
    if isinstance(found, Unsafe):
        return Refusal(Problem.SHEET_UNSAFE, found)
    book = found.book
    if book is None:
        return found

    def act(connection: Connection) -> int | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        if not may(load_staff(connection, home).get(by, ()), Action.SET_RULES):
            return Refusal(Problem.NOT_ALLOWED, Action.SET_RULES)
        if book.version in price_books.taken(connection, home):
            return Refusal(Problem.PRICES_WRONG, "version")
        number = price_books.add_draft(connection, home, book, by, now)
        log.add(f"price list brought for {book.valid_from}", book.version, digest(book), now, by)
        log.close()
        return number

    return transact(context.engine, act)


def publish(context: Context, number: int, seen: str, by: StaffNo, now: datetime) -> PriceBook | Refusal:
    """Publish a draft as its second person; `seen` is the `digest` of what was on the page that they confirmed."""

    def act(connection: Connection) -> PriceBook | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        one = _open(price_books.draft(connection, home, number))
        if isinstance(one, Refusal):
            return one
        refusal = confirmed(one.made_by, by, load_staff(connection, home), Action.SET_RULES)
        if refusal is not None:
            return refusal
        if seen != digest(one.book, price_book(connection, home, now)):
            return Refusal(Problem.FORM_EXPIRED)
        published = [version.book.version for version in price_books.versions(connection, home)]
        wrong = faults(one.book, local(now).date(), published)
        if wrong:
            return Refusal(Problem.PRICES_WRONG, ", ".join(dict.fromkeys(fault.field for fault in wrong)))
        price_books.end_draft(connection, home, number, DraftState.PUBLISHED, by, now)
        price_books.keep(connection, home, one.book, one.made_by, by, now)
        log.add(
            f"price list from {one.book.valid_from} with {by}", one.book.version, digest(one.book), now, one.made_by
        )
        log.close()
        return one.book

    return transact(context.engine, act)


def withdraw(context: Context, number: int, by: StaffNo, now: datetime) -> Draft | Refusal:
    """Take a draft back: anybody who may bring one."""

    def act(connection: Connection) -> Draft | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        one = _open(price_books.draft(connection, home, number))
        if isinstance(one, Refusal):
            return one
        if not may(load_staff(connection, home).get(by, ()), Action.SET_RULES):
            return Refusal(Problem.NOT_ALLOWED, Action.SET_RULES)
        price_books.end_draft(connection, home, number, DraftState.WITHDRAWN, by, now)
        log.add("price list withdrawn", one.book.version, digest(one.book), now, by)
        log.close()
        return one

    return transact(context.engine, act)


def digest(*books: PriceBook) -> str:
    """What a page has shown, in 64 hex digits: a list, and the one that it was compared with."""
    shown = "\n".join(one.model_dump_json(exclude={"waivers"}) for one in books)
    return hashlib.sha256(shown.encode()).hexdigest()


def _open(one: Draft | None) -> Draft | Refusal:
    if one is None or one.state is not DraftState.DRAFT:
        return Refusal(Problem.NOT_FOUND)
    return one
