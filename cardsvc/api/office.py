"""The office's JSON surface: the same acts as the console's pages, for other programs of the home."""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cardsvc.api import entering, errors, office_cards, office_cold, printing, receipts
from cardsvc.api.access import FORM_HEADER, Access, Signed, turned_away
from cardsvc.api.errors import Refused
from cardsvc.api.searching import wanted_of
from cardsvc.context import Context
from cardsvc.core.booking import BookingForm
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Fact, Stage, Step
from cardsvc.core.ids import CASE_NO, CaseNo
from cardsvc.core.ledger import Bill
from cardsvc.core.permissions import ALLOWED, Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import BillLine
from cardsvc.handlers import family_link, reveal
from cardsvc.handlers.reveal import Personal, Why
from cardsvc.store import office, snapshots

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
Number = Annotated[str, Path(pattern=CASE_NO.pattern, max_length=20)]


class Body(BaseModel):
    """What is sent: nothing that is not described."""

    model_config = ConfigDict(extra="forbid", strict=False)


class SignIn(Body):
    """Number and password of a personal account."""

    staff_no: str = Field(min_length=1, max_length=20)
    password: str = Field(min_length=1, max_length=200)


class TypedDetails(Details):
    """Details as JSON brings them: codes and times are texts there."""

    model_config = ConfigDict(strict=False)


class TypedBooking(BookingForm):
    """A booking as JSON brings it."""

    model_config = ConfigDict(strict=False)


class Entered(Body):
    """A step of the office; some need a second person with their own password."""

    step: Step
    details: TypedDetails = TypedDetails()
    second_staff_no: str | None = Field(default=None, max_length=20)
    second_password: str | None = Field(default=None, max_length=200)


class Revealing(Body):
    """What to show, and why."""

    what: Personal
    why: Why


class Me(BaseModel):
    """Who is signed in; `form_token` goes back with every change in the header x-form-token."""

    staff_no: str
    shown_name: str
    roles: list[str]
    county: str | None
    form_token: str


class Listed(BaseModel):
    """A case in a list."""

    case_no: str
    shown_name: str
    county: str
    stage: Stage
    tag: str | None
    held: bool


class CaseList(BaseModel):
    """A page of cases; `next` is what `before` must be for the one after."""

    cases: list[Listed]
    next: str | None


class CasePage(BaseModel):
    """A case with all that happened to it."""

    shown_name: str
    county: str
    relation: str
    case: Case
    facts: list[Fact]
    bill: Bill | None
    lines: list[BillLine]


