"""The city's waiver table: worked figures; who is let off what, when, and on which record."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cardsvc.core import posting, prices, quoting, waivers
from cardsvc.core.corrections import Standing, corrections
from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.prices import Line, PriceBook
from cardsvc.core.terms import Payer, Reason, WaiverFor
from cardsvc.core.waived import storage_due
from cardsvc.core.waiver_source import category_of
from cardsvc.core.waivers import WaiverRule, WaiverTable
from tests.core.story import START, Story
from tests.core.test_corrections import BOOKS, stored_five_days
from tests.core.test_storage import LIFTED


def rule(category: WaiverFor, item: str, fen: int, units: int = 1, **more: object) -> WaiverRule:
    return WaiverRule.model_validate(
        {"category": category, "item": item, "fen": fen, "units": units, "legal_basis": "city"} | more
    )


def table(*rules: WaiverRule, version: int = 1, since: date = date(2026, 1, 1), to: date | None = None) -> WaiverTable:
    return WaiverTable(version=version, legal_basis="city", valid_from=since, valid_to=to, rules=rules)


POOR, VETERAN, RESIDENT = WaiverFor.LOW_INCOME, WaiverFor.VETERAN, WaiverFor.RESIDENT
TABLE = table(
    rule(RESIDENT, "transport", 10_000),
    rule(POOR, "transport", 23_000),
    rule(POOR, "cold", 8_000, 3),
    rule(VETERAN, "cold", 8_000, 5, bearer=Payer.OTHER),
    rule(RESIDENT, "furnace", 33_000, set_off=("furnace_better",)),
)
BOOKED = "resident booking 2026-11-01 table:1"
POOR_NOW = Details(category=POOR, number="DB-7", reason=Reason.PROVEN_LATE)


def book(*tables: WaiverTable) -> PriceBook:
    return BOOKS.model_copy(update={"waivers": tables})


def standing(story: Story, by: PriceBook) -> list[Standing]:
    lines: list[Standing] = []
    for number, fact in enumerate(story.facts[1:], 1):
        for line in prices.lines_for(fact, Story(story.facts[:number]).case, by):
            lines.append(Standing(number, len(lines), fact.cause, line))
    return lines


def after(lines: list[Standing], story: Story, step: Step, details: Details, by: PriceBook) -> list[Standing]:
    """What stands after a correction; the rest of the story is told by whoever calls."""
    changed = {one.standing: one.instead for one in corrections(story.case, step, details, lines, lambda _: by)}
    stands = [(one, changed.get(one, one.line)) for one in lines]
    return [Standing(one.log_no, one.line_no, one.cause, line) for one, line in stands if line is not None]


def told(lines: list[Standing]) -> list[tuple[str, int, int, str | None]]:
    return [(one.line.item, one.line.price_fen, one.line.waiver_fen, one.line.waiver_source) for one in lines]


def transport(story: Story, by: PriceBook) -> Line:
    story.took(Step.DISPATCH).took(Step.COLLECT)
    return standing(story, by)[0].line


def test_a_resident_is_let_off_by_the_table_and_no_longer_by_the_price_list() -> None:
    line = transport(Story().booked(resident=True), book(TABLE))

    assert (line.price_fen, line.waiver_fen, line.due_fen, line.waiver_payer) == (23_000, 10_000, 13_000, "treasury")
    assert (line.legal_basis, line.waiver_source) == ("indicative city", BOOKED)


def test_before_the_first_table_the_price_list_says_what_is_waived() -> None:
    later = table(*TABLE.rules, since=START.date() + timedelta(days=30))
    by_rows, by_old_list = (transport(Story().booked(resident=True), one) for one in (book(later), BOOKS))

    assert by_rows == by_old_list
    assert (by_rows.waiver_fen, by_rows.waiver_source, by_rows.legal_basis) == (
        23_000,
        "resident booking 2026-11-01 list:2026-1",
        "indicative",
    )


@pytest.mark.parametrize(
    ("tables", "waived"),
    [
        ((TABLE, table(version=2)), 0),
        ((table(version=2, since=START.date() + timedelta(days=9)), TABLE), 10_000),
        ((table(*TABLE.rules, to=START.date() - timedelta(days=9)),), 0),
        ((table(*TABLE.rules, to=START.date() + timedelta(days=9)),), 10_000),
    ],
)
def test_the_table_that_began_last_decides_until_its_last_day(tables: tuple[WaiverTable, ...], waived: int) -> None:
    assert transport(Story().booked(resident=True), book(*tables)).waiver_fen == waived


def test_the_best_rule_counts_alone_and_names_its_record() -> None:
    by = book(TABLE)
    story = Story().booked(resident=True).took(Step.PROVE_WAIVER, details=POOR_NOW)

    line = transport(story, by)

    assert (line.waiver_fen, line.waiver_source) == (23_000, "low_income DB-7 table:1")


def test_the_waiver_of_the_ordinary_furnace_is_set_off_against_the_better_one() -> None:
    case = Story().booked(resident=True).case
    chosen = case.model_copy(update={"items": (Quantity(item="furnace_better", count=1),)})

    (line,) = quoting.quoted(chosen, book(TABLE), START)

    assert (line.item, line.price_fen, line.waiver_fen, line.due_fen) == ("furnace_better", 90_000, 33_000, 57_000)
    assert line.waiver_source == BOOKED


def test_a_waiver_proven_late_and_withdrawn_leaves_what_was_there_before() -> None:
    by, story = book(TABLE), stored_five_days()
    before = standing(story, by)
    assert told(before) == [("transport", 23_000, 0, None), ("cold", 16_000, 0, None), ("cold", 24_000, 0, None)]

    proven = after(before, story, Step.PROVE_WAIVER, POOR_NOW, by)

    assert told(proven) == [
        ("transport", 23_000, 23_000, "low_income DB-7 table:1"),
        ("cold", 16_000, 16_000, "low_income DB-7 table:1"),
        ("cold", 24_000, 8_000, "low_income DB-7 table:1"),
    ]
    assert {one.line.legal_basis for one in proven} == {"indicative city"}

    story.took(Step.PROVE_WAIVER, details=POOR_NOW)
    no_more = Details(category=POOR, reason=Reason.NOT_ENTITLED)
    assert after(proven, story, Step.WITHDRAW_WAIVER, no_more, by) == before
    story.took(Step.WITHDRAW_WAIVER, details=no_more)
    assert (waivers.entitlements(story.case), story.case.settled) == ((), False)


def test_who_loses_one_waiver_keeps_what_another_gives() -> None:
    by = book(TABLE)
    story = Story().booked(resident=True).took(Step.PROVE_WAIVER, details=POOR_NOW)
    story.took(Step.DISPATCH).took(Step.COLLECT)

    lost = Details(category=POOR, reason=Reason.NOT_ENTITLED)

    assert told(after(standing(story, by), story, Step.WITHDRAW_WAIVER, lost, by)) == [
        ("transport", 23_000, 10_000, BOOKED)
    ]


def test_a_withdrawn_residence_takes_the_waivers_of_an_old_list_back() -> None:
    story = Story().booked(resident=True).took(Step.DISPATCH).took(Step.COLLECT)
    lost = Details(category=RESIDENT, reason=Reason.NOT_ENTITLED)

    bill = after(standing(story, BOOKS), story, Step.WITHDRAW_WAIVER, lost, BOOKS)

    assert told(bill) == [("transport", 23_000, 0, None)]
    assert bill[0].line.waiver_payer is None


def test_whoever_bears_a_waiver_is_named_on_its_line() -> None:
    by, story = book(TABLE), Story().booked()
    story.took(Step.PROVE_WAIVER, details=Details(category=VETERAN, number="YF-2", reason=Reason.PROVEN_LATE))
    story.took(Step.DISPATCH).took(Step.COLLECT).took(Step.ARRIVE).took(Step.STORE, at=START)
    story.took(Step.TAKE_OUT, at=START + timedelta(days=6))

    line = standing(story, by)[-1].line

    assert (line.item, line.waiver_fen, line.waiver_payer) == ("cold", 5 * 8_000, Payer.OTHER)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: rule(RESIDENT, "cold", 8_000, bearer=Payer.FAMILY),
        lambda: rule(RESIDENT, "cold", 0),
        lambda: rule(RESIDENT, "cold", 8_000, legal_basis=""),
        lambda: table(rule(RESIDENT, "cold", 1), rule(RESIDENT, "cold", 2)),
        lambda: table(rule(RESIDENT, "a", 1, set_off=("b",)), rule(RESIDENT, "b", 2)),
        lambda: table(since=date(2026, 2, 1), to=date(2026, 1, 1)),
    ],
)
def test_a_table_that_contradicts_itself_cannot_be(wrong: object) -> None:
    with pytest.raises(ValidationError):
        wrong()  # type: ignore[operator]


def switched(story: Story, item: str, payer: Payer) -> Story:
    return story.took(Step.SWITCH_PAYER, details=Details(item=item, payer=payer, reason=Reason.PAYER_FOUND))


def cold(story: Story, begins: int, days: int) -> Story:
    story.took(Step.STORE, at=START + timedelta(days=begins))
    return story.took(Step.TAKE_OUT, at=START + timedelta(days=begins + days))


def test_a_line_that_another_pays_is_never_waived_and_uses_up_nothing_of_a_waiver() -> None:
    by = book(TABLE)
    story = switched(Story().booked().took(Step.DISPATCH), "transport", Payer.POLICE).took(Step.COLLECT)
    cold(story.took(Step.ARRIVE), 0, 2)
    lines = standing(story, by)
    of_police = lines[-1].line.model_copy(update={"payer": Payer.POLICE})
    both = [
        *lines,
        Standing(90, 0, "c", of_police.model_copy(update={"at": START})),
        Standing(91, 0, "d", lines[-1].line),
    ]

    proven = after(both, story, Step.PROVE_WAIVER, POOR_NOW, by)

    # Three days are waived: two of the first line of the family, one of its second; none of the police's.
    assert [(one.line.payer, one.line.item, one.line.waiver_fen) for one in proven] == [
        (Payer.POLICE, "transport", 0),
        (Payer.FAMILY, "cold", 16_000),
        (Payer.POLICE, "cold", 0),
        (Payer.FAMILY, "cold", 8_000),
    ]
    assert {one.line.waiver_source for one in proven if one.line.payer is Payer.POLICE} == {None}


def test_a_line_that_another_pays_from_the_beginning_is_charged_whole() -> None:
    by = book(TABLE)
    story = Story().booked(resident=True).took(Step.PROVE_WAIVER, details=POOR_NOW)
    switched(switched(story, "cold", Payer.INSURER), "transport", Payer.POLICE)
    cold(story.took(Step.DISPATCH).took(Step.COLLECT).took(Step.ARRIVE), 0, 2)

    assert told(standing(story, by)) == [("transport", 23_000, 0, None), ("cold", 16_000, 0, None)]


def test_a_waiver_goes_with_the_line_that_the_family_hands_over_and_comes_back_with_it() -> None:
    by = book(TABLE)
    story = Story().booked().took(Step.PROVE_WAIVER, details=POOR_NOW)
    cold(cold(story.took(Step.DISPATCH).took(Step.COLLECT).took(Step.ARRIVE), 0, 2), 3, 2)
    before = standing(story, by)
    to_police = Details(item="cold", payer=Payer.POLICE, reason=Reason.POLICE)

    handed = after(before, story, Step.SWITCH_PAYER, to_police, by)

    assert [(one.line.payer, one.line.waiver_fen, one.line.waiver_payer) for one in handed[1:]] == [
        (Payer.POLICE, 0, None),
        (Payer.POLICE, 0, None),
    ]
    story.took(Step.SWITCH_PAYER, details=to_police)
    assert after(handed, story, Step.SWITCH_PAYER, to_police.model_copy(update={"payer": Payer.FAMILY}), by) == before


def shelf_years(*renewals: int) -> Story:
    """Ashes on a shelf, renewed until so many years after the start."""
    story = Story().booked(resident=True).took(Step.SEAL).took(Step.SHELVE, at=START)
    for years in renewals:
        story.took(Step.RENEW_STORAGE, details=Details(due=START + timedelta(days=365 * years)), at=START)
    return story


def posted(story: Story, by: PriceBook, known: list[Standing]) -> list[Standing]:
    """The lines that the last fact posts, given those that stand."""
    fact, before = story.facts[-1], Story(story.facts[:-1]).case
    lines = posting.post(posting.caused(fact, before, lambda _: by), known, {}).lines
    return [Standing(len(story.facts), number, one.cause, one.line) for number, one in enumerate(lines)]


def test_units_are_counted_over_all_lines_of_an_item_when_it_is_charged_as_when_it_is_proven() -> None:
    by = book(table(rule(RESIDENT, "shelf", 6_000, 3)))
    lines = posted(shelf_years(2), by, [])
    lines += posted(shelf_years(2, 4), by, lines)
    lines += posted(shelf_years(2, 4, 5), by, lines)

    assert [(one.line.quantity, one.line.waiver_fen) for one in lines] == [(2, 12_000), (2, 6_000), (1, 0)]
    assert lines[-1].line.waiver_source is None
    story, again = shelf_years(2, 4, 5), Details(number="WP-1", reason=Reason.PROVEN_LATE)
    assert corrections(story.case, Step.PROVE_WAIVER, again, lines, lambda _: by) == ()


def test_a_tap_that_comes_for_the_first_time_asks_for_no_lines_that_stand() -> None:
    by, story = book(TABLE), Story().booked(resident=True).took(Step.DISPATCH).took(Step.COLLECT)

    assert not posting.caused(story.facts[-1], Story(story.facts[:-1]).case, lambda _: by).looks_back
    again = book(table(rule(RESIDENT, "shelf", 6_000, 3)))
    assert posting.caused(shelf_years(2, 4).facts[-1], shelf_years(2).case, lambda _: again).looks_back


TWO = table(rule(POOR, "cold", 8_000, 3), rule(VETERAN, "cold", 5_000, 10, bearer=Payer.OTHER))
OF_VETERAN = Details(category=VETERAN, number="YF-2", reason=Reason.PROVEN_LATE)


def charged(story: Story, by: PriceBook) -> list[Standing]:
    """What stands after all that the facts of a story have posted, one after the other."""
    stands: dict[str, Standing] = {}
    for number in range(1, len(story.facts)):
        fact, before = story.facts[number], Story(story.facts[:number]).case
        caused = posting.caused(fact, before, lambda _: by)
        for at, one in enumerate(posting.post(caused, tuple(stands.values()), {}).lines):
            if one.reverses is not None:
                del stands[one.reverses.name]
            else:
                kept = Standing(number, at, one.cause, one.line)
                stands[kept.name] = kept
    return list(stands.values())


def both_proven() -> Story:
    story = Story().booked().took(Step.PROVE_WAIVER, details=POOR_NOW).took(Step.PROVE_WAIVER, details=OF_VETERAN)
    return story.took(Step.DISPATCH).took(Step.COLLECT).took(Step.ARRIVE)


def of_storage(lines: list[Standing]) -> list[tuple[int, int, str | None, Payer | None]]:
    theirs = [one.line for one in sorted(lines, key=lambda one: one.line.at) if one.line.item == "cold"]
    return [(one.quantity, one.waiver_fen, one.waiver_source, one.waiver_payer) for one in theirs]


@pytest.mark.parametrize("stays", [(6,), (3, 3), (2, 2, 2), (5, 1), (1, 5), (1, 1, 1, 1, 1, 1)])
def test_outings_never_change_what_a_family_is_let_off(stays: tuple[int, ...]) -> None:
    story, begins, by = both_proven(), 0, book(TWO)
    for days in stays:
        cold(story, begins, days)
        begins += days + 2

    lines = of_storage(charged(story, by))

    assert [(quantity, waived) for quantity, waived, _, _ in lines] == [(days, days * 5_000) for days in stays]
    assert {(source, payer) for _, _, source, payer in lines} == {("veteran YF-2 table:1", Payer.OTHER)}


def test_the_best_waiver_of_a_stay_is_another_one_as_it_goes_on_and_its_void_goes_back() -> None:
    story, by = cold(both_proven(), 0, 3), book(TWO)
    first = [(3, 24_000, "low_income DB-7 table:1", Payer.TREASURY)]
    assert of_storage(charged(story, by)) == first

    cold(story, 4, 3)
    assert sum(waived for _, waived, _, _ in of_storage(charged(story, by))) == 30_000

    story.took(Step.VOID, details=Details(reason=Reason.ENTERED_BY_MISTAKE))
    assert of_storage(charged(story, by)) == first


def test_the_meter_says_what_a_family_will_owe_when_another_waiver_becomes_the_best() -> None:
    story, by = cold(both_proven(), 0, 3), book(TWO)
    story.took(Step.STORE, at=START + timedelta(days=4))
    before = sum(one.line.due_fen for one in charged(story, by))

    more = storage_due(story.case, by, START + timedelta(days=7))

    story.took(Step.TAKE_OUT, at=START + timedelta(days=7))
    assert before + more == sum(one.line.due_fen for one in charged(story, by)) == 23_000 + 6 * 3_000


def test_one_waiver_is_named_on_all_lines_also_where_it_gives_the_earlier_ones_as_much_as_before() -> None:
    story, by = cold(both_proven(), 0, 3), book(table(rule(POOR, "cold", 8_000, 3), rule(VETERAN, "cold", 4_000, 20)))
    cold(story, 4, 3)
    assert {source for _, _, source, _ in of_storage(charged(story, by)) if source} == {"low_income DB-7 table:1"}

    cold(story, 8, 1)

    assert [(fen, source) for _, fen, source, _ in of_storage(charged(story, by))] == [
        (12_000, "veteran YF-2 table:1"),
        (12_000, "veteran YF-2 table:1"),
        (4_000, "veteran YF-2 table:1"),
    ]


@pytest.mark.parametrize("order", [(POOR_NOW, OF_VETERAN), (OF_VETERAN, POOR_NOW)])
def test_waivers_that_are_proven_late_let_off_as_from_the_beginning(
    order: tuple[Details, ...],
) -> None:
    story, by = stored_five_days(), book(TWO)
    cold(story, 8, 1)
    for details in order:
        story.took(Step.PROVE_WAIVER, details=details)

    waived = of_storage(charged(story, by))

    assert [(quantity, fen) for quantity, fen, _, _ in waived] == [(2, 10_000), (3, 15_000), (1, 5_000)]
    lost = Details(category=VETERAN, reason=Reason.NOT_ENTITLED)
    story.took(Step.WITHDRAW_WAIVER, details=lost)
    left = of_storage(charged(story, by))
    assert [(fen, source) for _, fen, source, _ in left] == [
        (16_000, "low_income DB-7 table:1"),
        (8_000, "low_income DB-7 table:1"),
        (0, None),
    ]


def test_days_that_others_pay_have_no_say_in_which_waiver_is_the_best() -> None:
    story = both_proven().took(Step.HOLD, at=START, details=Details(reason=Reason.POLICE, blocks=(Step.LOAD,)))
    story.took(Step.STORE, at=START).took(Step.LIFT_HOLD, at=START + timedelta(days=3), details=LIFTED)

    story.took(Step.TAKE_OUT, at=START + timedelta(days=6))

    assert of_storage(charged(story, book(TWO))) == [
        (3, 0, None, None),
        (3, 24_000, "low_income DB-7 table:1", Payer.TREASURY),
    ]


def test_a_waiver_that_is_withdrawn_is_named_on_no_line_even_where_another_gives_as_much() -> None:
    alike = table(rule(POOR, "cold", 8_000, 3), rule(VETERAN, "cold", 8_000, 3))
    story, by = cold(both_proven(), 0, 2), book(alike)

    story.took(Step.WITHDRAW_WAIVER, details=Details(category=POOR, reason=Reason.NOT_ENTITLED))

    assert of_storage(charged(story, by)) == [(2, 16_000, "veteran YF-2 table:1", Payer.TREASURY)]


ACTS = st.lists(
    st.one_of(
        *[st.tuples(st.just("stay"), st.integers(1, 4))] * 3,
        st.tuples(st.sampled_from(("prove", "withdraw")), st.sampled_from((POOR, VETERAN, RESIDENT))),
        st.tuples(st.just("payer"), st.sampled_from((Payer.POLICE, Payer.FAMILY))),
        st.tuples(st.just("void"), st.none()),
    ),
    max_size=9,
)
THREE = table(*TWO.rules, rule(RESIDENT, "cold", 3_000, 20))


def act(story: Story, act: str, value: object, begins: int) -> int:
    """Tell one thing; the day on which the next stay may begin."""
    match act, value:
        case "stay", int(days):
            cold(story, begins, days)
            return begins + days + 1
        case "prove", WaiverFor() as category:
            story.took(Step.PROVE_WAIVER, details=Details(category=category, number="N-1", reason=Reason.PROVEN_LATE))
        case "withdraw", WaiverFor() as category:
            story.took(Step.WITHDRAW_WAIVER, details=Details(category=category, reason=Reason.NOT_ENTITLED))
        case "payer", Payer() as payer:
            switched(story, "cold", payer)
        case "void", None if story.case.taken and story.case.taken[-1].step is Step.TAKE_OUT:
            story.took(Step.VOID, details=Details(reason=Reason.ENTERED_BY_MISTAKE))
    return begins


@settings(max_examples=200)
@given(st.sets(st.sampled_from((POOR, VETERAN, RESIDENT)), min_size=1), ACTS)
def test_whatever_happens_a_family_is_let_off_what_the_best_of_its_categories_gives(
    proven: set[WaiverFor], acts: list[tuple[str, object]]
) -> None:
    story, begins, by = Story().booked().took(Step.DISPATCH).took(Step.COLLECT).took(Step.ARRIVE), 0, book(THREE)
    for name, value in (*(("prove", one) for one in sorted(proven)), *acts):
        begins = act(story, name, value, begins)

    lines = [one.line for one in charged(story, by) if one.line.item == "cold"]

    days = sum(one.quantity for one in lines if one.payer is Payer.FAMILY)
    held = {one.category for one in waivers.entitlements(story.case)}
    best = max((min(one.units, days) * one.fen for one in THREE.rules if one.category in held), default=0)
    assert sum(one.waiver_fen for one in lines) == best
    named = {category_of(one.waiver_source) for one in lines if one.waiver_fen}
    assert len(named) <= 1 and named <= held
