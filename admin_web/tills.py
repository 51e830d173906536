"""The console's tills: open a shift with a counted float, close it with a counted drawer, see every shift's cash."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.till import DENOMINATIONS, DifferenceWhy
from cardsvc.handlers import close_till, open_till
from cardsvc.handlers.close_till import Closing
from cardsvc.store import staff, tills
from cardsvc.store.policies import policy_of


async def typed_counts(request: Request) -> dict[int, int] | Refusal:
    """How many pieces of each denomination were typed: fields ``n-10000`` and so on; an empty one is none."""
    form = await request.form()
    typed = {value: str(form.get(f"n-{value}", "")).strip() or "0" for value in DENOMINATIONS}
    if not all(text.isascii() and text.isdecimal() and len(text) <= 5 for text in typed.values()):
        return Refusal(Problem.FIELD_INVALID, "counted")
    return {value: int(text) for value, text in typed.items()}


Typed = Annotated[dict[int, int] | Refusal, Depends(typed_counts)]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    keeps, _ = asking.asks_whole(access, Action.KEEP_TILL)
    _, sees = asking.asks_whole(access, Action.SEE_TILLS)
    second_by = asking.second_by(access)
    home = context.home_id

    def show(request: Request, name: str, signed: Signed, values: dict[str, Any], refusal: Refusal | None) -> Response:
        with context.engine.connect() as connection:
            limit = policy_of(connection, home, context.clock()).till_difference_fen
            names = staff.names(connection, home)
        known = {"limit": limit, "names": names, "denominations": DENOMINATIONS, "whys": list(DifferenceWhy)}
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, name, signed, known | values, refusal=refusal, status=status)

    def listed(
        request: Request, signed: Signed, before: int | None = None, refusal: Refusal | None = None, **typed: Any
    ) -> Response:
        with context.engine.connect() as connection:
            rows = tills.page(connection, home, before)
            values = {
                "mine": tills.open_of(connection, home, signed.staff_no),
                "nowhere": tills.takings(connection, home, None)[: tills.PAGE],
                "typed": {"drawer": "", "counts": {}} | typed,
            }
        more = rows[tills.PAGE - 1].shift.shift_no if len(rows) > tills.PAGE else None
        return show(request, "tills", signed, values | {"rows": rows[: tills.PAGE], "more": more}, refusal)

    def one_shift(
        request: Request, signed: Signed, shift_no: int, after: int = 0, refusal: Refusal | None = None, **typed: Any
    ) -> Response:
        with context.engine.connect() as connection:
            kept = tills.one(connection, home, shift_no)
            rows = tills.takings(connection, home, shift_no, after) if kept is not None else []
        if kept is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        more = rows[tills.PAGE - 1].log_no if len(rows) > tills.PAGE else None
        values = {"kept": kept, "rows": rows[: tills.PAGE], "more": more, "typed": {"counts": {}, "why": ""} | typed}
        return show(request, "till", signed, values, refusal)

    @app.get("/tills")
    def all_shifts(
        request: Request, signed: Annotated[Signed, sees], before: Annotated[int | None, Query()] = None
    ) -> Response:
        return listed(request, signed, before)

    @app.post("/tills")
    def opened(
        request: Request,
        signed: Annotated[Signed, keeps],
        counts: Typed,
        drawer: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        if isinstance(counts, Refusal):
            return listed(request, signed, refusal=counts, drawer=drawer)
        code = drawer.strip().upper()
        done = open_till.handle(context, signed.staff_no, code, counts, context.clock())
        if isinstance(done, Refusal):
            return listed(request, signed, refusal=done, drawer=drawer, counts=counts)
        return RedirectResponse(f"{request.scope['root_path']}/tills", 303)

    @app.get("/tills/{shift_no}")
    def one(
        request: Request, signed: Annotated[Signed, sees], shift_no: int, after: Annotated[int, Query()] = 0
    ) -> Response:
        return one_shift(request, signed, shift_no, after)

    @app.post("/tills/{shift_no}/close")
    def closed(
        request: Request,
        signed: Annotated[Signed, keeps],
        shift_no: int,
        counts: Typed,
        second: Annotated[StaffNo | Refusal | None, second_by],
        why: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        if isinstance(counts, Refusal):
            return one_shift(request, signed, shift_no, refusal=counts, why=why)
        if isinstance(second, Refusal):
            return one_shift(request, signed, shift_no, refusal=second, counts=counts, why=why)
        reason = DifferenceWhy(why) if why in set(DifferenceWhy) else None
        asked = Closing(shift_no, counts, signed.staff_no, reason, second)
        done = close_till.handle(context, asked, context.clock())
        if isinstance(done, Refusal):
            return one_shift(request, signed, shift_no, refusal=done, counts=counts, why=why)
        return RedirectResponse(f"{request.scope['root_path']}/tills/{shift_no}", 303)
