"""What blocks a case, from when on, and which stations it waits for."""

from datetime import timedelta

import pytest

from cardsvc.core import stations
from cardsvc.core.board import Ahead, Block, Blocked, Live, begun, blocks, coming, live, moments, urgency, waits_for
from cardsvc.core.case import Alert
from cardsvc.core.due import due, taken_at
from cardsvc.core.facts import CardReleased, Details, PlaceKind, StationKind, Step
from cardsvc.core.fold import then
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CaseNo
from cardsvc.core.plug import discover
from cardsvc.core.policy import Policy
from cardsvc.core.station import Station, own_steps
from cardsvc.core.terms import AlertWhy, Approval, Destination, Reason
from cardsvc.core.words import CATALOGUES, LANGUAGES
from tests.core.story import START, TAG, WHOLE_WAY, Story

STATIONS = discover(stations, "STATION", Station)
HOURS = timedelta(hours=1)
IN_STORE = WHOLE_WAY[:5]
BURNT = WHOLE_WAY[: WHOLE_WAY.index(Step.UNLOAD) + 1]
ON_SHELF = WHOLE_WAY[: WHOLE_WAY.index(Step.SHELVE) + 1]
RELEASED = WHOLE_WAY[: WHOLE_WAY.index(Step.RELEASE) + 1]
LATER = START + timedelta(days=3)


def told(*steps: Step) -> Story:
    return Story().booked().bound().took(*steps)


def names(found: tuple[Blocked, ...]) -> set[tuple[Block, str]]:
    return {(one.block, one.what) for one in found}


def test_nothing_blocks_a_case_that_goes_its_way() -> None:
    for taken in range(WHOLE_WAY.index(Step.QUOTE)):
        story = told(*WHOLE_WAY[:taken])
        assert blocks(story.case, story.facts[-1].at) == (), WHOLE_WAY[:taken]


def test_a_hold_blocks_until_it_is_lifted() -> None:
    story = told(*IN_STORE).took(Step.HOLD)
    assert names(blocks(story.case, LATER)) == {(Block.HOLD, "police")}
    assert blocks(story.took(Step.LIFT_HOLD).case, LATER) == ()


def test_an_alike_case_blocks_until_both_are_compared() -> None:
    case = told(*IN_STORE).case
    alert = Alert(other=CaseNo("WZ-2026-000009"), why=AlertWhy.SAME_NAME)
    assert names(blocks(case.model_copy(update={"alerts": (alert,)}), LATER)) == {(Block.ALERT, "WZ-2026-000009")}


def test_a_contradiction_blocks() -> None:
    assert names(blocks(told(Step.STORE).case, LATER)) == {(Block.CONTESTED, "")}


def test_work_that_was_stopped_blocks_and_so_does_a_lost_card() -> None:
    story = told(*IN_STORE, Step.TAKE_OUT, Step.PREPARE, Step.SUSPEND)
    assert names(blocks(story.case, LATER)) == {(Block.STOPPED, "")}
    case = told(*IN_STORE).case
    fact = story.fact(CardReleased(card_no="WZC-000001", reason=HotReason.LOST), Step.BIND_CARD)
    assert names(blocks(then(case, fact), LATER)) == {(Block.NO_CARD, "")}


def test_an_outing_blocks_from_the_moment_that_it_should_be_over_and_until_the_body_is_back() -> None:
    due_back = START + timedelta(days=1)
    out = Details(tag=TAG, reason=Reason.VIEWING, due=due_back)
    story = told(*IN_STORE).took(Step.TAKE_OUT, details=out)
    assert blocks(story.case, due_back - timedelta(seconds=1)) == ()
    assert blocks(story.case, due_back) == (Blocked(Block.OVERDUE, "store", due_back),)
    assert blocks(story.took(Step.STORE).case, due_back) == ()


def test_a_body_on_its_way_to_the_fire_is_not_awaited_back() -> None:
    out = Details(tag=TAG, reason=Reason.CREMATION, due=START + timedelta(days=1))
    assert blocks(told(*IN_STORE).took(Step.TAKE_OUT, details=out).case, LATER) == ()


