"""What a report is made of, read from the summaries: its cost grows with days, never with lines."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, func, select

from cardsvc.core.ids import HomeId
from cardsvc.core.reporting import Age, Charged, Left, Money, Period, Short, Stood, Sums, Taps, age_on
from cardsvc.store import business_days, price_books, short
from cardsvc.store import tables as t
from cardsvc.store.business_days import Range


def last_begun(connection: Connection, home_id: HomeId, period: Period) -> date:
    """The last business day of a period that has begun; its first day when none has."""
    open_day = business_days.open_day(connection, home_id)
    return max(period.first, min(period.last, open_day)) if open_day is not None else period.first


def sums(connection: Connection, home_id: HomeId, period: Period) -> Sums:
    """The sums of a period, and what stood at its end."""
    as_of = last_begun(connection, home_id, period)
    regimes = price_books.regimes(connection, home_id)
    return Sums(
        as_of=as_of,
        charged=tuple(_charged(connection, home_id, period, regimes)),
        money=tuple(_money(connection, home_id, period)),
        stood=tuple(_stood(connection, home_id, as_of)),
        taps=tuple(_taps(connection, home_id, period)),
        short=tuple(_short(connection, home_id, period)),
        left=tuple(_left(connection, home_id, as_of)),
        earned=_earned(connection, home_id, period, 10 if (period.last - period.first).days < 31 else 7),
    )


def _charged(
    connection: Connection, home_id: HomeId, period: Period, regimes: dict[tuple[str, str], str]
) -> Iterable[Charged]:
    c = t.revenue_day.c
    keys = (c.item, c.payer, c.station, c.price_version, c.waiver_for, c.waiver_payer)
    amounts = (func.sum(c.price_fen), func.sum(c.waiver_fen), func.sum(c.due_fen))
    where = (c.home_id == home_id, c.day >= period.first.isoformat(), c.day <= period.last.isoformat())
    for item, payer, station, version, waiver_for, bearer, *fen in connection.execute(
        select(*keys, *amounts).where(*where).group_by(*keys)
    ):
        price, waiver, due = map(int, fen)
        regime = regimes.get((version, item), "")
        yield Charged(item, payer, station, regime, waiver_for, bearer, price, waiver, due)


def _earned(connection: Connection, home_id: HomeId, period: Period, length: int) -> dict[str, int]:
    c = t.revenue_day.c
    day = func.substr(c.day, 1, length)
    where = (c.home_id == home_id, c.day >= period.first.isoformat(), c.day <= period.last.isoformat())
    rows = connection.execute(select(day, func.sum(c.price_fen)).where(*where).group_by(day))
    return {name: int(fen) for name, fen in rows}


def _money(connection: Connection, home_id: HomeId, period: Period) -> Iterable[Money]:
    c = t.money_day.c
    keys = (c.means, c.cashier, c.memo)
    where = (c.home_id == home_id, c.day >= period.first.isoformat(), c.day <= period.last.isoformat())
    for means, cashier, memo, came, went in connection.execute(
        select(*keys, func.sum(c.in_fen), func.sum(c.out_fen)).where(*where).group_by(*keys)
    ):
        yield Money(means, cashier, memo, int(came), int(went))


def _stood(connection: Connection, home_id: HomeId, as_of: date) -> Iterable[Stood]:
    """From what its month began with and the days since; where nothing was carried, from the last month that was."""
    m, c, day = t.standing_month.c, t.standing_day.c, as_of.isoformat()
    month = select(func.max(m.month)).where(m.home_id == home_id, m.month <= day).scalar_subquery()
    carried = select(m.kind, m.since, m.fen).where(m.home_id == home_id, m.month == month)
    moved = (
        select(c.kind, c.since, func.sum(c.debit_fen - c.credit_fen))
        .where(c.home_id == home_id, c.day >= func.coalesce(month, ""), c.day <= day)
        .group_by(c.kind, c.since)
    )
    rows = [*connection.execute(carried), *connection.execute(moved)]
    found: dict[tuple[str, Age], int] = {}
    for kind, since, fen in rows:
        key = (kind, age_on(date.fromisoformat(since), as_of))
        found[key] = found.get(key, 0) + int(fen) * (1 if kind.startswith("receivable/") else -1)
    return [Stood(kind, age, fen) for (kind, age), fen in sorted(found.items()) if fen]


def _short(connection: Connection, home_id: HomeId, period: Period) -> Iterable[Short]:
    found = dict[str, list[int]]()
    for one in short.pieces(connection, home_id, business_days.of_days(connection, home_id, *period)):
        sums = found.setdefault(one.memo, [0] * len(short.MOVED))
        for at, what in enumerate(short.MOVED):
            sums[at] += one.counts(what)
    return [Short(memo, *fen) for memo, fen in sorted(found.items())]


def _left(connection: Connection, home_id: HomeId, as_of: date) -> Iterable[Left]:
    moved = short.pieces(connection, home_id, Range(1, business_days.ends(connection, home_id, as_of)))
    return [Left(account, sum(one.into(account) for one in moved)) for account in short.ACCOUNTS] if moved else []


def _taps(connection: Connection, home_id: HomeId, period: Period) -> Iterable[Taps]:
    c = t.tap_day.c
    where = (c.home_id == home_id, c.day >= period.first.isoformat(), c.day <= period.last.isoformat())
    rows = connection.execute(
        select(c.station, c.observed, func.sum(c.entries)).where(*where).group_by(c.station, c.observed)
    )
    return [Taps(station, bool(observed), int(count)) for station, observed, count in rows]
