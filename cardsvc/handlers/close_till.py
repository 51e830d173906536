"""Close a till shift with a counted drawer: what the ledger expects, what is there, and why they differ.

So with the slip of the card terminal.
"""

from dataclasses import dataclass
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, confirmed, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.till import Counts, DifferenceWhy, counted, on_slip, unexplained
from cardsvc.store import tills
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.policies import policy_of


@dataclass(frozen=True, slots=True)
class Closing:
    """What was counted in the drawer of a shift, by whom; `second` confirms a large difference, or another's drawer.

    `slip_fen` is the total of the card terminal's slip, less what it paid back; None: there was none.
    """

    shift_no: int
    counts: Counts
    by: StaffNo
    why: DifferenceWhy | None = None
    second: StaffNo | None = None
    slip_fen: int | None = None
    slip_why: DifferenceWhy | None = None


def handle(context: Context, asked: Closing, now: datetime) -> tills.Kept | Refusal:
    """Close the shift; the figures of this moment stay (DOMAIN.md section 6: counter-entries, nothing is changed).

    A difference needs a reason; above `Policy.till_difference_fen`, and at somebody else's drawer, a second person.
    """
    counted_fen = counted(asked.counts)
    if isinstance(counted_fen, Refusal):
        return counted_fen

    def act(connection: Connection) -> tills.Kept | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        kept, staff = tills.one(connection, home, asked.shift_no), load_staff(connection, home)
        if not may(staff.get(asked.by, ()), Action.KEEP_TILL):
            return Refusal(Problem.NOT_ALLOWED, Action.KEEP_TILL)
        if kept is None or kept.shift.closed_at is not None:
            return Refusal(Problem.TILL_CLOSED, kept.shift.staff_no if kept is not None else "")
        slip = on_slip(asked.slip_fen, kept.card_fen, asked.slip_why)
        if isinstance(slip, Refusal) and asked.slip_fen is None:
            return slip  # before anything of what the books expect is said
        expected = kept.ledger_fen
        refusal = unexplained(counted_fen, expected, asked.why)
        if isinstance(slip, Refusal):
            return refusal or slip
        difference = counted_fen - expected
        most = policy_of(connection, home, now).till_difference_fen
        large = max(abs(difference), abs(slip.difference_fen) if slip is not None else 0) > most
        if refusal is None and (large or asked.by != kept.shift.staff_no):
            refusal = confirmed(asked.by, asked.second, staff, Action.KEEP_TILL)
        if refusal is not None:
            return refusal
        why = asked.why if difference else None
        tills.close(
            connection,
            home,
            asked.shift_no,
            asked.counts,
            counted_fen,
            expected,
            why,
            slip,
            asked.by,
            asked.second,
            now,
        )
        two = f", second {asked.second}" if asked.second is not None else ""
        subject = f"shift {asked.shift_no}: counted {counted_fen}, expected {expected} fen{f', {why}' if why else ''}"
        subject += tills.slip_said(slip)
        log.add(f"till shift closed at {kept.shift.drawer}{two}", subject, "", now, asked.by)
        closed = tills.one(connection, home, asked.shift_no)
        log.close()
        if closed is None:
            raise LookupError(f"shift {asked.shift_no} is gone")
        return closed

    return transact(context.engine, act)
