"""Files of rows: every faulty cell is named, all rows are kept or none, whoever is killed or comes in between."""

import io
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from cardsvc.api.uploads import work_due
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import CITY, Wrong
from cardsvc.core.uploads import OPEN, STALE, UploadState
from cardsvc.documents.safe_xlsx import Unsafe
from cardsvc.handlers import commit_upload, import_rows
from cardsvc.modules import burial_reform, communities
from cardsvc.rows import importing, keeping, tables, uploads
from cardsvc.rows.importing import Scope
from cardsvc.rows.keeping import Where
from cardsvc.rows.uploads import Overtaken
from cardsvc.store import tables as t
from cardsvc.store.engine import transact
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.support import sample_module
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.importing import (
    HEADS,
    NAMES,
    checked,
    commit,
    committed,
    faults,
    hand_in,
    kept,
    left,
    look,
    things,
    where,
)
from tests.support.sample_module import PART, THING
from tests.support.sheets import sheet

LUCHENG, LONGWAN = "330302", "330303"
ROOT = Path(__file__).parents[2]


def test_rows_of_a_file_are_checked_then_kept_in_its_order_with_their_secrets_sealed(both: Service) -> None:
    upload = checked(both, sheet([HEADS, *things(60)]))

    assert faults(upload) == []
    assert (upload.state, upload.total, upload.wrong) == (UploadState.READY, 60, 0)
    assert kept(both) == []
    assert left(both, upload) == (True, 60)
    done = committed(both, upload)
    assert (done.state, done.done, left(both, done)) == (UploadState.DONE, 60, (False, 0))

    rows = kept(both)
    assert [one.values["name"] for one in rows] == [f"第{n}件" for n in range(1, 61)]
    one = rows[49]
    assert (one.county, one.made_by, one.version) == (LONGWAN, CLERK, 1)
    assert (one.values["fen"], one.values["count"], one.values["twice"]) == (5050, 50, 100)
    assert (one.values["day"], one.values["at"]) == (date(2026, 6, 30), datetime(2026, 6, 30, 1, 30, tzinfo=UTC))
    assert (one.values["kind"], one.values["good"], one.values["state"]) == ("a", True, "draft")
    assert keeping.clear(both.context.vault, where(both), one, "id_no") == ID_NO
    with both.context.engine.connect() as connection:
        raw = connection.execute(text("SELECT * FROM sample_thing")).all()
        said = [(one.what, one.staff_no) for one in connection.execute(t.audit_link.select()) if one.subject == done.id]
    assert ID_NO not in str(raw)
    assert said == [("file handed in: sample/thing", CLERK), ("60 rows imported: sample/thing", CLERK)]


def test_a_file_and_its_secrets_lie_encrypted_while_they_wait(both: Service) -> None:
    upload = checked(both, sheet([HEADS, *things(50)]))

    with both.context.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM module_upload")).all())
        aside = str(connection.execute(text("SELECT * FROM module_upload_row")).all())
    assert "PK\\x03\\x04" not in stored
    assert ID_NO not in stored + aside
    assert "13800000000" not in stored + aside
    assert upload.state is UploadState.READY


def test_no_number_of_anybody_stands_in_the_name_of_a_file(both: Service) -> None:
    names = (f"{ID_NO} 名单.xlsx", f"{'长' * 120}-{ID_NO[:6]} {ID_NO[6:]}.xlsx", "低保13800000000.xlsx")
    for name in names:
        hand_in(both, sheet([HEADS, *things(1)]), name=name)

    with both.context.engine.connect() as connection:
        kept_names = str(connection.execute(text("SELECT file_name FROM module_upload")).scalars().all())
    assert kept_names.count("****") == 3 and not re.search("[0-9]{5}", kept_names) and "名单.xlsx" in kept_names


