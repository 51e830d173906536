"""Price lists: three regimes, what a price includes, how two lists differ; nothing is charged twice."""

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardsvc.core import ledger, posting, price_rules, prices, quoting
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.price_rules import Change, Wrong, differences, faults, for_stations
from cardsvc.core.prices import PriceBook, PriceItem, Regime, Tier, Trigger
from cardsvc.core.terms import Payer, Reason
from tests.core.story import CASE, Story
from tests.core.test_money import BOOK, item

TODAY = date(2026, 11, 1)
WAY = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)


def guided(**changes: Any) -> PriceItem:
    return item("wash", Trigger.QUOTED, 10_000, **({"cap_fen": 12_000} | changes))


def reference(**changes: Any) -> PriceItem:
    ranged = {"regime": Regime.REFERENCE, "low_fen": 5_000, "high_fen": 15_000}
    return item("wreath", Trigger.QUOTED, 10_000, **(ranged | changes))


def exact(**changes: Any) -> PriceItem:
    return item("furnace", Trigger.CREMATION, 33_000, **({"regime": Regime.ADMINISTRATIVE} | changes))


def book(*items: PriceItem, **changes: Any) -> PriceBook:
    whole: dict[str, Any] = {"version": "2027", "legal_basis": "X 1", "valid_from": date(2026, 12, 1), "valid_to": None}
    return PriceBook(**(whole | changes), items=items)


GOOD = (guided(), reference(), exact())


def test_a_list_with_all_three_regimes_is_fit() -> None:
    assert faults(book(*GOOD), TODAY) == ()


@pytest.mark.parametrize(
    ("one", "field", "why"),
    [
        (guided(price_fen=12_001), "price_fen", Wrong.ABOVE_CAP),
        (guided(cap_fen=None), "cap_fen", Wrong.CAP_MISSING),
        (guided(low_fen=1), "low_fen", Wrong.NOT_FOR_REGIME),
        (
            item("cold", Trigger.STORAGE_DAY, 8_000, cap_fen=12_000, tiers=(Tier(from_day=8, price_fen=12_001),)),
            "tier1_fen",
            Wrong.ABOVE_CAP,
        ),
        (reference(price_fen=15_001), "price_fen", Wrong.OUTSIDE_RANGE),
        (reference(price_fen=4_999, why_outside="  "), "price_fen", Wrong.OUTSIDE_RANGE),
        (reference(high_fen=None), "high_fen", Wrong.RANGE_MISSING),
        (reference(low_fen=15_001), "high_fen", Wrong.RANGE_ORDER),
        (reference(cap_fen=99_999), "cap_fen", Wrong.NOT_FOR_REGIME),
        (exact(cap_fen=33_000), "cap_fen", Wrong.NOT_FOR_REGIME),
        (exact(high_fen=40_000), "high_fen", Wrong.NOT_FOR_REGIME),
        (exact(why_outside="because"), "why_outside", Wrong.NOT_FOR_REGIME),
        (exact(legal_basis=" "), "legal_basis", Wrong.NO_BASIS),
        (exact(name_zh=""), "name_zh", Wrong.MISSING),
        (exact(includes=("gold",)), "includes", Wrong.INCLUDES_UNKNOWN),
        (exact(includes=("furnace",)), "includes", Wrong.INCLUDES_IN_CIRCLE),
    ],
)
def test_a_cell_that_cannot_stay_is_named(one: PriceItem, field: str, why: Wrong) -> None:
    assert [(fault.row, fault.field, fault.why) for fault in faults(book(reference(item="other"), one), TODAY)] == [
        (1, field, why)
    ]


def test_a_reference_price_outside_its_range_needs_its_reason_and_is_seen_by_review() -> None:
    written = reference(price_fen=20_000, why_outside="hand-made, invoice 17")

    assert faults(book(written), TODAY) == ()
    assert price_rules.outside(written)
    assert not price_rules.outside(reference())


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"version": "2026"}, "version", Wrong.VERSION_TAKEN),
        ({"legal_basis": " "}, "legal_basis", Wrong.NO_BASIS),
        ({"valid_from": date(2026, 10, 31)}, "valid_from", Wrong.DAY_PAST),
        ({"valid_to": date(2026, 11, 30)}, "valid_to", Wrong.DAYS_ORDER),
    ],
)
def test_the_list_itself_has_a_new_version_a_basis_and_days_in_order(
    changes: dict[str, Any], field: str, why: Wrong
) -> None:
    assert [(one.row, one.field, one.why) for one in faults(book(*GOOD, **changes), TODAY, ["2026"])] == [
        (None, field, why)
    ]


def test_an_empty_list_an_item_twice_and_a_circle_are_refused() -> None:
    assert [one.why for one in faults(book(), TODAY)] == [Wrong.NO_ITEMS]
    assert [one.why for one in faults(book(exact(), exact()), TODAY)] == [Wrong.TWICE]
    circle = (guided(item="a", includes=("b",)), guided(item="b", includes=("c",)), guided(item="c", includes=("a",)))
    assert [(one.row, one.why) for one in faults(book(*circle), TODAY)] == [
        (row, Wrong.INCLUDES_IN_CIRCLE) for row in range(3)
    ]


