"""The console's ashes: shelves, terms of storage and the unclaimed, rest that is not confirmed, trips to the sea."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking, trails
from admin_web.shell import Shell
from cardsvc.api import entering
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, language_of
from cardsvc.context import Context
from cardsvc.core.ash_lists import Term, sea_trips, shelved, term, unconfirmed
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.local_time import from_local
from cardsvc.core.permissions import Action
from cardsvc.core.portions import stays
from cardsvc.core.prices import Trigger
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import REASONS
from cardsvc.core.terms import Reason
from cardsvc.store import ashes
from cardsvc.store.opening import book_of
from cardsvc.store.policies import policy_of

MOST_PERIODS = 5
"""The longest renewal in one act, in periods of the price list."""


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    acts, sees = asks(Action.SEE_CASES)

    def page(
        request: Request, signed: Signed, name: str, values: dict[str, Any], refusal: Refusal | None = None
    ) -> Response:
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        shown = {"tab": name, "now": context.clock(), **values}
        return shell.page(request, f"ashes_{name}", signed, shown, refusal=refusal, status=status)

    @app.get("/ashes")
    def shelves(request: Request, signed: Annotated[Signed, sees]) -> Response:
        now = context.clock()
        with context.engine.connect() as connection:
            places = ashes.shelves(connection, context.home_id)
            cases = ashes.followed(connection, context.home_id, signed.county)
            policy = policy_of(connection, context.home_id, now)
        boxes = [(case, stay, term(case, policy, now)) for case in cases for stay in stays(case)]
        on_shelf: dict[str | None, list[Any]] = {}
        for box in boxes:
            if box[1].portion.place.kind == "shelf":
                on_shelf.setdefault(box[1].portion.place.code, []).append(box)
        return page(request, signed, "shelves", {"places": places, "boxes": boxes, "on_shelf": on_shelf})

    def storage_page(request: Request, signed: Signed, refusal: Refusal | None = None) -> Response:
        now = context.clock()
        with context.engine.connect() as connection:
            cases = ashes.followed(connection, context.home_id, signed.county)
            policy = policy_of(connection, context.home_id, now)
        rows = [(case, term(case, policy, now)) for case in cases if shelved(case)]
        rows.sort(key=lambda row: row[0].storage_until or now)
        split = {
            "rows": [row for row in rows if row[1] is not Term.UNCLAIMED],
            "unclaimed": [row for row in rows if row[1] is Term.UNCLAIMED],
        }
        return page(request, signed, "storage", {**split, "most": MOST_PERIODS}, refusal)

    @app.get("/ashes/storage")
    def storage(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return storage_page(request, signed)

    def period_days(case: Case) -> int:
        with context.engine.connect() as connection:
            book = book_of(connection, context.home_id, case.price_version, context.clock())
        return next((row.period_days for row in book.items if row.trigger is Trigger.ASH_STORAGE), 365)

    @app.post("/ashes/storage/{case_no}")
    def renew(
        request: Request,
        signed: Annotated[Signed, acts],
        case_no: str,
        periods: Annotated[int, Form(ge=1, le=MOST_PERIODS)] = 1,
    ) -> Response:
        case = entering.mine(context, signed, case_no).case
        until = (case.storage_until or context.clock()) + timedelta(days=periods * period_days(case))
        taken = entering.enter(context, signed, case.case_no, Step.RENEW_STORAGE, Details(due=until), None)
        if isinstance(taken, Refusal):
            return storage_page(request, signed, taken)
        return RedirectResponse(f"{request.scope['root_path']}/ashes/storage", 303)

    @app.get("/ashes/rest")
    def rest(request: Request, signed: Annotated[Signed, sees]) -> Response:
        with context.engine.connect() as connection:
            cases = ashes.followed(connection, context.home_id, signed.county)
            policy = policy_of(connection, context.home_id, context.clock())
            rows = sorted((one for case in cases for one in unconfirmed(case, policy)), key=lambda one: one.due)
            numbers = {one.case_no for one in rows}
            sign_ups = trails.states(connection, context, signed, numbers, language_of(request))
        return page(request, signed, "rest", {"rows": rows, "sign_ups": sign_ups})

    def trips_page(request: Request, signed: Signed, refusal: Refusal | None = None) -> Response:
        with context.engine.connect() as connection:
            trips = sea_trips(ashes.planned(connection, context.home_id, signed.county))
        return page(request, signed, "trips", {"trips": trips, "whys": REASONS[Step.POSTPONE_REST]}, refusal)

    @app.get("/ashes/trips")
    def trips(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return trips_page(request, signed)

    @app.post("/ashes/trips")
    def postpone(
        request: Request,
        signed: Annotated[Signed, acts],
        starts: Annotated[datetime, Form()],
        moved_to: Annotated[datetime, Form()],
        reason: Annotated[Reason, Form()],
    ) -> Response:
        """Put a whole trip off, for everybody aboard in one act."""
        to = from_local(moved_to)
        with context.engine.connect() as connection:
            found = sea_trips(ashes.planned(connection, context.home_id, signed.county))
        aboard = next((one.aboard for one in found if one.starts == starts), ())
        if not aboard or to <= context.clock():
            wrong = Refusal(Problem.FIELD_INVALID, "starts") if aboard else Refusal(Problem.NOT_FOUND)
            return trips_page(request, signed, wrong)
        details = Details(starts=to, reason=reason)
        taken = entering.enter_for_all(context, signed, aboard, Step.POSTPONE_REST, details)
        if isinstance(taken, Refusal):
            return trips_page(request, signed, taken)
        return RedirectResponse(f"{request.scope['root_path']}/ashes/trips", 303)