CPU_S = 10.0
"""How long the service may compute over 5,000 rows, on any day."""
BAD: dict[str, Sequence[tuple[str, Wrong]]] = {
    "county": (("没有这个区", Wrong.COUNTY), ("", Wrong.COUNTY)),
    "name": (("", Wrong.MISSING), ("名" * 201, Wrong.TOO_LONG), ("第1件", Wrong.TWICE)),
    "样Kind [kind]": (("丙", Wrong.NOT_A_CHOICE),),
    "Count": (("1.5", Wrong.NOT_A_NUMBER), ("1001", Wrong.TOO_LARGE), ("-1", Wrong.TOO_SMALL)),
    "fen": (("1.005", Wrong.NOT_AN_AMOUNT),),
    "样Day": (("2026-02-30", Wrong.NOT_A_DATE),),
    "Moment [at]": (("明天", Wrong.NOT_A_MOMENT),),
    "good": (("也许", Wrong.NOT_YES_OR_NO),),
    "place": (("温州", Wrong.NOT_A_POINT),),
    "id_no": (("330302194001010011", Wrong.ID_NO),),
    "phone": (("电话", Wrong.PHONE),),
}


def spoilt(rows: list[list[str | int]], many: int) -> list[tuple[int, str, Wrong]]:
    """Put a bad cell in so many rows, of every kind in turn; what must be found."""
    kinds = [(column, said, why) for column in BAD for said, why in BAD[column]]
    expected = []
    for n in range(many):
        column, said, why = kinds[n % len(kinds)]
        row, at = 5 + n * (len(rows) - 5) // many, HEADS.index(column)
        rows[row][at] = said
        expected.append((row + 2, NAMES[at], why))
    return expected


def test_every_bad_cell_is_named_and_nothing_is_kept_then_the_mended_file_is_kept_whole(
    both: Service, night: bool
) -> None:
    count = 50_000 if night else 2_000
    rows = list(things(count))
    expected = spoilt(rows, 500)

    upload = checked(both, sheet([HEADS, *rows]))

    assert (upload.state, upload.wrong) == (UploadState.FAULTY, 500)
    assert faults(upload) == expected
    assert left(both, upload)[1] <= 20
    assert not left(both, upload)[0], "what can never be kept is forgotten at once"
    assert commit(both, upload) == Refusal(Problem.UPLOAD_NOT_READY)
    assert kept(both) == []

    mended = checked(both, sheet([HEADS, *things(count)]))
    assert (mended.state, mended.wrong) == (UploadState.READY, 0)
    done = committed(both, mended)
    assert (done.state, done.done) == (UploadState.DONE, count)
    assert len(kept(both)) == count


def test_five_thousand_rows_are_judged_in_a_few_seconds_and_kept_whole_or_not_at_all(bureau: Service) -> None:
    rows = list(things(5_000))
    expected, raw = spoilt(rows, 50), sheet([HEADS, *rows])
    mended = sheet([HEADS, *things(5_000)])
    begun = time.process_time()

    upload = checked(bureau, raw)
    spent = time.process_time() - begun

    assert (faults(upload), kept(bureau), upload.wrong) == (expected, [], 50)
    assert spent < CPU_S, f"{spent:.1f} s of CPU"
    assert committed(bureau, checked(bureau, mended)).done == 5_000


def test_a_thousand_faults_are_kept_and_all_are_counted(bureau: Service) -> None:
    upload = checked(bureau, sheet([HEADS, *([LUCHENG, f"n{n}", "丙"] for n in range(1_200))]))

    assert (upload.wrong, len(faults(upload))) == (1_200, 1_000)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, night: bool) -> None:
    count = 50_000 if night else 3_000
    path = tmp_path / "rows.xlsx"
    path.write_bytes(sheet([HEADS, *things(count, first=1_000_000)]))
    path.with_suffix(".small").write_bytes(sheet([HEADS, *things(1_000)]))
    command = [sys.executable, "-m", "tests.support.import_memory", f"sqlite:///{tmp_path / 'memory.db'}", str(path)]

    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=900).stdout

    state, done, grown = said.split()
    assert (state, int(done)) == ("done", count)
    assert int(grown) < 40_000_000 + 4 * path.stat().st_size, grown


# Which column is which


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (["name", "county"], []),
        (["样Name", "县（市、区）"], []),
        (["NAME", "County"], []),
        (["名字 [name]", "在哪 [county]"], []),
        (["name", "county", "surprise"], [(1, "surprise", Wrong.COLUMN_UNKNOWN)]),
        (["name", "county", "Name"], [(1, "name", Wrong.TWICE)]),
        (["county", "kind"], [(1, "name", Wrong.COLUMN_MISSING)]),
        (["x", "y"], [(1, "county", Wrong.COLUMN_MISSING), (1, "name", Wrong.COLUMN_MISSING)]),
    ],
)
def test_columns_are_found_by_name_or_label_in_any_order(
    bureau: Service, heads: list[str], expected: list[Any]
) -> None:
    cells = {"name": "甲", "county": LUCHENG}
    row = ["甲" if "ame" in one or "名" in one else cells.get(one, LUCHENG) for one in heads]
    upload = checked(bureau, sheet([heads, row]))

    assert faults(upload) == expected
    assert upload.state is (UploadState.FAULTY if expected else UploadState.READY)


