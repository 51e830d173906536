"""Read the trial balance, and down from each figure to the transfers that it is made of; lists by key."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, func, select, text, tuple_, union_all

from cardsvc.core.ids import HomeId
from cardsvc.core.ledger import Account
from cardsvc.core.trial_balance import GROUPS, Stands, TrialBalance, arranged, case_of, ends
from cardsvc.store import business_days, day_close
from cardsvc.store import tables as t
from cardsvc.store.tables.money import OF_THE_HOME

Key = tuple[int, str, int]
"""A transfer's log number, case and entry: together they are its place in a list."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer as a list shows it; `at` is when it was posted."""

    key: Key
    at: datetime | None
    debit: Account
    credit: Account
    amount_fen: int
    memo: str
    cause: str


def end_of(connection: Connection, home_id: HomeId, day: date | None) -> int | None:
    """The first log number after a business day, closed or not; None stands for now."""
    if day is None:
        return None
    closed = day_close.one(connection, home_id, day)
    return closed.until_log_no if closed is not None else business_days.ends(connection, home_id, day)


def read(connection: Connection, home_id: HomeId, until: int | None = None) -> TrialBalance:
    """The trial balance; with `until`, as it stood before that log number."""
    kept = _kept(home_id, until)
    grouped = case(*((_within(kept.c.account, group), group) for group in GROUPS), else_=kept.c.account)
    rows = connection.execute(
        select(grouped, func.sum(kept.c.debit_fen), func.sum(kept.c.credit_fen)).group_by(grouped)
    )
    return arranged(Stands(name, int(debit), int(credit)) for name, debit, credit in rows)


def accounts(
    connection: Connection, home_id: HomeId, group: str, until: int | None, after: str, most: int
) -> list[Stands]:
    """A page of a group's accounts on which something stands, by their names, and one more."""
    kept = _kept(home_id, until)
    where = (_within(kept.c.account, group), kept.c.account > after, kept.c.debit_fen != kept.c.credit_fen)
    rows = connection.execute(select(kept).where(*where).order_by(kept.c.account).limit(most + 1))
    return [Stands(row.account, int(row.debit_fen), int(row.credit_fen)) for row in rows]


def one(connection: Connection, home_id: HomeId, account: Account, until: int | None) -> Stands | None:
    """What stands on one account; None when nothing was ever moved there."""
    kept = _kept(home_id, until)
    row = connection.execute(select(kept).where(kept.c.account == account)).one_or_none()
    return Stands(row.account, int(row.debit_fen), int(row.credit_fen)) if row is not None else None


def transfers(
    connection: Connection, home_id: HomeId, account: Account, until: int | None, before: Key | None, most: int
) -> list[Moved]:
    """A page of an account's transfers, the newest first, and one more."""
    x, k = t.transfer.c, t.audit_link.c
    place = tuple_(x.log_no, x.case_no, x.entry_no)
    where: list[ColumnElement[bool]] = [x.home_id == home_id]
    if until is not None:
        where.append(x.log_no < until)
    if before is not None:
        where += [x.log_no <= before[0], place < before]
    number, found = case_of(account), []
    for side in (x.debit, x.credit):
        of_it: list[Any] = [side == account]
        of_it.append(x.case_no == number if number is not None else text(OF_THE_HOME.format(f"transfer.{side.name}")))
        rows = connection.execute(
            select(t.transfer, k.at)
            .outerjoin(t.audit_link, (k.home_id == x.home_id) & (k.log_no == x.log_no))
            .where(*where, *of_it)
            .order_by(x.log_no.desc(), x.case_no.desc(), x.entry_no.desc())
            .limit(most + 1)
        )
        found += [_moved(row) for row in rows]
    return sorted(found, key=lambda moved: moved.key, reverse=True)[: most + 1]


def _moved(row: Any) -> Moved:
    key = (row.log_no, row.case_no, row.entry_no)
    return Moved(key, row.at, Account(row.debit), Account(row.credit), row.amount_fen, row.memo, row.cause)


def _kept(home_id: HomeId, until: int | None) -> Subquery:
    """Accounts with their sums: as the database keeps them now, or from the transfers before a log number."""
    a, x = t.account.c, t.transfer.c
    if until is None:
        return select(a.account, a.debit_fen, a.credit_fen).where(a.home_id == home_id).subquery()
    where = (x.home_id == home_id, x.log_no < until)
    sides = union_all(
        select(x.debit.label("account"), x.amount_fen.label("debits"), (0 * x.amount_fen).label("credits")).where(
            *where
        ),
        select(x.credit, 0 * x.amount_fen, x.amount_fen).where(*where),
    ).subquery()
    return (
        select(
            sides.c.account,
            func.sum(sides.c.debits).label("debit_fen"),
            func.sum(sides.c.credits).label("credit_fen"),
        )
        .group_by(sides.c.account)
        .subquery()
    )


def _within(account: ColumnElement[str], group: str) -> ColumnElement[bool]:
    named = ends(group)
    if named is None:
        raise ValueError(f"no group of accounts: {group}")
    return account.startswith(named[0], autoescape=True) & account.endswith(named[1], autoescape=True)
