"""`cardsvc demo`: starts from nothing, drives a case, stops cleanly, and goes on with its data."""

import random
import re
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Pages, picture
from tests.support.process import Program, Programs
from tests.support.tools import pcsc_missing

AFTER = 120
"""The demo takes ports after that of its service, less than so many."""


def home_port() -> int:
    """A port after which those of a whole home are free: another run on this machine has a home of its own."""
    while True:
        port = random.SystemRandom().randrange(12_000, 20_000 - AFTER, 10)
        try:
            with ExitStack() as tried:
                for after in range(AFTER):
                    tried.enter_context(socket.create_server(("127.0.0.1", port + after)))
        except OSError:
            continue
        return port


def start(programs: Programs, name: str, folder: Path, port: int, *more: str) -> Program:
    command = [sys.executable, "-m", "cardsvc", "demo", "--folder", str(folder), "--port", str(port)]
    return programs.start(name, *command, "--cases", "25", *more)


@pytest.mark.browser
@pytest.mark.timeout(1200)
def test_the_demo_starts_plays_stops_and_goes_on(programs: Programs, tmp_path: Path, pages: Pages) -> None:
    folder, port = tmp_path / "demo", home_port()
    (folder / "half").mkdir(parents=True)  # an earlier start that was cut off

    demo = start(programs, "first", folder, port, "--play")
    said = demo.wait_for("Ctrl-C stops", 600)

    assert "starting anew" in said and not (folder / "half").exists()
    assert said.count("✓") == 40 and re.search(r"WZ-\d{4}-000026 is at rest", said)
    assert ("readers: in this process" in said) == (pcsc_missing() is not None)
    look(pages, said, port)
    assert demo.stop() == 0
    assert "the data stay" in demo.said() and "ERROR" not in demo.said()

    again = start(programs, "second", folder, port)
    again.wait_for("Ctrl-C stops", 300)
    assert "inventing" not in again.said()
    assert again.stop() == 0


def look(pages: Pages, said: str, port: int) -> None:
    """The addresses that it prints are there: the tray lays a card on a reader, the station shows its case."""
    page = pages.open()
    page.goto(f"http://127.0.0.1:{port + 90}/")
    row = page.locator("tr", has_text="已入库").first
    number = row.locator("td").nth(1).inner_text()
    row.locator("select").select_option("cold_storage")
    row.locator("button").click()
    expect(page.locator(".reader.has")).to_have_count(1)
    picture(page, "demo-tray")
    station = pages.open()
    station.goto(f"http://127.0.0.1:{port + 103}/")
    station.locator("form[data-form=sign_in] [name=staff_no]").fill("1004")
    station.locator("form[data-form=sign_in] [name=pin]").fill("10041004")
    station.keyboard.press("Enter")
    expect(station.locator("body")).to_contain_text(number)
    picture(station, "demo-station")
    page.locator(".reader.has button").click()
    expect(page.locator(".reader.has")).to_have_count(0)
    office = pages.open()
    office.goto(f"http://127.0.0.1:{port}/office/")
    office.locator("[name=staff_no]").fill("1015")
    office.locator("[name=password]").fill("10151015")
    office.keyboard.press("Enter")
    expect(office.locator("tbody tr")).to_have_count(26)
    picture(office, "demo-cases")
    statement(pages, office, port)
    family = pages.open(width=390, height=844)
    link = re.search(r"http://\S+/family/#\S+", said)
    assert link is not None
    family.goto(link[0])
    expect(family.locator("#shown")).to_be_visible()
    picture(family, "demo-family")
    for one in (page, station, office, family):
        one.close()


def statement(pages: Pages, office: Page, port: int) -> None:
    """A statement to the treasury, made by one person and sent by another, arrives at the treasury's office."""
    office.goto(f"http://127.0.0.1:{port}/office/statements")
    office.locator("#make [name=payer]").select_option("treasury")
    office.locator("#make [name=last]").fill(office.locator("#make [name=last]").get_attribute("max") or "")
    office.locator("#make button.go").click()
    expect(office).to_have_url(re.compile(r"/statements/\d+"))
    draft = office.url
    second = pages.open()
    second.goto(f"http://127.0.0.1:{port}/office/")
    second.locator("[name=staff_no]").fill("1010")
    second.locator("[name=password]").fill("10101010")
    second.keyboard.press("Enter")
    expect(second.locator("tbody tr").first).to_be_visible()
    second.goto(draft)
    second.locator("#decide [type=checkbox]").check()
    second.locator("#decide button.go").click()
    theirs = pages.open(strange=True)
    theirs.goto(f"https://127.0.0.1:{port + 94}/")
    expect(theirs.locator("article.report h2")).to_contain_text("treasury", timeout=60_000)
    picture(theirs, "demo-treasury")
    for one in (second, theirs):
        one.close()


def test_the_tray_answers_only_this_machine(programs: Programs, tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from cardsvc.core.facts import StationKind
    from cardsvc.demo import tray
    from cardsvc.demo.running import RunningHome
    from tests.support.home import Service

    service = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    home = RunningHome(tmp_path, service.context, {}, 1, real_readers=False)
    app = tray.create(tray.Tray(tmp_path / "cards", home, service.context), home)
    here, there = TestClient(app, base_url="http://127.0.0.1"), TestClient(app, base_url="http://evil.example")
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 403)
    foreign = here.post("/take", data={"station": "ashes"}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    for card_no in ("../../etc/passwd", "none"):
        assert here.post("/lay", data={"card_no": card_no, "station": StationKind.ASHES}).status_code == 404
    service.close()
