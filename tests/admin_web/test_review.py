"""Billing review in the console: filters in the address, evidence beside the list, decisions by keyboard."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from sqlalchemy import text

from cardsvc.core.reviewing import FlagState
from tests.admin_web.test_console import sign_in
from tests.service.test_review import cold, flags, small
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service


def copied(service: Service, times: int) -> None:
    """Further flags like the first one, each of another log number."""
    with service.context.engine.begin() as connection:
        for number in range(1, times + 1):
            connection.execute(
                text(
                    "INSERT INTO review_flag SELECT home_id, log_no + :number, line_no, rule, case_no, item, payer,"
                    " station, caused_by, second, amount_fen + :number, at, month, evidence, state FROM review_flag"
                    " WHERE log_no = (SELECT min(log_no) FROM review_flag)"
                ),
                {"number": number},
            )


def test_a_flag_stands_with_its_evidence_and_leads_to_its_tap_and_its_price_list(service: Service) -> None:
    case_no, _ = cold(service)
    desk = Desk(service, "1016")

    page = desk.get("review").text

    [flag] = flags(service)
    anchor = flag.evidence.causes[0].replace(":", "-")
    assert f'href="/office/cases/{case_no}#{anchor}"' in page
    assert f'id="{anchor}"' in desk.get(f"cases/{case_no}").text
    assert 'href="/office/prices/lists/WZ-OLD"' in page
    assert desk.get("prices/lists/WZ-OLD").status_code == 200
    assert "¥70.00" in page and "超过最高限价" in page


def test_only_those_who_review_the_whole_home_see_it(service: Service) -> None:
    cold(service)
    assert [Desk(service, one).get("review").status_code for one in ("1010", "1015", "1016")] == [403, 200, 200]
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET county = '330302' WHERE staff_no = '1016'"))
    assert Desk(service, "1016").get("review").status_code == 403


def test_filters_stay_in_the_address_and_pages_follow_by_key(service: Service) -> None:
    cold(service)
    copied(service, 120)
    desk, seen, query = Desk(service, "1016"), [], "rule=above_cap&item=cold_storage&from=80&to=81&order=dearest"
    while True:
        page = desk.get(f"review?{query}").text
        seen += re.findall(r'data-label="金额"><b>(¥[\d.]+)</b>', page)
        more = re.search(r'rel="next" href="/office/review\?([^"]+)"', page)
        if more is None:
            break
        query = more[1].replace("&amp;", "&")
        assert "rule=above_cap&item=cold_storage&from=80&to=81&order=dearest&after=" in query

    assert len(seen) == 101
    assert (seen[0], seen[-1]) == ("¥81.00", "¥80.00")
    assert "没有需要复核的事项" in desk.get("review?rule=split").text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_the_filters_show_is_exported(service: Service, kind: str) -> None:
    case_no, _ = cold(service)
    copied(service, 2)
    desk = Desk(service, "1016")

    answer = desk.get(f"review/export.{kind}?to=80.01&order=dearest")

    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    else:
        rows = [[str(one.value) for one in row] for row in load_workbook(io.BytesIO(answer.content)).worksheets[0]]
    assert [row[6] for row in rows[1:]] == ["80.01", "80.00" if kind == "csv" else "80"]
    assert (rows[0][0], rows[1][0], rows[1][2]) == ("规则", "超过最高限价", case_no)
    assert Desk(service, "1010").get(f"review/export.{kind}").status_code == 403


def test_nonsense_in_the_address_breaks_nothing(service: Service) -> None:
    cold(service)
    desk = Desk(service, "1016")
    for query in ("from=abc", "at=%00"):
        assert desk.get(f"review?{query}").status_code == 422, query
    for query in ("rule=x&state=y&payer=z", "at=1.0.nothing", "after=99999999999999999999.0.split"):
        assert desk.get(f"review?{query}").status_code == 200, query


def test_a_returned_flag_is_a_task_on_the_case_page(service: Service) -> None:
    case_no, _ = cold(service)
    [flag] = flags(service)
    name = f"{flag.key.log_no}.{flag.key.line_no}.{flag.key.rule}"
    answer = Desk(service, "1016").post("review", flag=name, decision="return", because="wrong_price")

    assert answer.status_code == 303
    assert "复核退回: 超过最高限价" in Desk(service, "1010").get(f"cases/{case_no}").text
    assert "复核退回" not in Desk(service, "1003").get(f"cases/{case_no}").text
    again = Desk(service, "1015").post("review", flag=name, decision="return", because="wrong_price")
    assert again.status_code == 409


def test_a_decision_without_the_form_token_changes_nothing(service: Service) -> None:
    cold(service)
    [flag] = flags(service)
    name = f"{flag.key.log_no}.{flag.key.line_no}.{flag.key.rule}"
    desk = Desk(service, "1016")
    form = {"flag": name, "decision": "accept", "because": "approved", "form_token": "x"}

    assert desk.http.post("/office/review", data=form).status_code == 403
    assert len(flags(service)) == 1


def test_a_returned_flag_is_answered_on_its_station_s_board_and_the_task_ends(service: Service) -> None:
    case_no, _ = cold(service)
    [flag] = flags(service)
    name = f"{flag.key.log_no}.{flag.key.line_no}.{flag.key.rule}"
    Desk(service, "1016").post("review", flag=name, decision="return", because="wrong_price")
    clerk = Desk(service, "1005")
    for page in (f"cases/{case_no}", "boards/cold_storage"):
        shown = clerk.get(page).text
        assert "复核退回: 超过最高限价" in shown and "/office/review/answer" in shown
        assert "¥80.00" not in shown
    assert "复核退回" not in Desk(service, "1010").get("boards/cashier").text
    other = Desk(service, "1010")
    assert "/office/review/answer" not in other.get(f"cases/{case_no}").text
    assert other.post("review/answer", flag=name, because="corrected").status_code == 403

    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET county = '330324' WHERE staff_no = '1005'"))
    assert clerk.post("review/answer", flag=name, because="corrected").status_code == 404, "a case of another county"
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET county = '330302' WHERE staff_no = '1005'"))
    answer = clerk.post("review/answer", flag=name, because="corrected", back="/office/boards/cold_storage")

    assert (answer.status_code, answer.headers["location"]) == (303, "/office/boards/cold_storage")
    assert "复核退回" not in clerk.get("boards/cold_storage").text
    assert "已答复: 已更正" in Desk(service, "1016").get("review").text


def test_the_page_before_a_reversal_says_that_it_is_for_good_and_why_it_cannot_be(service: Service) -> None:
    case_no, _ = cold(service)
    [flag] = flags(service)
    name = f"{flag.key.log_no}.{flag.key.line_no}.{flag.key.rule}"
    manager, auditor = Desk(service, "1015"), Desk(service, "1016")
    assert "review/reverse?" in manager.get("review").text and "review/reverse?" not in auditor.get("review").text
    assert "冲销后不能撤回" in manager.get(f"review/reverse?flag={name}").text
    assert auditor.get(f"review/reverse?flag={name}").status_code == 409
    assert manager.get("review/reverse?flag=nothing").status_code == 404
    assert manager.post("review/reverse", flag=name, because="approved").status_code == 422
    assert auditor.post("review/reverse", flag=name, because="not_done").status_code == 409
    assert Desk(service, "1010").post("review/reverse", flag=name, because="not_done").status_code == 403

    answer = manager.post("review/reverse", flag=name, because="not_done", filters="rule=above_cap")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/office/review?rule=above_cap&reversed={name}"
    assert "冲销后不能撤回" in manager.get(answer.headers["location"].removeprefix("/office/")).text
    assert "复核冲销" in manager.get(f"cases/{case_no}").text
    assert manager.post("review", flag=name, decision="undo", because="by_mistake").status_code == 409


@pytest.mark.browser
def test_a_line_is_reversed_by_keyboard(service: Service, office: str, pages: Pages) -> None:
    case_no, _ = cold(service)
    page = pages.open()
    sign_in(page, office, "1015")
    page.goto(f"{office}review")
    page.wait_for_load_state("load")
    page.keyboard.press("x")
    expect(page.get_by_label("理由")).to_be_focused()
    picture(page, "review-reverse-zh", whole=True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".done")).to_contain_text("已冲销：超过最高限价 ¥80.00")
    picture(page, "review-reversed-zh", whole=True)
    page.goto(f"{office}cases/{case_no}")
    expect(page.locator(".timeline")).to_contain_text("复核冲销")
    picture(page, "review-reversed-case-zh", whole=True)


@pytest.mark.browser
def test_a_task_and_a_reversal_fit_a_phone_in_english(service: Service, office: str, pages: Pages) -> None:
    cold(service)
    [flag] = flags(service)
    name = f"{flag.key.log_no}.{flag.key.line_no}.{flag.key.rule}"
    page = pages.open(language="en", width=360, height=740, dark=True)
    sign_in(page, office, "1015")
    page.goto(f"{office}review/reverse?flag={name}")
    expect(page.locator("main")).to_contain_text("This cannot be undone.")
    picture(page, "review-reverse-phone", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    Desk(service, "1016").post("review", flag=name, decision="return", because="wrong_price")
    page.goto(f"{office}boards/cold_storage")
    expect(page.locator(".task")).to_contain_text("Review has returned: Above the cap")
    picture(page, "review-task-phone", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".task button").click()
    expect(page.locator(".task")).to_have_count(0)


def test_nothing_is_accepted_together_that_the_page_did_not_show(service: Service) -> None:
    cold(service)
    small(service, 2)
    desk = Desk(service, "1016")
    assert "review/together?" not in desk.get("review").text
    assert "review/together?" in desk.get("review?rule=manual_line").text
    page = desk.get("review/together?rule=manual_line").text
    [shown] = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)
    assert "通过这 2 项" in page and "¥20.01" in page
    assert "没有可以一并通过的事项" in desk.get("review/together?rule=split").text
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE review_flag SET state = 'returned' WHERE amount_fen = 1000"))

    changed = desk.post("review/together", seen=shown, because="approved", filters="rule=manual_line")

    assert changed.status_code == 409 and "清单与页面所示不再一致" in changed.text and "通过这 1 项" in changed.text
    assert Desk(service, "1010").get("review/together").status_code == 403
    assert Desk(service, "1010").post("review/together", seen=shown, because="approved").status_code == 403


@pytest.mark.browser
def test_several_are_accepted_together_and_taken_back_by_keyboard(service: Service, office: str, pages: Pages) -> None:
    cold(service)
    small(service, 5)
    page = pages.open()
    sign_in(page, office, "1016")
    page.goto(f"{office}review?rule=manual_line")
    page.wait_for_load_state("load")
    page.keyboard.press("b")
    expect(page.locator("main")).to_contain_text("通过这 5 项")
    expect(page.get_by_label("理由")).to_be_focused()
    picture(page, "review-together-zh", whole=True)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text("已一并通过 5 项")
    picture(page, "review-together-done-zh")
    page.wait_for_load_state("load")
    page.keyboard.press("u")
    expect(page.locator(".done")).to_have_count(0)
    expect(page.locator(".list tbody tr")).to_have_count(5)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{office}review/together?rule=manual_line")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    picture(page, "review-together-phone", whole=True)


@pytest.mark.browser
def test_a_reviewer_works_through_the_list_by_keyboard(service: Service, office: str, pages: Pages) -> None:
    cold(service)
    copied(service, 3)
    page = pages.open()

    def press(key: str) -> None:
        page.wait_for_load_state("load")  # the page's script runs just before: until then a key does nothing
        page.keyboard.press(key)

    sign_in(page, office, "1016")
    page.goto(f"{office}review?rule=above_cap")
    expect(page.locator("tr.chosen")).to_contain_text("¥80.03")
    picture(page, "review-zh", whole=True)

    press("a")
    expect(page.locator(".done")).to_contain_text("已通过：超过最高限价 ¥80.03")
    expect(page.locator("tr.chosen")).to_contain_text("¥80.02")
    picture(page, "review-accepted")
    press("j")
    expect(page.locator("tr.chosen")).to_contain_text("¥80.01")
    press("r")
    expect(page.locator("tr.chosen")).to_contain_text("¥80.00")
    press("k")
    expect(page.locator("tr.chosen")).to_contain_text("¥80.02")
    press("a")
    expect(page.locator(".done")).to_contain_text("¥80.02")
    press("u")
    expect(page.locator(".done")).to_have_count(0)
    expect(page.locator("tr.chosen")).to_contain_text("¥80.02")
    press("?")
    expect(page.locator("#keys")).to_contain_text("j 下一项")
    assert "rule=above_cap" in page.url
    assert [len(flags(service, state=state)) for state in FlagState] == [2, 1, 1, 0]


@pytest.mark.browser
def test_review_fits_a_phone_in_english_and_in_the_dark(service: Service, office: str, pages: Pages) -> None:
    cold(service)
    copied(service, 2)
    page = pages.open(language="en", width=360, height=740, dark=True)
    sign_in(page, office, "1015")
    page.goto(f"{office}review")
    expect(page.locator(".beside h2")).to_have_text("Above the cap")
    picture(page, "review-phone", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    touched = page.locator(".decide button, .rules a, .filters button, .filters select, .beside a.button")
    assert all((box := one.bounding_box()) is not None and box["height"] >= 44 for one in touched.all())
