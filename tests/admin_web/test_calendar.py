"""The calendar of halls and furnaces, dressing orders, the page of screens: by a click, by keyboard, on a phone."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from cardsvc.core.facts import Quantity, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import local
from cardsvc.core.terms import Belonging, Condition, Implants
from cardsvc.core.words import say
from cardsvc.store import tables as t
from tests.admin_web.test_console import sign_in
from tests.core.story import START
from tests.support.browser import Pages, narrow_enough, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told, opened, stored

DAY = local(START + timedelta(days=2)).date().isoformat()
"""The day of the story's farewell."""


def held(service: Service) -> dict[tuple[str, str], str]:
    """Which case has which cell: (code, local time)."""
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.hall_booking.select())
        return {(row.hall, local(row.starts).strftime("%H:%M")): row.case_no for row in rows}


def two_cases(service: Service) -> tuple[CaseNo, CaseNo]:
    return opened(service, id_no=None)[0], Told.begun(service, 2, id_no=None).case_no


def reserve(desk: Desk, case_no: str, piece: str) -> int:
    return int(desk.post("calendar/reserve", day=DAY, case=case_no, piece=piece).status_code)


def test_a_free_time_is_reserved_for_the_case_in_hand_and_another_click_moves_it(service: Service) -> None:
    case_no, _ = two_cases(service)
    desk = Desk(service, "1006")

    assert reserve(desk, case_no, "hall/H1/09:00") == 303

    case = stored(service, case_no)
    assert (case.hall, local(case.appointment).isoformat() if case.appointment else "") == (
        "H1",
        f"{DAY}T09:00:00+08:00",
    )
    assert (case.taken[-1].step, case.taken[-1].observed) == (Step.RESERVE, False)
    page = desk.get(f"calendar?day={DAY}&case={case_no}").text
    assert case_no in page and "09:00–10:00" in page
    assert reserve(desk, case_no, "hall/H2/14:15") == 303
    assert reserve(desk, case_no, "furnace/F1/15:30") == 303
    assert {code for code, _ in held(service)} == {"H2", "F1"}
    assert desk.post("calendar/release", day=DAY, case=case_no, reason="family_wish").status_code == 303
    assert held(service) == {}


@pytest.mark.parametrize(
    "form",
    [
        {"piece": "slot/A-01/09:00"},
        {"piece": "hall/H9/09:00"},
        {"piece": "hall/H1/25:00"},
        {"piece": "hall/H1/09:00", "day": "2026-11-01"},
        {"place": "hall/H1", "at": ""},
        {"piece": "hall/H1/09:00", "case": "WZ-2026-009999"},
        {"piece": "hall/H1/09:00", "case": ""},
    ],
)
def test_what_cannot_be_reserved_is_refused_in_words(service: Service, form: dict[str, str]) -> None:
    case_no, _ = two_cases(service)
    answer = Desk(service, "1006").post("calendar/reserve", **{"day": DAY, "case": case_no, **form})
    assert answer.status_code >= 400
    assert 'role="alert"' in answer.text
    assert held(service) == {}


@pytest.mark.parametrize(("code", "overlap"), [("hall/H1", "09:45"), ("furnace/F1", "10:15")])
def test_two_cases_never_have_one_period(service: Service, code: str, overlap: str) -> None:
    one, two = two_cases(service)
    desk = Desk(service, "1006")
    assert reserve(desk, one, f"{code}/09:00") == 303

    answer = desk.post("calendar/reserve", day=DAY, case=two, piece=f"{code}/{overlap}")

    assert answer.status_code == 409
    assert say("zh_CN", "problem.place_taken.say") in answer.text
    assert set(held(service).values()) == {one}


