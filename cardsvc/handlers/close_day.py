"""Close a business day: two people, checks first, and its figures are frozen. What comes later is of the next day."""

from datetime import date, timedelta

from cardsvc.context import Context
from cardsvc.core.day_close import DayClosed, figures, moved, not_closable
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import business_days, day_close, stray_cash, trial_balance
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def handle(context: Context, day: date, why: str, by: StaffNo, second: StaffNo | None) -> DayClosed | Refusal:
    """Close `day`; nothing is posted meanwhile, because the home's log is open. `why` is needed where a check found
    something.
    """

    def act(connection: Connection) -> DayClosed | Refusal:
        home, now = context.home_id, context.clock()
        log = open_log(connection, home)
        refusal = confirmed(by, second, load_staff(connection, home), Action.CLOSE_DAY)
        if refusal is not None or second is None:
            return refusal or Refusal(Problem.FOUR_EYES, Action.CLOSE_DAY)
        before = day_close.last(connection, home)
        found = day_close.found(connection, home, trial_balance.read(connection, home), day)
        refusal = not_closable(day, now, before.day if before else None, found, why)
        if refusal is not None:
            return refusal
        log_no = log.add(business_days.CLOSED, day.isoformat(), "", now, by)
        if local(now).date() == day:
            log.begin(day + timedelta(days=1), log_no)
        log.open_days()
        since = before.until_log_no if before else business_days.begins(connection, home, day) or log_no
        until = max(business_days.ends(connection, home, day) or log_no, since)
        began = before.stands if before else figures(trial_balance.read(connection, home, since).rows)
        stands = figures(trial_balance.read(connection, home, until).rows)
        closed = DayClosed(
            day=day,
            from_log_no=since,
            until_log_no=until,
            by=by,
            second=second,
            found=found,
            why=why.strip(),
            moved=moved(began, stands),
            stands=stands,
            no_case=stray_cash.of_no_case(connection, home, until),
        )
        body = closed.model_dump_json()
        day_close.add(connection, home, log_no, body, day, context.vault.sign(body.encode()))
        log.close()
        return closed

    return transact(context.engine, act)
