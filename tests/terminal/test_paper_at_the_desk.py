"""The cashier's station prints its receipts: on a receipt printer that may misbehave, or from the page."""

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.receipts import Family
from terminal.kiosk.app import create_kiosk
from terminal.kiosk.printing import listed
from terminal.printing import ReceiptPrinter
from terminal.session import OnPaper, PrintJob
from tests.support.browser import Pages, picture
from tests.support.paper import Held
from tests.support.waiting import until
from tests.terminal.pressing import Touch, choose, enter, sign_in, to_english
from tests.terminal.rig import Bench, Home, green
from tests.terminal.test_cashier import SMALL
from tests.terminal.way import before, booked, go

TAKES = """#!/bin/sh
folder=$(dirname "$0")
echo "$@" >> "$folder/asked"
cat > "$folder/out-$(wc -l < "$folder/asked" | tr -d ' ').pdf"
echo "request id is $2-1 (1 file(s))"
"""
REFUSES = """#!/bin/sh
cat > /dev/null
echo "lp: The printer or class does not exist." >&2
exit 1
"""
OFF = """#!/bin/sh
cat > /dev/null
echo "$2-7" >> "$(dirname "$0")/queue"
echo "request id is $2-7 (0 file(s))"
"""
SILENT = f"{OFF}chmod -x $(dirname $0)/lpstat\n"
LPSTAT = """#!/bin/sh
[ "$*" = "-W not-completed -o till-1" ] || exit 1
sed 's/$/  root  1024  Thu Nov 26 19:53:22 2026/' "$(dirname "$0")/queue"
"""
CANCEL = """#!/bin/sh
grep -qx "$1" "$(dirname "$0")/queue" || { echo "cancel: Job #$1 is already completed - can't cancel." >&2; exit 1; }
sed -i "/^$1$/d" "$(dirname "$0")/queue"
"""
HANGS = """#!/bin/sh
touch "$(dirname "$0")/hangs"
exec sleep 30
"""


class Cups:
    """Programs in the place of CUPS' own; `lp` does what the test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.queue = folder / "queue"
        self.queue.touch()
        self.program = folder / "lp"
        self.works()

    def works(self) -> None:
        """As it should."""
        for name, what in (("lp", TAKES), ("lpstat", LPSTAT), ("cancel", CANCEL)):
            self._write(self.folder / name, what)

    def does(self, what: str) -> None:
        self._write(self.program, what)

    def _write(self, program: Path, what: str) -> None:
        program.write_text(what)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def printer(self, within_s: float = 60.0) -> ReceiptPrinter:
        return ReceiptPrinter("till-1", self.folder, within_s=within_s)

    def printed(self) -> list[bytes]:
        return [one.read_bytes() for one in sorted(self.folder.glob("out-*.pdf"))]


@pytest.fixture
def cups(tmp_path: Path) -> Cups:
    return Cups(tmp_path / "cups")


@pytest.fixture
def case_no(home: Home) -> CaseNo:
    number, card = booked(home)
    go(home, card, *before(Step.RESERVE))
    return number


@pytest.fixture
def desk(home: Home, case_no: CaseNo, cups: Cups) -> Bench:
    """The cashier's station with a receipt printer."""
    bench = home.at(At.CASHIER)
    bench.printer = cups.printer()
    bench.restart()
    return bench


CASH = {"amount_fen": "100", "means": "cash"}


def printed(desk: Bench, number: str = "FP-000001", family: str = "invoice") -> PrintJob:
    """Press print and wait for what comes of it."""
    desk.act("print", family=family, number=number)
    until(lambda: desk.seen() or desk.loop.session.printing.state is not OnPaper.ASKED)  # type: ignore[func-returns-value, union-attr]
    desk.exchange()
    job = desk.loop.session.printing
    assert job is not None
    return job


def rows(desk: Bench) -> list[tuple[str, int]]:
    """What the page lists: receipts of the case, or those that wait for paper."""
    found, _ = listed(desk.loop.session, desk.loop.station, desk.local.current, desk.identity.journal_id)
    return [(one.number, one.copies) for one in found]