def test_two_desks_at_once_give_one_period_to_one_case(service: Service) -> None:
    cases = two_cases(service)
    desks = Desk(service, "1006"), Desk(service, "1006")
    for hour in range(8, 14):
        pieces = [f"hall/H3/{hour:02d}:00"] * 2
        with ThreadPoolExecutor(2) as both:
            codes = list(both.map(reserve, desks, cases, pieces))
        assert sorted(codes) == [303, 409], codes
        owners = held(service)
        assert len({owners[("H3", f"{hour:02d}:{minute:02d}")] for minute in (0, 15, 30, 45)}) == 1


def test_who_may_only_look_reserves_nothing_and_a_county_sees_no_other_cases_number(service: Service) -> None:
    case_no, _ = two_cases(service)
    assert reserve(Desk(service, "1006"), case_no, "hall/H1/09:00") == 303
    steward = Desk(service, "1009")
    page = steward.get(f"calendar?day={DAY}").text
    assert case_no in page and 'action="/office/calendar/reserve"' not in page
    assert reserve(steward, case_no, "hall/H2/09:00") == 403
    county = Desk(service, "1018")
    page = county.get(f"calendar?day={DAY}").text
    assert case_no not in page and say("zh_CN", "calendar.others") in page
    assert county.post("calendar/reserve", day=DAY, case=case_no, piece="hall/H2/09:00").status_code == 409
    assert county.post("calendar/release", day=DAY, case=case_no, reason="family_wish").status_code == 404
    assert Desk(service, "1010").get("calendar").status_code == 403
    assert {code for code, _ in held(service)} == {"H1"}


def test_a_day_is_as_long_as_its_periods_and_its_free_pieces_fit_a_finger(service: Service) -> None:
    case_no, _ = two_cases(service)
    desk = Desk(service, "1006")
    desk.post("calendar/reserve", day=DAY, case=case_no, place="hall/H1", at="05:45")
    page = desk.get(f"calendar?day={DAY}").text
    row = page[page.index('id="row-H1"') : page.index('id="row-H2"')]
    assert ">05:00<" in page
    assert re.findall(r'colspan="(\d+)" class="(free|taken)', row)[:3] == [("3", "free"), ("4", "taken"), ("5", "free")]
    widths = [int(one) for one in re.findall(r'colspan="(\d+)" class="free', page)]
    assert min(widths) >= 2


def dressed(
    service: Service, number: int, *, tag: str, slot: str, crew: tuple[str, str, str], **booking: object
) -> Told:
    """A body in storage, dressing in its signed quote, its farewell in two days."""
    one = Told.begun(service, number, id_no=None, **booking)
    vehicle, driver, mate = crew
    one.does(Step.DISPATCH, vehicle=vehicle, driver=driver, mate=mate)
    one.does(Step.COLLECT, tag=tag)
    one.does(Step.ARRIVE, tag=tag)
    one.does(Step.STORE, tag=tag, slot=slot)
    one.does(Step.QUOTE, items=(Quantity(item="dressing", count=1), Quantity(item="flowers", count=2)))
    one.does(Step.SIGN_QUOTE)
    one.does(
        Step.LIST_BELONGINGS,
        tag=tag,
        things=(Quantity(item=Belonging.RING, count=2), Quantity(item=Belonging.CASH, count=1)),
    )
    return one


def pair(service: Service) -> tuple[Told, Told]:
    one = dressed(service, 1, tag="7Q2F", slot="A-07", crew=("V1", "1003", "1019"))
    one.does(Step.DECLARE_IMPLANTS, implants=Implants.PRESENT)
    two = dressed(service, 2, tag="8R3H", slot="A-08", crew=("V2", "1020", "1021"))
    two.does(Step.DECLARE, condition=Condition.INFECTIOUS)
    return one, two


