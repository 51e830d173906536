"""What waits for whoever has signed in is counted in the menu and on top, and told by one page."""

import re

from cardsvc.api.uploads import work_due
from tests.modules.conftest import CLERK, COUNTY
from tests.modules.test_import_pages import handed_in
from tests.modules.test_rows import TWO, sent
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.importing import HEADS, things
from tests.support.sheets import sheet


def count(desk: Desk) -> int:
    """What the bar on top says of what waits; 0 where it says nothing."""
    page = desk.get("modules").text
    found = re.search(r'class="button waits" href="/office/work">[^<]*<b class="count">([\d,]+)<', page)
    in_menu = re.search(r'href="/office/work">[^<]*<span class="count"[^>]*>([\d,]+)<', page)
    assert (found and found[1]) == (in_menu and in_menu[1])
    return int(found[1].replace(",", "")) if found is not None else 0


def test_what_came_in_from_outside_is_counted_until_it_is_decided(bureau: Service) -> None:
    desk, county = Desk(bureau, CLERK), Desk(bureau, COUNTY)
    assert count(desk) == 0

    row_id = sent(bureau, desk)
    bureau.clock.forward(seconds=30)
    assert count(desk) == 1 and count(county) == 0
    answer = desk.post(f"modules/sample/thing/{row_id}/move/agree", version="2", payee="6222020000000000000", **TWO)
    assert answer.status_code == 303
    desk.get("work")

    assert count(desk) == 0, "who has looked at the page sees no older number"


def test_what_went_back_is_shown_apart_and_waits_for_nobody_here(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = sent(bureau, desk)
    done = desk.post(f"modules/sample/thing/{row_id}/move/return", version="2", note="请补正")
    assert done.status_code == 303
    bureau.clock.forward(seconds=30)

    page = desk.get("work").text

    assert "目前没有待办" in page and "已退回，等对方再报" in page
    assert "样Thing: 样Back" in page.split("已退回")[1]
    assert count(desk) == 0


def test_a_file_that_was_looked_at_waits_for_who_handed_it_in(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    handed_in(desk, sheet([HEADS, *things(2)]))
    assert work_due(bureau.context)
    bureau.clock.forward(seconds=30)

    assert count(desk) == 1 and "样Thing: 导入" in desk.get("work").text
    assert count(Desk(bureau, COUNTY)) == 0
