"""The console's statements: who sees and keeps them, what the pages show, and the way from a draft to its money."""

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from cardsvc.core.ids import CaseNo
from tests.admin_web.test_console import sign_in
from tests.service.test_statements import collected, made, sent
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service

TODAY = "2026-11-01"


def drafted(service: Service, desk: Desk, payer: str = "treasury", **more: str) -> str:
    answer = desk.post("statements", payer=payer, first="2026-10-01", last=TODAY, **more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


def test_a_draft_is_approved_by_somebody_else_and_paid_in_parts(service: Service) -> None:
    case = collected(service).case_no
    maker, approver = Desk(service, "1010"), Desk(service, "1015")
    number = drafted(service, maker)

    assert maker.post(f"statements/{number}/send").status_code == 409
    assert "须由另一人审核" in maker.get(f"statements/{number}").text
    assert approver.post(f"statements/{number}/send").status_code == 303

    page = maker.get(f"statements/{number}").text
    assert case in page and "230.00" in page and "人工送达" in page and "本市户籍居民" in page
    money = {"amount": "100.01", "reference": "B-7", "received_on": TODAY}
    assert maker.post(f"statements/{number}/pay", **money).status_code == 303
    assert "¥129.99" in maker.get(f"statements/{number}").text
    assert maker.post(f"statements/{number}/pay", **money).status_code == 409
    assert maker.post(f"statements/{number}/pay", **money | {"amount": "1e3"}).status_code == 409
    assert "¥129.99" in maker.get("statements").text


def test_what_was_paid_too_much_is_shown_and_given_back_by_two(service: Service) -> None:
    case = collected(service).case_no
    number, desk = sent(service), Desk(service, "1010")
    assert desk.post(f"statements/{number}/pay", amount="240", reference="B", received_on=TODAY).status_code == 303
    assert "暂存：¥10.00" in desk.get(f"statements/{number}").text

    seen = re.findall(r'name="seen" value="(\d+)"', desk.get(f"statements/{number}").text)[0]
    back = {"case_no": case, "amount": "4", "second_staff_no": "1016", "seen": seen}
    assert desk.post(f"statements/{number}/back", **back, second_password="wrong").status_code >= 400
    assert desk.post(f"statements/{number}/back", **back, second_password="10161016").status_code == 303
    assert desk.post(f"statements/{number}/back", **back, second_password="10161016").status_code == 409, (
        "pressed twice"
    )
    page = desk.get(f"statements/{number}").text
    assert "暂存：¥6.00" in page
    back |= {"amount": "6", "seen": re.findall(r'name="seen" value="(\d+)"', page)[0]}
    assert desk.post(f"statements/{number}/back", **back, second_password="10161016").status_code == 303
    assert "暂存" not in desk.get(f"statements/{number}").text.partition('id="cases"')[2]


def test_a_returned_line_is_shown_with_its_reason_until_it_is_put_anew(service: Service) -> None:
    case = collected(service).case_no
    number, desk = sent(service), Desk(service, "1010")
    page = desk.get(f"statements/{number}").text
    line = {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("log_no", "line_no")}

    assert desk.post(f"statements/{number}/return", case_no=case, why="because", **line).status_code == 422
    assert desk.post(f"statements/{number}/return", case_no=case, why="paper_missing", **line).status_code == 303

    assert "已退回：缺少材料" in desk.get(f"statements/{number}").text
    assert "缺少材料" in desk.get("statements").text
    assert desk.post("statements", payer="treasury", first="2026-10-01", last=TODAY).status_code == 409
    drafted(service, desk, returned="true")
    assert "没有退回的费用" in desk.get("statements").text


def test_the_spreadsheet_has_the_lines_and_no_cell_runs(service: Service) -> None:
    case = collected(service).case_no
    answer = Desk(service, "1010").get(f"statements/{sent(service)}/statement.xlsx")

    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    head, row = sheet.iter_rows(values_only=True)

    assert head[:3] == ("业务编号", "日期", "项目")
    assert (row[0], row[1], row[3:8]) == (case, TODAY, (1, 230, 230, 0, 230))


def test_each_pdf_is_a_copy_more(service: Service) -> None:
    collected(service)
    desk = Desk(service, "1010")
    draft = desk.post(f"statements/{made(service)}/statement.pdf")
    assert draft.headers["content-type"] == "application/pdf" and draft.content.startswith(b"%PDF")

    desk = Desk(service, "1016")
    audit = [desk.post(f"statements/{made_no}/statement.pdf").status_code for made_no in ("999999",)]
    assert audit == [404]


@pytest.mark.parametrize(
    ("staff_no", "sees", "keeps"),
    [
        ("1010", 200, 303),
        ("1015", 200, 303),
        ("1016", 200, 403),
        ("1006", 200, 403),
        ("1001", 403, 403),
        ("1018", 403, 403),
    ],
)
def test_who_sees_statements_and_who_makes_them(service: Service, staff_no: str, sees: int, keeps: int) -> None:
    collected(service)
    number, desk = made(service), Desk(service, staff_no)
    desk_of_maker = Desk(service, "1015")
    assert desk_of_maker.post(f"statements/{number}/discard").status_code == 303

    assert desk.get("statements").status_code == sees
    assert desk.get(f"statements/{number}").status_code == sees
    answer = desk.post("statements", payer="treasury", first="2026-10-01", last=TODAY)
    assert answer.status_code == keeps


@pytest.mark.parametrize("payer", ["family", "nobody"])
def test_who_is_sent_no_statements_gets_none(service: Service, payer: str) -> None:
    collected(service)
    answer = Desk(service, "1010").post("statements", payer=payer, first="2026-10-01", last=TODAY)
    assert answer.status_code in (409, 422)


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])
def test_the_pages_fit_and_are_worked_by_keyboard(
    service: Service, office: str, pages: Pages, tmp_path: Path, language: str, width: int
) -> None:
    cases: list[CaseNo] = [collected(service, number).case_no for number in (1, 2)]
    number = sent(service)
    page = pages.open(language=language, width=width)
    sign_in(page, office, "1010")

    page.goto(f"{office}statements/{number}")
    page.locator("[name=amount]").first.fill("500")
    page.locator("[name=reference]").fill("BANK-2026-77")
    page.keyboard.press("Enter")
    expect(page.locator("#payments tbody tr")).to_have_count(1)
    summary = page.locator("#lines summary").first
    summary.focus()
    page.keyboard.press("Enter")
    page.locator("#lines select").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#lines tr.gone")).to_have_count(1)
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    picture(page, f"statement-{language}-{width}", whole=True)

    page.goto(f"{office}statements")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    expect(page.locator("#returned tbody tr")).to_have_count(1)
    assert cases[0] in page.locator("#returned").inner_text()
    small = page.locator("main a.button, main button, main select, main summary").evaluate_all(
        "all => all.filter(one => one.offsetParent && one.clientHeight < 41).map(one => one.outerHTML)"
    )
    assert small == []
    picture(page, f"statements-{language}-{width}", whole=True)


def test_what_is_open_grows_old_and_a_paid_statement_does_not(service: Service) -> None:
    collected(service, 1)
    paid = sent(service)
    desk = Desk(service, "1010")
    assert desk.post(f"statements/{paid}/pay", amount="230", reference="B", received_on=TODAY).status_code == 303
    collected(service, 2)
    sent(service)

    def old() -> list[str]:
        row = Desk(service, "1010").get("statements").text.partition('id="ages"')[2].partition("<tr><td")[2]
        return re.findall(r"¥([0-9.]+)", row.partition("</tr>")[0])

    ages = ["0.00"] * 5
    assert old() == ["230.00", *ages[1:], "230.00", "0.00"]
    service.clock.forward(days=45)
    assert old() == ["0.00", "230.00", *ages[2:], "230.00", "0.00"]
    service.clock.forward(days=60)
    assert old() == [*ages[:2], "230.00", *ages[3:], "230.00", "0.00"]
