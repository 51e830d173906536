"""The rules of social workers at their borders."""

from datetime import date

import pytest

from cardsvc.core.records import Value, Wrong
from cardsvc.modules.social_workers import MODULE, rules
from cardsvc.modules.social_workers.records import EXAM_REGISTRATION
from tests.support.home import ID_NO, Service
from tests.support.rows import Clerk, columns

CONDITIONS = [
    *(("assistant", "secondary", False, 4), ("assistant", "college", True, 2), ("assistant", "college", False, 4)),
    *(("assistant", "bachelor", False, 2), ("assistant", "doctor", False, 2), ("social_worker", "college", True, 4)),
    *(("social_worker", "college", False, 6), ("social_worker", "bachelor", True, 3)),
    *(("social_worker", "bachelor", False, 5), ("social_worker", "master", True, 1)),
    *(("social_worker", "master", False, 3), ("social_worker", "doctor", False, 2)),
]


def told(**changes: Value) -> dict[str, Value]:
    usual: dict[str, Value] = {"exam": "national", "level": "assistant", "education": "bachelor", "in_field": False}
    return {**usual, "years": None, "years_since_assistant": None, **changes}


def qualified(**changes: Value) -> Value:
    return rules.qualified(told(**changes))["qualified"]


@pytest.mark.parametrize(("level", "education", "in_field", "years"), CONDITIONS)
def test_a_level_asks_for_years(level: str, education: str, in_field: bool, years: int) -> None:
    assert qualified(level=level, education=education, in_field=in_field, years=years) is True
    assert qualified(level=level, education=education, in_field=in_field, years=years - 1) is False


def test_who_has_just_graduated_in_social_work_may_sit() -> None:
    assert qualified(in_field=True) is True
    assert qualified(level="social_worker", education="doctor", in_field=True) is True


def test_with_secondary_education_the_years_count_from_the_first_certificate() -> None:
    asked: dict[str, Value] = {"level": "social_worker", "education": "secondary", "years": 20}

    assert [qualified(**asked, years_since_assistant=years) for years in (None, 5, 6)] == [False, False, True]


def test_nothing_is_said_of_other_examinations_or_before_the_education_is_known() -> None:
    assert qualified(exam="city", level="aide", years=30) is None
    assert qualified(level="senior", years=30) is None
    assert qualified(education=None, years=30) is None


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"years": 6, "years_since_assistant": 6}, []),
        ({"years": 5, "years_since_assistant": 6}, ["years_since_assistant"]),
        ({"review": "rejected"}, ["reason"]),
        ({"review": "rejected", "reason": "证明不齐"}, []),
    ],
)
def test_a_registration_holds_together(changes: dict[str, Value], wrong: list[str]) -> None:
    usual: dict[str, Value] = {"years": None, "years_since_assistant": None, "review": "registered", "reason": None}

    assert [one.column for one in rules.registration({**usual, **changes})] == wrong


def test_who_was_turned_down_can_be_looked_at_again() -> None:
    assert EXAM_REGISTRATION.flow is not None
    ways = {(since, one.to) for one in EXAM_REGISTRATION.flow.moves for since in one.since}

    assert ("rejected", "registered") in ways
    assert ("rejected", "passed") not in ways


@pytest.mark.parametrize(
    ("until", "trained", "wrong"),
    [
        (date(2026, 4, 3), 30, []),
        (None, 30, []),
        (date(2026, 4, 2), 30, ["until"]),
        (date(2026, 4, 3), 31, ["trained"]),
    ],
)
def test_a_session_ends_after_it_began_with_who_enrolled(until: date | None, trained: int, wrong: list[str]) -> None:
    values: dict[str, Value] = {"held_on": date(2026, 4, 3), "until": until, "enrolled": 30, "trained": trained}

    assert [one.column for one in rules.session(values)] == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"source": "seconded"}, [("body", Wrong.MISSING)]),
        ({"source": "seconded", "body": "民政局"}, []),
        ({"state": "left"}, [("until", Wrong.RULE)]),
        ({"until": date(2026, 1, 1)}, [("until", Wrong.RULE)]),
        ({"state": "left", "until": date(2020, 1, 1)}, []),
        ({"state": "left", "until": date(2019, 12, 31)}, [("until", Wrong.RULE)]),
    ],
)
def test_a_worker_comes_and_goes(changes: dict[str, Value], wrong: list[tuple[str, Wrong]]) -> None:
    usual: dict[str, Value] = {"source": "recruited", "body": None, "since": date(2020, 1, 1), "until": None}

    assert [(one.column, one.why) for one in rules.worker({**usual, "state": "on_duty", **changes})] == wrong


def test_a_registration_says_whether_the_conditions_are_met(bureau: Service) -> None:
    workers = Clerk.of(bureau, MODULE)
    typed = {"name": "王小雨", "id_no": ID_NO, "exam": "全国社会工作者职业水平考试", "level": "社会工作师"}
    conditions = {"registered_on": "2026-03-02", "education": "本科", "in_field": "否", "years": "4"}
    row_id = workers.types("exam_registration", **typed, **conditions)

    assert workers.row("exam_registration", row_id).values["qualified"] is False
    assert columns(workers.tries_move("exam_registration", row_id, "reject")) == ["reason"]
    workers.moves("exam_registration", row_id, "reject", reason="年限不足")
    workers.moves("exam_registration", row_id, "look_again")
    workers.moves("exam_registration", row_id, "pass")
    assert workers.row("exam_registration", row_id).values["review"] == "passed"
