"""What review looks at: each rule is planted once and found, with its evidence; a case in order raises nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cardsvc.core import posting, review
from cardsvc.core.cold_bill import ColdDays
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Details, Fact, Stage, Step, StepTaken
from cardsvc.core.ids import StaffNo
from cardsvc.core.posting import PostedLine
from cardsvc.core.prices import Line, PriceBook, PriceItem, Regime, Trigger
from cardsvc.core.problems import Problem
from cardsvc.core.review import Flag, Looked, Rule
from cardsvc.core.terms import Means, Payer, Reason
from tests.core import test_corrections
from tests.core.story import START, WHOLE_WAY, Story
from tests.core.test_money import item

BOOKS = test_corrections.BOOKS.model_copy(
    update={
        "items": (
            *test_corrections.BOOKS.items,
            item("dressing", Trigger.DRESSING, 30_000),
            item("small_hall", Trigger.FAREWELL, 60_000),
        )
    }
)

STORED = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)
DRESSED = (*STORED, Step.TAKE_OUT, Step.PREPARE, Step.PREPARED)


def listed(**items: dict[str, object]) -> PriceBook:
    """The list of the tests, some of its rows changed."""
    return BOOKS.model_copy(
        update={"items": tuple(row.model_copy(update=items.get(row.item, {})) for row in BOOKS.items)}
    )


def told(story: Story, book: PriceBook = BOOKS) -> list[tuple[Fact, Looked]]:
    """Every fact of a story with what it posted and what stood then."""
    found: list[tuple[Fact, Looked]] = []
    standing: list[Standing] = []
    for number, fact in enumerate(story.facts[1:], 1):
        before = Story(story.facts[:number]).case
        posted = posting.post(posting.caused(fact, before, lambda _: book), standing, {}).lines
        back = [one.reverses for one in posted]
        standing = [one for one in standing if one not in back]
        found.append((fact, Looked(fact, before, posted, tuple(standing), lambda _: book)))
        fresh = (one for one in posted if one.reverses is None)
        standing += [Standing(number, n, one.cause, one.line) for n, one in enumerate(fresh)]
    return found


def raised(story: Story, book: PriceBook = BOOKS) -> list[Flag]:
    return [flag for _, looked in told(story, book) for flag in review.flags(looked)]


def last(story: Story, book: PriceBook = BOOKS) -> Looked:
    return told(story, book)[-1][1]


def planted(looked: Looked, change: Callable[[Line], Line], cause: str | None = None) -> tuple[Flag, ...]:
    """The flags when somebody has bent the one line that the fact posts."""
    [one] = looked.posted
    bent = PostedLine(cause or one.cause, change(one.line))
    return review.flags(Looked(looked.fact, looked.before, (bent,), looked.standing, looked.book_of))


def typed(story: Story) -> Story:
    """The last fact as if it had been typed afterwards."""
    return Story([*story.facts[:-1], story.facts[-1].model_copy(update={"observed": False})])


def test_a_whole_way_raises_nothing() -> None:
    assert raised(Story().booked(resident=True).took(*WHOLE_WAY)) == []


GUIDED: dict[str, object] = {"regime": Regime.GUIDED, "cap_fen": 7_000}
REFERENCE: dict[str, object] = {"regime": Regime.REFERENCE, "low_fen": 9_000, "high_fen": 12_000, "why_outside": "old"}
IN_THE_COLD = Story().booked().took(*STORED, Step.TAKE_OUT)


AT_WORK = Story().booked().took(*DRESSED)


@pytest.mark.parametrize(
    ("rule", "story", "book"),
    [
        (Rule.ABOVE_CAP, IN_THE_COLD, listed(cold=GUIDED)),
        (Rule.OUTSIDE_RANGE, IN_THE_COLD, listed(cold=REFERENCE)),
        (Rule.MANUAL_LINE, typed(IN_THE_COLD), BOOKS),
    ],
)
def test_a_planted_line_is_found(rule: Rule, story: Story, book: PriceBook) -> None:
    [flag] = raised(story, book)

    assert (flag.rule, flag.item, flag.line) == (rule, "cold", 0)
    assert flag.evidence.causes[0] == story.facts[-1].cause
    assert flag.evidence.price_version == BOOKS.version
    assert flag.amount_fen == 8_000


def test_the_evidence_names_the_bound_that_is_passed_and_the_reason_that_was_written() -> None:
    [above] = raised(IN_THE_COLD, listed(cold=GUIDED))
    [below] = raised(IN_THE_COLD, listed(cold=REFERENCE))
    [over] = raised(IN_THE_COLD, listed(cold={**REFERENCE, "low_fen": 1, "high_fen": 7_999}))

    assert (above.evidence.listed_fen, above.evidence.bound_fen) == (8_000, 7_000)
    assert (below.evidence.bound_fen, below.evidence.said) == (9_000, "old")
    assert over.evidence.bound_fen == 7_999


def test_a_price_exactly_at_its_bound_is_in_order() -> None:
    for changed in ({**GUIDED, "cap_fen": 8_000}, {**REFERENCE, "low_fen": 8_000}, {**REFERENCE, "low_fen": 1}):
        assert raised(IN_THE_COLD, listed(cold=changed)) == []


def test_one_service_that_is_charged_twice_on_a_day_names_both_taps() -> None:
    [flag] = raised(Story(list(AT_WORK.facts)).took(Step.PREPARE, Step.PREPARED))

    second, first = f"{'ab' * 16}:{len(AT_WORK.facts) + 2}", AT_WORK.facts[-1].cause
    assert (flag.rule, flag.item, flag.evidence.causes) == (Rule.SPLIT, "dressing", (second, first))


def test_the_same_service_on_another_day_is_no_split() -> None:
    later = START + timedelta(days=3)

    assert raised(Story(list(AT_WORK.facts)).took(Step.PREPARE, Step.PREPARED, at=later)) == []


def test_two_periods_in_the_cold_of_one_day_are_no_split() -> None:
    assert raised(Story(list(IN_THE_COLD.facts)).took(Step.STORE, Step.TAKE_OUT)) == []


def test_a_price_that_is_not_its_lists_is_found() -> None:
    looked = last(IN_THE_COLD)
    for fen in (1, 7_999, 8_001, 16_000):
        [flag] = planted(looked, lambda line, fen=fen: line.model_copy(update={"price_fen": fen}))  # type: ignore[misc]
        assert (flag.rule, flag.evidence.listed_fen) == (Rule.PRICE_OVERRIDDEN, 8_000)


def test_kilometres_and_floors_are_no_override_but_half_of_one_is() -> None:
    far = Details(kilometres=43, floor=5, tag="7Q2F", first_agrees=True, second_agrees=True, third_agrees=True)
    story = Story().booked().took(Step.DISPATCH).took(Step.COLLECT, details=far)
    assert raised(story) == []

    def bent(by: int) -> list[Rule]:
        return [one.rule for one in planted(last(story), lambda line: _dearer(line, by))]

    assert bent(-24_000) == [Rule.PRICE_OVERRIDDEN]
    assert bent(1) == [Rule.PRICE_OVERRIDDEN]


def _dearer(line: Line, by: int) -> Line:
    return line.model_copy(update={"price_fen": max(0, line.price_fen + by)})


def test_an_item_that_its_list_does_not_have_is_found() -> None:
    flags = planted(last(IN_THE_COLD), lambda line: line.model_copy(update={"item": "gold"}))

    assert Rule.PRICE_OVERRIDDEN in {flag.rule for flag in flags}


def test_a_waiver_that_no_rule_and_no_proof_gives_is_found() -> None:
    waived: Callable[[Line], Line] = lambda line: line.model_copy(update={"waiver_fen": 8_000})  # noqa: E731
    [flag] = planted(last(IN_THE_COLD), waived)
    assert (flag.rule, flag.evidence.bound_fen) == (Rule.WAIVER_UNSOURCED, 0)

    resident = Story().booked(resident=True).took(*STORED, Step.TAKE_OUT)
    assert planted(last(resident), waived) == ()
    proven = Story().booked().took(*STORED, Step.PROVE_WAIVER, Step.TAKE_OUT)
    assert planted(last(proven), waived) == ()


@pytest.mark.parametrize("source", [None, "resident", "resident booking 2026-11-01", "resident list:2026-1"])
def test_a_waiver_that_does_not_name_its_proof_or_its_rule_is_found(source: str | None) -> None:
    resident = last(Story().booked(resident=True).took(*STORED, Step.TAKE_OUT))

    [flag] = planted(resident, lambda line: line.model_copy(update={"waiver_source": source}))

    assert (flag.rule, flag.evidence.waiver_source) == (Rule.WAIVER_UNSOURCED, source)
    assert flag.evidence.bound_fen == (8_000 if source else 0)


def test_a_waiver_that_is_more_than_its_rule_gives_is_found() -> None:
    resident = last(Story().booked(resident=True).took(*STORED, Step.TAKE_OUT))

    [flag] = planted(resident, lambda line: line.model_copy(update={"waiver_fen": 8_001}))

    assert (flag.rule, flag.evidence.bound_fen) == (Rule.WAIVER_UNSOURCED, 8_000)


def test_a_waiver_without_the_number_of_its_source_is_found() -> None:
    story = Story(list(IN_THE_COLD.facts)).took(Step.PROVE_WAIVER, details=Details())

    assert {flag.rule for flag in raised(story)} == {Rule.WAIVER_UNSOURCED}
    assert raised(Story(list(IN_THE_COLD.facts)).took(Step.PROVE_WAIVER)) == []


def test_an_item_beside_the_one_that_includes_it_is_found_either_way() -> None:
    looked = last(IN_THE_COLD)
    outer = PostedLine(looked.fact.cause, _line("flowers", 18_000))
    inner = Standing(1, 0, "x:1", _line("cold", 8_000))
    book = listed(flowers={"includes": ("cold",)})
    for posted, stands in ((outer, inner), (PostedLine("x:1", inner.line), Standing(1, 0, outer.cause, outer.line))):
        flags = review.flags(Looked(looked.fact, looked.before, (posted,), (stands,), lambda _: book))
        [flag] = [one for one in flags if one.rule is Rule.BUNDLED]
        assert flag.evidence.other == stands.line.item


def _line(item: str, fen: int) -> Line:
    [posted] = last(IN_THE_COLD).posted
    return posted.line.model_copy(update={"item": item, "price_fen": fen})


def test_a_finished_service_without_a_line_is_found() -> None:
    bare = BOOKS.model_copy(update={"items": tuple(row for row in BOOKS.items if row.trigger is not Trigger.DRESSING)})
    story = Story().booked().took(*DRESSED)

    [flag] = raised(story, bare)

    assert (flag.rule, flag.line, flag.evidence.causes) == (
        Rule.TAP_WITHOUT_CHARGE,
        None,
        (story.facts[-1].cause,),
    )


def test_days_in_the_cold_without_a_line_are_found() -> None:
    bare = BOOKS.model_copy(update={"items": tuple(row for row in BOOKS.items if row.item != "cold")})

    assert [flag.rule for flag in raised(IN_THE_COLD, bare)] == [Rule.TAP_WITHOUT_CHARGE]


def test_a_service_that_another_price_includes_owes_no_line() -> None:
    transport, dressing = (_row(trigger) for trigger in (Trigger.TRANSPORT, Trigger.DRESSING))
    included: dict[str, object] = {"includes": (dressing.item,)}
    book = listed(**{transport.item: included})

    assert raised(Story().booked().took(*DRESSED), book) == []


def _row(trigger: Trigger) -> PriceItem:
    return next(row for row in BOOKS.items if row.trigger is trigger)


def test_a_line_whose_tap_is_not_there_is_found() -> None:
    [flag] = planted(last(IN_THE_COLD), lambda line: line, cause="office:999")

    assert (flag.rule, flag.evidence.causes) == (Rule.CHARGE_WITHOUT_TAP, ("office:999",))


def test_a_tap_of_another_service_is_no_tap_for_the_line() -> None:
    collected = IN_THE_COLD.facts[2].cause

    [flag] = planted(last(IN_THE_COLD), lambda line: line, cause=collected)

    assert flag.rule is Rule.CHARGE_WITHOUT_TAP


def test_who_took_the_money_and_gives_it_back_is_found() -> None:
    story = Story().booked().took(Step.DEPOSIT, Step.REFUND)
    refund = story.facts[-1]

    def given_by(first: str, second: str) -> list[Flag]:
        people = {"staff_no": StaffNo(first), "second_staff_no": StaffNo(second)}
        return raised(Story([*story.facts[:-1], refund.model_copy(update=people)]))

    for pair in (("S1", "S2"), ("S2", "S1")):
        [flag] = given_by(*pair)
        assert (flag.rule, flag.amount_fen) == (Rule.ONE_PERSON, 10_000)
        assert flag.evidence.causes == (refund.cause, story.facts[-2].cause)
    assert given_by("S2", "S3") == []


def test_who_took_a_payment_and_takes_it_back_is_found_and_what_else_they_took_says_nothing() -> None:
    story = Story().booked().took(Step.DEPOSIT, Step.PAY)
    first, second = story.facts[-2], story.facts[-1].model_copy(update={"staff_no": StaffNo("S9")})
    before = Story([*story.facts[:-1], second]).case

    def undone(payment: Fact) -> list[tuple[Rule, int, tuple[str, ...]]]:
        details = Details(payment=payment.cause, reason=Reason.ENTERED_BY_MISTAKE)
        fact = Story(list(story.facts)).took(Step.REVERSE_PAYMENT, details=details).facts[-1]
        looked = Looked(fact, before, (), (), lambda _: BOOKS, out_fen=7_000)
        return [(one.rule, one.amount_fen, one.evidence.causes[1:]) for one in review.flags(looked)]

    assert undone(first) == [(Rule.ONE_PERSON, 7_000, (first.cause,))]
    assert undone(second) == []


def test_money_that_waits_for_a_day_is_found() -> None:
    assert review.old_suspense("qr:Q1", 12_300, START, START + timedelta(hours=23, minutes=59)) is None
    flag = review.old_suspense("qr:Q1", 12_300, START, START + timedelta(days=1))

    assert flag is not None
    assert (flag.rule, flag.amount_fen, flag.evidence.causes) == (Rule.OLD_SUSPENSE, 12_300, ("qr:Q1",))


def test_what_was_given_out_before_a_restore_and_is_not_covered_is_found() -> None:
    story = Story().booked().took(Step.DEPOSIT, Step.REFUND)
    others = {"staff_no": StaffNo("S3"), "second_staff_no": StaffNo("S4")}
    refund, before = story.facts[-1].model_copy(update=others), Story(story.facts[:-1]).case
    held = Looked(refund, before, (), (), lambda _: BOOKS)

    assert review.flags(replace(held, short_fen=None)) == ()
    [short] = review.flags(replace(held, short_fen=7_000))
    assert (short.rule, short.amount_fen, short.evidence.causes) == (Rule.PAID_OUT_SHORT, 7_000, (refund.cause,))


def test_money_that_came_against_a_rule_or_is_held_by_a_case_that_is_over_is_found() -> None:
    story = Story().booked().took(Step.PAY, details=Details(amount_fen=50_000, means=Means.CASH))
    paid, before = story.facts[-1], Story(story.facts[:-1]).case
    over = before.model_copy(update={"stage": Stage.CANCELLED})
    came = Looked(paid, before, (), (), lambda _: BOOKS)

    assert review.flags(replace(came, held=True)) == ()
    assert review.flags(replace(came, before=over)) == (), "it paid what the case owed"
    [by_nobody] = review.flags(replace(came, against=(Problem.STAFF_NOT_ALLOWED,)))
    [late] = review.flags(replace(came, before=over, held=True))
    assert (by_nobody.rule, by_nobody.evidence.against) == (Rule.TAKEN_IN_DOUBT, (Problem.STAFF_NOT_ALLOWED,))
    assert (late.rule, late.amount_fen, late.evidence.causes) == (Rule.TAKEN_IN_DOUBT, 50_000, (paid.cause,))


def test_a_case_that_two_people_closed_with_money_open_is_found() -> None:
    story = Story().booked().took(Step.CANCEL, Step.CLOSE)
    close, before = story.facts[-1], Story(story.facts[:-1]).case
    closing = Looked(close, before, (), (), lambda _: BOOKS)

    assert review.flags(closing) == ()
    [left] = review.flags(replace(closing, left_fen=7_000))
    assert (left.rule, left.amount_fen, left.evidence.causes) == (Rule.CLOSED_OPEN, 7_000, (close.cause,))


@pytest.mark.parametrize("step", [Step.DEPOSIT, Step.PAY])
def test_money_by_qr_that_a_person_typed_is_found_and_what_a_provider_said_is_not(step: Step) -> None:
    story = Story().booked().took(step)
    fact, before = story.facts[-1], Story(story.facts[:-1]).case
    taken = fact.body
    assert isinstance(taken, StepTaken)

    def came(means: Means, cause: str) -> list[Rule]:
        body = taken.model_copy(update={"details": taken.details.model_copy(update={"means": means})})
        one = fact.model_copy(update={"body": body, "cause": cause})
        return [flag.rule for flag in review.flags(Looked(one, before, (), (), lambda _: BOOKS))]

    assert came(Means.QR, fact.cause) == [Rule.QR_BY_HAND]
    assert came(Means.QR, "qr:WZ-Q1") == came(Means.CASH, fact.cause) == []


def test_days_that_were_charged_and_are_not_those_that_began_are_found_where_a_record_came_late() -> None:
    story = Story().booked().took(*STORED, Step.TAKE_OUT)
    looked = last(story)

    [differs] = review.flags(replace(looked, cold=ColdDays(begun=2, charged=6, fen=32_000)))

    assert (differs.rule, differs.amount_fen) == (Rule.DAYS_DIFFER, 32_000)
    assert differs.evidence.causes == (looked.fact.cause,)
    assert review.flags(replace(looked, cold=ColdDays(begun=1, charged=1, fen=0))) == ()


@pytest.mark.parametrize(
    ("was", "to", "found"),
    [
        (Payer.FAMILY, Payer.OTHER, True),
        (Payer.FAMILY, Payer.POLICE, True),
        (Payer.POLICE, Payer.OTHER, True),
        (Payer.POLICE, Payer.INSURER, False),
        (Payer.POLICE, Payer.FAMILY, False),
    ],
)
def test_an_item_that_leaves_the_family_s_bill_or_goes_to_whom_no_statement_asks_is_found(
    was: Payer, to: Payer, found: bool
) -> None:
    def switch(payer: Payer) -> Details:
        return Details(item="cold", payer=payer, reason=Reason.PAYER_FOUND)

    story = IN_THE_COLD.took(Step.SWITCH_PAYER, details=switch(was)).took(Step.SWITCH_PAYER, details=switch(to))
    flags = [(one.rule, one.payer, one.amount_fen) for one in review.flags(last(story))]

    assert flags == ([(Rule.PAYER_SWITCHED, to, 8_000)] if found else [])


def test_an_item_that_is_put_on_another_payer_before_it_is_charged_is_found() -> None:
    details = Details(item="cold", payer=Payer.OTHER, reason=Reason.PAYER_FOUND)

    [flag] = raised(Story().booked().took(Step.SWITCH_PAYER, details=details))

    assert (flag.rule, flag.amount_fen) == (Rule.PAYER_SWITCHED, 0)


def test_cash_that_went_out_for_money_that_came_otherwise_is_found() -> None:
    story = Story().booked().took(Step.DEPOSIT, Step.REFUND)
    others = {"staff_no": StaffNo("S3"), "second_staff_no": StaffNo("S4")}
    refund, before = story.facts[-1].model_copy(update=others), Story(story.facts[:-1]).case

    [flag] = review.flags(Looked(refund, before, (), (), lambda _: BOOKS, as_cash_fen=7_000))

    assert (flag.rule, flag.amount_fen, flag.evidence.causes) == (Rule.CASH_FOR_OTHER, 7_000, (refund.cause,))


@pytest.mark.parametrize(
    ("rule", "came"), [(Rule.WRITTEN_BACK, "written_back_fen"), (Rule.RECOVERED_BEFORE, "recovered_before_fen")]
)
def test_money_that_came_after_it_was_written_off_or_recovered_is_found(rule: Rule, came: str) -> None:
    story = Story().booked().took(Step.DEPOSIT)
    looked = Looked(story.facts[-1], Story(story.facts[:-1]).case, (), (), lambda _: BOOKS)
    amounts: dict[str, Any] = {came: 7_000}

    [flag] = review.flags(replace(looked, **amounts))

    assert (flag.rule, flag.amount_fen, review.flags(looked)) == (rule, 7_000, ())


def test_every_rule_is_planted_here() -> None:
    lines = set(review.ON_LINES)

    money = {
        Rule.OLD_SUSPENSE,
        Rule.PAID_OUT_SHORT,
        Rule.QR_BY_HAND,
        Rule.CLOSED_OPEN,
        Rule.TAKEN_IN_DOUBT,
        Rule.PAYER_SWITCHED,
        Rule.CASH_FOR_OTHER,
        Rule.WRITTEN_BACK,
        Rule.RECOVERED_BEFORE,
    }
    others = {Rule.TAP_WITHOUT_CHARGE, Rule.ONE_PERSON, Rule.DAYS_DIFFER, *money}
    assert lines | others == set(Rule)
