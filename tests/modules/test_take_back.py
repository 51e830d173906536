"""A file that was imported by mistake is taken back whole, or not at all; the same file again is told of."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from cardsvc.api.uploads import work_due
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.uploads import UploadState
from cardsvc.handlers import import_rows
from cardsvc.rows.uploads import Upload
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.modules.test_rows import add, rows
from tests.support import sample_module
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.importing import HEADS, checked, commit, committed, kept, look, things
from tests.support.sheets import sheet

PAGE = "modules/sample/thing/import"
TWO = {"second_staff_no": LEADER, "second_password": LEADER * 2}


def taken_back(service: Service, upload: Upload, desk: Desk | None = None, **more: str) -> tuple[int, Upload]:
    """Ask for it at the page; the status, and what came of it."""
    desk = desk or Desk(service, CLERK)
    done = desk.post(f"{PAGE}/{upload.id}/take-back", **{"why": "传错了文件", **more})
    work_due(service.context)
    return done.status_code, look(service, upload.id)


def brought(service: Service, count: int = 30) -> Upload:
    return committed(service, checked(service, sheet([HEADS, *things(count)])))


def test_who_imported_a_file_today_takes_it_back_alone_and_may_bring_it_anew(both: Service) -> None:
    own = add(Desk(both, CLERK), name="自己录的")
    upload = brought(both)
    assert len(rows(both)) == 31

    status, after = taken_back(both, upload)

    assert (status, after.state, after.done) == (303, UploadState.TAKEN_BACK, 30)
    assert [one.id for one in rows(both)] == [own]
    shown = Desk(both, CLERK).get(f"{PAGE}/{upload.id}").text
    assert "已撤回 30 行" in shown and "传错了文件" in shown
    assert "第29件" in Desk(both, CLERK).get("modules/sample/thing/withdrawn").text
    assert committed(both, checked(both, sheet([HEADS, *things(30)]))).state is UploadState.DONE
    assert taken_back(both, upload)[0] == 409


def test_what_was_changed_or_led_to_since_stands_against_it_and_nothing_is_taken_back(both: Service) -> None:
    upload, desk = brought(both, 700), Desk(both, CLERK)
    one, other = rows(both)[3], rows(both)[650]
    part = add(desk, "part", county="330302", thing=other.id, title="零件甲")
    form = {"county": "330302", "name": "改过名", "version": "1"}
    assert desk.post(f"modules/sample/thing/{one.id}/edit", **form).status_code == 303

    status, after = taken_back(both, upload)

    assert (status, after.state, after.done, len(rows(both))) == (303, UploadState.DONE, 700, 700)
    assert set(after.found.held) == {("thing", one.id), ("part", part)}
    shown = desk.get(f"{PAGE}/{upload.id}").text
    assert "改过名" in shown and "零件甲" in shown and "一行也没有撤回" in shown
    with both.context.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM module_withdrawn")).scalar() == 0

    for record, row_id, version in (("part", part, "1"), ("thing", one.id, "2")):
        done = desk.post(f"modules/sample/{record}/{row_id}/withdraw", why="错", version=version)
        assert done.status_code == 303
    assert taken_back(both, upload)[1].state is UploadState.TAKEN_BACK
    assert rows(both) == []


@pytest.mark.parametrize("why", ["the next day", "another's"])
def test_another_day_or_another_s_file_needs_two(bureau: Service, why: str) -> None:
    upload, desk = brought(bureau), Desk(bureau, CLERK)
    if why == "the next day":
        bureau.clock.forward(days=1)
        desk, two = Desk(bureau, CLERK), TWO
    else:
        desk, two = Desk(bureau, LEADER), {"second_staff_no": CLERK, "second_password": CLERK * 2}

    assert taken_back(bureau, upload, desk)[0] == 409
    assert taken_back(bureau, upload, Desk(bureau, COUNTY))[0] == 404
    assert taken_back(bureau, upload, desk, why="")[0] == 409
    assert len(rows(bureau)) == 30
    status, after = taken_back(bureau, upload, desk, **two)
    assert (status, after.state, after.back_second) == (303, UploadState.TAKEN_BACK, two["second_staff_no"])


def test_a_row_that_leads_to_another_of_its_own_file_is_not_in_the_way(bureau: Service) -> None:
    upload = brought(bureau)
    first, second = rows(bureau)[:2]
    with bureau.context.engine.begin() as connection:
        connection.execute(text("UPDATE sample_thing SET follows = :a WHERE id = :b"), {"a": first.id, "b": second.id})

    assert taken_back(bureau, upload)[1].state is UploadState.TAKEN_BACK


def test_a_killed_process_leaves_it_to_another_which_begins_anew(both: Service) -> None:
    upload, desk = brought(both), Desk(both, CLERK)
    desk.post(f"{PAGE}/{upload.id}/take-back", why="错")
    with both.context.engine.begin() as connection:  # somebody took it up, and was killed
        connection.execute(text("UPDATE module_upload SET takes = 1, done = 7 WHERE id = :id"), {"id": upload.id})
    assert "正在撤回" in desk.get(f"{PAGE}/{upload.id}").text

    work_due(both.context)

    assert (look(both, upload.id).state, rows(both)) == (UploadState.TAKEN_BACK, [])


def test_the_same_file_again_is_told_of_and_kept_only_by_a_tick(both: Service) -> None:
    raw = sheet([HEADS, *things(5)])
    first = committed(both, checked(both, raw))
    with both.context.engine.begin() as connection:  # as if nothing in them were unique
        connection.execute(text("UPDATE sample_thing SET name = 'x' || name"))
    again, desk = checked(both, raw), Desk(both, CLERK)
    assert again.digest == first.digest != ""

    page = desk.get(f"{PAGE}/{again.id}").text
    assert "同一个文件已于" in page and first.id in page and re.search(r'name="again"[^>]*required', page)
    assert commit(both, again) == Refusal(Problem.UPLOAD_AGAIN)
    assert desk.post(f"{PAGE}/{again.id}/commit").status_code == 409
    assert len(rows(both)) == 5
    assert desk.post(f"{PAGE}/{again.id}/commit", again="yes").status_code == 303
    work_due(both.context)
    assert len(rows(both)) == 10


def test_of_two_that_wait_together_the_second_needs_the_tick(both: Service) -> None:
    raw = sheet([HEADS, *things(5)])
    first, second = checked(both, raw), checked(both, raw)
    asked = partial(import_rows.commit, both.context, county=None, staff_no=StaffNo(CLERK), now=both.clock.now)

    assert isinstance(asked(first.id), Upload)
    assert asked(second.id) == Refusal(Problem.UPLOAD_AGAIN), "nothing of the first is kept yet"
    assert 'name="again"' in Desk(both, CLERK).get(f"{PAGE}/{second.id}").text
    work_due(both.context)
    assert len(rows(both)) == 5


def test_of_two_who_keep_the_same_file_at_once_one_needs_the_tick(both: Service) -> None:
    raw = sheet([HEADS, *things(5)])
    files = [checked(both, raw) for _ in range(2)]
    asked = partial(import_rows.commit, both.context, county=None, staff_no=StaffNo(CLERK), now=both.clock.now)

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(asked, [one.id for one in files]))

    assert sum(isinstance(one, Upload) for one in outcomes) == 1 and Refusal(Problem.UPLOAD_AGAIN) in outcomes


def test_while_a_file_is_taken_back_or_restored_the_same_one_needs_the_tick(both: Service) -> None:
    raw = sheet([HEADS, *things(5)])
    first, desk = committed(both, checked(both, raw)), Desk(both, CLERK)
    with both.context.engine.begin() as connection:  # as if nothing in them were unique
        connection.execute(text("UPDATE sample_thing SET name = 'x' || name"))
    again = checked(both, raw)
    assert desk.post(f"{PAGE}/{first.id}/take-back", why="错").status_code == 303
    asked = partial(import_rows.commit, both.context, again.id, None, StaffNo(CLERK), both.clock.now)

    assert asked() == Refusal(Problem.UPLOAD_AGAIN), "it may not go, and then its rows stand"
    work_due(both.context)
    assert desk.post(f"{PAGE}/{first.id}/restore", why="没错").status_code == 303
    assert asked() == Refusal(Problem.UPLOAD_AGAIN)
    work_due(both.context)
    assert taken_back(both, first, desk, **TWO)[1].state is UploadState.TAKEN_BACK
    assert isinstance(asked(), Upload), "of what was taken back no tick is asked"


def restored(service: Service, upload: Upload, desk: Desk | None = None, **more: str) -> tuple[int, Upload]:
    """Ask for it at the page; the status, and what came of it."""
    desk = desk or Desk(service, CLERK)
    done = desk.post(f"{PAGE}/{upload.id}/restore", **{"why": "没有传错", **more})
    work_due(service.context)
    return done.status_code, look(service, upload.id)


def test_a_file_that_was_taken_back_is_restored_whole_and_what_was_withdrawn_before_stays_so(both: Service) -> None:
    upload, desk = brought(both, 700), Desk(both, CLERK)
    before, alone = rows(both), rows(both)[7].id
    assert restored(both, upload)[0] == 409, "it stands"
    done = desk.post(f"modules/sample/thing/{alone}/withdraw", why="这一行错", version="1")
    both.clock.now += timedelta(minutes=1)
    assert done.status_code == 303 and taken_back(both, upload)[1].done == 699

    status, after = restored(both, upload)

    assert (status, after.state, after.done, after.restored_why) == (303, UploadState.DONE, 699, "没有传错")
    assert [one.id for one in rows(both)] == [one.id for one in before if one.id != alone]
    assert {one.version for one in rows(both)} == {2}
    assert rows(both)[3].values == before[3].values
    shown = desk.get(f"{PAGE}/{upload.id}").text
    assert "已恢复 699 行" in shown and "没有传错" in shown


def test_a_file_that_was_restored_is_taken_back_again_by_two(both: Service) -> None:
    upload, desk = brought(both, 5), Desk(both, CLERK)
    assert taken_back(both, upload)[1].state is UploadState.TAKEN_BACK
    assert restored(both, upload)[1].state is UploadState.DONE
    assert 'name="second_password"' in desk.get(f"{PAGE}/{upload.id}").text
    assert taken_back(both, upload)[0] == 409, "others may rely on it since"

    for _ in range(2):
        both.clock.now += timedelta(minutes=1)
        assert taken_back(both, upload, desk, **TWO)[1].state is UploadState.TAKEN_BACK and rows(both) == []
        assert restored(both, upload, desk, **TWO)[1].state is UploadState.DONE

    one = rows(both)[3]
    form = {"county": one.county, "name": "改过名", "version": str(one.version)}
    assert {each.version for each in rows(both)} == {4}
    assert desk.post(f"modules/sample/thing/{one.id}/edit", **form).status_code == 303
    after = taken_back(both, upload, desk, **TWO)[1]
    assert (after.state, after.found.held) == (UploadState.DONE, (("thing", one.id),)), "that one was changed"


def test_rows_that_cannot_stand_are_named_and_none_is_restored(both: Service) -> None:
    record = sample_module.PART
    brought(both)
    desk = Desk(both, CLERK)
    thing, other = [one for one in rows(both) if one.county == "330302"][:2]
    raw = sheet([["county", "thing", "title"], *(["鹿城区", one.id, f"零{one.id[-6:]}"] for one in (thing, other))])
    parts = committed(both, checked(both, raw, record=record))
    assert desk.post(f"modules/sample/part/import/{parts.id}/take-back", why="错").status_code == 303
    work_due(both.context)
    done = desk.post(f"modules/sample/thing/{other.id}/withdraw", why="这一行错", version="1")
    assert done.status_code == 303

    assert desk.post(f"modules/sample/part/import/{parts.id}/restore", why="没错").status_code == 303
    work_due(both.context)

    after = look(both, parts.id)
    assert (after.state, after.wrong, after.restored_at) == (UploadState.TAKEN_BACK, 1, None)
    shown = desk.get(f"modules/sample/part/import/{parts.id}").text
    assert f"零{other.id[-6:]}" in shown and f"零{thing.id[-6:]}" not in shown and "一行也没有恢复" in shown
    assert kept(both, record) == []

    back = desk.post(f"modules/sample/thing/withdrawn/{other.id}/restore", why="没错")
    assert back.status_code == 303
    desk.post(f"modules/sample/part/import/{parts.id}/restore", why="没错")
    work_due(both.context)
    assert len(kept(both, record)) == 2


def test_another_day_or_another_s_taking_back_is_restored_by_two(bureau: Service) -> None:
    upload = brought(bureau)
    assert taken_back(bureau, upload)[1].state is UploadState.TAKEN_BACK
    assert restored(bureau, upload, Desk(bureau, LEADER))[0] == 409
    assert restored(bureau, upload, Desk(bureau, COUNTY))[0] == 404
    assert restored(bureau, upload, why="")[0] == 409

    bureau.clock.now += timedelta(days=1)
    desk = Desk(bureau, CLERK)
    assert restored(bureau, upload, desk)[0] == 409

    status, after = restored(bureau, upload, desk, **TWO)
    assert (status, after.state, after.restored_second) == (303, UploadState.DONE, LEADER)