def test_a_list_stored_before_these_rules_is_read_and_stations_read_what_they_always_read() -> None:
    old = BOOK.model_dump_json()
    assert "cap_fen" not in old
    assert "includes" not in old
    assert PriceBook.model_validate_json(old) == BOOK

    sent = for_stations(book(*GOOD, exact(item="x", includes=("wash",)))).model_dump(mode="json")

    assert {name for one in sent["items"] for name in one} == set(BOOK.model_dump(mode="json")["items"][0])


def test_two_lists_are_compared_item_by_item() -> None:
    cheaper, dearer = guided(price_fen=9_000), exact(price_fen=34_000, legal_basis="X 2")
    new = book(cheaper, dearer, reference(item="bell"))

    found = differences(book(*GOOD), new)

    assert [(one.change, one.item.item, one.by_fen, one.fields) for one in found] == [
        (Change.DOWN, "wash", -1_000, ()),
        (Change.UP, "furnace", 1_000, ("legal_basis",)),
        (Change.NEW, "bell", 0, ()),
        (Change.GONE, "wreath", 0, ()),
    ]
    assert differences(new, new) == ()


HALL = item("hall", Trigger.FAREWELL, 60_000, default=False, includes=("baskets",))
PLAIN = item("plain", Trigger.FAREWELL, 30_000)
BASKETS = item("baskets", Trigger.QUOTED, 20_000, default=False, includes=("ribbon",))
RIBBON = item("ribbon", Trigger.QUOTED, 1_000, default=False)
WITHIN = book(HALL, PLAIN, BASKETS, RIBBON)


def quantities(*names: str) -> tuple[Quantity, ...]:
    return tuple(Quantity(item=name, count=1) for name in names)


@pytest.mark.parametrize("order", list(itertools.permutations(("hall", "baskets", "ribbon"))))
def test_a_quote_names_what_another_of_its_items_includes_in_any_order(order: tuple[str, ...]) -> None:
    found = quoting.doubled(quantities(*order), Story().booked().case, WITHIN)

    assert dict(found) == {"baskets": "hall", "ribbon": next(one for one in order if one != "ribbon")}
    assert quoting.doubled(quantities("plain", "baskets"), Story().booked().case, WITHIN) == ()


def test_what_a_tap_has_charged_counts_as_much_as_what_is_quoted() -> None:
    way = (*WAY, Step.QUOTE, Step.SIGN_QUOTE, Step.TAKE_OUT, Step.FAREWELL, Step.FAREWELL_OVER)
    case = Story().booked().took(*way).case
    default = book(PLAIN.model_copy(update={"includes": ("baskets",)}), BASKETS, RIBBON)

    assert quoting.doubled(quantities("baskets", "ribbon"), case, default) == (
        ("baskets", "plain"),
        ("ribbon", "baskets"),
    )


def test_what_was_paid_for_an_included_line_is_held_for_the_family() -> None:
    """The cheaper hall comes later and has the dearer baskets in its price: the line goes back, the rest is theirs."""
    plain = PLAIN.model_copy(update={"includes": ("baskets",)})
    within = book(plain, BASKETS.model_copy(update={"price_fen": 50_000, "includes": ()}))
    story = Story().booked().took(*WAY).took(Step.QUOTE, details=Details(items=quantities("baskets")))
    story.took(Step.SIGN_QUOTE, Step.TAKE_OUT, Step.FAREWELL)
    (line,) = prices.lines_for(story.facts[6], Story(story.facts[:6]).case, within)
    standing = Standing(7, 0, story.facts[6].cause, line)
    paid = ledger.balances(ledger.charge(CASE, line)) | {ledger.receivable(CASE, Payer.FAMILY): 0}
    before = story.case
    over = story.took(Step.FAREWELL_OVER).facts[-1]

    posted = posting.post(posting.caused(over, before, lambda _: within), [standing], paid)

    assert [(one.line.item, one.reverses) for one in posted.lines] == [("baskets", standing), ("plain", None)]
    totals = ledger.added(paid, posted.transfers)
    assert totals[ledger.receivable(CASE, Payer.FAMILY)] == 0
    assert totals[ledger.deposits(CASE)] == -20_000
    assert posting.caused(over, before, lambda _: within).looks_back
    assert not posting.caused(over, before, lambda _: book(PLAIN, BASKETS, RIBBON)).looks_back


