"""The console's stock of certificates: who keeps it, what became of each number, received, handed on, void, counted."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS
from cardsvc.context import Context
from cardsvc.core.certificates import SPOILT, CertificateState, numbers_in, ranges
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Reason
from cardsvc.handlers import count_certificates, hand_certificates, receive_certificates, void_certificates
from cardsvc.store import certificates, staff

Numbers = Annotated[str, Form(max_length=20_000)]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and its forms to the console."""
    _, sees = asking.asks_whole(access, Action.SEE_CERTIFICATES)
    keeps, _ = asking.asks_whole(access, Action.KEEP_CERTIFICATES)
    second_by = asking.second_by(access)

    def page(
        request: Request, signed: Signed, state: str = "", after: str = "", refusal: Refusal | None = None
    ) -> Response:
        home, known = context.home_id, CertificateState(state) if state in set(CertificateState) else None
        with context.engine.connect() as connection:
            rows = certificates.page(connection, home, known, after)
            values: dict[str, Any] = {
                "figures": certificates.figures(connection, home),
                "keepers": certificates.keepers(connection, home),
                "counts": certificates.counts(connection, home),
                "acts": certificates.acts(connection, home),
                "names": staff.names(connection, home),
            }
        more = rows[certificates.PAGE - 1].number if len(rows) > certificates.PAGE else None
        values |= {"rows": rows[: certificates.PAGE], "state": known, "states": list(CertificateState), "more": more}
        values |= {"whys": SPOILT, "ranges": ranges}
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "certificates", signed, values, refusal=refusal, status=status)

    def told(request: Request, signed: Signed, done: object, where: str = "") -> Response:
        if isinstance(done, Refusal):
            return page(request, signed, refusal=done)
        return RedirectResponse(f"{request.scope['root_path']}/certificates{where}", 303)

    def read(text: str) -> frozenset[str] | Refusal:
        try:
            return numbers_in(text)
        except ValueError:
            return Refusal(Problem.FIELD_INVALID, "numbers")

    @app.get("/certificates")
    def listed(
        request: Request,
        signed: Annotated[Signed, sees],
        state: Annotated[str, Query(max_length=12)] = "",
        after: Annotated[str, Query(max_length=24)] = "",
    ) -> Response:
        return page(request, signed, state, after)

    @app.post("/certificates/receive")
    def received(
        request: Request,
        signed: Annotated[Signed, keeps],
        first: Annotated[int, Form()],
        count: Annotated[int, Form()],
        prefix: Annotated[str, Form(max_length=20)] = "",
        keeper: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        held_by = StaffNo(keeper.strip()) if keeper.strip() else None
        number = prefix.strip().upper()
        now = context.clock()
        done = receive_certificates.handle(context, number, first, count, signed.staff_no, now, held_by)
        return told(request, signed, done)

    @app.post("/certificates/hand")
    def handed(
        request: Request,
        signed: Annotated[Signed, keeps],
        receiver: Annotated[StaffNo | Refusal | None, second_by],
        numbers: Numbers = "",
    ) -> Response:
        some = read(numbers)
        if isinstance(some, Refusal) or isinstance(receiver, Refusal):
            return told(request, signed, some if isinstance(some, Refusal) else receiver)
        return told(
            request, signed, hand_certificates.handle(context, some, signed.staff_no, receiver, context.clock())
        )

    @app.post("/certificates/void")
    def voided(
        request: Request,
        signed: Annotated[Signed, keeps],
        second: Annotated[StaffNo | Refusal | None, second_by],
        reason: Annotated[Reason, Form()],
        numbers: Numbers = "",
    ) -> Response:
        some = read(numbers)
        if isinstance(some, Refusal) or isinstance(second, Refusal):
            return told(request, signed, some if isinstance(some, Refusal) else second)
        done = void_certificates.handle(context, some, reason, signed.staff_no, second, context.clock())
        return told(request, signed, done, "?state=void")

    @app.post("/certificates/count")
    def counted(
        request: Request,
        signed: Annotated[Signed, keeps],
        numbers: Numbers = "",
        keeper: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        some = read(numbers)
        if isinstance(some, Refusal):
            return told(request, signed, some)
        held_by = StaffNo(keeper.strip()) if keeper.strip() else None
        done = count_certificates.handle(context, some, held_by, signed.staff_no, context.clock())
        return told(request, signed, done, f"#n{done.log_no}")
