"""Send a draft, by somebody who did not make it, or discard it. What was sent is frozen, numbered, and on its way."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from cardsvc.context import Context
from cardsvc.core import statements
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.statements import MOST_LINES, Handed, Statement, StatementState, digest
from cardsvc.store import outbox
from cardsvc.store import statements as store
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import Log, open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.outbox import Entry
from cardsvc.store.statements import Kept

NOTICE = "statement"
T = TypeVar("T")


def send(context: Context, draft_no: int, by: StaffNo) -> Statement | Refusal:
    """The statement as it was sent: into the outbox where its payer has a receiver, else it is handed over by hand.

    It tells of the lines of earlier ones that were taken back since, each once.
    """

    def act(connection: Connection, log: Log, kept: Kept) -> Statement | Refusal:
        home, now = context.home_id, context.clock()
        lines = store.lines(connection, home, draft_no)
        refusal = statements.sendable(kept.made_by, by, lines)
        if refusal is not None:
            return refusal
        corrections = store.untold(connection, home, kept.payer, MOST_LINES)
        if not lines and not corrections:
            return Refusal(Problem.STATEMENT_EMPTY, kept.payer)
        statement = Statement(
            home=home,
            number=store.next_number(connection, home),
            payer=kept.payer,
            first=kept.first,
            last=kept.last,
            made_by=kept.made_by,
            approved_by=by,
            sent_at=now,
            total_fen=sum(one.share.amount_fen for one in lines),
            shares=tuple(one.share for one in lines),
            corrections=tuple(corrections),
        )
        body = statement.model_dump_json()
        log_no = log.add(f"statement sent {statement.number}", "", digest(body), now, by)
        handed = Handed.OUTBOX if kept.payer in context.payers else Handed.BY_HAND
        store.sent(connection, home, kept, statement, handed, body, log_no)
        store.told(connection, home, draft_no, kept.payer, corrections)
        if handed is Handed.OUTBOX:
            entry = Entry(log_no, 1, kept.payer.value, NOTICE, None, None, b"")
            sealed = context.vault.hide(body, f"{entry.where}/body", context.chance(12))
            outbox.put(connection, home, replace(entry, body_sealed=sealed), now)
        return statement

    return _ended(context, draft_no, by, act)


def discard(context: Context, draft_no: int, by: StaffNo) -> Refusal | None:
    """Throw a draft away; its lines may be put to the payer anew."""

    def act(connection: Connection, log: Log, kept: Kept) -> None:
        now = context.clock()
        log.add(f"statement discarded {draft_no}", "", "", now, by)
        store.discarded(connection, context.home_id, draft_no, by, now)

    return _ended(context, draft_no, by, act)


def _ended(
    context: Context, draft_no: int, by: StaffNo, act: Callable[[Connection, Log, Kept], T | Refusal]
) -> T | Refusal:
    def run(connection: Connection) -> T | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        if not may(load_staff(connection, home).get(by, ()), Action.KEEP_STATEMENTS):
            return Refusal(Problem.NOT_ALLOWED, Action.KEEP_STATEMENTS)
        kept = store.one(connection, home, draft_no)
        if kept is None:
            return Refusal(Problem.NOT_FOUND)
        if kept.state is not StatementState.DRAFT:
            return Refusal(Problem.STATEMENT_ENDED)
        done = act(connection, log, kept)
        log.close()
        return done

    return transact(context.engine, run)
