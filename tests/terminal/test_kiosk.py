"""The touch page of each of the nine stations, pressed in a real browser in both languages."""

from collections.abc import Iterator
from functools import partial

import httpx2
import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.misbehaving import ForeignCard
from cardsvc.demo.phone import with_code
from terminal.readers.reader import Fault
from tests.support.browser import Pages, picture
from tests.support.home import staff_for
from tests.support.telling import stored
from tests.terminal.pressing import Touch, sign_in, take, to_english
from tests.terminal.rig import Home
from tests.terminal.way import TAG, WAY

BOOKING = {
    "deceased_name": "王德福",
    "id_no": "330302194001010010",
    "applicant_name": "王小梅",
    "applicant_phone": "13800000001",
    "address": "温州市鹿城区某路 1 号",
    "floor": "3",
}
PICKS = {"infectious": "no", "police": "no", "resident": "yes", "cause_class": "natural", "case_kind": "person"}


@pytest.fixture
def served(home: Home) -> Iterator[dict[At, Touch]]:
    """Stations by kind, made when first asked for."""

    class Stations(dict[At, Touch]):
        def __missing__(self, kind: At) -> Touch:
            self[kind] = Touch(home.at(kind))
            return self[kind]

    made = Stations()
    yield made
    for one in made.values():
        one.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    "languages",
    [
        ("zh_CN", "en"),
        pytest.param(("zh_CN",), marks=pytest.mark.night),
        pytest.param(("en",), marks=pytest.mark.night),
    ],
    ids=["in turn", "zh_CN", "en"],
)
def test_a_case_goes_through_nine_stations_by_touch(
    served: dict[At, Touch], home: Home, pages: Pages, languages: tuple[str, ...]
) -> None:
    """Every step of the way pressed on its own station's page; each page is looked at.

    By day every other station speaks English: all steps are pressed, and both languages; by night each in both.
    """
    opened = {}
    language = {kind: languages[number % len(languages)] for number, kind in enumerate(At)}

    def page_of(kind: At):  # type: ignore[no-untyped-def]
        if kind not in opened:
            page = opened[kind] = pages.open()
            page.goto(served[kind].url)
            if language[kind] == "en":
                to_english(page)
            picture(page, f"kiosk-{language[kind]}-{kind}-0-sign-in")
        return opened[kind]

    def look(kind: At, name: str) -> None:
        picture(page_of(kind), f"kiosk-{language[kind]}-{kind}-{name}")

    desk = page_of(At.BOOKING)
    sign_in(desk, "1001")
    look(At.BOOKING, "1-ready")
    desk.locator("[data-open=booking]").click()
    for name, value in BOOKING.items():
        desk.locator(f"#booking [name={name}]").fill(value)
    for name, value in PICKS.items():
        desk.locator(f"#booking [name={name}][value={value}] + span").click()
    desk.locator("#booking [name=relation]").select_option("child")
    desk.locator("#booking [name=county]").select_option("330302")
    look(At.BOOKING, "2-form")
    desk.locator("#booking [type=submit]").click()
    expect(desk.locator(".band.go")).to_be_visible()
    look(At.BOOKING, "3-booked")
    case_no = desk.locator(".band strong").inner_text().split("·")[-1].strip()
    card: VirtualCard = home.blank_card()
    served[At.BOOKING].hears()
    expect(desk.locator(f"[data-case_no={case_no}]")).to_be_visible()
    reader = served[At.BOOKING].bench.reader
    reader.present(card)
    desk.locator(f"[data-case_no={case_no}]").click()
    take(desk, Step.BIND_CARD, "1001", {}, lambda name: look(At.BOOKING, name))
    reader.remove()
    served[At.BOOKING].hears()

    for kind, step, entered in WAY:
        home.service.clock.forward(hours=1)
        page, bench = page_of(kind), served[kind].bench
        staff = staff_for(step)[0]
        served[kind].hears()
        sign_in(page, staff)
        bench.reader.present(card)
        expect(page.locator(f"[data-act=choose_step][data-step={step}]")).to_be_attached()
        look(kind, f"{step}-case")
        typed = with_code(home.service.context, CaseNo(case_no), entered)
        take(page, step, staff, typed, partial(look, kind))
        look(kind, f"{step}-done")
        bench.reader.remove()
        served[kind].hears()
    assert stored(home.service, CaseNo(case_no)).stage == "at_rest"


@pytest.mark.browser
def test_a_press_counts_though_the_page_has_news_while_the_finger_is_down(
    served: dict[At, Touch], pages: Pages
) -> None:
    one = served[At.COLD_STORAGE]
    page = pages.open()
    page.goto(one.url)
    sign_in(page, "1004")
    page.locator("[data-act=sign_out]").hover()
    page.mouse.down()
    with page.expect_response("**/part") as news:
        one.bench.loop.changed()
    news.value.finished()
    page.wait_for_timeout(100)
    page.mouse.up()
    expect(page.locator("form[data-form=sign_in]")).to_be_visible()


@pytest.mark.browser
def test_each_fault_has_its_own_sentence_and_the_station_goes_on(served: dict[At, Touch], pages: Pages) -> None:
    one = served[At.COLD_STORAGE]
    page, reader = pages.open(), one.bench.reader
    page.goto(one.url)
    sign_in(page, "1004")
    said = set()
    for fault in Fault:
        reader.unplug(fault)
        sentence = page.locator("#part .notice.stop")
        expect(sentence).to_be_visible()
        said.add(sentence.inner_text())
        picture(page, f"kiosk-fault-{fault}")
        reader.plug_in()
        expect(sentence).to_have_count(0)
    assert len(said) == len(Fault)
    reader.present(ForeignCard())
    expect(page.locator(".band.stop")).to_be_visible()
    picture(page, "kiosk-foreign-card")
    reader.remove()
    expect(page.locator(".ask h2")).to_contain_text("请刷卡")


@pytest.mark.browser
def test_without_network_the_page_says_so_quietly(served: dict[At, Touch], pages: Pages) -> None:
    one = served[At.CASHIER]
    page = pages.open()
    page.goto(one.url)
    one.unplug()
    expect(page.locator(".notice.wait")).to_contain_text("网络中断")
    assert page.locator("dialog[open]").count() == 0
    picture(page, "kiosk-offline")


def test_the_page_answers_only_to_itself(served: dict[At, Touch]) -> None:
    url = served[At.ASHES].url
    ask = {"act": "sign_out"}
    token = {"x-kiosk-token": "test-token"}
    strange = httpx2.post(f"{url}act", json=ask, headers={"origin": "http://evil.example", **token}, timeout=60)
    named = httpx2.get(url, headers={"host": "station.example"}, timeout=60)
    untold = httpx2.post(f"{url}act", json=ask, timeout=60)
    known = httpx2.post(f"{url}act", json=ask, headers=token, timeout=60)

    assert [one.status_code for one in (strange, named, untold, known)] == [403, 403, 403, 200]
    assert "'unsafe" not in known.headers["content-security-policy"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"act":"nothing"}', b'{"act":"enter","field":7}', b"\xff", b"x" * 20_000]
)
def test_what_the_page_would_not_send_is_refused_with_a_code(served: dict[At, Touch], body: bytes) -> None:
    headers = {"x-kiosk-token": "test-token"}
    answer = httpx2.post(f"{served[At.ASHES].url}act", content=body, headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid")


def test_a_tag_is_shown_large_and_a_name_never_whole(served: dict[At, Touch]) -> None:
    assert TAG not in httpx2.get(served[At.TRANSPORT].url, timeout=60).text
