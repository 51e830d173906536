"""The rules of elder care at their borders, and its ways through the office: subsidies, sites, calls."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cardsvc.core.records import Value, Wrong
from cardsvc.modules.elder_care import MODULE
from cardsvc.modules.elder_care.needs import MONTHLY, NEEDS, ability, grade
from tests.support.bureau import TWO, Bureau, bureau_of, faults, whole

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ELDER = {"county": "330302", "name": "林某", "id_no": "330302194001010029", "born_on": "1940-01-01"}
ASSESSED = {
    "county": "330302",
    "assessed_on": "2026-10-20",
    "assessor": "陈某",
    "kind": "first",
    "living": "alone",
    "finances": "subsistence",
    "ability_score": "40",
    "needs_meals": "yes",
    "needs_bathing": "yes",
    "needs_cleaning": "no",
    "needs_medical": "no",
    "needs_emergency": "no",
}


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (90, "intact"),
        (89, "mild"),
        (66, "mild"),
        (65, "moderate"),
        (46, "moderate"),
        (45, "severe"),
        (30, "severe"),
        (29, "complete"),
        (0, "complete"),
    ],
)
def test_ability_goes_by_the_national_standard(score: int, level: str) -> None:
    assert ability(score) == level


@pytest.mark.parametrize(
    ("points", "name"),
    [(100, "one"), (75, "one"), (74, "two"), (55, "two"), (54, "three"), (35, "three"), (34, "none"), (0, "none")],
)
def test_points_make_a_grade(points: int, name: str) -> None:
    assert grade(points) == name


def assessed(**values: Value) -> dict[str, Value]:
    seen: dict[str, Value] = {"finances": "ordinary", "living": "with_family", "ability_score": 90}
    return whole(MODULE.record("assessment"), **seen | {f"needs_{one}": False for one in NEEDS} | values)


def test_who_needs_nothing_gets_nothing() -> None:
    row = assessed()

    assert (row["ability"], row["points"], row["grade"], row["monthly"]) == ("intact", 0, "none", 0)


def test_who_needs_everything_has_all_points_and_the_highest_subsidy() -> None:
    worst: dict[str, Value] = {"finances": "subsistence", "living": "alone", "ability_score": 0}

    row = assessed(**worst, **{f"needs_{one}": True for one in NEEDS})

    assert (row["points"], row["grade"], row["monthly"]) == (100, "one", 80_000)


def test_one_need_more_can_raise_the_grade() -> None:
    # 10 for the pension, 10 for living with an elderly spouse, 10 for a mild disability: two needs are missing to 35.
    seen: dict[str, Value] = {"finances": "low_pension", "living": "empty_nest", "ability_score": 66}

    assert assessed(**seen, needs_meals=True)["grade"] == "none"
    assert assessed(**seen, needs_meals=True, needs_bathing=True)["grade"] == "three"


def test_every_answer_of_an_assessment_has_points_and_every_grade_an_amount() -> None:
    record = MODULE.record("assessment")
    for finances in record.column("finances").choices:
        for living in record.column("living").choices:
            assert assessed(finances=finances, living=living)["grade"] in record.column("grade").choices
    assert set(MONTHLY) == set(record.column("grade").choices)


def test_a_refusal_says_why() -> None:
    assert faults(MODULE.record("assessment"), **assessed(state="refused")) == [("reason", Wrong.MISSING)]
    assert faults(MODULE.record("assessment"), **assessed(state="refused", reason="收入超标")) == []


def test_an_elder_is_paid_by_the_grade_that_was_granted() -> None:
    elder = MODULE.record("elder")

    assert whole(elder, name="林某")["monthly"] is None
    assert whole(elder, name="林某", grade="two")["monthly"] is None
    assert whole(elder, name="林某", grade="two", subsidy="receiving")["monthly"] == 50_000
    assert whole(elder, name="林某", grade="two", subsidy="ended")["monthly"] is None


def test_no_one_person_types_what_an_elder_is_paid() -> None:
    elder = MODULE.record("elder")

    assert {"subsidy", "grade", "monthly", "granted_on"} & {one.name for one in elder.typed} == set()
    assert elder.flow is not None
    assert {one.name for one in elder.flow.moves if one.to == "receiving" and not one.two} == set()


def test_payments_stop_with_a_death_and_go_on_only_by_two() -> None:
    elder, (payments,) = MODULE.record("elder"), MODULE.payments

    assert elder.flow is not None
    assert {payments.suspended, *payments.paid} <= set(elder.column(payments.state).choices)
    back = [one for one in elder.flow.moves if payments.suspended in one.since and one.to in payments.paid]
    assert [(one.name, one.two) for one in back] == [("resume", True)]
    ledger = MODULE.record(payments.ledger)
    assert ledger.column(payments.of).of == payments.record


def test_who_receives_a_subsidy_has_a_grade_of_an_assessment_of_the_last_year() -> None:
    elder, day = MODULE.record("elder"), date(2026, 3, 1)
    granted: dict[str, Value] = {"subsidy": "receiving", "grade": "three", "assessed_on": day, "granted_on": day}

    assert faults(elder, **granted) == []
    assert faults(elder, **granted | {"grade": None}) == [("grade", Wrong.RULE)]
    assert faults(elder, **granted | {"grade": "none"}) == [("grade", Wrong.RULE)]
    assert faults(elder, **granted | {"assessed_on": None}) == [("grade", Wrong.RULE)]
    assert faults(elder, **granted | {"granted_on": day + timedelta(days=366)}) == []
    assert faults(elder, **granted | {"granted_on": day + timedelta(days=367)}) == [("assessed_on", Wrong.RULE)]
    assert faults(elder, **granted | {"granted_on": day - timedelta(days=900)}) == [], "assessed anew since"


def test_a_birthday_is_that_of_the_id_number() -> None:
    elder = MODULE.record("elder")

    assert faults(elder, id_no="330302194001010029", born_on=date(1940, 1, 1)) == []
    assert faults(elder, id_no="330302194001010029", born_on=date(1940, 1, 2)) == [("born_on", Wrong.RULE)]
    assert faults(elder, id_no="c2VhbGVkIHdoaWxlIHRoZSByb3cgaXMgbW92ZWQ=", born_on=date(1940, 1, 2)) == []


@pytest.mark.parametrize(
    ("state", "opened_on", "found"),
    [
        ("open", date(2026, 3, 1), []),
        ("open", None, [("opened_on", Wrong.RULE)]),
        ("closed", None, [("opened_on", Wrong.RULE)]),
        ("planned", None, []),
        ("under_construction", date(2026, 3, 1), [("opened_on", Wrong.RULE)]),
    ],
)
def test_a_site_has_a_day_of_opening_once_it_has_opened(
    state: str, opened_on: date | None, found: list[tuple[str, Wrong]]
) -> None:
    assert faults(MODULE.record("care_site"), kind="town_centre", state=state, opened_on=opened_on) == found


def test_an_open_institution_has_beds() -> None:
    site, day = MODULE.record("care_site"), date(2026, 3, 1)

    assert faults(site, kind="institution", state="open", opened_on=day) == [("beds", Wrong.RULE)]
    assert faults(site, kind="institution", state="open", opened_on=day, beds=1) == []
    assert faults(site, kind="community_centre", state="open", opened_on=day) == []


def test_a_call_is_timed_in_whole_minutes() -> None:
    call = MODULE.record("call")

    row = whole(
        call, received_at=AT, answered_at=AT + timedelta(seconds=59), closed_at=AT + timedelta(minutes=61, seconds=59)
    )

    assert (row["minutes_to_answer"], row["minutes_to_close"]) == (0, 61)
    assert whole(call, received_at=AT)["minutes_to_close"] is None


def test_a_call_is_not_answered_before_it_came_nor_closed_without_an_outcome() -> None:
    call = MODULE.record("call")

    assert faults(call, received_at=AT, answered_at=AT) == []
    assert faults(call, received_at=AT, answered_at=AT - timedelta(seconds=1)) == [("answered_at", Wrong.RULE)]
    assert faults(call, received_at=AT, state="closed", closed_at=AT) == [("outcome", Wrong.MISSING)]
    assert faults(call, received_at=AT, state="dispatched") == [("dispatched_to", Wrong.MISSING)]
    assert faults(call, received_at=AT, state="closed", outcome="已办", closed_at=AT - timedelta(hours=1)) == [
        ("received_at", Wrong.RULE)
    ]


def test_a_service_does_not_end_before_it_begins() -> None:
    order, day = MODULE.record("service_order"), date(2026, 3, 1)

    assert faults(order, since=day, until=day) == []
    assert faults(order, since=day, until=day - timedelta(days=1)) == [("until", Wrong.RULE)]


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with bureau_of(tmp_path, MODULE) as running:
        yield running


def test_an_assessment_becomes_a_grade_and_two_people_a_subsidy(bureau: Bureau) -> None:
    elder = bureau.add("elder", **ELDER, grade="one")
    assert bureau.row("elder", elder)["grade"] is None
    assert bureau.move("elder", elder, "grant", 1, grade="one", **TWO) == 422, "nobody assessed"
    assessment = bureau.add("assessment", **ASSESSED, elder=elder)
    told = bureau.row("assessment", assessment)
    assert (told["ability"], told["points"], told["grade"], told["monthly"]) == ("severe", 81, "one", 80_000)
    assert bureau.move("elder", elder, "grant", 1, **TWO) == 422, "nobody approved"

    assert bureau.move("assessment", assessment, "approve", 1) == 409
    assert bureau.move("assessment", assessment, "approve", 1, **TWO) == 303
    known = bureau.row("elder", elder)
    assert (known["grade"], known["assessed_on"], known["monthly"]) == ("one", date(2026, 10, 20), None)
    assert bureau.move("elder", elder, "grant", 2, **TWO) == 303

    paid = bureau.row("elder", elder)
    assert (paid["subsidy"], paid["monthly"], paid["granted_on"]) == ("receiving", 80_000, date(2026, 11, 1))
    changed = ELDER | {"town": "安溪镇", "id_no": "", "grade": "three"}
    assert bureau.edit("elder", elder, 3, **changed) == 303
    kept = bureau.row("elder", elder)
    assert (kept["town"], kept["grade"], kept["monthly"]) == ("安溪镇", "one", 80_000)

    assert bureau.move("elder", elder, "report_death", 4) == 303
    assert bureau.move("elder", elder, "resume", 5, reason="经核未死亡") == 409
    assert bureau.move("elder", elder, "resume", 5, reason="经核未死亡", **TWO) == 303
    assert bureau.row("elder", elder)["subsidy"] == "receiving"


ACCOUNT, OTHER_ACCOUNT, OTHER_ID = "6299996233473479579", "6299999489989410436", "330302194001012446"


@pytest.mark.parametrize("state", ["receiving", "suspended", "death"])
def test_whom_and_where_to_a_subsidy_is_paid_is_changed_by_two_alone(bureau: Bureau, state: str) -> None:
    elder = bureau.add("elder", **ELDER)
    assert bureau.edit("elder", elder, 1, **ELDER | {"id_no": OTHER_ID, "bank_account": ACCOUNT}) == 303
    assert bureau.edit("elder", elder, 2, **ELDER | {"id_no": ELDER["id_no"]}) == 303, "nobody has agreed to it yet"
    assessment = bureau.add("assessment", **ASSESSED, elder=elder)
    assert bureau.move("assessment", assessment, "approve", 1, **TWO) == 303
    assert bureau.move("elder", elder, "grant", 4, **TWO) == 303
    version = 5
    if state != "receiving":
        name = {"suspended": "suspend", "death": "report_death"}[state]
        assert bureau.move("elder", elder, name, version, reason="迁出") == 303
        version += 1
    page = f"modules/elder_care/elder/{elder}"

    shown = bureau.desk.get(f"{page}/edit").text
    assert "经两人审批" in shown and 'name="bank_account"' not in shown and 'name="town"' in shown
    before = bureau.row("elder", elder)
    for forged in ({"bank_account": OTHER_ACCOUNT}, {"id_no": OTHER_ID}, {"name": "别人"}, {"born_on": ""}):
        assert bureau.edit("elder", elder, version, **ELDER | {"id_no": ""} | forged) == 422, forged
    assert bureau.move("elder", elder, "change_account", version, bank_account=OTHER_ACCOUNT) == 409
    assert bureau.row("elder", elder) == before
    assert bureau.edit("elder", elder, version, county="330302", town="安溪镇") == 303, "the rest is one's to change"

    assert bureau.move("elder", elder, "change_account", version + 1, bank_account=OTHER_ACCOUNT, **TWO) == 303
    who = {"name": "林甲", "born_on": "1940-01-01", "id_no": OTHER_ID}
    assert bureau.move("elder", elder, "correct", version + 2, **who, **TWO) == 303
    now = bureau.row("elder", elder)
    assert (now["subsidy"], now["town"], now["name"]) == (state, "安溪镇", "林甲")
    assert {one for one in now if now[one] != before[one]} == {"town", "name", "id_no", "bank_account"}


def subsidised(bureau: Bureau) -> tuple[str, str]:
    """An elder who receives a subsidy of grade one, and the assessment by which it was granted."""
    elder = bureau.add("elder", **ELDER)
    assessment = bureau.add("assessment", **ASSESSED, elder=elder)
    assert bureau.move("assessment", assessment, "approve", 1, **TWO) == 303
    assert bureau.move("elder", elder, "grant", 2, **TWO) == 303
    return elder, assessment


@pytest.mark.parametrize(
    ("score", "finances", "subsidy", "monthly"),
    [("60", "subsistence", "receiving", 50_000), ("90", "ordinary", "ended", None)],
)
def test_a_later_assessment_changes_or_ends_the_subsidy_when_two_approve_it(
    bureau: Bureau, score: str, finances: str, subsidy: str, monthly: int | None
) -> None:
    elder, _ = subsidised(bureau)
    again = ASSESSED | {"assessed_on": "2026-10-30", "ability_score": score, "finances": finances}
    later = bureau.add("assessment", **again, elder=elder)
    assert bureau.row("elder", elder)["monthly"] == 80_000

    assert bureau.move("assessment", later, "approve", 1, **TWO) == 303

    told = bureau.row("elder", elder)
    assert (told["subsidy"], told["monthly"], told["assessed_on"]) == (subsidy, monthly, date(2026, 10, 30))
    assert told["ended_on"] == (date(2026, 11, 1) if subsidy == "ended" else None)
    older = bureau.add("assessment", **ASSESSED | {"assessed_on": "2025-10-20", "ability_score": "0"}, elder=elder)
    assert bureau.move("assessment", older, "approve", 1, **TWO) == 303
    assert bureau.row("elder", elder) == told, "an older one that is approved later says nothing"


def test_a_subsidy_waits_while_its_assessment_is_decided_again(bureau: Bureau) -> None:
    elder, assessment = subsidised(bureau)

    assert bureau.move("assessment", assessment, "reopen", 2, **TWO) == 303

    told = bureau.row("elder", elder)
    assert (told["subsidy"], told["grade"], told["suspended_on"]) == ("suspended", None, date(2026, 11, 1))
    assert bureau.row("assessment", assessment)["decided_on"] is None
    assert bureau.move("elder", elder, "resume", 4, reason="复核", **TWO) == 422
    assert bureau.move("assessment", assessment, "approve", 3, **TWO) == 303
    assert bureau.move("elder", elder, "resume", 5, reason="复核", **TWO) == 303
    assert bureau.row("elder", elder)["monthly"] == 80_000


def test_a_call_is_dispatched_and_closed_and_its_minutes_are_counted(bureau: Bureau) -> None:
    received = bureau.service.clock.now.isoformat()
    call = bureau.add("call", county="330302", number="990-1", received_at=received, category="meals")

    assert bureau.move("call", call, "dispatch", 1) == 422
    assert bureau.move("call", call, "dispatch", 1, dispatched_to="安心居家服务中心") == 303
    bureau.service.clock.forward(minutes=61, seconds=30)
    bureau.sign_in()
    assert bureau.move("call", call, "close", 2, outcome="已送餐") == 303

    told = bureau.row("call", call)
    assert (told["state"], told["minutes_to_close"], told["minutes_to_answer"]) == ("closed", 61, None)

    assert bureau.move("call", call, "reopen", 3) == 303

    again = bureau.row("call", call)
    assert (again["state"], again["closed_at"], again["minutes_to_close"]) == ("received", None, None)
