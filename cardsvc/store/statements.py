"""Statements to payers: which lines are still to be put to one, what is on each, and what came for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    TextClause,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    union,
    update,
)

from cardsvc.core.books import bounds
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.statements import (
    Corrected,
    Gone,
    Handed,
    ReturnedWhy,
    Share,
    Standing,
    Statement,
    StatementState,
    share_fen,
)
from cardsvc.core.terms import Payer
from cardsvc.store import tables as t
from cardsvc.store.lines import line_of
from cardsvc.store.tables.money import OF_ANOTHER

STATEMENT = TypeAdapter(Statement)
Where = tuple[ColumnElement[bool] | TextClause, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement as it is kept; `body` only of one that was sent."""

    draft_no: int
    payer: Payer
    first: date
    last: date
    made_by: StaffNo
    made_at: datetime
    state: StatementState
    ended_by: StaffNo | None
    ended_at: datetime | None
    number: int | None
    handed: Handed | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """A line that a payer does not pay, and nobody has put anew or taken back since."""

    draft_no: int
    number: int | None
    share: Share
    payer: Payer
    why: str
    by: StaffNo
    at: datetime


def add(connection: Connection, home_id: HomeId, kept: Kept, shares: Iterable[Share]) -> None:
    """A draft with its lines."""
    head = {"home_id": home_id, "draft_no": kept.draft_no, "payer": kept.payer.value}
    span = {"first_day": kept.first.isoformat(), "last_day": kept.last.isoformat()}
    made = {"made_by": kept.made_by, "made_at": kept.made_at, "state": kept.state.value}
    connection.execute(t.statement.insert().values(**head, **span, **made))
    rows = [
        {**head, "case_no": one.case_no, "log_no": one.log_no, "line_no": one.line_no, "amount_fen": one.amount_fen}
        for one in shares
    ]
    if rows:
        connection.execute(t.statement_line.insert(), rows)


def sent(
    connection: Connection, home_id: HomeId, kept: Kept, statement: Statement, handed: Handed, body: str, log_no: int
) -> None:
    """The draft is a statement now, and frozen."""
    ended = {"ended_by": statement.approved_by, "ended_at": statement.sent_at, "number": statement.number}
    values = {"state": StatementState.SENT.value, "handed": handed.value, "log_no": log_no, "body": body}
    connection.execute(_one(home_id, kept.draft_no).values(**ended, **values))


def told(connection: Connection, home_id: HomeId, draft_no: int, payer: Payer, rows: Iterable[Corrected]) -> None:
    """The payer is told with this statement that these lines were taken back."""
    c, h = t.statement_line.c, t.statement.c
    for one in rows:
        share = one.share
        key = (c.case_no == share.case_no, c.log_no == share.log_no, c.line_no == share.line_no)
        on = select(h.draft_no).where(h.home_id == home_id, h.number == one.number).scalar_subquery()
        these = (c.home_id == home_id, c.payer == payer.value, c.draft_no == on, *key)
        connection.execute(update(t.statement_line).where(*these).values(told_in=draft_no))


def discarded(connection: Connection, home_id: HomeId, draft_no: int, by: StaffNo, now: datetime) -> None:
    """The draft is none any more; its lines may be put to the payer anew."""
    ended = {"ended_by": by, "ended_at": now}
    connection.execute(_one(home_id, draft_no).values(state=StatementState.DISCARDED.value, **ended))
    c = t.statement_line.c
    lines = update(t.statement_line).where(c.home_id == home_id, c.draft_no == draft_no, c.gone.is_(None))
    connection.execute(lines.values(gone=Gone.DISCARDED.value, gone_at=now, gone_by=by))


def give_back(
    connection: Connection, home_id: HomeId, draft_no: int, share: Share, why: str, by: StaffNo, now: datetime
) -> None:
    """The payer has returned a line."""
    c = t.statement_line.c
    key = (c.case_no == share.case_no, c.log_no == share.log_no, c.line_no == share.line_no)
    line = update(t.statement_line).where(c.home_id == home_id, c.draft_no == draft_no, *key)
    connection.execute(line.values(gone=Gone.RETURNED.value, gone_at=now, gone_by=by, why=why))