def test_the_dressing_orders_say_what_is_ordered_noted_and_blocked(service: Service) -> None:
    one, two = pair(service)
    desk = Desk(service, "1007")

    page = desk.get("dressing").text

    rows = {number: page[page.index(f'id="{number}"') :].split("</tr>")[0] for number in (one.case_no, two.case_no)}
    assert all(word in rows[one.case_no] for word in ("7Q2F", "整容穿衣", "戒指 × 2", "等待出库", "/office/dressing/"))
    assert "现金" not in page and "鲜花" not in page, "what is on the body, and what is done to it"
    assert say("zh_CN", "implants.present") in rows[one.case_no]
    assert say("zh_CN", "dressing.blocked") in rows[two.case_no] and "/office/dressing/" not in rows[two.case_no]
    sheet = desk.get(f"dressing/{one.case_no}").text
    assert all(word in sheet for word in (one.case_no, "7Q2F", "整容穿衣", "戒指"))
    assert desk.get(f"dressing/{two.case_no}").status_code == 409
    assert Desk(service, "1010").get("dressing").status_code == 403


def test_an_order_goes_with_its_farewell_and_stays_on_the_day_it_was_done(service: Service) -> None:
    one, _ = pair(service)
    one.does(Step.RESERVE)
    desk = Desk(service, "1007")
    assert (one.case_no in desk.get("dressing").text, one.case_no in desk.get(f"dressing?day={DAY}").text) == (
        False,
        True,
    )
    one.does(Step.TAKE_OUT)
    one.does(Step.PREPARE)
    assert say("zh_CN", "dressing.begun") in desk.get("dressing").text
    one.does(Step.PREPARED)
    done = desk.get("dressing").text
    assert one.case_no in done and say("zh_CN", "dressing.done") in done
    assert one.case_no not in desk.get(f"dressing?day={DAY}").text
    service.clock.forward(days=1)
    late = Desk(service, "1007")
    assert one.case_no not in late.get("dressing").text
    today = local(START).date().isoformat()
    assert one.case_no in late.get(f"dressing?day={today}").text


def test_a_screen_is_added_named_and_switched_off_and_each_act_is_linked(service: Service) -> None:
    desk = Desk(service, "1015")
    page = desk.post("screens", shows="H1", title="思源厅门口").text
    token = re.search(r"/screens/([\w-]{40,})", page)
    assert token is not None
    assert token[1] not in desk.get("screens").text, "it is told once"
    assert desk.http.get(f"/screens/{token[1]}/now").status_code == 200
    with service.context.engine.connect() as connection:
        kept = connection.execute(t.screen.select()).one().token_hash

    assert desk.post(f"screens/{kept}/rename", title="思源厅东门").status_code == 303
    assert "思源厅东门" in desk.get("screens").text
    assert desk.post(f"screens/{kept}/revoke").status_code == 303

    assert desk.http.get(f"/screens/{token[1]}/now").status_code == 404
    with service.context.engine.connect() as connection:
        links = [(row.what, row.staff_no) for row in connection.execute(t.audit_link.select()) if "screen" in row.what]
    assert links == [("screen made", "1015"), ("screen renamed", "1015"), ("screen revoked", "1015")]
    assert Desk(service, "1006").post("screens", shows="queue", title="x").status_code == 403
    assert desk.post("screens", shows="H9", title="x").status_code == 422


def test_the_familys_choice_is_kept_by_who_speaks_with_it(service: Service) -> None:
    case_no, _ = two_cases(service)
    desk = Desk(service, "1006")
    assert 'id="hall-name"' not in desk.get(f"cases/{case_no}").text, "no hall, no screen"
    reserve(desk, case_no, "hall/H1/09:00")
    assert desk.post(f"cases/{case_no}/hall-name", choice="own", words="王老先生").status_code == 303
    page = desk.get(f"cases/{case_no}").text
    assert 'value="own" checked' in page and "王老先生" not in page
    assert desk.post(f"cases/{case_no}/hall-name", choice="own", words="").status_code == 422
    assert Desk(service, "1004").post(f"cases/{case_no}/hall-name", choice="booked").status_code == 403


SMALL = """(selector) => [...document.querySelectorAll(selector)].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.height < 43.5 || box.width < 43.5) && !one.closest('label, p, h2, td > span');
  }).map((one) => one.outerHTML.slice(0, 120))"""


