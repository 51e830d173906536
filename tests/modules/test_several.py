"""Several rows at once: moved each by its own rules, and given links for outside in one file that is shown once."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from sqlalchemy import text

from cardsvc.core.records import Label, Move
from cardsvc.rows import links
from cardsvc.store.family import hash_of
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.modules.test_rows import add, rows
from tests.modules.test_undo_pages import SIZES, looked_at, signed_in
from tests.support import sample_module
from tests.support.browser import Pages
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.serving import Served

pytestmark = pytest.mark.one_engine
PAGE = "modules/sample/thing/several"
SHELVE = Move("shelve", Label("搁置", "Shelve"), ("draft",), "back", fills=("note",))


@pytest.fixture(autouse=True)
def shelving(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of tests has a move that one person makes with one field."""
    flow = sample_module.THING.flow
    assert flow is not None
    thing = replace(sample_module.THING, flow=replace(flow, moves=(*flow.moves, SHELVE)))
    module = replace(sample_module.MODULE, records=(thing, sample_module.PART))
    monkeypatch.setattr(sample_module, "MODULE", module)


def plain(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def all_of(desk: Desk, query: str = "") -> str:
    """What a form has that means all rows that the page shows."""
    found = re.search(r'name="every" value="([^"]*)"', desk.get(f"{PAGE}{query}").text)
    assert found is not None
    return found[1]


def test_each_row_is_judged_by_itself_and_who_was_refused_is_named_with_why(both: Service) -> None:
    desk = Desk(both, CLERK)
    first, second = add(desk, name="甲", note=""), add(desk, name="乙", kind="b")
    late = add(desk, name="丙", note="")
    every = all_of(desk)
    assert [len(every.split()), desk.get(PAGE).text.count('name="row"')] == [3, 3]
    both.clock.forward(seconds=1)
    form = {"county": "330302", "name": "丙二", "version": "1"}
    assert desk.post(f"modules/sample/thing/{late}/edit", **form).status_code == 303

    sure = desk.post(PAGE, move="shelve", which="all", every=every)
    assert sure.status_code == 200 and "共 2 条，办理后状态为“样Back”" in plain(sure) and "另有 1 条" in plain(sure)
    seen = re.search(r'name="seen" value="([^"]*)"', sure.text)
    assert seen is not None
    done = desk.post(f"{PAGE}/shelve", seen=seen[1], note="")

    said = plain(done)
    assert "已办理 1 条" in said and "2 条未办理" in said and "乙" in said and "乙类须有说明" in said
    assert "丙二" in said and "刚" in said
    states = {one.id: one.values["state"] for one in rows(both)}
    assert states == {first: "back", second: "draft", late: "draft"}
    assert "搁置" in desk.get(f"modules/sample/thing/{first}").text


def test_only_ticked_rows_are_moved_and_only_by_moves_with_one_field(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    first = add(desk, name="甲")
    add(desk, name="乙")
    page = desk.get(PAGE).text
    assert re.findall(r'name="move" value="([^"]*)"', page) == ["recall", "shelve"]

    assert desk.post(PAGE, move="shelve", which="ticked", every=all_of(desk)).status_code == 422
    assert desk.post(PAGE, move="agree", which="all", every=all_of(desk)).status_code == 404
    assert desk.post(f"{PAGE}/agree", seen=all_of(desk)).status_code == 404
    assert desk.post(f"{PAGE}/shelve", seen="x y").status_code == 422
    sure = desk.post(PAGE, move="shelve", which="ticked", row=f"{first}.1")
    assert "共 1 条" in plain(sure)
    desk.post(f"{PAGE}/shelve", seen=f"{first}.1", note="先放着")
    assert sorted((one.values["name"], one.values["state"]) for one in rows(bureau)) == [
        ("乙", "draft"),
        ("甲", "back"),
    ]


def test_what_two_agree_to_two_agree_to_for_many(bureau: Service) -> None:
    desk, every = Desk(bureau, CLERK), ""
    for name in ("甲", "乙"):
        every += f"{add(desk, name=name)}.1 "
    with bureau.context.engine.begin() as connection:
        connection.execute(text("UPDATE sample_thing SET state = 'agreed'"))
    sure = desk.post(PAGE, move="recall", which="all", every=every)
    assert 'name="second_password"' in sure.text and "共 2 条" in plain(sure)

    assert desk.post(f"{PAGE}/recall", seen=every).status_code == 409
    assert desk.post(f"{PAGE}/recall", seen=every, second_staff_no=LEADER, second_password="x").status_code == 401
    own = desk.post(f"{PAGE}/recall", seen=every, second_staff_no=CLERK, second_password=CLERK * 2)
    assert "已办理 0 条" in plain(own) and [one.values["state"] for one in rows(bureau)] == ["agreed"] * 2
    done = desk.post(f"{PAGE}/recall", seen=every, second_staff_no=LEADER, second_password=LEADER * 2)
    assert "已办理 2 条" in plain(done) and [one.values["state"] for one in rows(bureau)] == ["back"] * 2


def test_a_wrong_second_password_loses_nothing_that_was_typed(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    form = {"seen": f"{add(desk, name='甲')}.1", "note": "先放着", "second_staff_no": LEADER, "second_password": "x7y"}
    refused = desk.post(f"{PAGE}/shelve", **form)
    assert refused.status_code == 401 and ">先放着</textarea>" in refused.text and "x7y" not in refused.text


def test_nobody_moves_or_sees_another_county_s_rows(bureau: Service) -> None:
    row_id, county = add(Desk(bureau, CLERK), name="别县的"), Desk(bureau, COUNTY)

    sure = county.post(PAGE, move="shelve", which="ticked", row=f"{row_id}.1")
    done = county.post(f"{PAGE}/shelve", seen=f"{row_id}.1", note="")

    assert "别县的" not in sure.text + done.text and "1 条未办理" in plain(done)
    assert rows(bureau)[0].values["state"] == "draft"
    assert "别县的" not in county.get(PAGE).text


def test_the_list_s_filter_says_which_rows_and_no_more_than_may_be_at_once(
    bureau: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_web.record_several.MOST", 2)
    desk = Desk(bureau, CLERK)
    for name in ("甲", "乙", "丙"):
        add(desk, name=name)
    add(desk, name="丁", kind="b")

    assert "只有前 2 条" in desk.get(PAGE).text and len(all_of(desk).split()) == 2
    assert len(all_of(desk, "?f.kind=b").split()) == 1 and "只有前" not in desk.get(f"{PAGE}?f.kind=b").text


def test_links_for_all_that_the_list_shows_come_in_one_file_and_end_the_earlier_ones(bureau: Service) -> None:
    bureau.context = replace(bureau.context, office_url="https://onecard.example")
    desk = Desk(bureau, CLERK)
    for name in ("甲", "乙"):
        add(desk, name=name)
    add(desk, name="丙", kind="b")

    first, second = (desk.post("modules/sample/thing/links.xlsx?f.kind=a") for _ in range(2))

    assert first.headers["cache-control"] == "no-store" and "attachment" in first.headers["content-disposition"]
    tables = [list(load_workbook(BytesIO(one.content)).active.values) for one in (first, second)]  # type: ignore[union-attr]
    assert [[row[0] for row in table] for table in tables] == [["记录", "乙", "甲"]] * 2
    old, new = (str(table[1][2]).partition("#")[2] for table in tables)
    assert old != new and len(new) == 43
    assert tables[1][1][2] == f"https://onecard.example/public/send#{new}", "people outside get the address set up"
    with bureau.context.engine.connect() as connection:
        home, now = bureau.context.home_id, bureau.clock.now
        assert links.find(connection, home, hash_of(old), now) is None
        found = links.find(connection, home, hash_of(new), now)
    assert found is not None and found.row_id in {one.id for one in rows(bureau)}
    assert new not in desk.get(PAGE).text


@pytest.mark.browser
@SIZES
def test_rows_are_ticked_and_moved_by_keyboard(
    bureau: Service, pages: Pages, served: Served, language: str, width: int
) -> None:
    desk, name = Desk(bureau, CLERK), f"several-{language}-{width}"
    for number in range(6):
        add(desk, name=f"样品{number}", kind="ab"[number % 2])
    page = signed_in(served, pages, language, width)
    page.goto(f"{served.address}office/modules/sample/thing")
    page.locator('a[href$="/several"]').focus()
    page.keyboard.press("Enter")
    page.locator('input[name=move][value="shelve"]').focus()
    page.keyboard.press("Space")
    for number in range(3):
        page.locator("input[name=row]").nth(number).focus()
        page.keyboard.press("Space")
    looked_at(page, f"{name}-choose")
    page.locator("#several button.go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sure")).to_be_visible()
    looked_at(page, f"{name}-sure")
    page.locator("textarea[name=note]").fill("资料不全")
    page.locator(".sure input").focus()
    page.keyboard.press("Space")
    page.locator("#sure button.wait").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_contain_text("3")
    looked_at(page, f"{name}-done")
    assert sorted(str(one.values["state"]) for one in rows(bureau)) == ["back"] * 3 + ["draft"] * 3