def next_number(connection: Connection, home_id: HomeId) -> int:
    """The number of the next statement that is sent; the log of the home is open: nobody else numbers meanwhile."""
    c = t.statement.c
    return (connection.execute(select(func.max(c.number)).where(c.home_id == home_id)).scalar_one() or 0) + 1


def one(connection: Connection, home_id: HomeId, draft_no: int) -> Kept | None:
    """A statement by the number of its draft."""
    c = t.statement.c
    row = connection.execute(select(t.statement).where(c.home_id == home_id, c.draft_no == draft_no)).one_or_none()
    return _kept(row) if row is not None else None


def listed(connection: Connection, home_id: HomeId, payer: Payer | None, before: int | None, most: int) -> list[Kept]:
    """A page of statements, the newest first, and one more."""
    c = t.statement.c
    where: list[ColumnElement[bool]] = [c.home_id == home_id]
    if payer is not None:
        where.append(c.payer == payer.value)
    if before is not None:
        where.append(c.draft_no < before)
    rows = connection.execute(select(t.statement).where(*where).order_by(c.draft_no.desc()).limit(most + 1))
    return [_kept(row) for row in rows]


def unsettled(connection: Connection, home_id: HomeId) -> list[Kept]:
    """Statements that were sent and on which something can be open, in the order of their numbers.

    A case whose payer owes nothing by the ledger is open on none: so old statements cost nothing but their lines' look.
    """
    c, s, a = t.statement.c, t.statement_line.c, t.account.c
    owes = literal("receivable/").concat(s.case_no).concat("/").concat(s.payer)
    asking = (
        select(s.draft_no)
        .join(t.account, and_(a.home_id == s.home_id, a.account == owes))
        .where(s.home_id == home_id, s.gone.is_(None), a.debit_fen > a.credit_fen)
    )
    where = (c.home_id == home_id, c.state == StatementState.SENT.value, c.draft_no.in_(asking))
    return [_kept(row) for row in connection.execute(select(t.statement).where(*where).order_by(c.number))]


def of_cases(connection: Connection, home_id: HomeId, numbers: Iterable[CaseNo]) -> list[Kept]:
    """The statements that were sent and asked for any of these cases, in the order of their numbers."""
    c, s = t.statement.c, t.statement_line.c
    asking = select(s.draft_no).where(s.home_id == home_id, s.case_no.in_(list(numbers)))
    where = (c.home_id == home_id, c.state == StatementState.SENT.value, c.draft_no.in_(asking))
    return [_kept(row) for row in connection.execute(select(t.statement).where(*where).order_by(c.number))]


def later(connection: Connection, home_id: HomeId, kept: Kept) -> dict[Kept, frozenset[CaseNo]]:
    """The statements that were sent to the same payer after this one, and which of its cases each asks for too."""
    if kept.number is None:
        return {}
    h, of_this = t.statement.c, t.statement_line.alias("of_this")
    ours, theirs = of_this.c, t.statement_line.c
    same = and_(theirs.home_id == ours.home_id, theirs.case_no == ours.case_no, theirs.payer == ours.payer)
    rows = connection.execute(
        select(theirs.draft_no, theirs.case_no)
        .select_from(of_this)
        .join(t.statement_line, and_(same, theirs.gone.is_(None), theirs.draft_no != ours.draft_no))
        .join(t.statement, and_(h.home_id == theirs.home_id, h.draft_no == theirs.draft_no))
        .where(ours.home_id == home_id, ours.draft_no == kept.draft_no)
        .where(h.state == StatementState.SENT.value, h.number > kept.number)
    ).all()
    if not rows:
        return {}
    shared: dict[int, set[CaseNo]] = {}
    for row in rows:
        shared.setdefault(row.draft_no, set()).add(CaseNo(row.case_no))
    c = t.statement.c
    found = connection.execute(select(t.statement).where(c.home_id == home_id, c.draft_no.in_(list(shared))))
    return {_kept(row): frozenset(shared[row.draft_no]) for row in found}


