"""Billing statistics in the console: table, chart and export; every figure leads to the lines that it sums."""

import io
import re
from decimal import Decimal
from html import unescape

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from sqlalchemy import text

from cardsvc.store.opening import price_book
from tests.admin_web.test_console import sign_in
from tests.service.test_turnover import cooled
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service


def two_years(service: Service) -> None:
    """Two cases in November 2026, three in November 2027."""
    for number in range(1, 6):
        cooled(service, number, resident=number in (1, 3))
        service.clock.forward(days=366 if number == 2 else 0)


def yuan(said: str) -> Decimal:
    return Decimal(said.replace("¥", "").replace(",", ""))


@pytest.mark.parametrize("by", ["item", "payer", "station", "month"])
def test_every_figure_leads_to_lines_that_sum_to_it(service: Service, by: str) -> None:
    two_years(service)
    desk = Desk(service, "1016")

    page = desk.get(f"review/statistics?by={by}&month=2027-11").text

    figures = re.findall(
        r'data-label="(价格|减免|应付|去年同月应付)">(?:<b>)?<a href="/office/([^"]+)">([^<]+)</a>', page
    )
    assert len(figures) >= 4
    for label, where, said in figures:
        column, found, query = label.replace("去年同月", ""), Decimal(0), unescape(where)
        while query:
            rows = desk.get(query).text
            cells = re.findall(rf'data-label="{column}">(?:<b>)?([^<]+)<', rows)
            found += sum((yuan(one) for one in cells), Decimal(0))
            more = re.search(r'rel="next" href="/office/([^"]+)"', rows)
            query = unescape(more[1]) if more else ""
        assert found == yuan(said), (label, where)


def test_filters_stay_in_the_address_and_what_is_not_there_is_said(service: Service) -> None:
    two_years(service)
    desk = Desk(service, "1015")
    page = desk.get("review/statistics?by=payer&month=2027-11&item=cold_storage&station=cold_storage").text
    assert "by=item&amp;month=2027-11&amp;item=cold_storage&amp;station=cold_storage" in page
    assert "▲ 100%" in desk.get("review/statistics?by=station&month=2027-11").text
    assert "2020-01 没有账单行" in desk.get("review/statistics?month=2020-01").text
    assert "2020-01 没有账单行" in desk.get("review/statistics/rows?month=2020-01").text
    for query in ("month=9999-12", "month=0001-01", "by=x&payer=y&station=z&item=q", "before=1"):
        assert desk.get(f"review/statistics?{query}").status_code == 200, query
        assert desk.get(f"review/statistics/rows?{query}").status_code == 200, query


def test_only_those_who_review_the_whole_home_see_them(service: Service) -> None:
    paths = ("review/statistics", "review/statistics/rows", "review/statistics/export.xlsx")
    assert [Desk(service, "1010").get(path).status_code for path in paths] == [403, 403, 403]
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET county = '330302' WHERE staff_no = '1016'"))
    assert [Desk(service, "1016").get(path).status_code for path in paths] == [403, 403, 403]
    assert [Desk(service, "1015").get(path).status_code for path in paths] == [200, 200, 200]


def test_the_export_has_the_same_figures_and_no_cell_of_it_runs(service: Service) -> None:
    with service.context.engine.begin() as connection:
        book = price_book(connection, service.context.home_id, service.clock.now)
        items = tuple(
            row.model_copy(update={"name_zh": '=HYPERLINK("x")'}) if row.item == "cold_storage" else row
            for row in book.items
        )
        body = book.model_copy(update={"version": "WZ-OLD", "items": items}).model_dump_json()
        connection.execute(
            text("INSERT INTO price_book VALUES (:home, 'WZ-OLD', '2026-10-01', :body, NULL, NULL, NULL)"),
            {"home": service.context.home_id, "body": body},
        )
    two_years(service)

    answer = Desk(service, "1016").get("review/statistics/export.xlsx?month=2027-11")

    heads, *rows = load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    assert heads == ("项目", "行数", "价格", "减免", "应付", "去年同月应付", "同比")
    [cold] = [row for row in rows if "HYPERLINK" in str(row[0])]
    assert cold[0] == '\'=HYPERLINK("x")'
    assert cold[1:6] == (3, 240, 80, 160, 80)


@pytest.mark.browser
def test_statistics_read_well_in_both_languages_on_paper_and_on_a_phone(
    service: Service, office: str, pages: Pages
) -> None:
    two_years(service)
    page = pages.open()
    sign_in(page, office, "1016")
    page.goto(f"{office}review")
    page.get_by_role("link", name="收费统计").click()
    page.goto(f"{office}review/statistics?month=2027-11")
    expect(page.locator(".bar")).not_to_have_count(0)
    picture(page, "statistics-zh", whole=True)
    page.get_by_role("link", name="按月份").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    picture(page, "statistics-months-zh", whole=True)
    page.emulate_media(media="print")
    picture(page, "statistics-print-zh", whole=True)
    page.emulate_media(media="screen")
    page.locator("tbody .money a").nth(3).press("Enter")
    expect(page.locator(".sums")).to_contain_text("应付")
    picture(page, "statistics-rows-zh", whole=True)
    phone = pages.open(language="en", width=360, height=740, dark=True)
    sign_in(phone, office, "1015")
    for name, path in (("", "review/statistics?month=2027-11"), ("-rows", "review/statistics/rows?month=2027-11")):
        phone.goto(f"{office}{path}")
        picture(phone, f"statistics{name}-phone", whole=True)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
