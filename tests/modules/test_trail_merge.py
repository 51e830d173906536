"""A case is merged into another: its sign-up for an eco-burial follows, or the pages say that it did not."""

import pytest

from tests.modules.test_trail import TWO, Park, founded, handed, page_of, park
from tests.service.test_verify import fault
from tests.support.desk import Desk
from tests.support.telling import Told

pytestmark = pytest.mark.one_engine
__all__ = ["founded", "park"]


def twice(park: Park) -> tuple[Told, Told]:
    """One person, booked twice: the case that goes on, and its duplicate without a number."""
    one = Told.begun(park.service)
    other = Told.begun(park.service, 2, deceased_name="王守義", id_no=None)
    return one, other


def merges(park: Park, source: Told, target: Told) -> None:
    manager = Desk(park.service, "1015")
    for act in ("replace", "return"):
        form = {"reason": "replaced", **TWO} if act == "replace" else {}
        assert manager.post(f"cards/{source.card.card_no}/{act}", **form).status_code == 303, act
    merged = manager.post(f"cases/{source.case_no}/correct/merge", target=target.case_no, **TWO)
    assert merged.status_code == 303, merged.text


def test_the_sign_up_of_a_merged_case_follows_with_its_plan_and_closes_the_other_s_trail(park: Park) -> None:
    (goes_on, ends), event = twice(park), park.event(places=1)
    park.signs(ends, event)
    row_id = park.sign_up(ends).id

    merges(park, ends, goes_on)

    row = park.sign_up(goes_on)
    assert (row.id, row.values["case_no"], row.values["deceased"]) == (row_id, goes_on.case_no, "王守义")
    assert row.values["deceased_id_no"] is not None
    assert (goes_on.case.ash_plan, goes_on.case.rest_at) == (ends.case.ash_plan, ends.case.rest_at)
    assert goes_on.case.ash_plan is not None and "已报名" in page_of(park, goes_on)
    assert 'id="rest"' not in page_of(park, ends) or "已报名" not in page_of(park, ends)
    handed(goes_on)
    park.buries(row_id, event)
    assert park.trails.close_due() == {"closed": 1} and goes_on.case.stage == "at_rest"
    assert fault(park.service) is None


def test_what_is_planned_already_stands_when_a_sign_up_follows(park: Park) -> None:
    (goes_on, ends), first, second = twice(park), park.event(), park.event(way="海葬", name="春季海葬")
    park.signs(goes_on, second)
    park.clerk.moves("sign_up", park.sign_up(goes_on).id, "withdraw_for", reason="改期")
    park.signs(ends, first)

    merges(park, ends, goes_on)

    assert park.sign_up(goes_on).values["event"] == first
    assert goes_on.case.ash_plan == "sea" and fault(park.service) is None


def test_where_both_have_a_sign_up_the_pages_say_which_one_did_not_follow(park: Park) -> None:
    (goes_on, ends), event = twice(park), park.event()
    other = park.event(way="海葬", name="春季海葬")
    park.signs(goes_on, event)
    park.signs(ends, other)

    merges(park, ends, goes_on)

    assert park.sign_up(goes_on).values["event"] == event and park.sign_up(ends).values["event"] == other
    page = page_of(park, goes_on)
    assert f"并入的业务 {ends.case_no} 另有报名" in page and "春季海葬" in page
    assert f"本业务已并入 {goes_on.case_no}，那边已有报名" in page_of(park, ends)
    park.clerk.moves("sign_up", park.sign_up(ends).id, "withdraw_for", reason="重复")
    assert "另有报名" not in page_of(park, goes_on)
    assert "没有随案转去" not in page_of(park, ends)
