"""The live board and the boards of the stations: by keyboard and touch, by themselves, for those who may see them."""

import json
import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import event

from cardsvc.core import stations as station_package
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.plug import discover
from cardsvc.core.station import Station
from cardsvc.core.terms import Means, Reason
from cardsvc.store.verifying import first_fault
from tests.admin_web.test_console import sign_in
from tests.core.story import DETAILS
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import CardInHand, Service
from tests.support.many_open import crowd
from tests.support.telling import TO_STORAGE, Office, Told, go, opened

STATIONS = discover(station_package, "STATION", Station)
MANAGER, CLERK, OF_COUNTY = "1015", "1004", "1018"
SMALL = 43.5
"""A target of 44 CSS pixels, less what rounding may take."""


def shown(page: str) -> list[str]:
    """The numbers of the cards on a board, hidden ones too."""
    return re.findall(r'<li class="live[^"]*" id="([^"]+)"', page)


def stuck(page: str) -> list[str]:
    return re.findall(r'<li class="live stuck" id="([^"]+)"', page)


def viewed(service: Service, case_no: CaseNo, card: CardInHand, **due_in: float) -> None:
    """Out of its slot to be viewed, and when it should be back."""
    out = DETAILS[Step.TAKE_OUT].model_copy(
        update={"reason": Reason.VIEWING, "due": service.clock.now + timedelta(**due_in)}
    )
    taken = service.station(StationKind.COLD_STORAGE).take(case_no, Step.TAKE_OUT, out, card)
    assert taken.outcome == "accepted", taken


def test_the_board_shows_every_open_case_masked_and_with_what_blocks_it(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, Step.RESERVE)
    crowd(service, 80, case_no)

    page = Desk(service, MANAGER).get("board").text

    assert len(shown(page)) == 81
    assert stuck(page), "those that the police hold"
    assert "7Q2F" in page and "A-07" in page and "王某" in page and "王守义" not in page
    assert "11-03 11:42" in page, "the farewell, in local time"


