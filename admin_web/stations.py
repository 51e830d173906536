"""The console's page of stations: codes, approval and revocation by two people, what was not simply accepted."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import held
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.fingerprint import words_of
from cardsvc.core.ids import StaffNo, StationId
from cardsvc.core.permissions import Action, Role, who_may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.usual import who_can
from cardsvc.core.wire import RevokedWhy
from cardsvc.handlers import enrol_station, revoke_station
from cardsvc.store import cards, journals, office
from cardsvc.store.office import RecordRow


def who(row: RecordRow) -> tuple[Role, ...]:
    """Whose matter a record is that was not simply accepted; nobody's where the station will send what is missing."""
    if row.step in TAKES_MONEY and row.outcome in ("refused", "conflict"):
        return who_may(Action.SETTLE_PAYMENT)
    match row.outcome:
        case "conflict":
            return who_can(Step.RESOLVE)
        case "refused":
            return who_may(Action.ENTER_STEP)
        case "quarantined":
            return who_may(Action.ENROL_STATION)
        case _:
            return ()


def routes(context: Context, access: Access, shell: Shell, asks: Callable[[Action], Any]) -> APIRouter:
    """The routes; `asks` makes the dependencies that let somebody write and look."""
    router = APIRouter()
    _, sees = asks(Action.SEE_STATIONS)
    enrols, _ = asks(Action.ENROL_STATION)
    approves, _ = asks(Action.APPROVE_STATION)
    settles, _ = asking.asks_whole(access, Action.SETTLE_PAYMENT)
    seconds = asking.second_by(access)

    def page(request: Request, signed: Signed, refusal: Refusal | None = None, **more: Any) -> Response:
        with context.engine.connect() as connection:
            rows = office.stations(connection, context.home_id)
            silent = journals.all_said_hello(connection, context.home_id)
        values = {
            "rows": rows,
            "silent": silent,
            "words_of": words_of,
            "whys": revoke_station.ASKED_FOR,
            "now": context.clock(),
            "code": "",
            "for_station": "",
            **more,
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "stations", signed, values, refusal=refusal, status=status)

    @router.get("/stations")
    def stations(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @router.post("/stations/{station_id}/code")
    def code(request: Request, signed: Annotated[Signed, enrols], station_id: str) -> Response:
        with context.engine.connect() as connection:
            rows = [one for one in office.stations(connection, context.home_id) if one.station_id == station_id]
        if not rows:
            raise Refused(Refusal(Problem.NOT_FOUND))
        made = enrol_station.make_code(
            context, StationId(station_id), StationKind(rows[0].kind), rows[0].number, signed.staff_no
        )
        return page(request, signed, code=made, for_station=station_id)

    @router.post("/journals/{journal_id}/approve")
    def approve(
        request: Request,
        signed: Annotated[Signed, approves],
        journal_id: str,
        second: Annotated[StaffNo | Refusal | None, seconds],
    ) -> Response:
        if isinstance(second, Refusal):
            return page(request, signed, second)
        done = enrol_station.approve(context, journal_id, signed.staff_no, second)
        return page(request, signed, done if isinstance(done, Refusal) else None)

    @router.post("/journals/{journal_id}/revoke")
    def revoke(
        request: Request,
        signed: Annotated[Signed, approves],
        journal_id: str,
        why: Annotated[RevokedWhy, Form()],
        second: Annotated[StaffNo | Refusal | None, seconds],
    ) -> Response:
        if isinstance(second, Refusal):
            return page(request, signed, second)
        done = revoke_station.handle(context, journal_id, why, signed.staff_no, second)
        return page(request, signed, done if isinstance(done, Refusal) else None)

    def records(
        request: Request,
        signed: Signed,
        outcome: str = "",
        before: asking.Number | None = None,
        refusal: Refusal | None = None,
    ) -> Response:
        asked = outcome if outcome in office.UNSETTLED else ""
        with context.engine.connect() as connection:
            rows = office.unsettled(connection, context.home_id, None, asked, before, office.PAGE + 1)
            missing = cards.missing(connection, context.home_id)
        more = rows[office.PAGE - 1].log_no if len(rows) > office.PAGE else None
        values: dict[str, Any] = {"rows": rows[: office.PAGE], "missing": missing, "more": more, "outcome": asked}
        values |= {"outcomes": office.UNSETTLED, "money": TAKES_MONEY, "who": who}
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "unsettled", signed, values, refusal=refusal, status=status)

    @router.get("/unsettled")
    def unsettled(
        request: Request,
        signed: Annotated[Signed, sees],
        outcome: Annotated[str, Query(max_length=12)] = "",
        before: asking.Number | None = None,
    ) -> Response:
        return records(request, signed, outcome, before)

    @router.post("/unsettled/{number}/hold")
    def hold(request: Request, signed: Annotated[Signed, settles], number: asking.Number) -> Response:
        refusal = held.take_up(context, signed, number)
        if refusal is not None:
            return records(request, signed, refusal=refusal)
        return RedirectResponse(f"{request.scope['root_path']}/held", 303)

    return router