def unstated(
    connection: Connection, home_id: HomeId, payer: Payer, last: date, most: int, *, returned: bool = False
) -> list[Share]:
    """A payer's lines up to a local day that stand and are on no living statement; those of earlier days come along.

    `returned`: those too that the payer has returned once.
    """
    where = [t.bill_line.c.at < bounds(last)[1]]
    if not returned:
        where.append(~_on(payer, Gone.RETURNED))
    found = union(*(select(t.bill_line).where(*one, *where) for one in _unstated(home_id, payer))).subquery()
    order = (found.c.case_no, found.c.log_no, found.c.line_no)
    rows = connection.execute(select(found).order_by(*order).limit(most + 1))
    return [_share(row, payer) for row in rows]


def untold(connection: Connection, home_id: HomeId, payer: Payer, most: int) -> list[Corrected]:
    """Lines that a payer was asked for and that were taken back since, of which it has not been told.

    They are found by their counter-lines, of which there are few.
    """
    b, s, h, counter = (
        t.bill_line.c, t.statement_line.c, t.statement.c, t.bill_line.alias("counter"),
    )  # fmt: skip
    back = counter.c
    back_of = and_(s.case_no == back.case_no, s.log_no == back.reverses, s.line_no == back.reverses_line)
    line = and_(b.case_no == s.case_no, b.log_no == s.log_no, b.line_no == s.line_no)
    rows = connection.execute(
        select(t.bill_line, h.number)
        .select_from(counter)
        .join(t.statement_line, and_(s.home_id == back.home_id, back_of))
        .join(t.statement, and_(h.home_id == s.home_id, h.draft_no == s.draft_no))
        .join(t.bill_line, and_(b.home_id == s.home_id, line))
        .where(back.home_id == home_id, back.reverses_line.is_not(None), s.payer == payer.value)
        .where(s.gone.is_(None), s.told_in.is_(None), h.state == StatementState.SENT.value)
        .order_by(h.number, s.case_no, s.log_no, s.line_no)
        .limit(most)
    )
    return [Corrected(number=row.number, share=_share(row, payer)) for row in rows]


def unstated_fen(connection: Connection, home_id: HomeId, payer: Payer) -> int:
    """What stands on bills for a payer and is on no living statement, returned lines included, in fen."""
    due, borne = (
        select(func.coalesce(func.sum(fen), 0)).where(*where).scalar_subquery()
        for fen, where in zip((t.bill_line.c.due_fen, t.bill_line.c.waiver_fen), _unstated(home_id, payer), strict=True)
    )
    return int(connection.execute(select(due + borne)).scalar_one())


def lines(connection: Connection, home_id: HomeId, draft_no: int) -> list[Standing]:
    """The lines of a statement as they stand now."""
    told_with = t.statement.alias("told_with")
    s, b = t.statement_line.c, t.bill_line.c
    same = and_(b.home_id == s.home_id, b.case_no == s.case_no, b.log_no == s.log_no, b.line_no == s.line_no)
    rows = connection.execute(
        select(
            t.bill_line, s.gone, s.why, s.payer.label("asked"), _taken_back().label("taken_back"), told_with.c.number
        )
        .join(t.statement_line, same)
        .outerjoin(told_with, and_(told_with.c.home_id == s.home_id, told_with.c.draft_no == s.told_in))
        .where(s.home_id == home_id, s.draft_no == draft_no)
        .order_by(s.case_no, s.log_no, s.line_no)
    )
    return [
        Standing(
            _share(row, Payer(row.asked)),
            Gone(row.gone) if row.gone else None,
            bool(row.taken_back),
            ReturnedWhy(row.why) if row.why else None,
            row.number,
        )
        for row in rows
    ]