def test_papers_block_a_day_before_the_farewell_and_once_the_body_is_queued() -> None:
    story = told(*IN_STORE[:4], Step.STORE, Step.RESERVE)
    farewell = story.case.appointment
    assert farewell is not None
    assert blocks(story.case, farewell - 25 * HOURS) == ()
    missing = names(blocks(story.case, farewell - 23 * HOURS))
    assert missing == {
        (Block.PAPER, "death_certificate_verified"),
        (Block.PAPER, "authorised"),
        (Block.PAPER, "applicant_verified"),
        (Block.PAPER, "ash_plan_recorded"),
    }
    warned = Policy(ash_plan_required=False)
    assert (Block.PAPER, "ash_plan_recorded") not in names(blocks(story.case, farewell - 23 * HOURS, warned))
    assert {what for block, what in names(blocks(told(*IN_STORE, Step.QUEUE).case, LATER)) if block is Block.PAPER}


def test_an_appointment_that_has_passed_blocks_until_it_was_kept() -> None:
    story = told(*IN_STORE, Step.RESERVE)
    farewell = story.case.appointment
    assert farewell is not None
    assert (Block.OVERDUE, "farewell") in names(blocks(story.case, farewell))
    kept = told(*IN_STORE, Step.RESERVE, Step.TAKE_OUT, Step.FAREWELL)
    assert (Block.OVERDUE, "farewell") not in names(blocks(kept.case, farewell))


def test_the_term_of_cold_storage_is_the_city_s_until_another_is_agreed() -> None:
    story = told(*IN_STORE)
    stored_at = story.facts[-1].at
    week = timedelta(days=7)
    assert blocks(story.case, stored_at + week - HOURS) == ()
    assert names(blocks(story.case, stored_at + week)) == {(Block.OVERDUE, "extend_storage")}
    assert blocks(story.case, stored_at + week, Policy(storage_days=8)) == ()
    agreed = story.took(Step.EXTEND_STORAGE).case
    assert blocks(agreed, START + timedelta(days=19)) == ()
    assert names(blocks(agreed, START + timedelta(days=20))) == {(Block.OVERDUE, "extend_storage")}


def test_a_furnace_record_that_stays_open_blocks() -> None:
    story = told(*BURNT)
    out = story.facts[-1].at
    assert blocks(story.case, out + 3 * HOURS) == ()
    assert names(blocks(story.case, out + 4 * HOURS)) == {(Block.OVERDUE, "close_furnace")}
    assert blocks(story.took(Step.CLOSE_FURNACE).case, out + 4 * HOURS) == ()


def test_ashes_block_when_their_shelf_ends_and_when_nobody_confirmed_their_rest() -> None:
    renewed = told(*ON_SHELF, Step.RENEW_STORAGE).case
    assert names(blocks(renewed, START + timedelta(days=400))) == {(Block.OVERDUE, "renew_storage")}
    collected = told(*RELEASED)
    at = collected.facts[-1].at
    assert blocks(collected.case, at + timedelta(days=29)) == ()
    assert names(blocks(collected.case, at + timedelta(days=30))) == {(Block.OVERDUE, "confirm_rest")}


@pytest.mark.parametrize("owed", [None, -100, 0, 100])
def test_money_blocks_only_what_is_owed_and_only_before_what_asks_for_it(owed: int | None) -> None:
    before = told(*WHOLE_WAY[: WHOLE_WAY.index(Step.QUEUE)])
    unpaid = {(Block.UNPAID, "")}
    at = before.facts[-1].at
    assert not unpaid & names(blocks(before.case, at, owed_fen=owed))
    queued = before.took(Step.QUEUE)
    assert (unpaid <= names(blocks(queued.case, at, owed_fen=owed))) == (owed == 100)
    credit = Details(approval=Approval.CREDIT, reason=Reason.HARDSHIP)
    assert not unpaid & names(blocks(queued.took(Step.APPROVE, details=credit).case, at, owed_fen=owed))


def test_what_blocks_is_told_in_the_order_in_which_it_begins() -> None:
    story = told(*IN_STORE, Step.RESERVE, Step.HOLD)
    found = coming(live(story.case), Policy())
    begins = [one.since for one in found if one.since is not None]
    assert found[0].block is Block.HOLD and begins == sorted(begins) and len(begins) > 3
    assert begun(found, START) == found[:1]


def test_every_case_is_waited_for_somewhere_until_it_is_with_its_collector() -> None:
    """On the whole way, at every point, some station or the office has something to do."""
    for taken in range(WHOLE_WAY.index(Step.RELEASE)):
        case = told(*WHOLE_WAY[:taken]).case
        at_shelf = any(place.kind is PlaceKind.SHELF for place in case.places)
        assert due(case) or at_shelf, WHOLE_WAY[:taken]