@pytest.mark.parametrize("since", ["nothing", "another payer", "cancelled", "asked for two"])
def test_what_a_voided_tap_had_taken_back_is_owed_again_as_the_case_stands_now(since: str) -> None:
    plain = PLAIN.model_copy(update={"includes": ("baskets",)})
    within = book(plain, BASKETS.model_copy(update={"price_fen": 50_000, "includes": ()}))
    story = Story().booked().took(*WAY).took(Step.QUOTE, details=Details(items=quantities("baskets")))
    story.took(Step.SIGN_QUOTE)
    standing = _posted(story, within, [])
    story.took(Step.TAKE_OUT, Step.FAREWELL, Step.FAREWELL_OVER)
    over = _posted(story, within, standing)
    gone = [one.reverses for one in over if one.reverses is not None]
    assert gone == standing
    match since:
        case "another payer":
            details = Details(item="baskets", payer=Payer.POLICE, reason=Reason.PAYER_FOUND)
            story.took(Step.SWITCH_PAYER, details=details)
        case "cancelled":
            story.took(Step.CANCEL_ITEM, details=Details(item="baskets", reason=Reason.FAMILY_WISH))
        case "asked for two":
            two = Details(items=(Quantity(item="baskets", count=2),))
            story.took(Step.QUOTE, details=two).took(Step.SIGN_QUOTE)
    stands = [Standing(9, number, one.cause, one.line) for number, one in enumerate(over) if one.reverses is None]
    before = story.case
    story.took(Step.VOID)

    caused = posting.caused(story.facts[-1], before, lambda _: within)
    posted = posting.post(caused, stands, {}, voided=gone)

    assert caused.voided == over[0].cause
    back, *again = posted.lines
    assert (back.line.item, back.reverses) == ("plain", stands[0])
    owed = [(one.cause, one.line.quantity, one.line.due_fen, one.line.payer) for one in again]
    expected = {"another payer": (1, 50_000, Payer.POLICE), "asked for two": (2, 100_000, Payer.FAMILY)}
    usual = (1, 50_000, Payer.FAMILY)
    assert owed == ([] if since == "cancelled" else [(standing[0].cause, *expected.get(since, usual))])


def test_what_another_price_pays_for_is_not_owed_again_by_a_void() -> None:
    hall = item("hall", Trigger.QUOTED, 80_000, default=False, includes=("baskets",))
    plain = PLAIN.model_copy(update={"includes": ("baskets",)})
    within = book(plain, hall, BASKETS.model_copy(update={"includes": ()}))
    story = Story().booked().took(*WAY).took(Step.QUOTE, details=Details(items=quantities("hall", "baskets")))
    story.took(Step.SIGN_QUOTE, Step.TAKE_OUT, Step.FAREWELL, Step.FAREWELL_OVER)
    (line,) = prices.lines_for(story.facts[-1], Story(story.facts[:-1]).case, within)
    gone = Standing(3, 0, "office:3", line.model_copy(update={"item": "baskets"}))
    before = story.case
    story.took(Step.VOID)

    posted = posting.post(posting.caused(story.facts[-1], before, lambda _: within), [], {}, voided=[gone])

    assert posted.lines == ()


def _posted(story: Story, by: PriceBook, standing: list[Standing]) -> Any:
    """What the last fact posts: lines that stand after it, or its posted lines where others stood before."""
    fact, before = story.facts[-1], Story(story.facts[:-1]).case
    lines = posting.post(posting.caused(fact, before, lambda _: by), standing, {}).lines
    if standing:
        return lines
    return [Standing(7, number, one.cause, one.line) for number, one in enumerate(lines)]


NAMES = ("a", "b", "c", "d", "e")
TRIGGERS = (Trigger.TRANSPORT, Trigger.QUOTED, Trigger.QUOTED, Trigger.FAREWELL, Trigger.CREMATION)


@st.composite
def lists_with_inclusions(draw: st.DrawFn) -> PriceBook:
    """Items in a random order that include only such as come later in it: no circle."""
    names = draw(st.permutations(NAMES))
    rows = []
    for at, name in enumerate(names):
        later = draw(st.lists(st.sampled_from(names[at + 1 :]), unique=True)) if at + 1 < len(names) else []
        trigger = TRIGGERS[NAMES.index(name)]
        standard = trigger is not Trigger.QUOTED and draw(st.booleans())
        rows.append(item(name, trigger, 1_000, default=standard, includes=tuple(later), cap_fen=1_000))
    return book(*rows)


@settings(max_examples=150)
@given(lists_with_inclusions(), st.lists(st.sampled_from(NAMES), unique=True, max_size=5), st.booleans())
def test_no_order_of_taps_and_quotes_leaves_a_line_beside_one_that_includes_it(
    within: PriceBook, quoted: list[str], early: bool
) -> None:
    quote = Details(items=quantities(*quoted))
    story = Story().booked()
    story = story.took(Step.QUOTE, details=quote).took(Step.SIGN_QUOTE) if early else story
    story.took(*WAY)
    story = story if early else story.took(Step.QUOTE, details=quote).took(Step.SIGN_QUOTE)
    story.took(Step.TAKE_OUT, Step.FAREWELL, Step.FAREWELL_OVER, Step.QUEUE, Step.ARM, Step.LOAD)

    standing: list[str] = []
    for number, fact in enumerate(story.facts[1:], 1):
        lines = prices.lines_for(fact, Story(story.facts[:number]).case, within)
        back = prices.taken_in(lines, within)
        standing = [one for one in standing if one not in back] + [one.item for one in lines]

    assert len(standing) == len(set(standing))
    assert [(one, by) for one in standing for by in standing if one in within.inside(by)] == []
    assert faults(within, TODAY) == ()
