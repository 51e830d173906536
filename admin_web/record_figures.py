"""A module's statistics: figures against target and the year before, by county; and what the bureau says of them."""

from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking, records
from admin_web.figure_lines import NAMED, Chosen, chosen, line
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, language_of
from cardsvc.context import Context
from cardsvc.core.figures import Unit
from cardsvc.core.indicated import NOTHING_SAID, Relation, Said, number_of, span_of
from cardsvc.core.local_time import local
from cardsvc.core.permissions import EVERY_MODULE, Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Column, Kind, Label, Wrong
from cardsvc.documents.figure_words import FigureWords
from cardsvc.handlers import set_figures
from cardsvc.modules import Module
from cardsvc.naming.cells import read
from cardsvc.rows import marks
from cardsvc.rows.figuring import Figures
from cardsvc.rows.funeral import FUNERAL
from cardsvc.store.reconciling import one_moment

AMOUNT = Column("amount", Label("数", "Number"), Kind.MONEY)
"""Targets are typed as money is: at most two decimals."""
DECIDED = {"as_parts": None, "told": False, "withheld": True}


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_RECORDS)
    sets, looks = asking.asks_whole(access, Action.SET_FIGURES)

    def base(request: Request, signed: Signed, module: Module, asked: Chosen) -> dict[str, Any]:
        return {
            "module": module,
            "chosen": asked,
            "spans": {one: urlencode(Chosen(one, span_of(one, asked.period.first)).asked) for one in NAMED},
            "earlier": asked.beside(-1),
            "later": asked.beside(1),
            "days": FigureWords(language_of(request)).period(asked.period),
            "sets": signed.may(Action.SET_FIGURES) and signed.county is None,
        }

    @app.get("/modules/{module}/statistics")
    def statistics(request: Request, signed: Annotated[Signed, sees], module: str) -> Response:
        found = figured(context, signed, module)
        words = FigureWords(language_of(request))
        asked = chosen(request.query_params, local(context.clock()).date())
        names = records.county_names(words.language)
        wanted = request.query_params.get("county", "")
        county = signed.county or (wanted if wanted in names else None)
        opens = signed.may(Action.SEE_FIGURE_ROWS)
        with one_moment(context.engine) as connection:
            figures = Figures(connection, context.home_id, found, asked.period, signed.county)
            lines = [
                line(words, found, figures.told(one, county), asked.period, opens=opens, county=county)
                for one in found.indicators
            ]
            named = {one.name: one for one in found.indicators}
            first = next((one.told.indicator for one in lines if not one.told.withheld), None)
            parted = named.get(request.query_params.get("by", "")) or first
            parts = figures.counties(parted) if parted is not None and county is None else ()
        known = [one for _, told in parts for one in (told.now, told.before) if one is not None]
        values = base(request, signed, found, asked) | {
            "lines": lines,
            "county": county,
            "counties": names,
            "parted": parted,
            "parts": [(code, line(words, found, told, asked.period, opens=opens, county=code)) for code, told in parts],
            "longest": max(known, default=0),
            "address": lambda **more: urlencode({**asked.asked, **{k: v for k, v in more.items() if v}}),
        }
        return shell.page(request, "record_statistics", signed, values)

    def setting(
        request: Request, signed: Signed, module: Module, asked: Chosen, typed: dict[str, str], refusal: Refusal | None
    ) -> Response:
        with context.engine.connect() as connection:
            said = marks.exactly(connection, context.home_id, module.name, asked.period)
        rows = [
            (
                one,
                {
                    name: typed.get(f"{name}.{one.name}", text)
                    for name, text in texts_of(one.unit, said.get(one.name, NOTHING_SAID)).items()
                },
            )
            for one in module.indicators
        ]
        values = base(request, signed, module, asked) | {
            "rows": rows,
            "relations": list(Relation),
            "decided": list(DECIDED),
            "address": urlencode(asked.asked),
            "saved": request.query_params.get("saved", "")[:5],
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_figures", signed, values, refusal=refusal, status=status)

    @app.get("/modules/{module}/statistics/set")
    def set_page(request: Request, signed: Annotated[Signed, looks], module: str) -> Response:
        found = figured(context, signed, module)
        asked = chosen(request.query_params, local(context.clock()).date())
        return setting(request, signed, found, asked, {}, None)

    @app.post("/modules/{module}/statistics/set")
    async def set_(request: Request, signed: Annotated[Signed, sets], module: str) -> Response:
        found = figured(context, signed, module)
        asked = chosen(request.query_params, local(context.clock()).date())
        typed = {name: str(value).strip() for name, value in (await request.form()).items()}
        said: dict[str, Said] = {}
        for one in found.indicators:
            meant = said_by(typed, one.name)
            if isinstance(meant, Refusal):
                return setting(request, signed, found, asked, typed, meant)
            said[one.name] = meant
        done = set_figures.handle(context, found, asked.period, said, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return setting(request, signed, found, asked, typed, done)
        back = f"{request.scope['root_path']}/modules/{module}/statistics/set"
        return RedirectResponse(f"{back}?{urlencode({**asked.asked, 'saved': done})}", 303)


def figured(context: Context, signed: Signed, name: str) -> Module:
    """A module that somebody works in, or the funeral service for who sees all of them. Raises Refused."""
    if name == FUNERAL.name and EVERY_MODULE & set(signed.roles) and signed.county is None:
        return FUNERAL
    return records.module_at(context, signed, name)


def said_by(typed: dict[str, str], name: str) -> Said | Refusal:
    """What a form says of a figure."""
    numbers: dict[str, int | None] = {}
    for field in ("target", "bound"):
        found = read(AMOUNT, typed.get(f"{field}.{name}", ""))
        if isinstance(found, Wrong) or not (found is None or isinstance(found, int)):
            return Refusal(Problem.FIELD_INVALID, field)
        numbers[field] = found
    relation = next((one for one in Relation if one == typed.get(f"relation.{name}")), Relation.EXACT)
    decided = DECIDED.get(typed.get(f"published.{name}", ""))
    notes = (typed.get(f"{note}.{name}", "") for note in ("note", "note_en"))
    return Said(numbers["target"], relation, numbers["bound"], decided, *notes)


def texts_of(unit: Unit, said: Said) -> dict[str, str]:
    """What a form shows of what is said: numbers as they are typed, money in yuan."""
    return {
        "target": _typed(said.target),
        "relation": said.relation.value,
        "bound": _typed(said.bound),
        "published": next(name for name, one in DECIDED.items() if one is said.withheld),
        "note": said.note,
        "note_en": said.note_en,
    }


def _typed(hundredths: int | None) -> str:
    if hundredths is None:
        return ""
    number = number_of(Unit.COUNT, hundredths)
    return str(number)
