"""Reports in the console: from a figure down to its rows, on a wide screen and on a phone, as spreadsheet and paper."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from cardsvc.api.app import Surface
from cardsvc.core.local_time import CHINA
from cardsvc.core.money import yuan
from cardsvc.surfaces import create_service
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.half_year import HALF, write
from tests.support.home import Service
from tests.support.serving import Served

MANAGER, CASHIER = "1015", "1010"
HALF_YEAR = f"reports?every=half_year&day={HALF.first}"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Service]:
    """A home with two half-years of books; it is the evening of the last day."""
    service = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    with service.context.engine.begin() as connection:
        write(connection, service.context.home_id, 120)
    service.clock.now = datetime.combine(HALF.last, time(18), CHINA)
    yield service
    service.close()


@pytest.fixture
def office(books: Service) -> Iterator[str]:
    served = Served(create_service(list(Surface), books.context))
    yield f"{served.address}office/"
    served.close()


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_a_manager_goes_from_a_figure_down_to_its_rows(office: str, pages: Pages, dark: bool) -> None:
    width = 360 if dark else 1280
    page = pages.open(language="en" if dark else "zh-CN", dark=dark, width=width)

    def looked_at(name: str) -> None:
        picture(page, f"reports-{name}-{'dark' if dark else 'light'}", whole=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    sign_in(page, office, MANAGER)
    page.goto(f"{office}{HALF_YEAR}")
    expect(page.locator("svg.course rect.now")).to_have_count(6)
    looked_at("half-year")
    figure = page.locator("#items + table tbody tr").first.locator("td a").first
    said = figure.inner_text()
    figure.click()
    expect(page.locator(".stands b")).to_have_text(said)
    looked_at("rows")
    total = 0
    while True:
        total += sum(
            yuan(one.replace("¥", "").replace("−", "-"))
            for one in page.locator("tbody td:last-child").all_inner_texts()
        )
        if page.locator("a[rel=next]").count() == 0:
            break
        page.locator("a[rel=next]").click()
        page.wait_for_load_state()
    assert total == yuan(said.removeprefix("¥"))
    if not dark:
        page.goto(f"{office}{HALF_YEAR}")
        page.emulate_media(media="print")
        looked_at("print")


@pytest.mark.browser
def test_a_day_without_postings_says_so(office: str, pages: Pages) -> None:
    page = pages.open(width=360)
    sign_in(page, office, MANAGER)
    page.goto(f"{office}reports?every=month&day=2020-05-05")
    expect(page.locator(".empty")).to_be_visible()
    picture(page, "reports-empty", whole=True)


def test_the_spreadsheet_has_numbers_that_are_those_of_the_page(books: Service) -> None:
    desk = Desk(books, MANAGER)
    shown = re.search(r'class="card whole"><p>\S+ <b>¥([\d,.]+)</b>', desk.get(HALF_YEAR).text)
    assert shown is not None

    sheet = desk.get(HALF_YEAR.replace("reports?", "reports.xlsx?"))
    book = load_workbook(io.BytesIO(sheet.content))
    items = book.worksheets[1]
    last = [cell.value for cell in items[items.max_row]]
    total = items.cell(items.max_row, 2).hyperlink
    assert total is not None and shown[1] in desk.http.get(str(total.target)).text, "and each leads to its rows"
    assert Decimal(str(last[1])) * 100 == yuan(shown[1])
    assert all(isinstance(cell.value, int | float) for row in items.iter_rows(min_row=2) for cell in row[1:4])


def test_each_print_is_counted_and_those_who_may_not_see_reports_get_none(books: Service) -> None:
    desk = Desk(books, MANAGER)
    papers = [desk.post("reports.pdf", every="half_year", day=str(HALF.first)) for _ in range(2)]
    assert [one.content[:5] for one in papers] == [b"%PDF-", b"%PDF-"]
    with books.context.engine.connect() as connection:
        said = (
            connection.exec_driver_sql("SELECT what FROM audit_link WHERE what LIKE 'printed report%'").scalars().all()
        )
    assert said == ["printed report copy 1", "printed report copy 2"]
    for staff_no in (CASHIER, "1018"):
        other = Desk(books, staff_no)
        assert {
            other.get(one).status_code
            for one in (HALF_YEAR, f"reports/rows?what=price&first={HALF.first}&last={HALF.last}")
        } == {403}
    assert desk.get(f"reports/rows?what=price&first={HALF.last}&last={HALF.first}").status_code != 200
    assert desk.get("reports/rows?what=gold&first=2028-01-01&last=2028-01-02").status_code == 422


@pytest.mark.parametrize("after", ["x", "a|b", "|||", "urn|1", "2028-01-01"])
def test_a_place_in_the_list_that_nobody_has_is_no_failure(books: Service, after: str) -> None:
    desk = Desk(books, MANAGER)
    for what in ("price", "came", "stands", "taps"):
        address = f"reports/rows?what={what}&kind=deposit&first={HALF.first}&last={HALF.last}&after={after}"
        assert desk.get(address).status_code == 200, what