def test_what_stands_above_the_headings_is_not_read_and_what_has_no_heading_is_named(bureau: Service) -> None:
    rows: list[list[str | int]] = [
        ["样Name"],
        ["填写说明", "必填"],
        ["county", "name", "twice"],
        [LUCHENG, "甲", 5],
        [LUCHENG, "乙", "", "x"],
    ]
    upload = checked(bureau, sheet(rows))

    assert faults(upload) == [(5, "D", Wrong.COLUMN_UNKNOWN)]
    assert upload.found.unread == ("twice",)


def test_a_text_file_is_read_in_both_alphabets_and_its_numbers_stay_whole(bureau: Service) -> None:
    said = f"county,name,id_no,note\r\n鹿城区,甲{{}},{ID_NO},\"两行\r\n说明\"\r\n\r\n鹿城区,'=乙{{}},,'-3\r\n"
    for n, alphabet in enumerate(("utf-8", "utf-8-sig", "gb18030")):
        upload = checked(bureau, said.format(n, n).encode(alphabet), name="表.csv")
        assert faults(upload) == [], alphabet
        assert committed(bureau, upload).done == 2
        bureau.clock.forward(seconds=1)
    rows = kept(bureau)
    assert [one.values["name"] for one in rows] == ["甲0", "=乙0", "甲1", "=乙1", "甲2", "=乙2"]
    assert {one.values["note"] for one in rows} == {"两行\r\n说明", "-3"}
    assert keeping.clear(bureau.context.vault, where(bureau), rows[0], "id_no") == ID_NO


def test_control_characters_are_named(bureau: Service) -> None:
    upload = checked(bureau, b"county,name\n330302,a\x07b\n", name="表.csv")
    assert faults(upload) == [(2, "name", Wrong.UNPRINTABLE)]


# What comes in between


def test_a_value_that_another_row_has_is_named_and_one_that_is_taken_meanwhile_stops_the_whole_file(
    both: Service,
) -> None:
    committed(both, checked(both, sheet([HEADS, *things(3)])))
    assert faults(checked(both, sheet([HEADS, *things(3, first=3)]))) == [(2, "name", Wrong.TWICE)]

    first, second = (checked(both, sheet([HEADS, *things(5, first=10)])) for _ in range(2))
    assert first.state is second.state is UploadState.READY
    assert committed(both, first).state is UploadState.DONE
    late = committed(both, second, again=True)

    assert (late.state, late.wrong) == (UploadState.FAULTY, 5)
    assert faults(late) == [(n, "name", Wrong.TWICE) for n in range(2, 7)]
    assert len(kept(both)) == 8


def test_two_files_that_are_committed_at_once_are_kept_one_whole_and_one_not_at_all(both: Service) -> None:
    files = [checked(both, sheet([HEADS, *things(600, first=n)])) for n in (1, 300)]
    for one in files:
        import_rows.commit(both.context, one.id, None, CLERK, both.clock.now)

    with ThreadPoolExecutor(2) as pool:
        outcomes = [one.result(60) for one in [pool.submit(work_due, both.context) for _ in range(2)]]

    assert sum(outcomes, start=type(outcomes[0])()) == {"done": 1, "faulty": 1}
    assert len(kept(both)) == 600


class Killed(BaseException):
    """The process is gone."""


