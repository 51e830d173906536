"""The rules of veterans at their borders."""

from datetime import date

import pytest

from cardsvc.core.records import Record, Values
from cardsvc.modules.veterans import registers, support


def faulty(record: Record, row: Values) -> list[str]:
    assert record.check is not None
    return [one.column for one in record.check(row)]


def derived(record: Record, row: Values) -> Values:
    assert record.derive is not None
    return record.derive(row)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"category": "disabled", "grade": 10, "cause": "war"}, []),
        ({"category": "disabled", "grade": 10}, ["cause"]),
        ({"category": "disabled"}, ["grade", "cause"]),
        ({"category": "war"}, []),
        ({"category": "war", "grade": 1}, ["grade"]),
        ({"category": "war", "number": "优抚 7"}, ["number"]),
    ],
)
def test_a_disabled_soldier_has_a_grade_and_its_cause_and_nobody_else(row: Values, wrong: list[str]) -> None:
    assert faulty(registers.BENEFICIARY, row) == wrong


@pytest.mark.parametrize(
    ("discharged", "wrong"),
    [(date(1984, 1, 1), False), (date(1979, 11, 1), False), (date(1979, 10, 31), True), (None, False)],
)
def test_nobody_is_discharged_before_they_enlist(discharged: date | None, wrong: bool) -> None:
    row: Values = {"enlisted_on": date(1979, 11, 1), "discharged_on": discharged}

    assert faulty(registers.RECOGNITION, row) == (["discharged_on"] if wrong else [])


@pytest.mark.parametrize(("subsidy", "left"), [(0, 150), (149, 1), (150, 0), (151, -1)])
def test_a_settlement_pays_what_was_left_at_most(subsidy: int, left: int) -> None:
    row: Values = {"cost": 1_000, "insured": 700, "relieved": 150, "subsidy": subsidy}

    assert derived(support.SETTLEMENT, row) == {"self_paid": left}
    assert faulty(support.SETTLEMENT, row) == (["subsidy"] if left < 0 else [])


@pytest.mark.parametrize(
    ("answered", "days", "late"),
    [
        (None, None, None),
        (date(2026, 3, 1), 0, False),
        (date(2026, 4, 30), 60, False),
        (date(2026, 5, 1), 61, True),
    ],
)
def test_an_answer_is_late_on_the_day_after_it_was_due(
    answered: date | None, days: int | None, late: bool | None
) -> None:
    row: Values = {"received_on": date(2026, 3, 1), "due_on": date(2026, 4, 30), "answered_on": answered}

    assert derived(support.PETITION, row) == {"days": days, "late": late}


def test_a_petition_is_due_after_it_came_and_passed_on_to_somebody() -> None:
    came = date(2026, 3, 1)

    assert faulty(support.PETITION, {"received_on": came, "due_on": came}) == []
    assert faulty(support.PETITION, {"received_on": came, "due_on": date(2026, 2, 28)}) == ["due_on"]
    assert faulty(support.PETITION, {"received_on": came, "answered_on": came}) == []
    assert faulty(support.PETITION, {"received_on": came, "answered_on": date(2026, 2, 28)}) == ["received_on"]
    assert faulty(support.PETITION, {"state": "passed_on"}) == ["unit"]
    assert faulty(support.PETITION, {"state": "passed_on", "unit": "某局"}) == []


def test_a_visit_to_beneficiaries_counts_them_and_assigned_work_names_the_employer() -> None:
    assert faulty(support.VISIT, {"whom": "beneficiaries"}) == ["persons"]
    assert faulty(support.VISIT, {"whom": "troops"}) == faulty(support.VISIT, {"whom": "beneficiaries", "persons": 1})
    assert faulty(support.SOLDIER, {"state": "placed", "way": "assigned"}) == ["unit"]
    assert faulty(support.SOLDIER, {"state": "reported", "way": "assigned"}) == []
    assert faulty(support.SOLDIER, {"state": "placed", "way": "own"}) == []
