"""Rows that were entered by mistake: withdrawn by one within the day, else by two; in nothing, and back again."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cardsvc.core.reporting import Period
from cardsvc.rows.counting import Counter
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.modules.test_rows import THING, add, rows
from tests.support import sample_module
from tests.support.desk import Desk
from tests.support.home import Service

pytestmark = pytest.mark.one_engine
TWO = {"second_staff_no": LEADER, "second_password": LEADER * 2}


def withdraw(desk: Desk, row_id: str, record: str = "thing", version: str = "1", **more: str) -> tuple[int, str]:
    """Withdraw by the page; the status and what it says in plain text."""
    form = {"why": "录错了", "version": version, **more}
    done = desk.post(f"modules/sample/{record}/{row_id}/withdraw", **form)
    return done.status_code, re.sub(r"<[^>]*>", " ", done.text)


def restore(desk: Desk, row_id: str, record: str = "thing", **more: str) -> tuple[int, str]:
    done = desk.post(f"modules/sample/{record}/withdrawn/{row_id}/restore", why="其实没错", **more)
    return done.status_code, re.sub(r"<[^>]*>", " ", done.text)


def counted(service: Service) -> object:
    figure = next(one for one in sample_module.MODULE.indicators if one.name == "things").figure
    with service.context.engine.connect() as connection:
        today = service.clock.now.date()
        period = Period(today.replace(month=1, day=1), today)
        return Counter(connection, service.context.home_id, sample_module.MODULE).value(figure, period)


def test_who_entered_it_today_withdraws_it_alone_and_it_is_in_nothing(both: Service) -> None:
    desk = Desk(both, CLERK)
    row_id, other = add(desk), add(desk, name="另一样")
    assert counted(both) == 2

    assert withdraw(desk, row_id)[0] == 303

    assert [one.id for one in rows(both)] == [other] and counted(both) == 1
    assert row_id not in desk.get("modules/sample/thing").text
    assert row_id not in desk.get("modules/sample/part/new?county=330302").text
    assert "样品一" not in both.http.get("/public/sample/thing").text
    assert "样品一" in desk.get("modules/sample/thing/withdrawn").text
    assert desk.get(f"modules/sample/thing/{row_id}").headers["location"].endswith(f"/withdrawn/{row_id}")
    page = desk.get(f"modules/sample/thing/withdrawn/{row_id}").text
    assert "录错了" in page and "330***********0010" in page and "330302194001010010" not in page


def test_its_number_is_free_and_it_comes_back_only_while_it_still_is(both: Service) -> None:
    desk = Desk(both, CLERK)
    row_id = add(desk)
    withdraw(desk, row_id)
    again = add(desk)

    status, said = restore(desk, row_id)
    assert status == 422 and "已有" in said

    withdraw(desk, again)
    assert restore(desk, row_id)[0] == 303
    (row,) = rows(both)
    assert (row.id, row.version, row.values["name"], row.made_by) == (row_id, 2, "样品一", CLERK)
    page = desk.get(f"modules/sample/thing/{row_id}").text
    assert "录错了" in page and "其实没错" in page and "330***********0010" in page
    assert desk.post(f"modules/sample/thing/{row_id}/edit", **{**THING, "version": "1"}).status_code == 409


@pytest.mark.parametrize("why", ["the next day", "another's", "another changed it", "two agreed", "restored before"])
def test_what_is_not_one_s_own_of_today_needs_a_second_person(bureau: Service, why: str) -> None:
    desk, version = Desk(bureau, CLERK), "1"
    row_id = add(desk)
    leader = Desk(bureau, LEADER)
    if why == "the next day":
        bureau.clock.forward(days=1)
        desk = Desk(bureau, CLERK)
    elif why == "another's":
        row_id = add(leader, name="领导的")
    elif why == "another changed it":
        leader.post(f"modules/sample/thing/{row_id}/edit", **{**THING, "name": "改过", "version": "1"})
        version = "2"
    elif why == "two agreed":
        with bureau.context.engine.begin() as connection:
            connection.execute(text("UPDATE sample_thing SET state = 'agreed'"))
    else:
        withdraw(desk, row_id)
        restore(desk, row_id)
        version = "2"

    assert withdraw(desk, row_id, version=version)[0] == 409
    same = {"second_staff_no": CLERK, "second_password": CLERK * 2}
    assert withdraw(desk, row_id, version=version, **same)[0] == 409
    assert withdraw(desk, row_id, version=version, **TWO)[0] == 303
    assert restore(desk, row_id)[0] == 409
    assert restore(desk, row_id, **TWO)[0] == 303
    page = desk.get(f"modules/sample/thing/{row_id}").text
    assert page.count("录错了") == (2 if why == "restored before" else 1)


def test_what_something_leads_to_is_not_withdrawn_and_the_page_says_by_what(both: Service) -> None:
    desk = Desk(both, CLERK)
    row_id = add(desk)
    part = add(desk, "part", county="330302", thing=row_id, title="零件甲")

    page = desk.get(f"modules/sample/thing/{row_id}/withdraw").text
    assert "零件甲" in page and f"modules/sample/part/{part}" in page and 'name="why"' not in page
    status, said = withdraw(desk, row_id)
    assert status == 409 and "零件甲" in said

    assert withdraw(desk, part, "part")[0] == 303
    assert withdraw(desk, row_id)[0] == 303
    status, said = restore(desk, part, "part")
    assert (status == 422 and "没有" in said) or "找不到" in said


def test_a_reason_the_version_and_the_county_are_asked(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = add(desk, county="330303")

    assert withdraw(desk, row_id, why=" ")[0] == 409
    assert withdraw(desk, row_id, version="7")[0] == 409
    assert withdraw(Desk(bureau, COUNTY), row_id)[0] == 404
    assert len(rows(bureau)) == 1
    withdraw(desk, row_id)
    county = Desk(bureau, COUNTY)
    assert county.get(f"modules/sample/thing/withdrawn/{row_id}").status_code == 404
    assert "样品一" not in county.get("modules/sample/thing/withdrawn").text
    assert restore(county, row_id)[0] == 404


def test_its_links_for_outside_end_with_it(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = add(desk)
    desk.post(f"modules/sample/thing/{row_id}/link")
    withdraw(desk, row_id)
    restore(desk, row_id)

    with bureau.context.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM module_link WHERE revoked_at IS NULL")).scalar() == 0


def test_what_is_kept_of_it_is_not_changed_and_not_lost(both: Service) -> None:
    desk = Desk(both, CLERK)
    withdraw(desk, add(desk))
    for statement in (
        "DELETE FROM module_withdrawn",
        "UPDATE module_withdrawn SET reason = 'x'",
        "UPDATE module_withdrawn SET body = '{}'",
    ):
        with pytest.raises(IntegrityError), both.context.engine.begin() as connection:
            connection.execute(text(statement))


def test_the_list_of_withdrawn_rows_goes_on_page_by_page(bureau: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin_web.record_withdrawn.PAGE", 2)
    desk = Desk(bureau, CLERK)
    for number in range(5):
        withdraw(desk, add(desk, name=f"样{number}"))
        bureau.clock.forward(seconds=1)

    seen, path = [], "modules/sample/thing/withdrawn"
    while path:
        page = desk.get(path).text
        seen.append(re.findall(r"<b>样(\d)</b>", page))
        found = re.search(r'rel="next" href="/office/([^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [["4", "3"], ["2", "1"], ["0"]]
