"""Dressing work orders say what will be charged."""

from cardsvc.core.dressing import Work, order_of
from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.prices import Trigger
from tests.core.story import Story
from tests.core.test_money import BOOK, item

USUAL, BETTER = item("usual", Trigger.DRESSING, 30_000), item("better", Trigger.DRESSING, 80_000, default=False)
LIST = BOOK.model_copy(update={"items": (*BOOK.items, USUAL, BETTER)})
STORED = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)


def ordered(story: Story) -> list[tuple[str, int]] | None:
    order = order_of(story.case, LIST)
    return [(row.item, count) for row, count in order.items] if order is not None else None


def test_work_that_no_quote_names_is_the_usual_one() -> None:
    story = Story().booked().took(*STORED, Step.TAKE_OUT, Step.PREPARE)

    order = order_of(story.case, LIST)

    assert order is not None and order.work is Work.BEGUN
    assert ordered(story) == [("usual", 1)]


def test_an_order_is_what_the_signed_quote_chose_and_none_before() -> None:
    chosen = Details(items=(Quantity(item="better", count=2), Quantity(item="hall", count=1)))
    quoted = Story().booked().took(*STORED).took(Step.QUOTE, details=chosen)

    assert ordered(quoted) is None
    assert ordered(quoted.took(Step.SIGN_QUOTE)) == [("better", 2)]
    assert ordered(Story().booked().took(*STORED, Step.QUOTE, Step.SIGN_QUOTE)) is None
