"""The day of a move is when it was, not when it was clicked: typed, not in the future, not before what led to it."""

import re
from datetime import date

import pytest

from cardsvc.core.records import Fault, Wrong
from cardsvc.core.registers import RecordState
from cardsvc.core.standing import on_day
from cardsvc.modules.elder_care import MODULE as ELDER_CARE
from cardsvc.modules.social_relief import MODULE
from tests.modules.conftest import CLERK
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.rows import SECOND, Clerk

pytestmark = pytest.mark.one_engine


def household(clerk: Clerk) -> str:
    record = clerk.module.record("household")
    texts = {one.name: next(iter(one.choices)) for one in record.typed if one.choices and one.needed}
    texts |= {one.name: "1" for one in record.typed if one.kind in ("number", "money") and one.needed}
    return clerk.grants("household", **texts | {"number": "JZ-1", "head": "王伟", "since": "2026-01-01"})


def test_a_suspension_holds_from_the_day_that_was_typed(both: Service) -> None:
    clerk = Clerk.of(both, MODULE)
    row_id = household(clerk)

    clerk.moves("household", row_id, "suspend", reason="other", suspended_on="2026-10-01")

    values = clerk.row("household", row_id).values
    assert values["suspended_on"] == date(2026, 10, 1)
    days = {day: on_day(values, date(2026, *day)) for day in ((9, 30), (10, 1), (11, 1))}
    assert days == {(9, 30): RecordState.ACTIVE, (10, 1): RecordState.SUSPENDED, (11, 1): RecordState.SUSPENDED}


def test_a_move_without_a_day_is_of_today(bureau: Service) -> None:
    clerk = Clerk.of(bureau, MODULE)
    row_id = household(clerk)

    clerk.moves("household", row_id, "suspend", reason="other", suspended_on="")

    assert clerk.row("household", row_id).values["suspended_on"] == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-02", Wrong.IN_FUTURE),
        ("2025-12-31", Wrong.TOO_EARLY),
        ("2026-13-01", Wrong.NOT_A_DATE),
    ],
)
def test_a_day_that_cannot_be_is_said_at_its_field(bureau: Service, day: str, why: Wrong) -> None:
    clerk = Clerk.of(bureau, MODULE)
    row_id = household(clerk)

    answer = clerk.tries_move("household", row_id, "suspend", reason="other", suspended_on=day)

    assert isinstance(answer, tuple) and Fault("suspended_on", why) in answer
    assert clerk.row("household", row_id).values["state"] == "active"


def test_nobody_resumes_before_the_suspension(bureau: Service) -> None:
    clerk = Clerk.of(bureau, MODULE)
    row_id = household(clerk)
    clerk.moves("household", row_id, "suspend", reason="other", suspended_on="2026-10-01")

    early = clerk.tries_move("household", row_id, "resume", SECOND, reason="other", resumed_on="2026-09-30")

    assert early == (Fault("resumed_on", Wrong.TOO_EARLY),)
    clerk.moves("household", row_id, "resume", SECOND, reason="other", resumed_on="2026-10-15")


def test_the_form_of_a_move_asks_the_day_with_today_in_it(bureau: Service) -> None:
    clerk = Clerk.of(bureau, MODULE)
    clerk.granted()
    row_id = household(clerk)
    desk = Desk(bureau, CLERK)
    page = desk.get(f"modules/social_relief/household/{row_id}").text

    form = re.findall(r'move/suspend"(.*?)</form>', page, re.DOTALL)[0]
    assert re.search(r'name="suspended_on" value="2026-11-01"[^>]*type="date"', form)
    wrong = desk.post(
        f"modules/social_relief/household/{row_id}/move/suspend",
        version="2",
        reason="other",
        suspended_on="2026-12-01",
    )
    assert wrong.status_code == 422 and "不能晚于现在" in wrong.text and 'value="2026-12-01"' in wrong.text


def test_the_moment_of_a_call_s_end_is_typed_between_its_dispatch_and_now(bureau: Service) -> None:
    clerk = Clerk.of(bureau, ELDER_CARE)
    record = clerk.module.record("call")
    texts = {one.name: next(iter(one.choices)) for one in record.typed if one.choices and one.needed}
    texts |= {one.name: "1" for one in record.typed if one.kind == "text" and one.needed}
    row_id = clerk.types("call", **texts | {"received_at": "2026-11-01 09:00"})
    clerk.moves("call", row_id, "dispatch", dispatched_at="2026-11-01 10:00", dispatched_to="某服务站")

    for at, why in (("09:30", Wrong.TOO_EARLY), ("12:00", Wrong.IN_FUTURE)):
        answer = clerk.tries_move("call", row_id, "close", closed_at=f"2026-11-01 {at}", outcome="已办")
        assert isinstance(answer, tuple) and Fault("closed_at", why) in answer
    clerk.moves("call", row_id, "close", closed_at="2026-11-01 11:00", outcome="已办")
    assert clerk.row("call", row_id).values["minutes_to_close"] == 120
