"""The city is told observed times only, each event once, and what is corrected again."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, Step, StepTaken
from cardsvc.core.fold import fold
from cardsvc.core.statutory import TIMES, Content, Deceased, Event, Report, WhyNot, content_of, moment_of, next_report
from cardsvc.core.terms import CaseKind
from tests.core.story import DETAILS, START, WHOLE_WAY, Story

SOMEBODY = Deceased(name="王某", id_no="330302194001010010")
BURNT = WHOLE_WAY[: WHOLE_WAY.index(Step.CLOSE_FURNACE) + 1]


def told(case: Case, event: Event, newest: Report | None = None, who: Deceased = SOMEBODY) -> Report | None:
    return next_report(case, event, newest, content_of(case, event, who))


def content(case: Case, event: Event) -> Content:
    report = told(case, event)
    assert report is not None
    return report.content


def test_a_cremation_is_told_when_its_record_is_closed_and_only_once() -> None:
    story = Story().booked().bound().took(*BURNT[:-1])
    assert told(story.case, Event.CREMATION) is None
    closed = story.took(Step.CLOSE_FURNACE).case

    report = told(closed, Event.CREMATION)

    assert report is not None and (report.revision, report.withdrawn) == (1, False)
    assert report.content.deceased == SOMEBODY
    assert {name: moment.at is not None for name, moment in report.content.times.items()} == {
        "loaded": True,
        "unloaded": True,
        "closed": True,
    }
    assert told(story.took(Step.SEAL, Step.SHELVE).case, Event.CREMATION, report) is None


def test_a_collection_names_nobody() -> None:
    assert content(Story().booked().bound().took(*BURNT).case, Event.COLLECTION).deceased is None


def test_a_collection_that_was_voided_is_withdrawn_and_may_be_told_anew() -> None:
    story = Story().booked().bound().took(Step.DISPATCH, Step.COLLECT)
    first = told(story.case, Event.COLLECTION)
    voided = told(story.took(Step.VOID).case, Event.COLLECTION, first)
    assert voided is not None and (voided.revision, voided.withdrawn) == (2, True)
    assert told(story.case, Event.COLLECTION, voided) is None
    again = told(story.took(Step.COLLECT).case, Event.COLLECTION, voided)
    assert again is not None and (again.revision, again.withdrawn) == (3, False)


def test_ashes_are_told_to_be_handed_over_when_the_last_portion_has_left() -> None:
    story = Story().booked().bound().took(*BURNT, Step.SEAL, Step.SPLIT, Step.RELEASE)
    assert told(story.case, Event.HANDING_OVER) is None
    second = DETAILS[Step.RELEASE].model_copy(update={"label": DETAILS[Step.SPLIT].portion})

    report = told(story.took(Step.RELEASE, details=second).case, Event.HANDING_OVER)

    assert report is not None and report.content.deceased is None
    assert report.content.times["handed_over"].at == story.facts[-1].at
    back = told(story.took(Step.RETURN_ASHES).case, Event.HANDING_OVER, report)
    assert back is not None and back.withdrawn


def test_a_handing_over_that_somebody_typed_has_no_time() -> None:
    story = Story().booked().bound().took(*BURNT, Step.SEAL, Step.RELEASE)
    typed = fold([*story.facts[:-1], story.facts[-1].model_copy(update={"observed": False})])
    assert typed is not None

    times = content(typed, Event.HANDING_OVER).times

    assert {name: (one.at, one.why_not) for name, one in times.items()} == {"handed_over": (None, WhyNot.TYPED)}


def test_a_corrected_identity_is_told_again() -> None:
    case = Story().booked().bound().took(*BURNT).case
    first = told(case, Event.CREMATION)
    second = told(case, Event.CREMATION, first, Deceased(name="王正", id_no=None))
    assert second is not None and second.revision == 2 and second.content.deceased == Deceased(name="王正")


def test_a_body_part_is_not_counted_as_a_person() -> None:
    case = Story().booked(kind=CaseKind.BODY_PART).bound().took(*BURNT).case
    assert not content(case, Event.CREMATION).counts_as_person
    assert content(Story().booked().bound().took(*BURNT).case, Event.CREMATION).counts_as_person


def test_a_time_is_said_to_be_missing_typed_or_contested() -> None:
    assert moment_of(Story().booked().case, Step.COLLECT).why_not is WhyNot.MISSING
    story = Story().booked().bound().took(Step.DISPATCH, Step.COLLECT)
    for change, why in (({"observed": False}, WhyNot.TYPED), ({"contested": True}, WhyNot.CONTESTED)):
        facts = [*story.facts[:-1], story.facts[-1].model_copy(update=change)]
        case = fold(facts)
        assert case is not None and moment_of(case, Step.COLLECT).why_not is why
    resolved = Story([*story.facts[:-1], story.facts[-1].model_copy(update={"contested": True})]).took(Step.RESOLVE)
    assert moment_of(resolved.case, Step.COLLECT).at == story.facts[-1].at


@given(
    st.lists(st.sampled_from([*BURNT, Step.VOID, Step.RESOLVE, Step.COLLECT, Step.LOAD, Step.UNLOAD]), max_size=40),
    st.data(),
)
def test_no_history_makes_a_time_observed_that_nobody_saw(steps: list[Step], data: st.DataObject) -> None:
    story = Story().booked().bound().took(*steps)
    facts: list[Fact] = []
    for fact in story.facts:
        observed, contested = data.draw(st.booleans()), data.draw(st.booleans())
        at = START + timedelta(minutes=data.draw(st.integers(0, 100_000)))
        facts.append(fact.model_copy(update={"observed": observed, "contested": contested, "at": at}))
    case = fold(facts)
    assert case is not None
    seen: dict[Step, set[datetime]] = {}
    for fact in facts:
        if fact.observed and isinstance(fact.body, StepTaken):
            seen.setdefault(fact.body.step, set()).add(fact.at)

    for event, times in TIMES.items():
        said = content_of(case, event, SOMEBODY)
        for name, moment in (said.times if said else {}).items():
            assert moment.at is None or moment.at in seen.get(times[name], set()), (event, name)


@given(st.lists(st.sampled_from([*BURNT, Step.VOID, Step.RESOLVE, Step.COLLECT, Step.SEAL]), max_size=40), st.data())
def test_the_newest_report_is_always_the_truth_and_nothing_is_told_twice(
    steps: list[Step], data: st.DataObject
) -> None:
    told_so_far: dict[Event, list[Report]] = {event: [] for event in Event}
    facts = [
        fact.model_copy(update={"observed": data.draw(st.booleans()), "contested": data.draw(st.booleans())})
        for fact in Story().booked().bound().took(*steps).facts
    ]
    for known in range(1, len(facts) + 1):
        case = fold(facts[:known])
        assert case is not None
        for event, reports in told_so_far.items():
            report = told(case, event, reports[-1] if reports else None)
            if report is not None:
                reports.append(report)
            content = content_of(case, event, SOMEBODY)
            assert (reports[-1].content if reports and not reports[-1].withdrawn else None) == content
    for reports in told_so_far.values():
        assert [one.revision for one in reports] == list(range(1, len(reports) + 1))
        assert all((a.content, a.withdrawn) != (b.content, b.withdrawn) for a, b in pairwise(reports))