def killed_at(bureau: Service, what: str, times: int) -> Callable[[], None]:
    """Dies at the n-th statement that begins so; the way to live on."""
    seen = [0]

    def dies(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(what):
            seen[0] += 1
            if seen[0] == times:
                raise Killed

    event.listen(bureau.context.engine, "before_cursor_execute", dies)
    return lambda: event.remove(bureau.context.engine, "before_cursor_execute", dies)


@pytest.mark.parametrize(
    ("what", "state"),
    [("INSERT INTO module_upload_row", UploadState.READING), ("INSERT INTO sample_thing", UploadState.COMMITTING)],
)
def test_what_a_killed_process_left_is_taken_up_by_another_and_nothing_comes_twice(
    both: Service, what: str, state: UploadState
) -> None:
    upload = hand_in(both, sheet([HEADS, *things(1_600)]))
    if state is UploadState.COMMITTING:
        work_due(both.context)
        import_rows.commit(both.context, upload.id, None, CLERK, both.clock.now)
    lives = killed_at(both, what, 3)
    with pytest.raises(Killed):
        work_due(both.context)
    lives()

    assert look(both, upload.id).state is state
    assert kept(both) == []
    assert not work_due(both.context), "its reader may still live"
    both.clock.forward(seconds=61)
    assert work_due(both.context)

    now = look(both, upload.id)
    if state is UploadState.READING:
        assert (now.state, left(both, now)) == (UploadState.READY, (True, 1_600))
        now = committed(both, now)
    assert (now.state, now.done, len(kept(both))) == (UploadState.DONE, 1_600, 1_600)


def test_a_reader_that_was_overtaken_stops(bureau: Service) -> None:
    upload = hand_in(bureau, sheet([HEADS, *things(1_600)]))
    looks = [0]

    def clock() -> datetime:
        looks[0] += 1
        if looks[0] == 4:
            bureau.clock.forward(seconds=61)
            assert work_due(bureau.context) == {"ready": 1}
        return bureau.clock.now

    assert work_due(replace(bureau.context, clock=clock)) == {"overtaken": 1}
    assert left(bureau, look(bureau, upload.id)) == (True, 1_600)


def taken_by_another(service: Service, upload_id: str) -> None:
    """Another process thinks that the one at work is dead, and begins."""
    service.clock.forward(seconds=61)
    with service.context.engine.connect() as connection:
        found = uploads.due(connection, service.context.home_id, service.clock.now - STALE)
    assert found is not None
    assert found.id == upload_id
    assert transact(service.context.engine, lambda one: uploads.changed(one, found, beat_at=service.clock.now))


def test_a_reader_that_was_overtaken_puts_nothing_beside_what_the_other_does(bureau: Service) -> None:
    upload = hand_in(bureau, sheet([HEADS, *things(1_600)]))
    looks = [0]

    def clock() -> datetime:
        looks[0] += 1
        if looks[0] == 4:
            taken_by_another(bureau, upload.id)
        return bureau.clock.now

    assert work_due(replace(bureau.context, clock=clock)) == {"overtaken": 1}
    assert look(bureau, upload.id).state is UploadState.READING
    bureau.clock.forward(seconds=61)
    assert work_due(bureau.context) == {"ready": 1}
    assert left(bureau, upload) == (True, 1_600)


def test_a_commit_that_was_overtaken_keeps_nothing(both: Service) -> None:
    upload = checked(both, sheet([HEADS, *things(600)]))
    import_rows.commit(both.context, upload.id, None, CLERK, both.clock.now)
    mine = look(both, upload.id)
    taken_by_another(both, upload.id)

    with pytest.raises(Overtaken):
        commit_upload.handle(both.context, sample_module.MODULE, THING, mine)

    assert kept(both) == []
    both.clock.forward(seconds=61)
    assert work_due(both.context) == {"done": 1}
    assert len(kept(both)) == 600


def test_a_reader_that_was_overtaken_before_its_first_row_takes_nothing_away(both: Service) -> None:
    upload = hand_in(both, sheet([HEADS, *things(5)]))
    seen: list[str] = []

    def sleeps(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT module_upload.content") and not seen:
            seen.append(statement)
            both.clock.forward(seconds=61)
            assert work_due(both.context) == {"ready": 1}

    event.listen(both.context.engine, "before_cursor_execute", sleeps)
    assert work_due(both.context) == {"overtaken": 1}
    assert left(both, look(both, upload.id)) == (True, 5)


def test_rows_are_not_kept_when_not_all_that_were_checked_are_there(both: Service) -> None:
    upload = checked(both, sheet([HEADS, *things(5)]))
    with both.context.engine.begin() as connection:
        connection.execute(text("DELETE FROM module_upload_row WHERE row_no = 4"))

    late = committed(both, upload)

    assert (late.state, late.found.unsafe, kept(both)) == (UploadState.FAULTY, Unsafe.INCOMPLETE, [])


@pytest.mark.parametrize("at", ["INSERT INTO module_upload_row", "INSERT INTO sample_thing"])
def test_a_file_that_the_service_fails_at_is_ended_and_the_next_is_read(
    both: Service, at: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = hand_in(both, sheet([HEADS, *things(5)]))
    if "sample" in at:
        work_due(both.context)
        import_rows.commit(both.context, first.id, None, CLERK, both.clock.now)
    both.clock.forward(seconds=1)
    second = hand_in(both, sheet([HEADS, *things(5, first=10)]))
    failed: list[str] = []

    def fails(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(at) and not failed:
            failed.append(statement)
            raise ZeroDivisionError(f"第1件 {ID_NO}")

    event.listen(both.context.engine, "before_cursor_execute", fails)
    assert work_due(both.context) == {"faulty": 1, "ready": 1}

    ended = look(both, first.id)
    assert (ended.state, ended.found.unsafe, left(both, ended)) == (UploadState.FAULTY, Unsafe.FAILED, (True, 0))
    assert (look(both, second.id).state, kept(both)) == (UploadState.READY, [])
    assert "ZeroDivisionError" in caplog.text and ID_NO not in caplog.text
    assert not isinstance(import_rows.drop(both.context, first.id, CLERK, both.clock.now), Refusal)


@pytest.mark.parametrize(
    ("what", "state"),
    [("INSERT INTO module_upload_row", UploadState.READING), ("INSERT INTO sample_thing", UploadState.COMMITTING)],
)
def test_a_file_that_kills_who_works_on_it_is_given_up_after_three_times(
    both: Service, what: str, state: UploadState
) -> None:
    upload = hand_in(both, sheet([HEADS, *things(5)]))
    if state is UploadState.COMMITTING:
        for _ in range(2):
            killed(both, "INSERT INTO module_upload_row")
        work_due(both.context)
        import_rows.commit(both.context, upload.id, None, CLERK, both.clock.now)
    for _ in range(3):
        killed(both, what)
        assert look(both, upload.id).state is state

    assert work_due(both.context) == {"faulty": 1}

    ended = look(both, upload.id)
    assert (ended.state, ended.found.unsafe, kept(both)) == (UploadState.FAULTY, Unsafe.KILLS, [])
    assert "三次意外中断" in Desk(both, CLERK).get(f"modules/sample/thing/import/{upload.id}").text
    both.clock.forward(seconds=61)
    assert not work_due(both.context)


def killed(bureau: Service, what: str) -> None:
    """A process takes what waits, dies at the first statement that begins so, and is not heard of for a minute."""
    lives = killed_at(bureau, what, 1)
    with pytest.raises(Killed):
        work_due(bureau.context)
    lives()
    bureau.clock.forward(seconds=61)


def test_what_a_dead_process_was_keeping_can_be_dropped(bureau: Service) -> None:
    upload = checked(bureau, sheet([HEADS, *things(5)]))
    import_rows.commit(bureau.context, upload.id, None, CLERK, bureau.clock.now)
    lives = killed_at(bureau, "INSERT INTO sample_thing", 1)
    with pytest.raises(Killed):
        work_due(bureau.context)
    lives()

    def drop() -> Any:
        return import_rows.drop(bureau.context, upload.id, CLERK, bureau.clock.now)

    assert drop() == Refusal(Problem.UPLOAD_NOT_READY), "it may still live"
    bureau.clock.forward(seconds=61)
    assert not isinstance(drop(), Refusal)
    assert (not work_due(bureau.context), kept(bureau)) == (True, [])


def test_a_file_is_dropped_by_who_handed_it_in_or_a_leader(bureau: Service) -> None:
    first, second = (checked(bureau, sheet([HEADS, *things(5)]), by=CLERK) for _ in range(2))
    now = bureau.clock.now
    assert import_rows.drop(bureau.context, first.id, COUNTY, now) == Refusal(Problem.UPLOAD_NOT_YOURS)
    assert not isinstance(import_rows.drop(bureau.context, first.id, CLERK, now), Refusal)
    assert not isinstance(import_rows.drop(bureau.context, second.id, LEADER, now), Refusal)


def test_a_text_of_many_words_names_nothing_and_takes_no_memory(bureau: Service) -> None:
    tables.prepare(bureau.context.engine, [burial_reform.MODULE])
    to = Where(bureau.context.home_id, "burial_reform", burial_reform.MODULE.record("grave"))
    long, wide = " ".join(f"{n:03}" for n in range(332)), "一" * 401
    short = [" ".join(f"{n}词{m}" for m in range(12)) for n in range(120)]

    with bureau.context.engine.connect() as connection:
        scope = Scope(connection, bureau.context.vault, burial_reform.MODULE, LUCHENG)
        importing.linked(scope, to, ["1"])
        tracemalloc.start()
        found = importing.linked(scope, to, [long, wide, *short])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert set(found) == {long, wide, *short}
    assert set(found.values()) == {Wrong.NO_SUCH_ROW}
    assert peak < 8_000_000, peak


# Whose rows


def test_a_county_clerk_brings_rows_of_their_county_alone_and_need_not_say_which(bureau: Service) -> None:
    rows = [["county", "name"], ["鹿城区", "甲"], ["", "乙"], ["龙湾区", "丙"], ["市本级", "丁"]]
    upload = checked(bureau, sheet(rows), by=COUNTY, county=LUCHENG)
    assert faults(upload) == [(4, "county", Wrong.COUNTY), (5, "county", Wrong.COUNTY)]

    upload = checked(bureau, sheet([["name", "kind"], ["甲", ""], ["乙", "a"]]), by=COUNTY, county=LUCHENG)
    committed(bureau, upload, by=COUNTY, county=LUCHENG)
    assert {one.county for one in kept(bureau)} == {LUCHENG}


def test_only_who_handed_a_file_in_commits_it_and_only_while_they_have_that_county(bureau: Service) -> None:
    upload = checked(bureau, sheet([["name", "kind"], ["甲", ""]]), by=COUNTY, county=LUCHENG)

    assert commit(bureau, upload, by=LEADER) == Refusal(Problem.UPLOAD_NOT_YOURS)
    assert commit(bureau, upload, by=COUNTY, county=LONGWAN) == Refusal(Problem.UPLOAD_NOT_YOURS)
    assert kept(bureau) == []


def test_links_are_named_by_id_or_by_what_rows_are_called_within_ones_county(both: Service) -> None:
    committed(both, checked(both, sheet([["county", "name"], [LUCHENG, "甲"], [LONGWAN, "乙"], ["330300", "市"]])))
    first = kept(both)[0].id
    heads, rows = ["county", "thing", "title"], [[LUCHENG, "甲", "一"], [LUCHENG, first, "二"], [LONGWAN, "乙", "三"]]

    upload = checked(both, sheet([heads, *rows, [LUCHENG, "丙", "四"], [LUCHENG, "", "五"]]), record=PART)
    assert faults(upload) == [(5, "thing", Wrong.NO_SUCH_ROW), (6, "thing", Wrong.MISSING)]
    of_the_city = [LUCHENG, "市", "六"]
    mine = checked(both, sheet([heads, *rows, of_the_city]), record=PART, by=COUNTY, county=LUCHENG)
    assert faults(mine) == [(4, "county", Wrong.COUNTY)]
    upload = checked(both, sheet([heads, *rows]), record=PART)

    with both.context.engine.begin() as connection:
        connection.execute(text("DELETE FROM sample_thing WHERE name = '乙'"))
    late = committed(both, upload)
    assert (late.state, faults(late)) == (UploadState.FAULTY, [(4, "thing", Wrong.NO_SUCH_ROW)])
    committed(both, checked(both, sheet([heads, *rows[:2]]), record=PART))
    assert [one.values["thing"] for one in kept(both, PART)] == [first, first]


def test_a_county_s_rows_lead_to_its_own_and_to_the_city_s_and_the_city_s_to_all(both: Service) -> None:
    things = [[CITY, "市"], [LUCHENG, "甲"], [LONGWAN, "乙"]]
    committed(both, checked(both, sheet([["county", "name"], *things])))
    ids = {one.values["name"]: one.id for one in kept(both)}
    heads = ["county", "thing", "title"]
    right = [[LUCHENG, "市", "一"], [LUCHENG, "甲", "二"], [CITY, "甲", "三"], [CITY, "乙", "四"]]
    across = [[LUCHENG, "乙", "五"], [LONGWAN, ids["甲"], "六"]]

    mine = checked(both, sheet([heads, *right[:2], across[0]]), record=PART, by=COUNTY, county=LUCHENG)
    assert faults(mine) == [(4, "thing", Wrong.NO_SUCH_ROW)]
    upload = checked(both, sheet([heads, *right, *across]), record=PART)
    assert faults(upload) == [(6, "thing", Wrong.NO_SUCH_ROW), (7, "thing", Wrong.NO_SUCH_ROW)]
    assert committed(both, checked(both, sheet([heads, *right]), record=PART)).state is UploadState.DONE

    upload = checked(both, sheet([heads, *right]), record=PART)
    with both.context.engine.begin() as connection:
        connection.execute(text(f"UPDATE sample_thing SET county = '{LONGWAN}' WHERE name IN ('市', '甲')"))
    late = committed(both, upload, again=True)
    assert faults(late) == [(2, "thing", Wrong.NO_SUCH_ROW), (3, "thing", Wrong.NO_SUCH_ROW)]


def test_a_name_that_several_rows_have_names_none(both: Service) -> None:
    tables.prepare(both.context.engine, [communities.MODULE])
    both.context = replace(both.context, modules={"communities": communities.MODULE})
    heads = ["county", "name", "kind", *(f"has_{one}" for one in communities.CENTRES)]
    rows = [[LUCHENG, name, "urban", *["是"] * 5] for name in ("同名社区", "同名社区", "独名社区")]
    home = both.context.home_id

    def brought(record: str, rows: list[list[str]]) -> Any:
        to = Where(home, "communities", communities.MODULE.record(record))

        done = import_rows.hand_in(both.context, to, io.BytesIO(sheet(rows)), "x", None, CLERK, both.clock.now)
        assert isinstance(done, str)
        work_due(both.context)
        return look(both, done)

    committed(both, brought("community", [heads, *rows]))
    demonstration = [["county", "name", "community", "level", "named_on"]]
    demonstration += [[LUCHENG, "示范", name, "市级", "2016-03-04"] for name in ("同名社区", "独名社区")]
    assert faults(brought("demonstration", demonstration)) == [(2, "community", Wrong.SEVERAL_ROWS)]


# What is forgotten


def test_the_content_goes_when_a_file_is_dropped_or_a_week_old(both: Service) -> None:
    first, second = (checked(both, sheet([HEADS, *things(5)])) for _ in range(2))
    assert not isinstance(import_rows.drop(both.context, first.id, CLERK, both.clock.now), Refusal)
    assert left(both, first) == (False, 0)
    assert commit(both, first) == Refusal(Problem.UPLOAD_NOT_READY)

    both.clock.forward(days=7)
    assert not work_due(both.context)
    both.clock.now += timedelta(seconds=1)
    assert work_due(both.context) == {"dropped": 1}
    assert (look(both, second.id).state, left(both, second)) == (UploadState.DROPPED, (False, 0))


def test_a_file_that_is_dropped_while_it_is_read_is_left(bureau: Service) -> None:
    upload = hand_in(bureau, sheet([HEADS, *things(1_600)]))
    looks = [0]

    def clock() -> datetime:
        looks[0] += 1
        if looks[0] == 4:
            import_rows.drop(bureau.context, upload.id, CLERK, bureau.clock.now)
        return bureau.clock.now

    assert work_due(replace(bureau.context, clock=clock)) == {"overtaken": 1}
    assert (look(bureau, upload.id).state, left(bureau, upload)) == (UploadState.DROPPED, (False, 0))


def test_nobody_leaves_more_than_five_files_waiting(bureau: Service) -> None:
    for _ in range(OPEN):
        hand_in(bureau, b"county,name\n")

    file, now = io.BytesIO(b"x"), bureau.clock.now
    assert import_rows.hand_in(bureau.context, where(bureau), file, "x", None, CLERK, now) == Refusal(
        Problem.UPLOADS_WAITING
    )
    hand_in(bureau, b"county,name\n", by=StaffNo("1051"))


def test_a_file_of_a_module_that_is_gone_is_dropped(bureau: Service) -> None:
    upload = hand_in(bureau, sheet([HEADS, *things(5)]))
    assert work_due(replace(bureau.context, modules={})) == {"dropped": 1}
    assert left(bureau, upload) == (False, 0)
