"""The console's day close: what is still open, two people, and every closed day with its frozen figures."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import printing
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, language_of
from cardsvc.context import Context
from cardsvc.core.day_close import NEVER_OPEN, Check, Figure, open_day
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import OFF, SHORT
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Refusal
from cardsvc.handlers import close_day
from cardsvc.store import day_close, staff, trial_balance
from cardsvc.store.reconciling import one_moment

PAGE = 31
GOES: Mapping[Check, tuple[str, Action]] = {
    Check.LEDGER: ("trial-balance", Action.SEE_BILLS),
    Check.SUSPENSE: ("held", Action.SEE_BILLS),
    Check.PAYMENTS: ("payments", Action.SEE_BILLS),
    Check.MISSING: ("unsettled", Action.SEE_STATIONS),
    Check.UNSENT: ("stations", Action.SEE_STATIONS),
    Check.TILLS: ("tills", Action.SEE_TILLS),
    Check.NO_SHIFT: ("tills", Action.SEE_TILLS),
    Check.AFTER_COUNT: ("tills", Action.SEE_TILLS),
    Check.SLIPS: ("tills", Action.SEE_TILLS),
}
"""Where that is which a check counts."""


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and its form."""
    closes, _ = asking.asks_whole(access, Action.CLOSE_DAY)
    prints, sees = asking.asks_whole(access, Action.SEE_BILLS)
    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]
    home = context.home_id

    def list_page(
        request: Request, signed: Signed, before: asking.OneDay | None = None, refusal: Refusal | None = None
    ) -> Response:
        now = context.clock()
        today = local(now).date()
        with one_moment(context.engine) as connection:
            rows = day_close.listed(connection, home, before, PAGE)
            last = day_close.last(connection, home)
            closed = last.day if last is not None else None
            following = closed + timedelta(days=1) if closed is not None else today
            found = day_close.found(connection, home, trial_balance.read(connection, home), following)
            names = staff.names(connection, home)
        values = {
            "rows": rows[:PAGE],
            "more": rows[PAGE - 1].day if len(rows) > PAGE else None,
            "found": found,
            "names": names,
            "following": following if following <= today else None,
            "open_day": open_day(now, closed),
            "sums": sums,
            "never": NEVER_OPEN,
            "goes": GOES,
            "lost": (SHORT, OFF),
        }
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "days", signed, values, refusal=refusal, status=status)

    @app.get("/days")
    def listed(
        request: Request, signed: Annotated[Signed, sees], before: Annotated[date | None, Query()] = None
    ) -> Response:
        return list_page(request, signed, before)

    @app.post("/days")
    def close(
        request: Request,
        signed: Annotated[Signed, closes],
        day: Annotated[date, Form()],
        second: Second,
        why: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        done: object = second
        if not isinstance(second, Refusal):
            done = close_day.handle(context, day, why, signed.staff_no, second)
        if isinstance(done, Refusal):
            return list_page(request, signed, refusal=done)
        return RedirectResponse(f"{request.scope['root_path']}/days", 303)

    @app.post("/days/{day}.pdf")
    def paper(request: Request, signed: Annotated[Signed, prints], day: asking.OneDay) -> Response:
        return printing.day_close_of(context, signed, day, language_of(request))


def sums(figures: Iterable[Figure], kind: str) -> tuple[int, int]:
    """Debits and credits of all rows of a kind, in fen."""
    ours = [one for one in figures if one.name.partition("/")[0] == kind]
    return sum(one.debit_fen for one in ours), sum(one.credit_fen for one in ours)