def test_the_next_step_of_the_whole_way_is_due_where_the_way_goes_by_itself() -> None:
    chosen = {Step.RESERVE, Step.UNSHELVE, Step.DEPOSIT, Step.NOTIFY, Step.RELEASE, Step.CLOSE, Step.PREPARE}
    for number, step in enumerate(WHOLE_WAY):
        case = told(*WHOLE_WAY[:number]).case
        if step not in chosen and not (step is Step.TAKE_OUT and case.appointment is None):
            assert step in due(case), (WHOLE_WAY[:number], step)


@pytest.mark.parametrize("kind", [one for one in StationKind if one is not StationKind.OFFICE])
def test_every_station_has_cases_that_wait_for_it(kind: StationKind) -> None:
    waiting: set[Step] = set()
    for taken in range(len(WHOLE_WAY)):
        story = told(*WHOLE_WAY[:taken])
        one = live(story.case)
        waits = waits_for(one, begun(coming(one, Policy()), story.facts[-1].at), 100)
        waiting |= set(taken_at(STATIONS[kind], STATIONS.values(), one.stage, waits))
    if kind is StationKind.BOOKING:
        waiting |= set(live(Story().booked().case).due) & set(STATIONS[kind].steps)
    assert waiting


def test_a_paper_of_the_arrangement_does_not_wait_for_the_ashes_desk() -> None:
    one = live(told(*IN_STORE).case)
    waits = waits_for(one, (), 0)
    assert Step.VERIFY in taken_at(STATIONS["arrangement"], STATIONS.values(), one.stage, waits)
    assert taken_at(STATIONS["ashes"], STATIONS.values(), one.stage, waits) == ()


def test_somebody_works_at_one_station_by_a_step_that_only_it_has() -> None:
    found = {name: own_steps(one, STATIONS.values()) for name, one in STATIONS.items()}
    assert all(found.values())
    assert sum(map(len, found.values())) == len(frozenset[Step]().union(*found.values()))


def test_nothing_that_a_hold_blocks_is_due() -> None:
    case = told(*WHOLE_WAY[: WHOLE_WAY.index(Step.ARM)], Step.HOLD).case
    assert case.blocked(Step.ARM)
    assert Step.ARM not in due(case)


def test_what_presses_most_comes_first() -> None:
    policy = Policy()
    long_here, soon = told(*IN_STORE).case, told(*IN_STORE, Step.RESERVE).case
    held = told(*IN_STORE, Step.HOLD).case
    ranked = sorted(
        (long_here, soon, held), key=lambda case: urgency(live(case), begun(coming(live(case), policy), START), policy)
    )
    assert ranked == [held, soon, long_here]


def test_what_a_board_keeps_of_a_case_reads_back_and_says_its_places() -> None:
    for taken in range(len(WHOLE_WAY)):
        case = told(*WHOLE_WAY[:taken]).case
        kept = live(case).model_dump_json(exclude_defaults=True)
        assert Live.model_validate_json(kept) == live(case)
        assert live(case).places == case.places


def test_a_trip_to_the_sea_is_an_appointment_and_blocks_when_nobody_confirmed_it() -> None:
    starts = START + timedelta(days=30)
    planned = Details(destination=Destination.SEA, starts=starts)
    case = told(*RELEASED).took(Step.PLAN_REST, details=planned).case
    assert Ahead(step=Step.CONFIRM_REST, at=starts) in moments(live(case), Policy())
    assert (Block.OVERDUE, "confirm_rest") in names(blocks(case, starts))


def test_every_block_moment_and_missing_paper_has_words() -> None:
    from cardsvc.core.board import PAPERS
    from cardsvc.core.cremation_gate import CREMATION

    steps: set[Step] = set()
    for taken in range(len(WHOLE_WAY)):
        steps |= {one.step for one in moments(live(told(*WHOLE_WAY[:taken]).case), Policy())}
    keys = {f"block.{one}" for one in Block} | {f"missing.{row.name}" for row in CREMATION if row.number in PAPERS}
    keys |= {f"{table}.{step}" for table in ("overdue", "ahead") for step in steps | {Step.CONFIRM_TRANSFER, Step.LOAD}}
    for language in LANGUAGES:
        assert keys <= set(CATALOGUES[language])
