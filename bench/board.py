"""Row 7: the live board with 2,000 open cases: its whole page against its bare query, and how soon one change is shown.

The page is read over HTTP from a service in a process of its own, as a browser reads it; the query runs alone, on the
same database, and fetches every row. A card is drawn once and kept until it changes: the first page after a start is
told apart, on stderr. The change is a tap that the service records; a real browser has the board open.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx2
from playwright.sync_api import Page

from bench.measuring import Figure, in_turns
from bench.upload import served
from cardsvc.core.board import ON_BOARD
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Means
from cardsvc.store import boards
from tests.support.browser import browsers
from tests.support.home import Service
from tests.support.many_open import crowd
from tests.support.telling import opened

OPEN = 2_000
MANAGER = "1015"
ONE_SECOND_MS = 1_000.0


def board(quick: bool) -> list[Figure]:
    """Milliseconds of the whole page, and from the tap that is recorded to the card that has changed."""
    rounds, each, changes = (1, 3, 3) if quick else (5, 20, 20)
    with tempfile.TemporaryDirectory() as folder:
        dsn = f"sqlite:///{folder}/onecard.db"
        service = Service(dsn)
        service.clock.now = datetime.now(UTC)
        told, _ = opened(service)
        crowd(service, OPEN - 1, told)
        with served(dsn) as url, httpx2.Client(base_url=url, timeout=60) as desk:
            desk.post("/office/sign-in", data={"staff_no": MANAGER, "password": MANAGER * 2})

            def page() -> float:
                began = time.perf_counter()
                answers = [desk.get("/office/board") for _ in range(each)]
                took = (time.perf_counter() - began) / each * 1000
                if any(answer.content.count(b'<li class="live') != OPEN for answer in answers):
                    raise RuntimeError(f"the board has not all cases: {answers[0].status_code}")
                return took

            def query() -> float:
                began = time.perf_counter()
                for _ in range(each):
                    with service.context.engine.connect() as connection:
                        connection.execute(boards.of_board(service.context.home_id, None, ON_BOARD)).all()
                return (time.perf_counter() - began) / each * 1000

            began = time.perf_counter()
            desk.get("/office/board")
            print(f"  the first page after a start: {(time.perf_counter() - began) * 1000:,.0f} ms", file=sys.stderr)
            whole, bare = in_turns(page, query, rounds)
            with open_board(url) as shown:
                took = [_change(service, told, shown, number) for number in range(changes)]
        service.close()
    print(f"  one change shown, the slowest: {max(took):,.0f} ms", file=sys.stderr)
    return [
        Figure("live board of 2,000, whole page", whole, bare, "ms", 5.0, False),
        Figure("live board, one change shown", statistics.median(took), ONE_SECOND_MS, "ms", 1.0, False),
    ]


@contextmanager
def open_board(url: str) -> Iterator[Page]:
    """The board in a browser that is in touch."""
    with browsers() as started:
        page = started.running(whole=True).new_page()
        page.goto(f"{url}/office/sign-in")
        page.locator("[name=staff_no]").fill(MANAGER)
        page.locator("[name=password]").fill(MANAGER * 2)
        page.keyboard.press("Enter")
        page.locator(".who").wait_for()
        page.goto(f"{url}/office/board")
        page.locator("#touch[data-state=live]").wait_for()
        yield page


def _change(service: Service, case_no: CaseNo, page: Page, number: int) -> float:
    """Milliseconds from the service's word that a tap is recorded until the page shows the case anew."""
    page.evaluate("no => document.getElementById(no).dataset.old = 'true'", case_no)
    details = Details(amount_fen=100 + number, means=Means.CASH)
    service.station(StationKind.CASHIER).take(case_no, Step.PAY, details)
    began = time.perf_counter()
    page.wait_for_function("no => !document.getElementById(no).dataset.old", arg=case_no, polling="raf")
    return (time.perf_counter() - began) * 1000
