"""The console's tills: open a shift with a counted float, close it with a counted drawer and the card terminal's slip,
see every shift's money.
"""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.money import in_yuan, yuan
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means
from cardsvc.core.till import DENOMINATIONS, SLIP_WHYS, DifferenceWhy
from cardsvc.handlers import close_till, open_till, place_cash
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


def typed_slip(slip: Annotated[str, Form(max_length=20)] = "") -> int | Refusal | None:
    """The total of the card terminal's slip, typed in yuan; None when nothing was typed."""
    try:
        return int(yuan(slip)) if slip.strip() else None
    except ValueError:
        return Refusal(Problem.FIELD_INVALID, "slip")


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
        known = {
            "limit": limit,
            "names": names,
            "denominations": DENOMINATIONS,
            "whys": list(DifferenceWhy),
            "slip_whys": SLIP_WHYS,
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, name, signed, known | values, refusal=refusal, status=status)

    def listed(
        request: Request,
        signed: Signed,
        before: int | None = None,
        refusal: Refusal | None = None,
        **typed: Any,
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
        request: Request, signed: Signed, shift_no: int, after: int = 0, card_after: int = 0,
        refusal: Refusal | None = None, **typed: Any,
    ) -> Response:  # fmt: skip
        with context.engine.connect() as connection:
            kept = tills.one(connection, home, shift_no)
            rows = tills.takings(connection, home, shift_no, after) if kept is not None else []
            by_card = tills.takings(connection, home, shift_no, card_after, Means.CARD_TERMINAL) if kept else []
        if kept is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        more = rows[tills.PAGE - 1].log_no if len(rows) > tills.PAGE else None
        values = {
            "kept": kept,
            "rows": rows[: tills.PAGE],
            "more": more,
            "by_card": by_card[: tills.PAGE],
            "more_by_card": by_card[tills.PAGE - 1].log_no if len(by_card) > tills.PAGE else None,
            "typed": {"counts": {}, "why": "", "slip": "", "slip_why": ""} | typed,
        }
        return show(request, "till", signed, values, refusal)

    @app.get("/tills")
    def all_shifts(request: Request, signed: Annotated[Signed, sees], before: asking.Number | None = None) -> Response:
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

    @app.post("/tills/place/{number}")
    def placed(
        request: Request,
        signed: Annotated[Signed, keeps],
        number: asking.Number,
        second: Annotated[StaffNo | Refusal | None, second_by],
    ) -> Response:
        refusal = second
        if not isinstance(second, Refusal):
            refusal = place_cash.handle(context, number, signed.staff_no, second, context.clock())
        if isinstance(refusal, Refusal):
            return listed(request, signed, refusal=refusal)
        return RedirectResponse(f"{request.scope['root_path']}/tills", 303)

    @app.get("/tills/{shift_no}")
    def one(
        request: Request,
        signed: Annotated[Signed, sees],
        shift_no: asking.Number,
        after: Annotated[int, Query()] = 0,
        card_after: Annotated[int, Query()] = 0,
    ) -> Response:
        return one_shift(request, signed, shift_no, after, card_after)

    @app.post("/tills/{shift_no}/close")
    def closed(
        request: Request,
        signed: Annotated[Signed, keeps],
        shift_no: asking.Number,
        counts: Typed,
        second: Annotated[StaffNo | Refusal | None, second_by],
        slip: Annotated[int | Refusal | None, Depends(typed_slip)],
        why: Annotated[str, Form(max_length=20)] = "",
        slip_why: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        typed: dict[str, Any] = {"why": why, "slip_why": slip_why}
        if isinstance(counts, Refusal):
            return one_shift(request, signed, shift_no, refusal=counts, **typed)
        if isinstance(slip, Refusal):
            return one_shift(request, signed, shift_no, refusal=slip, **typed)
        typed |= {"counts": counts, "slip": in_yuan(slip) if slip is not None else ""}
        if isinstance(second, Refusal):
            return one_shift(request, signed, shift_no, refusal=second, **typed)
        reasons = [DifferenceWhy(one) if one in set(DifferenceWhy) else None for one in (why, slip_why)]
        asked = Closing(shift_no, counts, signed.staff_no, reasons[0], second, slip, reasons[1])
        done = close_till.handle(context, asked, context.clock())
        if isinstance(done, Refusal):
            return one_shift(request, signed, shift_no, refusal=done, **typed)
        return RedirectResponse(f"{request.scope['root_path']}/tills/{shift_no}", 303)
