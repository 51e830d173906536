"""The tray of virtual cards: a page on which a card is laid on a station's reader, and taken away again."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cardsvc.api.access import same_site
from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CaseNo
from cardsvc.core.virtual_card import store
from cardsvc.core.words import say
from cardsvc.demo import chips
from cardsvc.demo.running import RunningHome
from cardsvc.store import office
from cardsvc.virtual_reader.vpcd import CardInField

HERE = Path(__file__).parent / "tray_pages"
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
MINE = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card on the tray; `case_no` is empty for a blank one and for one of the staff (`staff_no`)."""

    card_no: str
    case_no: str
    shown_name: str
    stage: str
    staff_no: str


class Tray:
    """The cards in a folder, and which reader each lies on."""

    def __init__(self, folder: Path, home: RunningHome, context: Context) -> None:
        self.folder, self._home, self._context = folder, home, context
        self._fields: dict[StationKind, tuple[str, CardInField]] = {}
        self._lock = threading.Lock()

    def lying(self) -> dict[StationKind, str]:
        """The card on each reader that has one."""
        return {kind: card_no for kind, (card_no, _) in self._fields.items()}

    def lines(self) -> list[CardLine]:
        """All cards, those of open cases first, the newest case first."""
        numbers = sorted((path.stem for path in self.folder.glob("*.json")), reverse=True)
        lines = []
        with self._context.engine.connect() as connection:
            rows = office.cards(connection, self._context.home_id)
            owners = {row.card_no: row.case_no for row in rows}
            staff = {row.card_no: row.staff_no for row in rows if row.staff_no}
            for number in numbers:
                owner = owners.get(number)
                row = office.case(connection, self._context.home_id, CaseNo(owner)) if owner else None
                name, stage = (row.shown_name, row.case.stage.value) if row is not None else ("", "")
                lines.append(CardLine(number, owner or "", name, stage, staff.get(number, "")))
        return sorted(lines, key=lambda one: one.case_no, reverse=True)

    def lay(self, card_no: str, kind: StationKind) -> bool:
        """Lay a card on a station's reader, wherever it lay before; False when there is no such card."""
        path = self.folder / f"{card_no}.json"
        if path not in set(self.folder.glob("*.json")) or kind not in self._home.stations:
            return False
        with self._lock:
            for other in [other for other, (number, _) in self._fields.items() if number == card_no or other is kind]:
                self._fields.pop(other)[1].remove()
            card = store.load(path.read_text(), self._context.chance)
            field = CardInField(card, self._home.stations[kind].card_port, committed=chips.keeper(card, path))
            self._fields[kind] = (card_no, field)
        return True

    def take(self, kind: StationKind) -> None:
        """Take the card away from a reader."""
        with self._lock:
            if kind in self._fields:
                self._fields.pop(kind)[1].remove()

    def clear(self) -> None:
        """Take all cards away."""
        for kind in list(self._fields):
            self.take(kind)


def create(tray: Tray, home: RunningHome) -> FastAPI:
    """The tray's page; for this machine only."""
    app = FastAPI(openapi_url=None)
    pages = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(), undefined=StrictUndefined)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
        if host not in MINE or not same_site(request):
            return Response(status_code=403)
        response: Response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    @app.get("/")
    def page(request: Request) -> HTMLResponse:
        language = language_of(request)
        html = pages.get_template("tray.html").render(
            language=language,
            say=lambda key, **values: say(language, key, **values),
            lines=tray.lines(),
            lying=tray.lying(),
            stations=[(kind, station.page) for kind, station in home.stations.items()],
        )
        return HTMLResponse(html)

    @app.post("/lay")
    def lay(card_no: Annotated[str, Form(max_length=40)], station: Annotated[StationKind, Form()]) -> Response:
        return RedirectResponse("/", 303) if tray.lay(card_no, station) else Response(status_code=404)

    @app.post("/take")
    def take(station: Annotated[StationKind, Form()]) -> Response:
        tray.take(station)
        return RedirectResponse("/", 303)

    @app.get("/tray.css")
    def style() -> FileResponse:
        return FileResponse(HERE / "tray.css")

    return app