def page_of(desk: Bench) -> str:
    client = TestClient(create_kiosk(desk.loop, 8123, "token"), base_url="http://127.0.0.1:8123")
    return client.get("/part").text


def test_a_receipt_goes_straight_to_the_receipt_printer(home: Home, desk: Bench, cups: Cups, case_no: CaseNo) -> None:
    green(desk.take(Step.PAY, None, case_no, **CASH))

    job = printed(desk)

    assert (job.state, job.copy_no, job.over) == (OnPaper.SENT, 1, True)
    assert (cups.folder / "asked").read_text() == "-d till-1 -t invoice FP-000001 -\n"
    [pdf] = cups.printed()
    held = Held(pdf, home.folder / "cups", "kiosk-strip")
    assert "FP-000001" in held.words() and held.size_mm()[0] == 80
    assert "已送打印机" in page_of(desk)
    assert printed(desk).copy_no == 2, "whoever presses again gets a copy that says so"


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (REFUSES, Problem.PRINTER_REFUSED),
        (HANGS, Problem.PRINTER_MUTE),
        (OFF, Problem.PRINTER_WAITS),
        (SILENT, Problem.PRINTER_MUTE),
        ("", Problem.PRINTER_REFUSED),
    ],
)
def test_a_printer_that_fails_is_said_plainly_and_the_same_copy_is_tried_again(
    desk: Bench, cups: Cups, case_no: CaseNo, fault: str, problem: Problem
) -> None:
    green(desk.take(Step.PAY, None, case_no, **CASH))
    cups.does(fault) if fault else cups.program.unlink()
    desk.loop._printing.printer = cups.printer(1.0) if fault in (HANGS, OFF) else cups.printer()

    failed = printed(desk)

    assert failed.state is OnPaper.FAILED and not failed.over
    assert failed.refusal is not None and failed.refusal.problem is problem
    page = page_of(desk)
    assert "没有打印" in page and "重试" in page and "补打" not in page and cups.printed() == []
    if fault == REFUSES:
        assert "does not exist" in page, "in the printer's own words"
    assert cups.queue.read_text() == "", "nothing comes out by itself later"
    head = desk.journal.head[0]
    cups.works()
    desk.loop._printing.printer = cups.printer()
    again = printed(desk)
    assert (again.state, again.copy_no) == (OnPaper.SENT, 1)
    assert len(cups.printed()) == 1 and desk.journal.head[0] == head, "nothing more was asked"


def test_a_receipt_is_sent_when_the_printer_has_printed_it_and_not_before(
    desk: Bench, cups: Cups, case_no: CaseNo
) -> None:
    green(desk.take(Step.PAY, None, case_no, **CASH))
    cups.does(OFF)
    desk.act("print", family="invoice", number="FP-000001")
    until(lambda: cups.queue.read_text() != "")
    desk.seen()
    assert desk.loop.session.printing is not None and desk.loop.session.printing.state is OnPaper.ASKED

    cups.queue.write_text("")
    until(lambda: desk.seen() or desk.loop.session.printing.state is OnPaper.SENT)  # type: ignore[func-returns-value, union-attr]


def test_a_tap_is_served_while_the_printer_hangs(desk: Bench, cups: Cups, case_no: CaseNo) -> None:
    green(desk.take(Step.PAY, None, case_no, **CASH))
    cups.does(HANGS)
    desk.act("print", family="invoice", number="FP-000001")
    until(lambda: (cups.folder / "hangs").exists())
    green(desk.take(Step.PAY, None, case_no, **CASH))
    assert desk.loop.session.printing is not None and desk.loop.session.printing.state is OnPaper.ASKED


def test_without_network_the_receipt_is_promised_and_offered_when_the_network_is_back(
    desk: Bench, cups: Cups, case_no: CaseNo
) -> None:
    desk.exchange()
    desk.cable.pulled = True
    desk.clocks.steady += 60_000
    green(desk.take(Step.PAY, None, case_no, receipt="R-1", **CASH))
    assert "联网后打印" in page_of(desk)
    desk.act("print", family="invoice", number="FP-000001")
    assert desk.loop.session.printing is None and cups.printed() == []
    desk.act("cancel")
    assert rows(desk) == []
    desk.restart()

    desk.cable.pulled = False
    desk.exchange()
    desk.sign_in(Step.PAY)
    assert rows(desk) == [("FP-000001", 0)]
    assert "待打印票据" in page_of(desk)
    assert printed(desk).state is OnPaper.SENT
    desk.act("cancel")
    assert rows(desk) == []
    desk.act("choose_case", case_no=case_no)
    assert rows(desk) == [("FP-000001", 1)], "on the case's page it can be printed again"


