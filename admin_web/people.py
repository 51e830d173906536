"""The console's people: who works here and who did; add, roles and county, leave and come back, a first password."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import EVERY_MODULE, Action, Role, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.staffing import Person
from cardsvc.core.words import Language, say
from cardsvc.handlers import manage_staff
from cardsvc.rows import grants
from cardsvc.rows.counties import CODES
from cardsvc.store import managing

ROLES = {role.value: role for role in Role}


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    manages, sees = asking.asks_whole(access, Action.MANAGE_STAFF)
    second_of = asking.second_by(access)
    Second = Annotated[StaffNo | Refusal | None, second_of]

    def listed(
        request: Request, signed: Signed, refusal: Refusal | None = None, q: str = "", typed: Any = None
    ) -> Response:
        with context.engine.connect() as connection:
            everybody = managing.people(connection, context.home_id)
        found = [one for one in everybody if _found(one, q, language_of(request))]
        values = {"rows": found, "q": q, "typed": typed or {}, **_choices()}
        return shell.page(request, "people", signed, values, refusal=refusal, status=_status(refusal))

    def page(
        request: Request,
        signed: Signed,
        staff_no: str,
        refusal: Refusal | None = None,
        first: str = "",
        typed: tuple[tuple[Role, ...], str | None] | None = None,
    ) -> Response:
        with context.engine.connect() as connection:
            one = managing.person(connection, context.home_id, staff_no)
            granted = grants.every(connection, context.home_id).get(StaffNo(staff_no), ())
        if one is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        values = {
            "one": one,
            "first": first,
            "typed": typed or (one.roles, one.county),
            "modules": [module for name, module in context.modules.items() if name in granted],
            "has_modules": may(one.roles, Action.SEE_RECORDS) and not EVERY_MODULE & set(one.roles),
            "at": f"{request.url.netloc}{request.scope['root_path']}",
            **_choices(),
        }
        return shell.page(request, "person", signed, values, refusal=refusal, status=_status(refusal))

    def done(request: Request, signed: Signed, staff_no: str, refusal: Refusal | str | None) -> Response:
        if isinstance(refusal, str):
            return page(request, signed, staff_no, first=refusal)
        if refusal is not None:
            return page(request, signed, staff_no, refusal)
        return RedirectResponse(f"{request.scope['root_path']}/staff/{staff_no}", 303)

    @app.get("/staff")
    def people(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return listed(request, signed)

    @app.post("/staff/find")
    def find(
        request: Request, signed: Annotated[Signed, manages], q: Annotated[str, Form(max_length=60)] = ""
    ) -> Response:
        """What is typed may be somebody's name: it is sent in the body, never in an address."""
        return listed(request, signed, q=q.strip())

    @app.post("/staff")
    async def added(request: Request, signed: Annotated[Signed, manages], second: Second) -> Response:
        form = await request.form()
        staff_no, name, county = (str(form.get(one, "")).strip() for one in ("staff_no", "name", "county"))
        person = Person(StaffNo(staff_no), name, _roles(form), county or None)
        people = (signed.staff_no, second if not isinstance(second, Refusal) else None)
        made = second if isinstance(second, Refusal) else manage_staff.add(context, person, people, context.clock())
        if isinstance(made, Refusal):
            typed = {"staff_no": staff_no, "name": name, "county": county, "roles": person.roles}
            return listed(request, signed, made, typed=typed)
        return page(request, signed, staff_no, first=made)

    @app.get("/staff/{staff_no}")
    def person(request: Request, signed: Annotated[Signed, sees], staff_no: str) -> Response:
        return page(request, signed, staff_no)

    @app.post("/staff/{staff_no}/roles")
    async def change(request: Request, signed: Annotated[Signed, manages], staff_no: str, second: Second) -> Response:
        form = await request.form()
        roles, county = _roles(form), str(form.get("county", "")) or None
        if isinstance(second, Refusal):
            return page(request, signed, staff_no, second, typed=(roles, county))
        both = (signed.staff_no, second)
        changed = manage_staff.change(context, StaffNo(staff_no), roles, county, both, context.clock())
        if changed is not None:
            return page(request, signed, staff_no, changed, typed=(roles, county))
        return done(request, signed, staff_no, None)

    @app.post("/staff/{staff_no}/leave")
    def leave(request: Request, signed: Annotated[Signed, manages], staff_no: str) -> Response:
        left = manage_staff.leave(context, StaffNo(staff_no), (signed.staff_no, None), context.clock())
        return done(request, signed, staff_no, left)

    @app.post("/staff/{staff_no}/back")
    def back(request: Request, signed: Annotated[Signed, manages], staff_no: str, second: Second) -> Response:
        if isinstance(second, Refusal):
            return done(request, signed, staff_no, second)
        both = (signed.staff_no, second)
        return done(
            request, signed, staff_no, manage_staff.come_back(context, StaffNo(staff_no), both, context.clock())
        )

    @app.post("/staff/{staff_no}/reset")
    def reset(request: Request, signed: Annotated[Signed, manages], staff_no: str, second: Second) -> Response:
        if isinstance(second, Refusal):
            return done(request, signed, staff_no, second)
        both = (signed.staff_no, second)
        return done(request, signed, staff_no, manage_staff.reset(context, StaffNo(staff_no), both, context.clock()))


def _choices() -> dict[str, Any]:
    return {"roles": list(Role), "counties": CODES}


def _status(refusal: Refusal | None) -> int:
    return STATUS.get(refusal.problem, 409) if refusal is not None else 200


def _roles(form: Any) -> tuple[Role, ...]:
    return tuple(ROLES[one] for one in form.getlist("role") if one in ROLES)


def _found(one: managing.Person, q: str, language: Language) -> bool:
    """Whether number, shown name, a role or the county has what was typed."""
    county = say(language, f"county.{one.county}") if one.county in CODES else say(language, "people.all_counties")
    said = (one.staff_no, one.shown_name, county, *(say(language, f"role.{role}") for role in one.roles))
    return any(q.casefold() in text.casefold() for text in said)
