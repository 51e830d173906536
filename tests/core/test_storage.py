"""Cold storage: days, tiers, payers and terms, with worked figures."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cardsvc.core import prices
from cardsvc.core.facts import Details, Step
from cardsvc.core.policy import Policy
from cardsvc.core.prices import Tier, Trigger
from cardsvc.core.storage import Term, all_days, open_days, term_end, term_of
from cardsvc.core.terms import Approval, Payer, Reason
from tests.core.story import START, Story
from tests.core.test_money import BOOK, item

TIERED = BOOK.model_copy(
    update={
        "items": (
            item(
                *("cold", Trigger.STORAGE_DAY, 8_000),
                waiver_fen=8_000,
                waiver_units=3,
                tiers=(Tier(from_day=8, price_fen=12_000), Tier(from_day=31, price_fen=20_000)),
            ),
        )
    }
)
HELD, LIFTED = Details(reason=Reason.POLICE, blocks=(Step.LOAD,)), Details(reason=Reason.POLICE)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def stored(*, resident: bool = False) -> Story:
    story = Story().booked(resident=resident).took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    return story.took(Step.STORE, at=START)


def meter(story: Story, after: float) -> list[tuple[str, int, int, int]]:
    lines = prices.running_meter(story.case, TIERED, START + days(after))
    return [(one.payer.value, one.quantity, one.price_fen, one.waiver_fen) for one in lines]


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        (0, [("family", 1, 8_000, 0)]),
        (1, [("family", 1, 8_000, 0)]),
        (7, [("family", 7, 56_000, 0)]),
        (7.01, [("family", 7, 56_000, 0), ("family", 1, 12_000, 0)]),
        (30, [("family", 7, 56_000, 0), ("family", 23, 276_000, 0)]),
        (31.5, [("family", 7, 56_000, 0), ("family", 23, 276_000, 0), ("family", 2, 40_000, 0)]),
    ],
)
def test_the_tariff_rises_with_the_day_that_begins(after: float, lines: list[tuple[str, int, int, int]]) -> None:
    assert meter(stored(), after) == lines


def test_tiers_count_on_over_all_periods() -> None:
    story = stored().took(Step.TAKE_OUT, at=START + days(6)).took(Step.STORE, at=START + days(10))

    # days 1-6 are charged; 7 at 80, 8 and 9 at 120
    assert meter(story, 13) == [("family", 1, 8_000, 0), ("family", 2, 24_000, 0)]
    assert (len(open_days(story.case, START + days(13))), all_days(story.case, START + days(13))) == (3, 9)


def out_and_in(story: Story, *outings: tuple[float, float]) -> Story:
    """Taken out and stored again, at so many days since the start."""
    for leaves, returns in outings:
        story.took(Step.TAKE_OUT, at=START + days(leaves)).took(Step.STORE, at=START + days(returns))
    return story


@pytest.mark.parametrize(
    ("outings", "ends", "charged"),
    [
        (((0.1, 0.2), (0.3, 0.4), (0.5, 0.6)), 0.7, 1),  # three viewings in one day
        (((0.5, 0.6),), 1, 1),
        (((0.5, 0.6),), 1.01, 2),
        (((0.9, 1.1),), 1.2, 2),  # back after its day was over: the next one begins when it comes in
        (((0.9, 1.1),), 2.1, 2),  # and lasts 24 hours from then
        (((0.9, 1.1),), 2.11, 3),
        (((0.1, 1.9),), 2.1, 2),  # a stay of five hours never touches two days
        (((1, 1),), 1.5, 2),
        (((0.5, 10),), 12, 3),  # while it is out nothing runs
        (((6, 10), (10.5, 10.6), (10.9, 10.95)), 11.5, 8),
    ],
)
def test_no_hour_is_charged_twice_however_often_the_body_goes_out(
    outings: tuple[tuple[float, float], ...], ends: float, charged: int
) -> None:
    story = out_and_in(stored(), *outings)
    assert all_days(story.case, START + days(ends)) == charged

    story.took(Step.TAKE_OUT, at=START + days(ends))

    lines = [
        line
        for number, fact in enumerate(story.facts[1:], 1)
        for line in prices.lines_for(fact, Story(story.facts[:number]).case, TIERED)
    ]
    assert sum(line.quantity for line in lines) == charged


@given(
    st.lists(st.integers(0, 4_000), min_size=2, max_size=12, unique=True).map(sorted),
    st.integers(0, 4_000),
)
def test_begun_days_cover_every_minute_in_the_cold_once_and_no_day_begins_within_another(
    minutes: list[int], late: int
) -> None:
    moments = [START + timedelta(minutes=one) for one in minutes]
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    for number, moment in enumerate(moments):
        story.took(Step.TAKE_OUT if number % 2 else Step.STORE, at=moment)
    until = moments[-1] + timedelta(minutes=late)

    charged = all_days(story.case, until)

    ends = [*moments[1::2], *([until] if len(moments) % 2 else [])]
    stays = list(zip(moments[::2], ends, strict=True))
    assert charged <= sum(max(1, -(-(end - start) // timedelta(days=1))) for start, end in stays)
    assert timedelta(days=charged) >= sum((end - start for start, end in stays), timedelta())
    assert charged <= max(1, -(-(until - moments[0]) // timedelta(days=1)) + len(stays))


def test_waived_days_are_days_as_they_are_charged() -> None:
    story = out_and_in(stored(resident=True), (0.1, 0.2), (0.3, 0.4), (2.5, 2.6))

    # Days 1 to 3 are waived; the third had begun before the last outing.
    assert meter(story, 3) == []
    assert meter(story, 3.5) == [("family", 1, 8_000, 0)]


def test_a_body_that_comes_back_within_a_day_that_the_police_pay_costs_the_family_nothing_until_it_ends() -> None:
    story = stored().took(Step.HOLD, at=START, details=HELD).took(Step.LIFT_HOLD, at=START + days(0.3), details=LIFTED)
    out_and_in(story, (0.4, 0.5))

    assert (meter(story, 1), meter(story, 1.1)) == ([], [("family", 1, 8_000, 0)])


def test_a_clock_that_was_wrong_makes_no_day_free_and_none_double() -> None:
    late = stored().took(Step.TAKE_OUT, at=START + days(1.1)).took(Step.STORE, at=START + days(0.999))
    ahead = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE).took(Step.STORE, at=START + days(7_000))
    out_and_in(ahead, (7_000.1, 0))

    assert all_days(late.case, START + days(2)) == 2
    assert all_days(ahead.case, START + days(3)) == 4


@pytest.mark.parametrize("tiers", [[(8, 1), (8, 2)], [(9, 1), (8, 2)], [(1, 1)]])
def test_tiers_out_of_order_are_refused(tiers: list[tuple[int, int]]) -> None:
    rows = [{"from_day": day, "price_fen": fen} for day, fen in tiers]
    with pytest.raises(ValidationError):
        item("cold", Trigger.STORAGE_DAY, 1, tiers=tuple(rows))


def test_only_days_have_tiers() -> None:
    with pytest.raises(ValidationError, match="only days"):
        item("hall", Trigger.QUOTED, 1, tiers=(Tier(from_day=2, price_fen=1),))


def test_the_police_pay_while_their_hold_is_on_and_the_family_from_the_lift() -> None:
    story = stored(resident=True).took(Step.HOLD, at=START + days(0.5), details=HELD)
    story.took(Step.LIFT_HOLD, at=START + days(4.5), details=LIFTED)

    # Day 1 began before the hold: family. Days 2-5 began under it: police. Days 6-8: family again.
    # Of the family's days 1, 6, 7, 8 the first three are waived; day 8 is the first of the second tier.
    assert meter(story, 8) == [
        ("family", 3, 24_000, 24_000),
        ("police", 4, 32_000, 0),
        ("family", 1, 12_000, 0),
    ]


def test_the_police_pay_all_days_of_a_hold_that_was_there_first_and_only_for_a_hold_of_theirs() -> None:
    early = Story().booked().took(Step.HOLD, at=START - days(1), details=HELD)
    early.took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE).took(Step.STORE, at=START)
    court = stored().took(Step.HOLD, at=START, details=Details(reason=Reason.COURT, blocks=(Step.LOAD,)))

    assert meter(early, 2) == [("police", 2, 16_000, 0)]
    assert meter(court, 2) == [("family", 2, 16_000, 0)]


def test_a_second_hold_of_the_police_makes_them_pay_again() -> None:
    story = stored().took(Step.HOLD, at=START, details=HELD).took(Step.LIFT_HOLD, at=START + days(2), details=LIFTED)
    story.took(Step.HOLD, at=START + days(3), details=HELD)

    assert meter(story, 5) == [("police", 4, 32_000, 0), ("family", 1, 8_000, 0)]


def test_the_meter_stops_where_the_body_leaves_storage_for_the_furnace() -> None:
    assert meter(stored().took(Step.QUEUE, at=START + days(2)), 9) == []


@pytest.mark.parametrize(
    ("after", "term"),
    [(0, Term.FIRST), (7, Term.FIRST), (7.01, Term.OVERDUE)],
)
def test_the_first_term_is_the_citys(after: float, term: Term) -> None:
    case = stored().case
    assert term_end(case, Policy()) == START + days(7)
    assert term_of(case, Policy(), START + days(after)) is term


def test_a_term_is_extended_and_then_by_the_authority() -> None:
    story = stored().took(Step.EXTEND_STORAGE, details=Details(due=START + days(30), reason=Reason.FAMILY_WISH))
    assert term_of(story.case, Policy(), START + days(20)) is Term.EXTENDED
    assert term_of(story.case, Policy(), START + days(31)) is Term.OVERDUE

    story.took(Step.APPROVE, details=Details(approval=Approval.STORAGE, reason=Reason.URGENT))
    story.took(Step.EXTEND_STORAGE, details=Details(due=START + days(90), reason=Reason.POLICE))
    assert term_of(story.case, Policy(), START + days(31)) is Term.AUTHORITY
    assert term_of(story.case, Policy(), START + days(91)) is Term.OVERDUE


def test_a_body_out_of_the_house_has_no_term() -> None:
    assert term_end(stored().took(Step.QUEUE).case, Policy()) is None
    assert term_end(stored().took(Step.TAKE_OUT).case, Policy()) == START + days(7)


def test_the_payer_of_a_day_is_whoever_pays_when_it_begins() -> None:
    story = stored().took(Step.HOLD, at=START + days(1), details=HELD)
    story.took(Step.LIFT_HOLD, at=START + days(2), details=LIFTED)

    payers = [one.payer for one in open_days(story.case, START + days(3))]

    assert payers == [Payer.FAMILY, Payer.POLICE, Payer.FAMILY]
