"""The shell around every page: menu by permission, language, who I am, headers that let nothing foreign in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from cardsvc.api.access import Signed
from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Refusal
from cardsvc.core.words import CATALOGUES, Language, say

HERE = Path(__file__).parent
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    name: str
    path: str
    action: Action | None = None


MENU: Mapping[str, tuple[Entry, ...]] = {
    "work": (
        Entry("work", "work"),
        Entry("board", "board", Action.SEE_BOARD),
        Entry("boards", "boards", Action.SEE_STATION_BOARDS),
        Entry("cases", "cases", Action.SEE_CASES),
        Entry("book", "cases/new", Action.BOOK),
        Entry("dispatch", "dispatch", Action.DISPATCH),
        Entry("cold_storage", "cold-storage", Action.SEE_PLACES),
        Entry("calendar", "calendar", Action.SEE_CALENDAR),
        Entry("dressing", "dressing", Action.SEE_DRESSING),
        Entry("furnace_log", "furnaces", Action.SEE_OPERATIONS),
        Entry("ashes", "ashes", Action.SEE_CASES),
        Entry("certificates", "certificates", Action.SEE_CERTIFICATES),
    ),
    "money": (
        Entry("payments", "payments", Action.SEE_BILLS),
        Entry("desk_held", "held", Action.SEE_BILLS),
        Entry("paid_out", "paid-out", Action.SEE_BILLS),
        Entry("tills", "tills", Action.SEE_TILLS),
        Entry("receipts_fiscal", "receipts/fiscal", Action.SEE_RECEIPTS),
        Entry("receipts_invoice", "receipts/invoice", Action.SEE_RECEIPTS),
        Entry("review", "review", Action.REVIEW_BILLS),
        Entry("statements", "statements", Action.SEE_BILLS),
        Entry("day_close", "days", Action.SEE_BILLS),
        Entry("trial_balance", "trial-balance", Action.SEE_BILLS),
        Entry("reports", "reports", Action.SEE_REPORTS),
        Entry("prices", "prices", Action.SEE_RULES),
        Entry("waivers", "waivers", Action.SEE_RULES),
    ),
    "bureau": (
        Entry("modules", "modules", Action.SEE_RECORDS),
        Entry("deaths", "modules/deaths", Action.SEE_RECORDS),
        Entry("half_year", "modules/half-year", Action.SEE_RECORDS),
        Entry("module_grants", "module-grants", Action.GRANT_MODULES),
    ),
    "house": (
        Entry("unsettled", "unsettled", Action.SEE_STATIONS),
        Entry("reconciliation", "reconciliation", Action.SEE_OPERATIONS),
        Entry("outbox", "outbox", Action.SEE_OPERATIONS),
        Entry("drills", "drills", Action.SEE_OPERATIONS),
        Entry("resources", "resources", Action.SEE_PLACES),
        Entry("shifts", "shifts", Action.SEE_RULES),
        Entry("rules", "rules", Action.SEE_RULES),
        Entry("cards", "cards", Action.ISSUE_CARD),
        Entry("stations", "stations", Action.SEE_STATIONS),
        Entry("screens", "screens", Action.MANAGE_SCREENS),
        Entry("staff", "staff", Action.MANAGE_STAFF),
        Entry("roles", "roles", Action.SEE_CASES),
        Entry("audit", "audit", Action.SEE_AUDIT),
    ),
}
"""By what is being done: the dead and their families, their bills, the bureau's other work, the house."""


def _menu(signed: Signed | None) -> dict[str, list[Entry]]:
    """What this person may open; a group of which nothing is left is not there."""
    if signed is None:
        return {}
    mine = {
        group: [one for one in entries if one.action is None or signed.may(one.action)]
        for group, entries in MENU.items()
    }
    return {group: entries for group, entries in mine.items() if entries}


def first_of(signed: Signed) -> str:
    """Where somebody begins who works with no cases: the first page of theirs, else what waits for them."""
    pages = (
        one.path for entries in MENU.values() for one in entries if one.action is not None and signed.may(one.action)
    )
    return next(pages, "work")


@cache
def templates() -> Environment:
    """The templates of all pages: a process compiles each of them once."""
    pages = Environment(
        loader=FileSystemLoader(HERE / "pages"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    pages.filters["when"] = when
    pages.filters["second"] = lambda at: local(at).strftime("%H:%M:%S")
    pages.filters["yuan"] = lambda fen: f"¥{in_yuan(fen)}"
    return pages


class Shell:
    """Renders pages."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.counts: dict[str, Callable[[Signed], int]] = {}
        """For an entry of the menu, how much of it waits for who has signed in."""
        self._pages = templates()

    def page(
        self,
        request: Request,
        name: str,
        signed: Signed | None,
        values: Mapping[str, Any] | None = None,
        *,
        refusal: Refusal | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """A page; a refusal is told on top, with every reason and what to do."""
        language = language_of(request)
        html = self._pages.get_template(f"{name}.html").render(
            language=language,
            other="en" if language == "zh_CN" else "zh_CN",
            here=f"{request.url.path}{'?' + request.url.query if request.url.query else ''}",
            say=Words(language),
            known=lambda key: key in CATALOGUES[language],
            signed=signed,
            may=signed.may if signed is not None else lambda action: False,
            A=Action,
            menu=(menu := _menu(signed)),
            menu_counts=self._counted(signed, menu),
            demo=self._context.demo,
            refusal=reasons(refusal, language) if refusal is not None else [],
            **(values or {}),
        )
        return HTMLResponse(html, status)

    def _counted(self, signed: Signed | None, menu: Mapping[str, list[Entry]]) -> dict[str, int]:
        """How much waits behind the entries of a menu that count."""
        shown = {one.name for entries in menu.values() for one in entries}
        counts = self.counts.items() if signed is not None else ()
        return {name: count(signed) for name, count in counts if name in shown and signed is not None}

    def part(self, language: Language, name: str, values: Mapping[str, Any]) -> Markup:
        """A piece of a page."""
        return Markup(
            self._pages.get_template(f"{name}.html").render(say=Words(language), words=CATALOGUES[language], **values)
        )


class Words:
    """`say` for templates, in the page's language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, key: str, **values: object) -> str:
        return say(self._language, key, **values)


def reasons(refusal: Refusal, language: Language) -> list[tuple[str, str]]:
    """Every reason in words, and what to do."""
    told = []
    for one in refusal.all():
        said = say(language, f"problem.{one.problem}.say")
        names = [name.strip() for name in one.detail.split(",") if name.strip()]
        detail = ", ".join(_field(name, language) for name in names)
        told.append((f"{said}: {detail}" if detail else said, say(language, f"problem.{one.problem}.do")))
    return told


def _field(name: str, language: Language) -> str:
    words = CATALOGUES[language]
    tables = (
        "booking",
        "field",
        "step",
        "stage",
        "place",
        "card_state",
        "hot_reason",
        "unsafe",
        "price_field",
        "action",
    )
    return next((words[key] for key in (f"{one}.{name}" for one in tables) if key in words), name)


def when(at: datetime | None) -> str:
    """A moment in local time."""
    return local(at).strftime("%Y-%m-%d %H:%M") if at is not None else "—"
