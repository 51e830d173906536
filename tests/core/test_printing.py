"""What the next step needs does not exist before the scan of the step before (issue 5, item 6)."""

import inspect

import pytest

from cardsvc.core.cremation_gate import CREMATION
from cardsvc.core.evidence import in_words
from cardsvc.core.facts import Details, Step
from cardsvc.core.gate import NOT_NEEDED, Check
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.printing import ASKS, NAMED, Printed, printable, printables
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.release_gate import RELEASE
from cardsvc.core.terms import CaseKind, Condition, Paper, Reason
from cardsvc.core.words import CATALOGUES, LANGUAGES, Language, say
from tests.core.story import DETAILS, LABEL, TAG, WHOLE_WAY, Story

DRAWN = Details(certificate="HZ-000001")
COMES_WITH = {
    Printed.QUOTE: Step.QUOTE,
    Printed.CONTRACT: Step.SIGN_QUOTE,
    Printed.AUTHORISATION: Step.VERIFY,
    Printed.BELONGINGS: Step.LIST_BELONGINGS,
    Printed.BODY_TAG: Step.COLLECT,
    Printed.COFFIN_LABEL: Step.ARRIVE,
    Printed.ASH_LABEL: Step.SEAL,
    Printed.CERTIFICATE: Step.CERTIFY,
}
GOES_WITH = {Printed.BODY_TAG: Step.LOAD, Printed.COFFIN_LABEL: Step.LOAD, Printed.ASH_LABEL: Step.RELEASE}


def told(*steps: Step) -> Story:
    story = Story().booked().bound()
    for step in steps:
        story.took(step, details=DRAWN if step is Step.CERTIFY else DETAILS.get(step))
    return story


def why(story: Story, paper: Printed, cleared: tuple[int, ...] = ()) -> Refusal | None:
    return next(one.why for one in printables(story.case, cleared) if one.paper is paper)


@pytest.mark.parametrize("paper", COMES_WITH)
def test_a_paper_is_missing_up_to_its_step_and_there_from_it_on(paper: Printed) -> None:
    comes, goes = WHOLE_WAY.index(COMES_WITH[paper]), GOES_WITH.get(paper)
    gone = WHOLE_WAY.index(goes) if goes is not None else len(WHOLE_WAY)
    for length in range(len(WHOLE_WAY) + 1):
        refusal = why(told(*WHOLE_WAY[:length]), paper)
        if length <= comes:
            assert refusal is not None and refusal.problem is Problem.PAPER_NOT_YET, (paper, WHOLE_WAY[:length])
        elif length <= gone:
            assert refusal is None, (paper, WHOLE_WAY[:length])
        else:
            assert refusal is not None and refusal.problem is Problem.PAPER_OVER, (paper, WHOLE_WAY[:length])


def test_a_clearance_is_printable_because_it_is_kept_whatever_the_stage() -> None:
    for length in range(len(WHOLE_WAY) + 1):
        story = told(*WHOLE_WAY[:length])
        missing = why(story, Printed.CLEARANCE)
        assert missing is not None and missing.problem is Problem.PAPER_NOT_YET
        assert printable(story.case, (7, 9), Printed.CLEARANCE, "9") is None
        assert printable(story.case, (7, 9), Printed.CLEARANCE, "8") == Refusal(Problem.NOT_FOUND, "clearance")


def test_a_label_is_printed_for_its_own_thing_only() -> None:
    story = told(*WHOLE_WAY[: WHOLE_WAY.index(Step.SHELVE)])
    assert printable(story.case, (), Printed.ASH_LABEL, LABEL) is None
    assert printable(story.case, (), Printed.ASH_LABEL, "L0009") == Refusal(Problem.NOT_FOUND, "ash_label")
    story = told(Step.DISPATCH, Step.COLLECT)
    assert printable(story.case, (), Printed.BODY_TAG, TAG) is None
    assert printable(story.case, (), Printed.BODY_TAG, "7Q9Z") == Refusal(Problem.NOT_FOUND, "body_tag")


