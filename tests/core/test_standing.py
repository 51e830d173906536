"""How somebody stands on a day follows from the days of their record, also long after."""

from datetime import date

import pytest

from cardsvc.core import standing
from cardsvc.core.declaring import declared_wrong
from cardsvc.core.records import Label, Record, Values
from cardsvc.core.registers import RecordState as R


def march(day: int) -> date:
    return date(2026, 3, day)


ROW = {"state": "active", "since": march(5)}
SUSPENDED = ROW | {"state": "suspended", "suspended_on": march(10)}
RESUMED = SUSPENDED | {"state": "active", "resumed_on": march(15)}


@pytest.mark.parametrize(
    ("row", "day", "state"),
    [
        (ROW, 4, None),
        (ROW, 5, R.ACTIVE),
        (ROW | {"until": march(20)}, 20, R.ACTIVE),
        (ROW | {"until": march(20)}, 21, None),
        (ROW | {"state": "death"}, 20, R.ACTIVE),
        (ROW | {"state": "ended", "ended_on": march(20)}, 20, R.ACTIVE),
        (ROW | {"state": "ended", "ended_on": march(20)}, 21, None),
        (ROW | {"state": "withdrawn", "ended_on": march(20)}, 19, R.ACTIVE),
        (ROW | {"state": "withdrawn", "ended_on": march(20)}, 20, R.WITHDRAWN),
        (SUSPENDED, 9, R.ACTIVE),
        (SUSPENDED, 10, R.SUSPENDED),
        (RESUMED, 14, R.SUSPENDED),
        (RESUMED, 15, R.ACTIVE),
        (RESUMED | {"state": "death"}, 15, R.ACTIVE),
        (RESUMED | {"state": "suspended", "suspended_on": march(15)}, 15, R.SUSPENDED),
        (RESUMED | {"state": "suspended", "suspended_on": march(18)}, 17, R.ACTIVE),
        (RESUMED | {"state": "suspended", "suspended_on": march(18)}, 18, R.SUSPENDED),
        (RESUMED | {"state": "ended", "suspended_on": march(18), "ended_on": march(20)}, 19, R.SUSPENDED),
        (SUSPENDED | {"state": "withdrawn", "ended_on": march(20)}, 20, R.WITHDRAWN),
        ({"since": "2026-03-05", "state": "ended", "ended_on": "2026-03-20"}, 21, None),
    ],
)
def test_the_state_of_a_record_on_a_day(row: Values, day: int, state: R | None) -> None:
    assert standing.on_day(row, march(day)) is state


@pytest.mark.parametrize(
    ("row", "day", "paid"),
    [
        (ROW, 4, False),
        (ROW, 5, True),
        (SUSPENDED, 9, True),
        (SUSPENDED, 10, False),
        (RESUMED, 15, True),
        (ROW | {"state": "death", "death_on": march(12)}, 11, True),
        (ROW | {"state": "death", "death_on": march(12)}, 12, False),
        (ROW | {"state": "death"}, 6, False),
        (ROW | {"state": "suspended"}, 6, False),
        (ROW | {"state": "ended", "death_on": march(12), "ended_on": march(20)}, 15, False),
        (ROW | {"state": "ended", "ended_on": march(20)}, 15, True),
        (RESUMED | {"death_on": march(12)}, 16, True),
    ],
)
def test_what_is_paid_ends_on_the_day_a_death_was_told(row: Values, day: int, paid: bool) -> None:
    assert standing.pays(row, march(day)) is paid
    agree = standing.paid_in_force("whom")
    assert [one.column for one in agree({"paid_on": march(day)}, {"whom": row})] == ([] if paid else ["whom"])
    assert list(agree({"paid_on": march(day)}, {})) == []


def test_somebody_in_a_household_stands_as_the_weaker_of_both_records() -> None:
    assert standing.weaker(R.ACTIVE, R.ACTIVE) is R.ACTIVE
    assert standing.weaker(R.SUSPENDED, R.ACTIVE) is R.SUSPENDED
    assert standing.weaker(R.SUSPENDED, R.WITHDRAWN) is R.WITHDRAWN
    assert standing.weaker(None, R.ACTIVE) is standing.weaker(R.WITHDRAWN, None) is None


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"number": "DB-330302-7"}, []),
        ({"number": "低保7号"}, ["number"]),
        ({"since": march(5), "until": march(4)}, ["until"]),
        ({"since": march(5), "until": march(5)}, []),
        ({"state": "suspended"}, ["reason"]),
        ({"state": "withdrawn", "reason": "means"}, []),
        ({"state": "active"}, []),
    ],
)
def test_a_standing_has_a_number_for_the_bill_and_ends_after_it_begins(row: Values, wrong: list[str]) -> None:
    assert [one.column for one in standing.faults(row)] == wrong


def test_what_a_standing_declares_fits_together() -> None:
    record = Record(
        "grant", Label("", ""), (standing.numbered(), *standing.columns()), ("number",), flow=standing.flow()
    )

    assert declared_wrong(record, ["grant"]) is None
    assert record.start == {"state": "applied"}


def test_a_household_does_not_die() -> None:
    moves = {one.name for one in standing.flow().moves} - {one.name for one in standing.flow(dies=False).moves}
    (persons,), (households,) = (
        [one.choices for one in standing.columns(dies) if one.name == "state"] for dies in (True, False)
    )

    assert moves == {"report_death", "not_dead"}
    assert standing.on_day({"state": "applied", "since": march(5)}, march(9)) is None
    assert standing.on_day({"state": "refused", "since": march(5)}, march(9)) is None
    assert set(persons) - set(households) == {"death"}
    assert all("death" not in (*one.since, one.to) for one in standing.flow(dies=False).moves)