def test_only_what_is_stuck_and_the_filter_stands_in_the_address(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    crowd(service, 80, case_no)
    desk = Desk(service, MANAGER)
    everything = desk.get("board").text

    only = desk.get("board?stuck=true").text

    assert set(stuck(only)) == set(stuck(everything))
    assert 'class="board only-stuck"' in only and 'name="stuck" value="true" checked' in only
    assert set(shown(desk.get("board?stage=stored").text)) < set(shown(everything))
    assert shown(desk.get(f"board?q={case_no}").text) == [case_no]
    assert shown(desk.get("board?q=7q2f").text) == [case_no]
    assert case_no in shown(desk.get("board?station=arrangement").text)
    assert case_no not in shown(desk.get("board?station=ashes").text)
    assert desk.get("board?stage=closed&station=nowhere").status_code == 200
    assert "没有符合条件的在办案件" in desk.get("board?q=nobody").text


def test_an_outing_that_is_overdue_comes_to_the_top_of_its_column(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    viewed(service, case_no, card, hours=2)
    assert stuck(Desk(service, MANAGER).get("board").text) == []

    service.clock.forward(hours=3)

    page = Desk(service, MANAGER).get("board?stage=out").text
    assert stuck(page) == [case_no]
    assert "外出逾期未归" in page
    waiting = Desk(service, CLERK).get("boards/cold_storage").text
    assert waiting.index("外出逾期未归") < waiting.index("正在本站")


def test_only_who_may_sees_the_board_and_places_only_who_may_see_them(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    for staff_no, status in ((MANAGER, 200), ("1016", 200), (CLERK, 403), ("1006", 403), ("1017", 403)):
        desk = Desk(service, staff_no)
        for path in ("board", "board/news?after=0"):
            assert desk.get(path).status_code == status, (staff_no, path)
    assert Desk(service).get("board").status_code == 303, "nobody is signed in"
    assert "A-07" in Desk(service, CLERK).get("boards/cold_storage").text
    for staff_no, board in (("1002", "transport"), ("1010", "cashier"), ("1007", "dressing"), ("1001", "booking")):
        page = Desk(service, staff_no).get(f"boards/{board}")
        assert page.status_code == 200
        assert "A-07" not in page.text, board


def test_each_station_s_board_is_for_those_who_work_there(service: Service) -> None:
    own = {
        "booking": "1001", "transport": "1003", "cold_storage": "1005", "arrangement": "1006", "dressing": "1008",
        "farewell": "1009", "cashier": "1010", "cremation": "1012", "ashes": "1014",
    }  # fmt: skip
    assert set(own) == set(STATIONS)
    for name, staff_no in own.items():
        desk = Desk(service, staff_no)
        assert desk.get(f"boards/{name}").status_code == 200, name
        others = {other: desk.get(f"boards/{other}").status_code for other in STATIONS if other != name}
        assert set(others.values()) == {403}, others
        assert desk.get("boards").text.count('class="button" href="/office/boards/') == 1
    for staff_no in (MANAGER, "1016"):
        desk = Desk(service, staff_no)
        assert {desk.get(f"boards/{name}").status_code for name in STATIONS} == {200}
    assert Desk(service, MANAGER).get("boards/nowhere").status_code == 404
    assert Desk(service, "1017").get("boards/cremation").status_code == 403
    assert Desk(service, "1003").get("").headers["location"].endswith("/boards")


def test_nobody_of_one_county_sees_the_cases_of_another(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    added = crowd(service, 40, case_no)
    ours, theirs = [one for one in added if int(one[-6:]) % 2], [one for one in added if not int(one[-6:]) % 2]
    page = Desk(service, OF_COUNTY).get("boards/arrangement").text
    assert any(one in page for one in ours)
    assert not any(one in page for one in (*theirs, case_no))


def test_a_station_s_board_reads_in_few_queries_however_many_cases_there_are(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    desk = Desk(service, MANAGER)
    asked: list[str] = []
    event.listen(service.context.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    def queries(path: str) -> int:
        asked.clear()
        assert desk.get(path).status_code == 200
        return len(asked)

    paths = ("board", "boards/cold_storage", "boards/cashier")
    queries(paths[0])  # what waits is counted for the menu, for some seconds
    few = [queries(path) for path in paths]
    crowd(service, 300, case_no)
    assert [queries(path) for path in paths] == few
    assert max(few) < 12


def test_the_cashier_s_board_says_what_is_owed_and_others_do_not(service: Service) -> None:
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE)
    page = Desk(service, "1010").get("boards/cashier").text
    assert case_no in page and "¥" in page and "收款" in page
    assert "¥" not in Desk(service, CLERK).get("boards/cold_storage").text
    context = service.context
    assert first_fault(context.engine, context.home_id, lambda _: None) is None


def test_news_tells_the_cards_that_changed_and_those_that_went(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, Step.DISPATCH)
    case = Told(service, case_no, card)
    crowd(service, 40, case_no)
    desk = Desk(service, MANAGER)
    cursor = int(re.findall(r'data-cursor="(\d+)"', desk.get("board").text)[0])
    assert desk.get(f"board/news?after={cursor}").json() == {"cursor": cursor, "cards": [], "gone": []}

    case.does(Step.COLLECT)

    news = desk.get(f"board/news?after={cursor}").json()
    assert [(one["no"], one["stage"]) for one in news["cards"]] == [(case_no, "in_transit")]
    assert news["gone"] == [] and news["cursor"] > cursor
    elsewhere = desk.get(f"board/news?after={cursor}&stage=stored").json()
    assert (elsewhere["cards"], elsewhere["gone"]) == ([], [case_no])
    assert "王守义" not in json.dumps(news, ensure_ascii=False)


@pytest.mark.parametrize("what", ["live", "owed_fen"])
def test_verify_names_a_case_whose_board_was_changed_behind_its_back(service: Service, what: str) -> None:
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE)
    context = service.context
    assert first_fault(context.engine, context.home_id, lambda _: None) is None
    value = "REPLACE(live, '\"7Q2F\"', '\"7Q2G\"')" if what == "live" else "owed_fen - 1"
    with context.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE funeral_case SET {what} = {value}")
    fault = first_fault(context.engine, context.home_id, lambda _: None) or "whole"
    assert ("boards show" if what == "live" else "it owes") in fault


def live_board(page: Page, office: str, query: str = "") -> None:
    page.goto(f"{office}board{query}")
    expect(page.locator("#touch[data-state=live]")).to_be_visible()


@pytest.mark.browser
def test_a_change_arrives_by_itself_and_is_shown_within_a_second_among_two_thousand(
    service: Service, office: str, pages: Pages
) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:1])
    service.clock.forward(days=2)
    crowd(service, 1_999, case_no)
    page = pages.open()
    sign_in(page, office, MANAGER)
    live_board(page, office)
    expect(page.locator("#count")).to_have_text("在办 2000")
    assert page.locator(".live").count() == 2_000
    picture(page, "board-2000")
    page.evaluate("window.loaded = true")
    took = []
    for number in range(5):
        page.evaluate("no => document.getElementById(no).dataset.old = 'true'", case_no)
        service.station(StationKind.CASHIER).take(case_no, Step.PAY, Details(amount_fen=1 + number, means=Means.CASH))
        began = time.monotonic()
        page.wait_for_function("no => !document.getElementById(no).dataset.old", arg=case_no)
        took.append(time.monotonic() - began)
    assert min(took) < 1.0, took
    told = []
    page.on("request", lambda request: told.append(request.url))
    Told(service, case_no, card).does(Step.COLLECT)
    # `expect` takes a picture of all two thousand for readers at each try, and keeps the page from its work.
    page.wait_for_function(
        "no => document.getElementById(no).parentElement.dataset.stage === 'in_transit'", arg=case_no
    )
    assert [one for one in told if not one.partition("?")[0].endswith("/news")] == [], "only what changed was fetched"
    assert page.evaluate("window.loaded"), "the page was not read anew"
    assert page.locator(f"#{case_no}").count() == 1
    frames = page.evaluate(
        """async () => {
            const lists = [...document.querySelectorAll('.column ol')];
            const list = lists.sort((a, b) => b.children.length - a.children.length)[0];
            const took = []; let last = performance.now();
            for (let n = 0; n < 40; n++) {
                list.scrollTop += 400;
                await new Promise(requestAnimationFrame);
                const now = performance.now(); took.push(now - last); last = now;
            }
            return took.sort((a, b) => a - b);
        }"""
    )
    assert frames[20] < 100, "scrolling a column: half of the frames within a tenth of a second, on any machine"


@pytest.mark.browser
def test_the_board_is_used_by_keyboard(service: Service, office: str, pages: Pages) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    Office(service).step(case_no, Step.HOLD, DETAILS[Step.HOLD])
    crowd(service, 60, case_no)
    page = pages.open()
    sign_in(page, office, MANAGER)
    page.locator("nav a[href$='/board']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#touch[data-state=live]")).to_be_visible()
    picture(page, "board-zh")
    page.locator("main [name=q]").focus()
    page.keyboard.type(case_no)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".live")).to_have_count(1)
    assert "stuck=true" in page.url and case_no in page.url
    expect(page.locator(".live .stop")).to_contain_text("暂停: 公安")
    page.locator(".live a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(case_no)
    page.go_back()
    Office(service).step(case_no, Step.LIFT_HOLD, DETAILS[Step.LIFT_HOLD])
    expect(page.locator(".live:visible")).to_have_count(0)
    expect(page.locator("#none")).to_be_visible()


@pytest.mark.browser
def test_a_card_becomes_stuck_when_its_time_has_come_without_any_news(
    service: Service, office: str, pages: Pages
) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    viewed(service, case_no, card, hours=2)
    page = pages.open(language="en")
    page.clock.install()
    sign_in(page, office, MANAGER)
    live_board(page, office, "?stuck=true")
    expect(page.locator(".live:visible")).to_have_count(0)
    page.clock.fast_forward("02:01:00")
    expect(page.locator(".live.stuck")).to_be_visible()
    expect(page.locator(".live")).to_contain_text("Outing overdue")
    expect(page.locator("#stuck")).to_have_text("1 stuck")


@pytest.mark.browser
def test_the_board_says_when_it_is_out_of_touch_and_comes_back(service: Service, office: str, pages: Pages) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:1])
    page = pages.open(hurried=True)
    pages.watch.expect("net::ERR_INTERNET_DISCONNECTED|net::ERR_INCOMPLETE_CHUNKED_ENCODING|net::ERR_FAILED")
    sign_in(page, office, MANAGER)
    live_board(page, office)
    page.route("**/board/events", lambda route: route.abort())
    page.reload()
    expect(page.locator("#touch[data-state=polling]")).to_be_visible()
    Told(service, case_no, card).does(Step.COLLECT)
    expect(page.locator(f"[data-stage=in_transit] #{case_no}")).to_be_attached()
    page.context.set_offline(True)
    expect(page.locator("#touch[data-state=lost]")).to_be_visible()
    picture(page, "board-lost")
    page.context.set_offline(False)
    page.unroute("**/board/events")
    expect(page.locator("#touch[data-state=live]")).to_be_visible()