def test_ashes_that_were_sealed_before_the_record_was_closed_have_no_label_yet() -> None:
    story = told(*WHOLE_WAY[: WHOLE_WAY.index(Step.CLOSE_FURNACE)], Step.SEAL)
    assert why(story, Printed.ASH_LABEL) == Refusal(Problem.PAPER_NOT_YET, Step.CLOSE_FURNACE)


def test_a_new_tag_must_be_scanned_before_a_container_is_labelled() -> None:
    story = told(Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)
    assert why(story, Printed.COFFIN_LABEL) is None
    story.took(Step.REPLACE_TAG)
    assert why(story, Printed.COFFIN_LABEL) == Refusal(Problem.PAPER_NOT_YET, "tag")
    story.took(Step.TAKE_OUT, details=Details(tag="7Q2G", reason=Reason.PREPARATION))
    assert why(story, Printed.COFFIN_LABEL) is None


def test_a_changed_quote_takes_its_contract_away_and_a_voided_certificate_its_paper() -> None:
    story = told(Step.QUOTE, Step.SIGN_QUOTE, Step.QUOTE)
    assert why(story, Printed.CONTRACT) == Refusal(Problem.PAPER_NOT_YET, Step.SIGN_QUOTE)
    story = told(*WHOLE_WAY[: WHOLE_WAY.index(Step.CERTIFY) + 1], Step.VOID_CERTIFICATE)
    assert why(story, Printed.CERTIFICATE) == Refusal(Problem.PAPER_NOT_YET, Step.CERTIFY)


def test_bones_get_their_containers_label_first_and_their_own_document_counts() -> None:
    bones = Story().booked(kind=CaseKind.BONES)
    assert why(bones, Printed.COFFIN_LABEL) is None
    bones.took(Step.VERIFY_DEATH, Step.VERIFY)
    assert why(bones, Printed.AUTHORISATION) == Refusal(Problem.PAPER_NOT_YET, Step.VERIFY_DEATH)
    bones.took(Step.VERIFY, details=Details(paper=Paper.EXHUMATION_PERMIT, number="E1", alike=True))
    assert why(bones, Printed.AUTHORISATION) is None


def test_the_authority_signs_for_the_unclaimed_without_an_applicant() -> None:
    story = told(Step.VERIFY_DEATH)
    assert why(story, Printed.AUTHORISATION) == Refusal(Problem.PAPER_NOT_YET, Step.VERIFY)
    story.took(Step.DECLARE, details=Details(condition=Condition.UNCLAIMED))
    assert why(story, Printed.AUTHORISATION) is None


def test_every_paper_asks_for_a_right_and_whole_names_for_the_right_to_reveal() -> None:
    assert set(ASKS) == set(Printed)
    assert {Printed.CONTRACT, Printed.AUTHORISATION, Printed.CERTIFICATE} == NAMED
    assert all(ASKS[paper] is Action.REVEAL for paper in NAMED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper_and_every_evidence_has_words(language: Language) -> None:
    for paper in Printed:
        assert say(language, f"printed.{paper}").strip()
    rows = (*CREMATION, *RELEASE)
    for row in rows:
        assert "{it}" in say(language, f"evidence.held.{row.name}")
    open_ended = {row.name for row in rows if "NOT_NEEDED" in inspect.getsource(row.holds)} | {
        "paid",
        "charges_settled",
    }
    told_none = {key.rsplit(".", 1)[1] for key in CATALOGUES[language] if key.startswith("evidence.none.")}
    assert told_none == open_ended


def test_evidence_is_told_by_what_was_seen_and_never_by_its_code() -> None:
    story = told(Step.VERIFY_DEATH)
    fact = story.facts[-1]
    staff = {StaffNo("S1"): "张某"}

    def words(name: str, evidence: str) -> str:
        check = Check(number=1, name=name, evidence=evidence)
        return in_words(check, {fact.cause: fact}, staff, "zh_CN")

    assert words("right_issuer", f"hospital {fact.cause}") == (
        "出具机关：医院 死亡证明 DC0001，2026-11-01 14:42，张某，刷卡记录"
    )
    assert words("destination_recorded", "sea") == "去向：海葬"
    assert words("independent_checker", "S1") == "核验员 张某，不是操作员，也不是亲属"
    assert words("no_hold", NOT_NEEDED) == "核对时没有任何暂停"