def sizes(page: Page, selector: str) -> list[str]:
    """What a finger could miss on a page that has loaded: controls lower or narrower than 44 px."""
    page.wait_for_load_state()
    found: list[str] = page.evaluate(SMALL, selector)
    return found


CONTROLS = "main button, main a, main input:not([type=hidden]):not([type=radio]), main select"


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "width", "dark"), [("zh-CN", 1440, False), ("en", 360, False), ("zh-CN", 360, True)]
)
def test_the_calendar_is_worked_by_keyboard(
    service: Service, office: str, pages: Pages, language: str, width: int, dark: bool
) -> None:
    case_no, _card = opened(service, id_no=None)
    other = Told.begun(service, 2, id_no=None).case_no
    desk = Desk(service, "1006")
    for place in ("hall/H1/11:30", "furnace/F1/13:30", "hall/H1/14:00"):
        reserve(desk, other, place)
    page = pages.open(language=language, width=width, height=900, touch=width < 500, dark=dark)
    sign_in(page, office, "1006")
    page.goto(f"{office}calendar?case={case_no}")
    for days in (1, 2):
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(f"day={local(START + timedelta(days=days)).date()}"))
        page.wait_for_load_state()
    narrow_enough(page, page.url)
    assert sizes(page, CONTROLS) == []
    free = page.locator("#row-H1 .free button", has_text="09:00")
    free.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#row-H1 .hand")).to_contain_text(case_no)
    picture(page, f"calendar-{language}-{width}{'-dark' if dark else ''}", whole=True)
    assert stored(service, case_no).hall == "H1"

    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#release button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#row-H1 .hand")).to_have_count(0)
    page.wait_for_load_state()
    page.keyboard.press("t")
    expect(page.locator("#day-today")).to_have_attribute("aria-current", "date")
    page.goto(f"{office}calendar?day={DAY}")
    page.locator("#row-H2 .free a", has_text="10:00").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=case]")).to_be_focused()
    page.keyboard.type(case_no)
    page.keyboard.press("Enter")
    expect(page.locator("#row-H2 .hand")).to_contain_text("10:00–11:00")
    if width > 500:
        page.emulate_media(media="print")
        picture(page, f"calendar-{language}-print", whole=True)


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])
def test_dressing_orders_and_screens_are_worked_by_keyboard(
    service: Service, office: str, pages: Pages, language: str, width: int
) -> None:
    one, _ = pair(service)
    page = pages.open(language=language, width=width, height=800, touch=width < 500)
    sign_in(page, office, "1007")
    if width < 500:
        page.locator("[data-menu]").click()
        expect(page.locator("nav a").first).to_be_focused()
    page.locator("nav a[href$='/dressing']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(say("en" if language == "en" else "zh_CN", "office.dressing"))
    assert sizes(page, CONTROLS) == []
    narrow_enough(page, page.url)
    picture(page, f"dressing-{language}-{width}", whole=True)
    page.locator(f"[id='{one.case_no}'] a.button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tag-box")).to_contain_text("7Q2F")
    narrow_enough(page, page.url)
    picture(page, f"dressing-sheet-{language}-{width}", whole=True)
    page.emulate_media(media="print")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page>") <= 1, "one sheet"
    page.emulate_media(media="screen")

    page.goto(office)
    page.locator(".top form[action$='sign-out'] button").click()
    sign_in(page, office, "1015")
    page.goto(f"{office}screens")
    page.locator("[name=shows]").select_option("H1")
    page.locator(".wall-add [name=title]").focus()
    page.keyboard.type("East door")
    page.keyboard.press("Enter")
    expect(page.locator(".wall-address input")).to_be_focused()
    picture(page, f"wall-{language}-{width}", whole=True)
    assert sizes(page, CONTROLS) == []
    narrow_enough(page, page.url)
    address = page.locator(".wall-address input").input_value()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("form[action$='/revoke'] button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text(say("en" if language == "en" else "zh_CN", "wall.off"))
    assert "/screens/" in address
