"""What is looked for in lists: texts turn their pages, strange cursors and days harm nothing, numbers stay unsaid."""

import html
import re
from dataclasses import replace
from datetime import date
from urllib.parse import unquote_plus

import pytest
from starlette.datastructures import QueryParams

from admin_web.records import At, wanted_of
from cardsvc.api.access import Signed
from cardsvc.rows import paging
from cardsvc.rows.matching import Wanted, asked_for
from tests.modules.conftest import CLERK, COUNTY
from tests.modules.test_rows import add, rows, where
from tests.support import sample_module
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service


def test_a_page_of_long_chinese_texts_leads_to_the_next_one(both: Service) -> None:
    desk = Desk(both, CLERK)
    for end in "甲乙丙":
        add(desk, name="社区" * 99 + end + '"')
    signed = Signed(CLERK, "", (), None, "")
    place, vault = where(both), both.context.vault
    seen, after = [], ""
    with both.context.engine.connect() as connection:
        for _ in range(3):
            asked = wanted_of(
                At(sample_module.MODULE, place.record, place), signed, QueryParams({"sort": "name", "after": after})
            )
            page = paging.page(connection, vault, place, asked, 1)
            seen += [one.id for one in page.rows]
            after = page.after

    assert sorted(seen) == sorted(one.id for one in rows(both)) and after == ""


CURSORS = [("count", "no"), ("day", "9999"), ("name", "\x00"), ("name", "\ud800"), ("name", "[" * 2000), ("", "\x00")]


def test_a_cursor_that_no_page_wrote_is_none(both: Service) -> None:
    add(Desk(both, CLERK))
    place, vault = where(both), both.context.vault
    with both.context.engine.connect() as connection:
        for sort, after in CURSORS:
            page = paging.page(connection, vault, place, Wanted(sort=sort, after=after), 4)
            assert len(page.rows) == 1 and not page.before, (sort, after)


def test_a_row_of_another_county_says_nothing_by_where_a_list_goes_on(bureau: Service) -> None:
    for number in range(3):
        add(Desk(bureau, CLERK), county="330324", name=f"样{number}")
    other = add(Desk(bureau, CLERK), county="330302", name="样1 另")
    page = Desk(bureau, COUNTY).get(f"modules/sample/thing?sort=name&after={other}").text
    assert all(f"样{number}" in page for number in range(3)) and "另" not in page


def test_where_a_sorted_list_goes_on_names_nobody(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    for number in range(paging.PAGE + 1):
        add(desk, name=f"诸葛{number:03}")
    page = desk.get("modules/sample/thing?sort=name").text
    [onward] = {html.unescape(one) for one in re.findall(r'href="([^"]*after=[^"]*)"', page)}
    assert "诸葛" not in unquote_plus(onward)
    assert "诸葛050" in desk.get(f"modules/sample/thing{onward[onward.index('?') :]}").text


def test_a_period_may_reach_to_the_ends_of_the_calendar(both: Service) -> None:
    desk = Desk(both, CLERK)
    add(desk)
    by_moment = replace(where(both), record=replace(sample_module.THING, dated="at"))
    ends = Wanted(first=date.min, last=date.max)
    with both.context.engine.connect() as connection:
        assert len(paging.page(connection, both.context.vault, by_moment, ends).rows) == 1
    assert desk.get("modules/sample/thing?from=0001-01-01&to=9999-12-31").status_code == 200


ACCOUNT = "6222020000000000000"


@pytest.mark.parametrize(
    "number",
    [
        ID_NO,
        "330302 19400101 0010",
        "３３０３０２１９４００１０１００１０",
        f"张三 {ID_NO}",
        "330302194001010011",  # a wrong check digit names the same person
        ACCOUNT,
        "6222 0200 0000 0000 000",
        "13800000000",
        "138-0000-0000",
        "+86 13800000000",
    ],
)
def test_a_number_of_somebody_stands_in_no_address_whatever_the_list_searches(bureau: Service, number: str) -> None:
    desk = Desk(bureau, CLERK)
    whole = add(desk, account="")
    add(desk, "part", county="330302", thing=whole, title="部件")

    pages = {}
    for record in ("part", "thing"):
        address = desk.post(f"modules/sample/{record}/find", q=number).headers["location"]
        told = re.sub(r"[\s\-+]", "", unquote_plus(re.sub("[0-9a-f]{32}", "", address)))
        assert not re.search(r"\d{6}", told), told
        pages[record] = desk.http.get(address).text
    assert ("部件" in pages["part"]) is ("样品一" in pages["thing"])
    assert "部件" in pages["part"] or "没有" in pages["part"]


@pytest.mark.parametrize("number", ["990-2026-00012", "2026", "0577-88001234", "12345678901", "523303000012345678"])
def test_a_plain_number_is_looked_for_as_a_text(bureau: Service, number: str) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, name=f"{number}号")

    found = desk.post("modules/sample/thing/find", q=number).headers["location"]

    assert f"q={number}" in found and f"{number}号" in desk.http.get(found).text


def test_a_telephone_that_somebody_has_is_found_by_its_index(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, name="有座机", phone="0577-88001234")
    vault = bureau.context.vault

    with bureau.context.engine.connect() as connection:
        said = {one: asked_for(connection, vault, where(bureau), one)[0][0] for one in ("0577 88001234", "13900000009")}

    assert said == {"0577 88001234": "f.phone", "13900000009": "f.phone"}


def test_an_account_that_a_row_has_stands_in_no_address_though_it_has_no_check_digit(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, account="6222020000000000004")

    found = desk.post("modules/sample/thing/find", q="6222 0200 0000 0000 004").headers["location"]

    assert "0000" not in found


def test_a_short_telephone_number_shows_its_last_two_digits(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = add(desk, phone="88001234")

    page = desk.get(f"modules/sample/thing/{row_id}").text

    assert ">****34<" in re.sub(r"\s*([<>])\s*", r"\1", page) and "1234<" not in page