@pytest.mark.browser
def test_the_boards_are_touched_on_a_phone(service: Service, office: str, pages: Pages) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    crowd(service, 60, case_no)
    page = pages.open(width=360, height=740, touch=True, dark=True)
    sign_in(page, office, MANAGER)
    live_board(page, office)
    picture(page, "board-phone")
    small = f"""selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility() &&
        e.getBoundingClientRect().height < {SMALL}).map(e => e.outerHTML)"""
    assert page.evaluate(small, "main a, main button, main select, main input:not([type=checkbox]), main label") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for name in STATIONS:
        page.goto(f"{office}boards/{name}")
        expect(page.locator("#touch[data-state=live]")).to_be_visible()
        assert page.evaluate(small, "main a, main button") == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        picture(page, f"board-phone-{name}", whole=True)


@pytest.mark.browser
def test_a_station_s_board_follows_by_itself(service: Service, office: str, pages: Pages) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:-1])
    page = pages.open()
    sign_in(page, office, CLERK)
    expect(page).to_have_url(re.compile("cases$"))
    page.locator("nav a[href$='/boards']").click()
    page.locator(".picks-stations a").click()
    expect(page.locator("#touch[data-state=live]")).to_be_visible()
    expect(page.locator(".to-do").first).to_contain_text("入库")
    Told(service, case_no, card).does(Step.STORE)
    expect(page.locator(".spots .taken a")).to_have_text(case_no)
    picture(page, "board-cold-storage", whole=True)
