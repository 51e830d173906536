"""What a move does to other rows: in the same act, told in their history, or not at all."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardsvc.api.uploads import work_due
from cardsvc.core.records import Fault, Label, Values, Wrong
from cardsvc.handlers import import_rows
from cardsvc.handlers.keep_row import Faulty
from cardsvc.modules import Module
from cardsvc.modules.burial_reform import MODULE as BURIAL_REFORM
from cardsvc.modules.burial_reform.graves import CRITERIA
from cardsvc.modules.social_orgs import MODULE as SOCIAL_ORGS
from cardsvc.modules.veterans import MODULE as VETERANS
from cardsvc.rows import keeping, tables
from cardsvc.rows.keeping import Change, Where
from tests.service.conftest import founded
from tests.service.test_verify import fault
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.importing import faults, look
from tests.support.rows import CLERK, SECOND, Clerk, columns

pytestmark = pytest.mark.one_engine
__all__ = ["founded"]
ANY = Label("任意", "Any")
ORGANISATION = {
    "kind": "社会团体",
    "standing": "备案",
    "level": "市级",
    "status": "正常",
    "registered_on": "2020-01-01",
}
ORGANISATION |= {"name": "围棋协会", "party": "未建立", "pilot": "否", "competent_unit": "市体育局"}
CHANGE = {"level": "市级", "before_unit": "市体育局", "after_unit": "市文旅局", "changed_on": "2026-03-01"}
BENEFICIARY = {"number": "YF-1", "name": "王守义", "category": "参战退役人员", "monthly": "800", "since": "2020-01-01"}
GRAVE = {"number": "SF-1", "place": "云岭", "visible": "是", "state": "未治理", "surveyed_on": "2026-03-01"}
CONVERTED = {"converted_on": "2026-04-01", **dict.fromkeys(CRITERIA, "是")}
EVENT = {
    "name": "清明树葬",
    "way": "树葬",
    "held_on": "2026-12-04",
    "place": "永嘉绿园",
    "places": "3",
    "published": "是",
}
SIGN_UP = {"way": "树葬", "applicant": "王小雨", "deceased": "王守义", "signed_on": "2026-11-01"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clerk_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Module], Clerk]]:
    if request.param == "sqlite":
        dsn = f"sqlite:///{tmp_path / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn)
    yield lambda module: Clerk.of(running, module)
    assert fault(running) is None, "facts, folds, ledger and log agree"
    running.close()


def history(clerk: Clerk, record: str, row_id: str) -> list[Change]:
    where = Where(clerk.service.context.home_id, clerk.module.name, clerk.module.record(record))
    with clerk.service.context.engine.connect() as connection:
        return keeping.history(connection, where, row_id)


def test_an_accepted_change_of_competent_unit_is_the_registers_and_can_be_taken_back(
    clerk_of: Callable[[Module], Clerk],
) -> None:
    orgs = clerk_of(SOCIAL_ORGS)
    body = orgs.types("organisation", **ORGANISATION)
    assert columns(orgs.tries("unit_change", organisation=body, **CHANGE | {"before_unit": "市教育局"})) == [
        "before_unit"
    ]
    change = orgs.types("unit_change", organisation=body, **CHANGE)
    assert orgs.row("organisation", body).values["competent_unit"] == "市体育局"

    orgs.moves("unit_change", change, "accept")

    assert orgs.row("organisation", body).values["competent_unit"] == "市文旅局"
    (line,) = history(orgs, "organisation", body)
    assert (line.field, line.before, line.after) == ("competent_unit", "市体育局", "市文旅局")
    assert (line.move, line.staff_no) == ("unit_change.accept", CLERK)
    orgs.granted()
    desk = Desk(orgs.service, CLERK)
    assert "业务主管单位变更: 核准" in desk.get(f"modules/social_orgs/organisation/{body}").text
    assert "<small>核准</small>" in desk.get(f"modules/social_orgs/unit_change/{change}").text
    again = orgs.tries("unit_change", organisation=body, **CHANGE | {"after_unit": "市民政局"})
    assert columns(again) == ["before_unit"]
    orgs.moves("unit_change", change, "revoke")
    assert orgs.row("organisation", body).values["competent_unit"] == "市体育局"


def test_of_two_changes_that_were_entered_the_second_is_not_accepted_on_top_of_the_first(
    clerk_of: Callable[[Module], Clerk],
) -> None:
    orgs = clerk_of(SOCIAL_ORGS)
    body = orgs.types("organisation", **ORGANISATION)
    one, two = (orgs.types("unit_change", organisation=body, **CHANGE | {"after_unit": to}) for to in ("甲局", "乙局"))
    orgs.moves("unit_change", one, "accept")

    assert columns(orgs.tries_move("unit_change", two, "accept")) == ["before_unit"]

    assert orgs.row("unit_change", two).values["state"] == "recorded"


def test_an_organisation_is_inspected_once_for_a_year(clerk_of: Callable[[Module], Clerk]) -> None:
    orgs = clerk_of(SOCIAL_ORGS)
    body, other = (orgs.types("organisation", **ORGANISATION | {"name": name}) for name in ("甲", "乙"))
    asked = {"year": "2025", "due_on": "2026-05-31"}
    first = orgs.types("annual_inspection", organisation=body, **asked)

    assert orgs.tries("annual_inspection", organisation=body, **asked) == Faulty((Fault("year", Wrong.TWICE),))

    orgs.types("annual_inspection", organisation=other, **asked)
    orgs.types("annual_inspection", organisation=body, **asked | {"year": "2024"})
    assert isinstance(
        orgs.edits("annual_inspection", first, organisation=body, **asked | {"due_on": "2026-06-30"}), str
    )
    table = tables.table_of("social_orgs", SOCIAL_ORGS.record("annual_inspection"))
    assert table.name + "_one_organisation_year" in {one.name for one in table.constraints}


def test_a_file_pays_nobody_twice_on_a_day_nor_on_one_on_which_nothing_was_in_force(
    clerk_of: Callable[[Module], Clerk],
) -> None:
    clerk = clerk_of(VETERANS)
    whom = clerk.grants("beneficiary", **BENEFICIARY, id_no=ID_NO)
    clerk.types("payment", beneficiary=whom, paid_on="2026-10-15", amount="800")
    days = ("2026-10-15", "2026-10-16", "2026-10-16", "2019-12-31")
    file = "".join(f"鹿城区,{whom},{day},800\n" for day in days)
    context, record = clerk.service.context, VETERANS.record("payment")
    where = Where(context.home_id, "veterans", record)
    raw = io.BytesIO(f"县（市、区）,优抚对象,发放日期,金额\n{file}".encode())
    upload_id = import_rows.hand_in(context, where, raw, "发放.csv", None, CLERK, context.clock())
    assert isinstance(upload_id, str)

    work_due(context)

    assert faults(look(clerk.service, upload_id)) == [
        (2, "paid_on", Wrong.TWICE),
        (4, "paid_on", Wrong.TWICE),
        (5, "beneficiary", Wrong.RULE),
    ]


def test_an_accepted_conversion_marks_its_grave_and_counts_it_once(clerk_of: Callable[[Module], Clerk]) -> None:
    reform = clerk_of(BURIAL_REFORM)
    grave = reform.types("grave", **GRAVE)
    one, two = (reform.types("conversion", grave=grave, **CONVERTED) for _ in range(2))
    assert reform.row("grave", grave).values["state"] == "untreated"

    reform.moves("conversion", one, "accept", SECOND)
    reform.moves("conversion", two, "accept", SECOND)

    assert reform.row("grave", grave).values["state"] == "converted"
    (line,) = history(reform, "grave", grave)
    assert (line.field, line.move, line.staff_no, line.second_no) == ("state", "conversion.accept", CLERK, SECOND)
    (figure,) = [one.figure for one in BURIAL_REFORM.indicators if one.name == "graves_converted"]
    assert getattr(figure, "distinct", "") == "grave"
    reform.moves("conversion", two, "reopen", SECOND)
    assert reform.row("grave", grave).values["state"] == "listed"
    assert reform.row("conversion", two).values["accepted_on"] is None


def test_who_signed_up_for_an_event_that_is_cancelled_waits_for_another(clerk_of: Callable[[Module], Clerk]) -> None:
    reform = clerk_of(BURIAL_REFORM)
    event, other = (reform.types("event", **EVENT | {"name": name}) for name in ("清明树葬", "冬至树葬"))
    for one in (event, other):
        reform.moves("event", one, "open")
    told, gone, elsewhere = (reform.types("sign_up", **SIGN_UP, event=at) for at in (event, event, other))
    reform.moves("sign_up", told, "notify", event=event)
    reform.moves("sign_up", told, "confirm_for")
    reform.moves("sign_up", gone, "withdraw_for", reason="改葬公墓")

    reform.moves("event", event, "cancel", note="台风")

    def stands(row_id: str) -> tuple[object, object]:
        values = reform.row("sign_up", row_id).values
        return values["state"], values["event"]

    assert [stands(one) for one in (told, gone, elsewhere)] == [
        ("signed_up", None),
        ("withdrawn", event),
        ("signed_up", other),
    ]
    assert {one.move for one in history(reform, "sign_up", told) if one.version == 4} == {"event.cancel"}
    reform.moves("sign_up", told, "notify", event=other)
    reform.moves("sign_up", told, "postpone")
    assert stands(told) == ("signed_up", None)


def test_what_a_rule_of_the_other_row_hinders_is_not_done_at_all(clerk_of: Callable[[Module], Clerk]) -> None:
    record = SOCIAL_ORGS.record("organisation")

    def stubborn(values: Values) -> Iterator[Fault]:
        assert record.check is not None
        yield from record.check(values)
        if values["competent_unit"] == "市文旅局":
            yield Fault("competent_unit", Wrong.RULE, ANY)

    changed = tuple(replace(one, check=stubborn) if one is record else one for one in SOCIAL_ORGS.records)
    orgs = clerk_of(replace(SOCIAL_ORGS, records=changed))
    body = orgs.types("organisation", **ORGANISATION)
    change = orgs.types("unit_change", organisation=body, **CHANGE)

    assert orgs.tries_move("unit_change", change, "accept") == (Fault("organisation", Wrong.RULE, ANY),)

    assert orgs.row("unit_change", change).values["state"] == "recorded"
    assert orgs.row("organisation", body).version == 1 and history(orgs, "unit_change", change) == []


def test_rows_of_a_record_that_gains_a_flow_stand_at_its_beginning(clerk_of: Callable[[Module], Clerk]) -> None:
    change = SOCIAL_ORGS.record("unit_change")
    before = replace(change, columns=change.columns[:-1], flow=None, agree=None)
    schemaless = tuple(before if one is change else one for one in SOCIAL_ORGS.records)
    old = replace(SOCIAL_ORGS, records=schemaless, schema=tables.sql_of(replace(SOCIAL_ORGS, records=schemaless)))
    orgs = clerk_of(old)
    body = orgs.types("organisation", **ORGANISATION)
    row_id = orgs.types("unit_change", organisation=body, **CHANGE)

    now = Clerk.of(orgs.service, SOCIAL_ORGS)

    assert now.row("unit_change", row_id).values["state"] == "recorded"
    now.moves("unit_change", row_id, "accept")
    assert now.row("organisation", body).values["competent_unit"] == "市文旅局"
