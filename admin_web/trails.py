"""The console's ash trails: a family signs up from its case for what a module offers; how its sign-up stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking, records
from admin_web.shell import Shell
from cardsvc.api import entering
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused
from cardsvc.api.following import left_behind
from cardsvc.api.signing_up import sign_up, trails_of
from cardsvc.context import Context
from cardsvc.core.case import Case
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.trails import Trail
from cardsvc.core.words import Language
from cardsvc.core.workflow import in_order
from cardsvc.modules import Module
from cardsvc.naming.cells import written
from cardsvc.rows import trails as rows
from cardsvc.rows.keeping import Kept, Where, find_all
from cardsvc.rows.titles import titles
from cardsvc.store.engine import Connection


@dataclass(frozen=True, slots=True)
class SignedUp:
    """How a case's sign-up stands, in words; `path` leads to its row where they work in that module."""

    module: str
    state: str
    way: str
    event: str
    spot: str
    rested: bool
    given_up: bool
    path: str


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add what a case page sends to the console."""
    takes, _ = partial(asking.asks, access)(Action.SEE_CASES)

    @app.post("/cases/{case_no}/sign-up")
    def sign(
        request: Request,
        signed: Annotated[Signed, takes],
        case_no: str,
        module: Annotated[str, Form(max_length=40)],
        event: Annotated[str, Form(max_length=40)],
    ) -> Response:
        number, found = entering.mine(context, signed, case_no).case.case_no, context.modules.get(module)
        if found is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        refusal = sign_up(context, signed, found, number, event)
        if refusal is not None:
            raise Refused(refusal)
        return RedirectResponse(f"{request.scope['root_path']}/cases/{number}#rest", 303)


def case_values(
    connection: Connection, context: Context, signed: Signed, case: Case, language: Language
) -> dict[str, Any]:
    """What the case page shows of its ash trail: its sign-up, what is offered, graves that are left, the chosen one."""
    ups = states(connection, context, signed, [case.case_no], language).get(case.case_no, ())
    plans = may_take(signed.roles, Step.PLAN_REST) and in_order(case, Step.PLAN_REST) is None
    offers: list[tuple[str, str, str, int]] = []
    graves: list[tuple[str, str]] = []
    resting = ""
    for module, trail in trails_of(context):
        if plans and all(one.given_up for one in ups):
            offers += _offers(connection, context, module, trail, language)
        places = rows.graves(connection, context.home_id, module, trail) if plans else []
        graves += _named(connection, context, module, trail, places, language).items()
        if case.resting is not None and trail.graves is not None:
            where = Where(context.home_id, module.name, module.record(trail.graves.record))
            chosen = find_all(connection, where, [case.resting])
            resting = resting or next(iter(_named(connection, context, module, trail, chosen, language).values()), "")
    behind = states(connection, context, signed, left_behind(connection, context, case.case_no), language)
    return {"sign_ups": ups, "behind": behind, "rest_offers": offers, "graves": graves, "resting": resting}


def states(
    connection: Connection, context: Context, signed: Signed, cases: Iterable[CaseNo], language: Language
) -> Mapping[CaseNo, list[SignedUp]]:
    """How the sign-ups of cases stand."""
    cases, mine = list(cases), records.mine(context, signed) if signed.may(Action.SEE_RECORDS) else {}
    found: dict[CaseNo, list[SignedUp]] = {}
    for module, trail in trails_of(context):
        ups, s = rows.of_cases(connection, context.home_id, module, trail, cases), trail.sign_ups
        where = rows.events(context.home_id, module, trail)
        ids = {str(one.values[s.event]) for one in ups.values() if one.values[s.event] is not None}
        events = titles(
            connection, context.vault, context.home_id, module, where.record, find_all(connection, where, ids), language
        )
        for case_no, row in ups.items():
            theirs = module.name in mine and signed.county in (None, row.county)
            path = f"modules/{module.name}/{s.record}/{row.id}" if theirs else ""
            found.setdefault(case_no, []).append(_state(module, trail, row, events, path, language))
    return found


def _state(
    module: Module, trail: Trail, row: Kept, events: Mapping[str, str], path: str, language: Language
) -> SignedUp:
    s, record = trail.sign_ups, module.record(trail.sign_ups.record)

    def said(name: str) -> str:
        return written(record.column(name), row.values[name], language)

    return SignedUp(
        module=module.label.said(language),
        state=said(s.state),
        way=said(s.way),
        event=events.get(str(row.values[s.event]), ""),
        spot=said(s.spot),
        rested=row.values[s.state] == s.rested,
        given_up=row.values[s.state] in s.given_up,
        path=path,
    )


def _offers(
    connection: Connection, context: Context, module: Module, trail: Trail, language: Language
) -> Iterator[tuple[str, str, str, int]]:
    """Events to choose from: module, id, name with its way, places left."""
    found = rows.offered(connection, context.home_id, module, trail, local(context.clock()).date())
    record = module.record(trail.events.record)
    named = titles(connection, context.vault, context.home_id, module, record, [one.row for one in found], language)
    for one in found:
        way = written(record.column(trail.events.way), one.row.values[trail.events.way], language)
        yield module.name, one.row.id, f"{named[one.row.id]} · {way}", one.left


def _named(
    connection: Connection, context: Context, module: Module, trail: Trail, places: list[Kept], language: Language
) -> dict[str, str]:
    if trail.graves is None:
        return {}
    record = module.record(trail.graves.record)
    return titles(connection, context.vault, context.home_id, module, record, places, language)