def test_a_service_that_is_lost_between_ask_and_paper_loses_no_copy(desk: Bench, cups: Cups, case_no: CaseNo) -> None:
    green(desk.take(Step.PAY, None, case_no, **CASH))
    desk.cable.lose_answers = 2  # the exchange's, and that of the paper

    late = printed(desk)

    assert late.refusal is not None and late.refusal.problem is Problem.PAPER_LATE and not late.over
    desk.cable.lose_answers = 1
    desk.exchange()
    again = printed(desk)
    assert (again.state, again.copy_no) == (OnPaper.SENT, 1) and len(cups.printed()) == 1


def test_what_the_service_refuses_is_said_and_nobody_who_is_not_signed_in_prints(
    home: Home, desk: Bench, cups: Cups, case_no: CaseNo
) -> None:
    green(desk.take(Step.PAY, None, case_no, **CASH))
    desk.act("sign_out")
    desk.act("print", family="invoice", number="FP-000001")
    assert desk.loop.session.printing is None
    desk.sign_in(Step.PAY)
    desk.act("print", family=Family.INVOICE, number="FP-000777")
    assert desk.loop.session.printing is None, "no such receipt is known here"


@pytest.fixture
def page_desk(home: Home, case_no: CaseNo) -> Iterator[Touch]:
    """The cashier's touch page, with no receipt printer."""
    served = Touch(home.at(At.CASHIER))
    yield served
    served.close()


PRINTS = """window.print = () => { window.top.printed = (window.top.printed || 0) + 1; };"""


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.viewer
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_receipt_is_printed_from_the_page_by_keyboard_and_again_as_a_copy(
    home: Home, page_desk: Touch, pages: Pages, language: str, case_no: CaseNo
) -> None:
    page = pages.open(language=language, width=1280, height=800, touch=True)
    page.add_init_script(PRINTS)
    page.goto(page_desk.url)
    sign_in(page, "1010")
    if language == "en":
        to_english(page)
    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    choose(page, Step.PAY)
    enter(page, "amount_fen", "100")
    enter(page, "means", "cash")
    page.locator("[data-act=confirm]:not(:disabled)").click()
    expect(page.locator(".band.go .given [data-act=print]")).to_be_visible()
    picture(page, f"kiosk-receipt-offered-{language}")
    page.locator("body").press("p")

    expect(page.locator("#paper")).to_be_visible()
    expect(page.locator("#paper h2")).to_contain_text("FP-000001")
    source = page.locator("#paper iframe").get_attribute("src")
    answer = page.request.get(f"{page_desk.url.rstrip('/')}{source}")
    assert answer.headers["content-type"] == "application/pdf"
    assert "FP-000001" in Held(answer.body(), home.folder, f"kiosk-{language}").words()
    has_printed(page, 1)
    picture(page, f"kiosk-receipt-paper-{language}")
    page.keyboard.press("Escape")
    expect(page.locator("#paper")).to_be_hidden()
    assert page.request.get(f"{page_desk.url.rstrip('/')}{source}").status == 404

    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    expect(page.locator(".papers [data-act=print]")).to_contain_text("2")
    assert page.evaluate(SMALL) == []
    picture(page, f"kiosk-receipt-again-{language}")
    page.locator(".papers [data-act=print]").click()
    expect(page.locator("#paper h2")).to_contain_text("2")
    has_printed(page, 2)


def has_printed(page: Page, times: int) -> None:
    """The page's policy lets nothing but its own scripts wait within it: it is asked again and again."""
    end = time.monotonic() + 60
    while page.evaluate("window.printed || 0") < times:
        assert time.monotonic() < end, "it did not print"
        page.wait_for_timeout(50)
