"""The office's cards: found, blocked, unblocked by two, taken back; on the console and on its JSON surface."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import Details, StationKind, Step
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import CardInHand, Service
from tests.support.telling import TO_STORAGE, go, opened, stored

FIRST = "WZC-000001"


def shown(desk: Desk, query: str = "") -> list[str]:
    return re.findall(r"<b>(WZC-\d{6})</b>", desk.get(f"cards?{query}").text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [3, 2, 1]),
        ("q=000002", [2]),
        ("q=wzc-00000", [3, 2, 1]),
        ("q=0401", [1]),
        ("q=04:03:03", [3]),
        (f"q={quote('WZ-2026')}", [1]),
        ("q=%25", []),
        ("q=nobody", []),
        ("state=pool", [3, 2]),
        ("state=bound", [1]),
        ("state=blocked", []),
        ("state=nonsense", [3, 2, 1]),
        ("state=pool&q=0403", [3]),
    ],
)
def test_cards_are_found_by_card_chip_and_case_and_by_state(service: Service, query: str, found: list[int]) -> None:
    opened(service)
    service.pool_card(2)
    service.pool_card(3)
    assert shown(Desk(service, "1001"), query) == [f"WZC-{number:06d}" for number in found]


def test_a_long_list_of_cards_pages_by_key(service: Service) -> None:
    for number in range(53):
        service.pool_card(number)
    desk = Desk(service, "1001")
    first = shown(desk)
    second = shown(desk, f"before={first[-1]}")
    assert (len(first), len(second)) == (50, 3)
    assert f"before={first[-1]}" in desk.get("cards").text
    listed = desk.api("GET", "cards").json()
    assert listed["next"] == first[-1]
    assert len(desk.api("GET", f"cards?before={listed['next']}").json()["cards"]) == 3


def test_a_clerk_blocks_a_card_and_two_people_let_it_serve_again(service: Service) -> None:
    case_no, card = opened(service)
    clerk, manager = Desk(service, "1001"), Desk(service, "1015")
    assert clerk.post(f"cards/{FIRST}/block", reason="lost").status_code == 303
    assert stored(service, case_no).card_no is None
    page = clerk.get(f"cards/{FIRST}").text
    assert "已挂失" in page and "遗失" in page and f"cards/{FIRST}/unblock" not in page
    assert "卡片与业务解绑" in clerk.get(f"cases/{case_no}").text
    both = {"second_staff_no": "1016", "second_password": "10161016"}
    assert clerk.post(f"cards/{FIRST}/unblock", **both).status_code == 403
    alone = manager.post(f"cards/{FIRST}/unblock")
    same = manager.post(f"cards/{FIRST}/unblock", second_staff_no="1015", second_password="10151015")
    wrong = manager.post(f"cards/{FIRST}/unblock", second_staff_no="1016", second_password="x")
    assert [one.status_code for one in (alone, same, wrong)] == [409, 409, 401]
    assert "10151015" not in same.text

    assert manager.post(f"cards/{FIRST}/unblock", **both).status_code == 303

    assert stored(service, case_no).card_no == FIRST
    go(service, case_no, card, *TO_STORAGE)


def test_guessing_the_second_password_of_a_card_is_slowed_down(service: Service) -> None:
    opened(service)
    desk = Desk(service, "1015")
    guess = {"act": "replace", "reason": "lost", "second_staff_no": "1016", "second_password": "x"}
    codes = [desk.api("POST", f"cards/{FIRST}/acts", guess).json()["code"] for _ in range(10)]
    assert codes == ["sign_in_failed"] * 8 + ["too_many"] * 2


@pytest.mark.parametrize(
    ("staff_no", "body", "status", "code"),
    [
        ("1001", {"act": "block", "reason": "lost"}, 200, None),
        ("1001", {"act": "block"}, 409, "field_missing"),
        ("1001", {"act": "block", "reason": "cloned"}, 422, "field_invalid"),
        ("1001", {"act": "return"}, 409, "card_in_use"),
        ("1001", {"act": "wipe"}, 409, "step_not_here"),
        ("1001", {"act": "replace", "reason": "damaged"}, 409, "second_person_missing"),
        ("1001", {"act": "unblock"}, 403, "not_allowed"),
        ("1010", {"act": "block", "reason": "lost"}, 403, "not_allowed"),
        ("1001", {"act": "burn"}, 422, "input_invalid"),
        ("1018", {"act": "block", "reason": "lost"}, 404, "not_found"),
    ],
)
def test_the_json_surface_does_the_same(
    service: Service, staff_no: str, body: dict[str, str], status: int, code: str | None
) -> None:
    opened(service)
    answer = Desk(service, staff_no).api("POST", f"cards/{FIRST}/acts", body)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert code is not None or answer.json()["state"] == "blocked"


def test_a_card_tells_its_life(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    desk = Desk(service, "1015")
    replaced = {"act": "replace", "reason": "damaged", "second_staff_no": "1001", "second_password": "10011001"}
    assert desk.api("POST", f"cards/{FIRST}/acts", replaced).status_code == 200
    page = desk.api("GET", f"cards/{FIRST}").json()
    assert [one["counter"] for one in page["writes"]] == [4, 3, 2, 1]
    assert [one["kind"] for one in page["writes"]] == ["cold_storage", "transport", "transport", "booking"]
    assert [one["what"] for one in page["links"]] == ["card replace for damaged with 1001", "card issued"]
    assert page["acts"] == ["unblock", "return"]
    assert Desk(service, "1018").get(f"cards/{FIRST}").status_code == 404


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_lost_card_is_replaced_in_the_console(service: Service, office: str, pages: Pages, language: str) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    for number in range(2, 6):
        service.pool_card(number)
    page = pages.open(language=language)
    pages.watch.expect("status of 4")
    sign_in(page, office, "1015")
    page.locator("nav a[href$='cards']").click()
    page.locator("main [name=q]").fill(str(case_no))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    page.locator(f"a[href$='{FIRST}']").click()
    page.locator("details:has(form[action$='/replace']) summary").click()
    form = page.locator("form[action$='/replace']")
    form.locator("[name=reason]").select_option("lost")
    form.locator("[name=second_staff_no]").fill("1015")
    form.locator("[name=second_password]").fill("10151015")
    picture(page, f"console-{language}-card-replace", whole=True)
    form.locator("button.go").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    picture(page, f"console-{language}-card-refused", whole=True)
    page.locator("details:has(form[action$='/replace']) summary").click()
    form.locator("[name=reason]").select_option("lost")
    form.locator("[name=second_staff_no]").fill("1016")
    form.locator("[name=second_password]").fill("10161016")
    form.locator("button.go").click()
    expect(page.locator("p.refusal")).to_be_visible()
    picture(page, f"console-{language}-card", whole=True)
    new = CardInHand(service.pool_card(9))
    service.station(StationKind.BOOKING).take(case_no, Step.BIND_CARD, Details(), new)
    page.locator("nav a[href$='cards']").click()
    expect(page.locator("tbody tr")).to_have_count(6)
    picture(page, f"console-{language}-cards", whole=True)
    page.goto(f"{office}cases/{case_no}")
    picture(page, f"console-{language}-case-replaced", whole=True)
    small = pages.open(width=360, height=740, touch=True, language=language)
    sign_in(small, office, "1015")
    for path in ("cards", f"cards/{FIRST}"):
        small.goto(f"{office}{path}")
        right = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361)"
        assert small.evaluate(f"{right}.map(e => e.outerHTML)") == []
    picture(small, f"console-phone-{language}-card", whole=True)