def create(context: Context, access: Access) -> FastAPI:
    """The office's application; sessions are shared with the console's pages."""
    app = FastAPI(title="One Card: office", version="1")
    errors.install(app)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:
        if (away := await turned_away(request)) is not None:
            return errors.problem_response(away, errors.language_of(request))
        response: Response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    def asks(action: Action | None) -> Any:
        """Somebody signed in who may do this; a change also brings the form token."""

        def who(request: Request, form_token: Annotated[str, Header(alias=FORM_HEADER)] = "") -> Signed:
            signed = access.who(request)
            if request.method not in ("GET", "HEAD") and form_token != signed.form_token:
                raise Refused(Refusal(Problem.FORM_EXPIRED))
            if action is not None and not signed.may(action):
                raise Refused(Refusal(Problem.NOT_ALLOWED, action))
            return signed

        return Depends(who)

    mine = partial(entering.mine, context)

    @app.post("/session", status_code=204)
    def sign_in_(request: Request, ask: SignIn) -> Response:
        """Sign in."""
        response = Response(status_code=204)
        access.set_cookie(response, access.sign_in(request, ask.staff_no, ask.password))
        return response

    @app.delete("/session", status_code=204)
    def sign_out(request: Request, signed: Annotated[Signed, asks(None)]) -> Response:
        """Sign out."""
        access.sign_out(request, signed)
        return Response(status_code=204)

    @app.get("/me")
    def me(signed: Annotated[Signed, asks(None)]) -> Me:
        """Who is signed in."""
        roles = [role.value for role in signed.roles]
        return Me(
            staff_no=signed.staff_no,
            shown_name=signed.shown_name,
            roles=roles,
            county=signed.county,
            form_token=signed.form_token,
        )

    @app.get("/cases")
    def cases(
        signed: Annotated[Signed, asks(Action.SEE_CASES)],
        q: Annotated[str, Query(max_length=60)] = "",
        stage: Stage | None = None,
        before: Annotated[str, Query(max_length=20)] = "",
        oldest_first: bool = False,
    ) -> CaseList:
        """Cases, the newest first; `q` finds number parts, names, pinyin, initials, tags, ID numbers and phones."""
        wanted = wanted_of(context.vault, q, stage or "", signed.county, before, oldest_first)
        with context.engine.connect() as connection:
            rows = office.cases(connection, context.home_id, wanted)
        shown = [
            Listed(
                case_no=row.case.case_no,
                shown_name=row.shown_name,
                county=row.county,
                stage=row.case.stage,
                tag=row.case.tag,
                held=bool(row.case.holds),
            )
            for row in rows[: office.PAGE]
        ]
        return CaseList(cases=shown, next=shown[-1].case_no if len(rows) > office.PAGE else None)

    @app.get("/cases/{case_no}")
    def case(signed: Annotated[Signed, asks(Action.SEE_CASES)], case_no: Number) -> CasePage:
        """One case; its bill for those who may see bills."""
        row, home = mine(signed, case_no), context.home_id
        with context.engine.connect() as connection:
            sees = signed.may(Action.SEE_BILLS)
            return CasePage(
                shown_name=row.shown_name,
                county=row.county,
                relation=row.relation,
                case=row.case,
                facts=office.facts(connection, home, row.case.case_no),
                bill=snapshots.case_bill(connection, home, row.case.case_no) if sees else None,
                lines=snapshots.case_lines(connection, home, row.case.case_no) if sees else [],
            )

    @app.post("/cases", status_code=201)
    def book(signed: Annotated[Signed, asks(Action.BOOK)], form: TypedBooking) -> dict[str, str]:
        """Open a case by phone booking; the same person's second open case is refused, so a repeat makes no second."""
        number = entering.book(context, signed, form)
        if isinstance(number, Refusal):
            raise Refused(number)
        return {"case_no": number}

    @app.post("/cases/{case_no}/steps")
    def enter(request: Request, signed: Annotated[Signed, asks(None)], case_no: Number, ask: Entered) -> dict[str, str]:
        """Take a step of the office, which the step itself permits to roles."""
        mine(signed, case_no)
        second = access.second(request, ask.second_staff_no or "", ask.second_password or "")
        judgement = entering.enter(context, signed, CaseNo(case_no), ask.step, Details(**dict(ask.details)), second)
        if isinstance(judgement, Refusal):
            raise Refused(judgement)
        return {"outcome": judgement.outcome}

    @app.post("/cases/{case_no}/reveal")
    def reveal_(signed: Annotated[Signed, asks(Action.REVEAL)], case_no: Number, ask: Revealing) -> dict[str, str]:
        """Show one piece of personal data; the look is logged with its reason."""
        mine(signed, case_no)
        value = reveal.handle(context, CaseNo(case_no), ask.what, ask.why, signed.staff_no, context.clock())
        if isinstance(value, Refusal):
            raise Refused(value)
        return {"value": value}

    @app.post("/cases/{case_no}/links", status_code=201)
    def link(signed: Annotated[Signed, asks(Action.FAMILY_LINK)], case_no: Number) -> dict[str, str]:
        """Make a link for the family; its address is told once."""
        mine(signed, case_no)
        address = family_link.make(context, CaseNo(case_no), signed.staff_no, context.clock())
        if isinstance(address, Refusal):
            raise Refused(address)
        return {"address": address}

    office_cards.add(app, context, access, asks)
    office_cold.add(app, context, asks)
    printing.add(app, context, asks)
    receipts.add(app, context, asks)

    @app.get("/roles")
    def roles(_: Annotated[Signed, asks(None)]) -> dict[str, dict[str, list[str]]]:
        """Who may do what: the one table of roles."""
        return {
            role.value: {"steps": sorted(allows.steps), "actions": sorted(allows.actions)}
            for role, allows in ALLOWED.items()
        }

    return app
