"""The console's places and things: out of service and why, sizes, video, plates, temporary slots for a surge."""

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS
from cardsvc.context import Context
from cardsvc.core.facts import PlaceKind
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Traits
from cardsvc.core.terms import Reason
from cardsvc.core.words import say
from cardsvc.handlers import add_resource, set_resource
from cardsvc.handlers.add_resource import KINDS
from cardsvc.store import resources
from cardsvc.store.resources import Thing

WHYS = (Reason.EQUIPMENT, Reason.INFECTION, Reason.POLICE, Reason.POWER_CUT, Reason.WEATHER, Reason.URGENT)
SIZED = frozenset({PlaceKind.FURNACE, PlaceKind.SLOT})
NUMBERS = ("max_length_cm", "max_width_cm", "max_weight_kg")


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_PLACES)
    manages, _ = asks(Action.MANAGE_PLACES)

    def page(request: Request, signed: Signed, kind: PlaceKind, refusal: Refusal | None = None) -> Response:
        with context.engine.connect() as connection:
            rows = resources.things(connection, context.home_id, kind)
        values = {"rows": rows, "kind": kind, "kinds": KINDS, "whys": WHYS, "sized": kind in SIZED, "numbers": NUMBERS}
        values |= {"films": kind is PlaceKind.FURNACE, "plated": kind is PlaceKind.VEHICLE}
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "resources", signed, values, refusal=refusal, status=status)

    def back(request: Request, kind: PlaceKind, code: str = "") -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/resources?kind={kind}#{code}", 303)

    @app.get("/resources")
    def listed(
        request: Request, signed: Annotated[Signed, sees], kind: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        return page(request, signed, PlaceKind(kind) if kind in KINDS else PlaceKind.SLOT)

    @app.post("/resources")
    def added(
        request: Request,
        signed: Annotated[Signed, manages],
        kind: Annotated[PlaceKind, Form()],
        code: Annotated[str, Form(max_length=12)] = "",
    ) -> Response:
        code = code.strip().upper()
        titles = (f"{say('zh_CN', f'place.{kind}')} {code}", f"{say('en', f'place.{kind}')} {code}")
        thing = Thing(kind, code, *titles, Traits(temporary=True), None)
        done = add_resource.handle(context, thing, signed.staff_no, context.clock())
        return page(request, signed, kind, done) if isinstance(done, Refusal) else back(request, kind, code)

    @app.post("/resources/{kind}/{code}")
    async def changed(request: Request, signed: Annotated[Signed, manages], kind: PlaceKind, code: str) -> Response:
        form = {name: str(value).strip() for name, value in (await request.form()).items()}
        with context.engine.connect() as connection:
            thing = resources.thing(connection, context.home_id, kind, code)
        if thing is None:
            return page(request, signed, kind, Refusal(Problem.PLACE_UNKNOWN, code))
        typed: dict[str, object] = {name: form[name] for name in NUMBERS if form.get(name)}
        typed |= {"closed": form.get("closed") or None, "plate": form.get("plate") or None}
        if "films" in form:
            typed["video"] = "video" in form
        try:
            traits = Traits.model_validate(thing.traits.model_dump() | typed, strict=False)
        except ValidationError as error:
            return page(request, signed, kind, asking.wrong_fields(error))
        done = set_resource.handle(context, kind, code, traits, signed.staff_no, context.clock())
        return page(request, signed, kind, done) if isinstance(done, Refusal) else back(request, kind, code)

    @app.post("/resources/{kind}/{code}/remove")
    def removed(request: Request, signed: Annotated[Signed, manages], kind: PlaceKind, code: str) -> Response:
        refusal = add_resource.remove(context, kind, code, signed.staff_no, context.clock())
        return page(request, signed, kind, refusal) if refusal is not None else back(request, kind)