def returned(connection: Connection, home_id: HomeId, most: int) -> list[Returned]:
    """Lines that payers returned, that stand still, and that nobody has put to a payer anew; the newest first."""
    s, b, h = t.statement_line.c, t.bill_line.c, t.statement.c
    same = and_(b.home_id == s.home_id, b.case_no == s.case_no, b.log_no == s.log_no, b.line_no == s.line_no)
    again = t.statement_line.alias()
    anew = exists().where(
        again.c.home_id == s.home_id,
        again.c.payer == s.payer,
        again.c.case_no == s.case_no,
        again.c.log_no == s.log_no,
        again.c.line_no == s.line_no,
        or_(again.c.gone.is_(None), and_(again.c.gone == Gone.RETURNED.value, again.c.draft_no > s.draft_no)),
    )
    rows = connection.execute(
        select(t.bill_line, s.draft_no, s.payer.label("asked"), s.why, s.gone_by, s.gone_at, h.number)
        .join(t.statement_line, same)
        .join(t.statement, and_(h.home_id == s.home_id, h.draft_no == s.draft_no))
        .where(s.home_id == home_id, s.gone == Gone.RETURNED.value, ~_taken_back(), ~anew)
        .order_by(s.gone_at.desc(), s.case_no, s.log_no, s.line_no)
        .limit(most)
    )
    return [
        Returned(
            row.draft_no,
            row.number,
            _share(row, Payer(row.asked)),
            Payer(row.asked),
            row.why,
            StaffNo(row.gone_by),
            row.gone_at,
        )
        for row in rows
    ]


def _unstated(home_id: HomeId, payer: Payer) -> tuple[Where, Where]:
    """Lines that stand and are on no living statement: those whose due a payer owes, and those whose waiver it bears.

    An index serves each of them; together in one condition they would be served by none.
    """
    b = t.bill_line.c
    free = (b.home_id == home_id, b.reverses.is_(None), ~_taken_back(), ~_living(payer))
    due = (b.payer == payer.value, text(f"bill_line.{OF_ANOTHER}"), b.due_fen > 0)
    return (*free, *due), (*free, b.waiver_payer == payer.value, b.waiver_fen > 0)


def _taken_back() -> Exists:
    """Whether a counter-line stands for the line; before single lines were named it stood for all of a log number."""
    b, counter = t.bill_line.c, t.bill_line.alias("counter").c
    return exists().where(
        counter.home_id == b.home_id,
        counter.case_no == b.case_no,
        counter.reverses == b.log_no,
        or_(counter.reverses_line == b.line_no, counter.reverses_line.is_(None)),
    )


def _on(payer: Payer, gone: Gone | None) -> Exists:
    b, s = t.bill_line.c, t.statement_line.c
    return exists().where(
        s.home_id == b.home_id,
        s.payer == payer.value,
        s.case_no == b.case_no,
        s.log_no == b.log_no,
        s.line_no == b.line_no,
        s.gone == gone.value if gone is not None else s.gone.is_(None),
    )


def _living(payer: Payer) -> Exists:
    return _on(payer, None)


def _one(home_id: HomeId, draft_no: int) -> Any:
    c = t.statement.c
    return update(t.statement).where(c.home_id == home_id, c.draft_no == draft_no)


def _share(row: Any, payer: Payer) -> Share:
    line = line_of(row)
    return Share(
        case_no=CaseNo(row.case_no),
        log_no=row.log_no,
        line_no=row.line_no,
        line=line,
        cause=row.cause,
        amount_fen=share_fen(line, payer),
    )


def _kept(row: Any) -> Kept:
    return Kept(
        row.draft_no,
        Payer(row.payer),
        date.fromisoformat(row.first_day),
        date.fromisoformat(row.last_day),
        StaffNo(row.made_by),
        row.made_at,
        StatementState(row.state),
        StaffNo(row.ended_by) if row.ended_by else None,
        row.ended_at,
        row.number,
        Handed(row.handed) if row.handed else None,
        row.body,
    )
