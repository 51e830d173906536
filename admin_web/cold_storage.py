"""The console's cold storage: slot map, bodies that are out, temperatures, the daily count, storage terms."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.case import Case, Taken
from cardsvc.core.cold import warmth
from cardsvc.core.facts import Stage, Step
from cardsvc.core.permissions import Action
from cardsvc.core.policy import Policy
from cardsvc.core.prices import PriceBook
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.storage import Term, all_days, term_end, term_of
from cardsvc.core.waived import storage_due
from cardsvc.handlers import count_bodies, log_temperatures
from cardsvc.store import cold_storage, staff
from cardsvc.store.cold_storage import Reading
from cardsvc.store.opening import price_book
from cardsvc.store.policies import policy_of

PATH = "cold-storage"


@dataclass(frozen=True, slots=True)
class Body:
    """A body in our hands, as the pages show it; fen that the family would owe for the open period."""

    case: Case
    shown_name: str
    days: int
    end: datetime | None
    term: Term | None
    owed_fen: int
    end_fen: int
    out: Taken | None

    @property
    def due(self) -> datetime | None:
        """When a body that is out should be back."""
        return self.out.due if self.out is not None else None


def bodies(
    rows: list[tuple[Case, str, str]], policy: Policy, book: PriceBook, now: datetime, county: str | None
) -> list[Body]:
    """The bodies that somebody of this county may see; those with the earliest end of term first."""
    found = []
    for case, shown_name, where in rows:
        if county not in (None, where):
            continue
        end, out = term_end(case, policy), None
        if case.stage is Stage.OUT:
            out = case.last(Step.TAKE_OUT)
        owed, later = (storage_due(case, book, at) for at in (now, max(now, end) if end is not None else now))
        days, term = all_days(case, now), term_of(case, policy, now)
        found.append(Body(case, shown_name, days, end, term, owed, later, out))
    return sorted(found, key=lambda one: (one.end is None, one.end or now, one.case.case_no))


def tenths(text: str) -> int:
    """Degrees as typed (-4.5) in tenths. Raises ValueError."""
    try:
        exact = Decimal(text.strip().replace("−", "-")) * 10
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise ValueError(text)
    return int(exact)


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_PLACES)
    watches, may_watch = asks(Action.WATCH_STORAGE)

    def shown(request: Request, signed: Signed, page: str, refusal: Refusal | None = None, **more: Any) -> Response:
        home, now = context.home_id, context.clock()
        with context.engine.connect() as connection:
            policy = policy_of(connection, home, now)
            found = cold_storage.kept(connection, home)
            here = bodies(found, policy, price_book(connection, home, now), now, signed.county)
            values = {
                "slots": cold_storage.slots(connection, home),
                "counts": cold_storage.counts(connection, home),
                "names": staff.names(connection, home),
            }
        out = sorted((one for one in here if one.out is not None), key=lambda one: (one.due is None, one.due or now))
        values |= {
            "bodies": here,
            "by_case": {one.case.case_no: one for one in here},
            "out": out,
            "policy": policy,
            "now": now,
            "warmth": lambda reading: warmth(reading.tenths, policy),
            "Step": Step,
            "Term": Term,
            **more,
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, page, signed, values, refusal=refusal, status=status)

    @app.get(f"/{PATH}")
    def slot_map(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return shown(request, signed, "cold_storage")

    @app.get(f"/{PATH}/terms")
    def terms(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return shown(request, signed, "cold_terms")

    @app.get(f"/{PATH}/temperatures")
    def temperatures(request: Request, signed: Annotated[Signed, may_watch]) -> Response:
        return shown(request, signed, "cold_temperatures", typed={})

    @app.post(f"/{PATH}/temperatures")
    async def log(request: Request, signed: Annotated[Signed, watches]) -> Response:
        form, now = await request.form(), context.clock()
        typed = {name[2:]: str(value).strip() for name, value in form.items() if name.startswith("t-") and value}
        wrong, readings = [], []
        for slot, text in typed.items():
            try:
                readings.append(Reading(slot, now, tenths(text), "page", signed.staff_no))
            except ValueError:
                wrong.append(slot)
        refusal = Refusal(Problem.FIELD_INVALID, ", ".join(wrong)) if wrong else None
        if not typed:
            refusal = Refusal(Problem.FIELD_MISSING, "temperature")
        done = refusal or log_temperatures.handle(context, readings, signed.staff_no, now)
        if isinstance(done, Refusal):
            return shown(request, signed, "cold_temperatures", done, typed=typed)
        return RedirectResponse(f"{request.scope['root_path']}/{PATH}", 303)

    @app.get(f"/{PATH}/slots/{{code}}")
    def slot(request: Request, signed: Annotated[Signed, sees], code: str) -> Response:
        with context.engine.connect() as connection:
            found = [one for one in cold_storage.slots(connection, context.home_id) if one.code == code]
            past = cold_storage.readings(connection, context.home_id, code)
        if not found:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return shown(request, signed, "cold_slot", slot=found[0], readings=past)

    @app.get(f"/{PATH}/count")
    def counting(request: Request, signed: Annotated[Signed, may_watch]) -> Response:
        return shown(request, signed, "cold_count")

    @app.post(f"/{PATH}/count")
    async def count(request: Request, signed: Annotated[Signed, watches]) -> Response:
        form = await request.form()
        found = [str(one) for one in form.getlist("found")]
        done = count_bodies.handle(context, found, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return shown(request, signed, "cold_count", done)
        return RedirectResponse(f"{request.scope['root_path']}/{PATH}/count#n{done.log_no}", 303)
