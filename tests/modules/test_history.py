"""A row's history on its page: in the reader's words, and no more than the reader may see."""

import re

import pytest

from tests.modules.conftest import CLERK, COUNTY
from tests.modules.test_rows import THING, add
from tests.support.desk import Desk
from tests.support.home import Service

pytestmark = pytest.mark.one_engine


def history(desk: Desk, row_id: str) -> str:
    page = desk.get(f"modules/sample/thing/{row_id}").text
    return re.sub(r"<[^>]*>", " ", page.split('id="history"')[1])


def test_history_is_in_the_reader_s_words_in_both_languages(both: Service) -> None:
    desk = Desk(both, CLERK)
    first, second = add(desk, name="样品甲"), add(desk, name="样品乙", id_no="", phone="", county="330324")
    row_id = add(desk, name="样品丙", id_no="", phone="", follows=first)
    changes = {"name": "样品丙", "kind": "b", "good": "no", "fen": "1234.5", "at": "2026-07-01 10:05"}
    changes |= {"county": "330300", "follows": second, "version": "1"}
    assert desk.post(f"modules/sample/thing/{row_id}/edit", **(THING | changes)).status_code == 303

    chinese = history(desk, row_id)
    desk.http.cookies.set("language", "en")
    english = history(desk, row_id)

    for said in ("样A", "样B", "样品甲", "样品乙", "鹿城区", "市本级", "是", "否", "1,234.50", "2026-07-01 10:05"):
        assert said in chinese, said
    for said in (" A ", " B ", "Lucheng", "The city itself", "Yes", "No", "样品甲"):
        assert said in english, said
    for raw in (first, second, first[:8], "330302", "330300", "yes", "1234.50", "+08:00"):
        assert raw not in chinese and raw not in english, raw


def test_history_does_not_name_rows_of_another_county(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    other = add(desk, name="别县样品", id_no="", phone="")
    row_id = add(desk, name="本县样品", county="330300", follows=other)
    moved = THING | {"name": "本县样品", "county": "330324", "follows": "", "version": "1"}
    assert desk.post(f"modules/sample/thing/{row_id}/edit", **moved).status_code == 303

    told = history(Desk(bureau, COUNTY), row_id)

    assert "别县样品" not in told and "不是您负责的记录" in told
    assert "别县样品" in history(desk, row_id)


def test_history_of_a_column_that_is_no_longer_declared_is_still_told(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = add(desk)
    assert (
        desk.post(f"modules/sample/thing/{row_id}/edit", **(THING | {"count": "13", "version": "1"})).status_code == 303
    )
    with bureau.context.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO module_history SELECT home_id, module, record, row_id, version + 1, 'gone', before, after, at,"
            " staff_no, second_no, move, log_no, day FROM module_history WHERE field = 'count'"
        )

    assert "gone" in history(desk, row_id)
