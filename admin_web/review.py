"""The console's billing review: what rules have flagged, the evidence beside it, decisions by key, one by one."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.review_acts import may_reverse
from admin_web.review_address import FILTERS, address, key_of, name_of, wanted_of
from admin_web.review_together import together_done
from admin_web.shell import Shell, when
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.facts import StationKind
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import SAFE, Rule
from cardsvc.core.reviewing import REASONS, Because, Decision, FlagState
from cardsvc.core.terms import Payer
from cardsvc.core.waiver_words import source_words
from cardsvc.core.words import Language, say
from cardsvc.documents.plain_sheet import Cell, csv_of, xlsx_of
from cardsvc.handlers import review_bill
from cardsvc.store import reviewing, staff
from cardsvc.store.engine import Connection
from cardsvc.store.office import PAGE
from cardsvc.store.opening import price_book
from cardsvc.store.reviewing import COUNTED, Flagged, Wanted

EXPORTED = 10_000
"""The most rows of one export."""
EXPORT_HEADS = (
    *("review.rule", "review.state", "office.case_no", "review.item", "review.payer", "review.station"),
    *("review.amount", "review.at", "review.people", "review.caused"),
)
EXPORT_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages and the form to the console."""
    decides, reviews = asking.asks_whole(access, Action.REVIEW_BILLS)
    home = context.home_id

    def list_page(request: Request, signed: Signed, asked: dict[str, str], refusal: Refusal | None = None) -> Response:
        kept = {name: asked[name] for name in FILTERS if asked.get(name)}
        try:
            wanted = wanted_of(kept)
        except ValueError:
            kept, wanted, refusal = {}, Wanted(), Refusal(Problem.FIELD_INVALID, "amount")
        with context.engine.connect() as connection:
            after, at, done = (_found(context, connection, asked.get(name, "")) for name in ("after", "at", "done"))
            batch = together_done(connection, context, signed, asked.get("together", ""))
            gone = _found(context, connection, asked.get("reversed", ""))
            rows = reviewing.listed(connection, home, wanted, after, PAGE + 1)
            chosen = at if at is not None and at.state is wanted.state else next(iter(rows), None)
            keys = [one.key for one in rows[:PAGE]]
            place = keys.index(chosen.key) if chosen is not None and chosen.key in keys else None
            book = price_book(connection, home, context.clock())
            values: dict[str, Any] = {
                "rows": rows[:PAGE],
                "one": chosen,
                "earlier": reviewing.decisions(connection, home, chosen.key) if chosen is not None else [],
                "counts": reviewing.counts(connection, home, wanted.state),
                "people": staff.names(connection, home),
            }
        following = place + 1 if place is not None and place + 1 < len(keys) else None
        before = place - 1 if place else None
        onward = keys[following] if following is not None else keys[before] if before is not None else None
        back = {
            "following": name_of(onward) if onward is not None else "",
            "filters": address(kept, after=asked.get("after")),
        }
        values |= {
            "to_reverse": urlencode({"flag": name_of(chosen.key), **back}) if chosen is not None else "",
            "done": done if done is not None and done.state is FlagState.ACCEPTED else None,
            "next": name_of(keys[following]) if following is not None else None,
            "previous": name_of(keys[before]) if before is not None else None,
            "more": name_of(keys[-1]) if len(rows) > PAGE else None,
            "after": asked.get("after", "") if after is not None else "",
            "kept": kept,
            "address": lambda **change: address(kept, **change),
            "name_of": name_of,
            "wanted": wanted,
            "names": {row.item: (row.name_zh, row.name_en) for row in book.items},
            "states": list(FlagState),
            "rules": list(Rule),
            "payers": list(Payer),
            "stations": list(StationKind),
            "reasons": REASONS,
            "safe": SAFE,
            "waiver_source": source_words,
            "batch": batch,
            "most": COUNTED,
            "own": chosen is not None and signed.staff_no in chosen.people,
            "gone": gone if gone is not None and gone.state is FlagState.REVERSED else None,
            "reversible": chosen is not None and may_reverse(signed, chosen),
        }
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "review", signed, values, refusal=refusal, status=status)

    @app.get("/review")
    def listed(request: Request, signed: Annotated[Signed, reviews]) -> Response:
        return list_page(request, signed, {name: value[:60] for name, value in request.query_params.items()})

    @app.get("/review/export.{kind}")
    def export(request: Request, signed: Annotated[Signed, reviews], kind: Literal["csv", "xlsx"]) -> Response:
        asked = {name: request.query_params[name][:60] for name in FILTERS if name in request.query_params}
        try:
            wanted = wanted_of(asked)
        except ValueError as error:
            raise Refused(Refusal(Problem.FIELD_INVALID, "amount")) from error
        language = language_of(request)
        with context.engine.connect() as connection:
            found = reviewing.listed(connection, home, wanted, None, EXPORTED)
        heads = [say(language, key) for key in EXPORT_HEADS]
        make = csv_of if kind == "csv" else xlsx_of
        return Response(
            make(heads, (_cells(one, language) for one in found)),
            media_type=EXPORT_KINDS[kind],
            headers={"content-disposition": f'attachment; filename="review.{kind}"'},
        )

    @app.post("/review")
    def decide(
        request: Request,
        signed: Annotated[Signed, decides],
        flag: Annotated[str, Form(max_length=80)],
        decision: Annotated[Decision, Form()],
        because: Annotated[Because, Form()],
        following: Annotated[str, Form(max_length=80)] = "",
        filters: Annotated[str, Form(max_length=600)] = "",
    ) -> Response:
        kept = {name: value for name, value in parse_qsl(filters) if name in (*FILTERS, "after")}
        key = key_of(flag)
        if key is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        done = review_bill.handle(context, key, decision, because, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return list_page(request, signed, {**kept, "at": flag}, done)
        shown = {"at": flag} if decision is Decision.UNDO else {"done": flag, "at": following}
        return RedirectResponse(f"{request.scope['root_path']}/review?{address(kept, **shown)}", 303)


def _found(context: Context, connection: Connection, name: str) -> Flagged | None:
    key = key_of(name)
    return reviewing.find(connection, context.home_id, key) if key is not None else None


def _cells(one: Flagged, language: Language) -> list[Cell]:
    """A flag as a row of the export; the amount in yuan, which only people and spreadsheets read."""
    return [
        say(language, f"review_rule.{one.key.rule}"),
        say(language, f"flag_state.{one.state}"),
        one.case_no or "",
        one.item or "",
        say(language, f"payer.{one.payer}") if one.payer else "",
        say(language, f"station.{one.station}") if one.station else "",
        Decimal(one.amount_fen).scaleb(-2),
        when(one.at),
        ", ".join(who for who in (one.caused_by, one.second) if who),
        " ".join(one.evidence.causes),
    ]
