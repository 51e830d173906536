"""Taking back at the console, as people do it: by keyboard, on a phone, in the dark, in both languages."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from cardsvc.api.uploads import work_due
from cardsvc.loops import Duty, running
from tests.modules.conftest import CLERK, LEADER
from tests.modules.test_import_pages import PATIENCE_MS, small_targets
from tests.modules.test_rows import add, rows
from tests.support.browser import Pages, narrow_enough, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.importing import HEADS, checked, committed, things
from tests.support.serving import Served
from tests.support.sheets import sheet

SIZES = pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])


def signed_in(served: Served, pages: Pages, language: str, width: int, staff_no: str = CLERK) -> Page:
    """A page of somebody who has signed in, at the beginning."""
    page = pages.open(language=language, width=width, dark=width < 500)
    page.goto(f"{served.address}office/sign-in")
    page.locator("input[name=staff_no]").fill(staff_no)
    page.locator("input[name=password]").fill(staff_no * 2)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def looked_at(page: Page, name: str) -> None:
    """As a person would: a picture, and nothing too wide or too small to touch."""
    picture(page, name, whole=True)
    narrow_enough(page, name)
    # What is ticked is touched by its label.
    small = [one for one in small_targets(page) if 'type="checkbox"' not in one and 'type="radio"' not in one]
    assert small == [], name


@pytest.mark.one_language
@pytest.mark.browser
@SIZES
def test_a_row_is_withdrawn_and_restored_by_keyboard(
    bureau: Service, pages: Pages, served: Served, language: str, width: int
) -> None:
    desk, name = Desk(bureau, CLERK), f"undo-{language}-{width}"
    row_id = add(desk)
    part = add(desk, "part", county="330302", thing=row_id, title="零件甲")
    page = signed_in(served, pages, language, width)
    office = f"{served.address}office/modules/sample"
    page.goto(f"{office}/thing/{row_id}")
    looked_at(page, f"{name}-row")
    page.locator(f'a[href$="{row_id}/withdraw"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#stands")).to_contain_text("零件甲")
    looked_at(page, f"{name}-stands")

    for record, one in (("part", part), ("thing", row_id)):
        page.goto(f"{office}/{record}/{one}/withdraw")
        page.locator("input[name=why]").fill("重复录入")
        page.locator(".sure input").focus()
        page.keyboard.press("Space")
        looked_at(page, f"{name}-ask")
        page.locator("#withdraw button.stop").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/withdrawn/"))
    assert rows(bureau) == []
    looked_at(page, f"{name}-withdrawn")
    page.goto(f"{office}/thing/withdrawn")
    looked_at(page, f"{name}-list")
    pages.watch.expect("status of 422")
    page.goto(f"{office}/part/withdrawn/{part}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("input[name=why]").fill("没录错")
    page.locator("#restore button.go").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".refusal")).to_be_visible()
    looked_at(page, f"{name}-not-restored")

    page.goto(f"{office}/thing/withdrawn/{row_id}")
    page.locator("input[name=why]").fill("没录错")
    page.locator("#restore button.go").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/thing/{row_id}$"))
    expect(page.locator("#history tbody tr")).to_have_count(2)
    looked_at(page, f"{name}-history")
    assert [one.id for one in rows(bureau)] == [row_id]
    assert LEADER not in page.content()


@pytest.mark.one_language
@pytest.mark.browser
@SIZES
def test_an_import_is_told_of_as_the_same_and_taken_back_by_keyboard(
    bureau: Service, pages: Pages, served: Served, language: str, width: int
) -> None:
    raw, name = sheet([HEADS, *things(120)]), f"undo-import-{language}-{width}"
    first = committed(bureau, checked(bureau, raw))
    again = checked(bureau, raw)  # faulty, as its numbers are taken: only the first one is there
    page = signed_in(served, pages, language, width)
    office = f"{served.address}office/modules/sample/thing/import"
    page.goto(f"{office}/{first.id}")
    looked_at(page, f"{name}-done")
    page.locator("input[name=why]").fill("传错了文件")
    page.locator(".sure input").focus()
    page.keyboard.press("Space")
    page.locator("#take-back button.stop").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_be_visible()
    looked_at(page, f"{name}-progress")
    with running([Duty("uploads", 0.2, lambda: work_due(bureau.context))]):
        expect(page.locator("#taken-back")).to_be_visible(timeout=PATIENCE_MS)
    looked_at(page, f"{name}-taken")
    assert rows(bureau) == [] and again.wrong == 120

    one = committed(bureau, checked(bureau, raw))
    with bureau.context.engine.begin() as connection:
        connection.execute(text("UPDATE sample_thing SET name = 'x' || name, code = NULL"))
    twin = checked(bureau, raw)
    page.goto(f"{office}/{twin.id}")
    expect(page.locator("#again")).to_contain_text(one.file_name)
    looked_at(page, f"{name}-same")


@pytest.mark.browser
@SIZES
def test_an_import_that_was_taken_back_is_restored_by_keyboard_when_its_numbers_are_free(
    bureau: Service, pages: Pages, served: Served, language: str, width: int
) -> None:
    name, page = f"undo-again-{language}-{width}", signed_in(served, pages, language, width)
    upload = committed(bureau, checked(bureau, sheet([HEADS, *things(3)])))
    page.goto(f"{served.address}office/modules/sample/thing/import")
    looked_at(page, f"{name}-hand-in")
    assert Desk(bureau, CLERK).post(f"modules/sample/thing/import/{upload.id}/take-back", why="错").status_code == 303
    work_due(bureau.context)
    taken = add(Desk(bureau, CLERK), name="第2件")

    def asked() -> None:
        page.goto(f"{served.address}office/modules/sample/thing/import/{upload.id}")
        page.locator("#restore input[name=why]").fill("没有传错")
        page.locator("#restore .sure input").focus()
        page.keyboard.press("Space")
        page.locator("#restore button.go").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_be_visible()
        work_due(bureau.context)
        page.goto(f"{served.address}office/modules/sample/thing/import/{upload.id}")

    asked()
    expect(page.locator("#unfit a")).to_have_text("第2件")
    looked_at(page, f"{name}-unfit")
    row = Desk(bureau, CLERK).post(f"modules/sample/thing/{taken}/withdraw", why="错", version="1")
    assert row.status_code == 303
    asked()
    expect(page.locator("#done")).to_be_visible()
    looked_at(page, f"{name}-restored")
    assert len(rows(bureau)) == 3
    page.goto(f"{served.address}office/modules/sample/thing/{rows(bureau)[0].id}/edit")
    looked_at(page, f"{name}-edit")
