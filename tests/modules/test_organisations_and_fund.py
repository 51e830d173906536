"""An organisation's annual inspection and a grant of the lottery's fund, kept and moved by the real handlers."""

import pytest

from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.handlers import move_row
from cardsvc.handlers.keep_row import Faulty
from cardsvc.invented import credit_code
from cardsvc.modules import social_orgs, social_workers, welfare_lottery
from tests.support.home import ID_NO, Service
from tests.support.rows import SECOND, Clerk, columns

ORGANISATION = {
    "name": "安溪商会",
    "kind": "社会团体",
    "standing": "登记",
    "level": "市级",
    "status": "正常",
    "pilot": "否",
    "credit_code": credit_code("51", "330302", 78),
    "registered_on": "2019-05-06",
    "party": "未建立",
}
REPORT = {
    "staff": "2",
    "members": "80",
    "income": "120000",
    "expense": "118000.50",
    "net_assets": "-2000",
    "report": "按章程开展活动。",
    "filler": "王安和",
    "filler_phone": "13800000001",
}


@pytest.fixture
def registry(bureau: Service) -> Clerk:
    return Clerk.of(bureau, social_orgs.MODULE)


@pytest.fixture
def fund(bureau: Service) -> Clerk:
    return Clerk.of(bureau, welfare_lottery.MODULE)


def sends(clerk: Clerk, row_id: str, **texts: str) -> object:
    """The organisation sends its report, through its own link."""
    context, record = clerk.service.context, clerk.module.record("annual_inspection")
    row = (row_id, clerk.row("annual_inspection", row_id).version)
    return move_row.handle(context, clerk.module, record, row, "submit", texts, None, (None, None), context.clock())


def inspected(clerk: Clerk) -> str:
    organisation = clerk.types("organisation", **ORGANISATION)
    return clerk.types("annual_inspection", organisation=organisation, year="2025", due_on="2026-12-31")


def test_the_organisation_sends_its_report_and_the_clerk_judges_it(registry: Clerk) -> None:
    row_id = inspected(registry)

    assert sends(registry, row_id, **REPORT) is None
    registry.moves("annual_inspection", row_id, "send_back", opinion="收支表缺附件")
    assert sends(registry, row_id, **REPORT | {"expense": "118000"}) is None
    registry.moves("annual_inspection", row_id, "passed")

    row = registry.row("annual_inspection", row_id).values
    assert (row["state"], row["net_assets"], row["expense"]) == ("passed", -2000_00, 118000_00)
    assert (row["submitted_on"], row["reviewed_on"]) != (None, None)


def test_a_report_without_its_sums_is_not_taken(registry: Clerk) -> None:
    row_id = inspected(registry)

    assert columns(sends(registry, row_id, **REPORT | {"income": "", "report": ""})) == ["income", "report"]
    assert registry.row("annual_inspection", row_id).values["state"] == "asked"


def test_the_clerk_does_not_send_for_the_organisation_nor_it_after_it_was_judged(registry: Clerk) -> None:
    row_id = inspected(registry)

    assert registry.tries_move("annual_inspection", row_id, "submit", None, **REPORT) == Refusal(
        Problem.NOT_ALLOWED, Action.EDIT_RECORDS
    )
    assert sends(registry, row_id, **REPORT) is None
    registry.moves("annual_inspection", row_id, "failed", opinion="未按章程活动")
    assert sends(registry, row_id, **REPORT) == Refusal(Problem.ROW_CHANGED)


def test_a_credit_code_is_one_organisations(registry: Clerk) -> None:
    registry.types("organisation", **ORGANISATION)

    again = registry.tries("organisation", **ORGANISATION | {"name": "另一商会"})

    assert isinstance(again, Faulty)
    assert columns(again) == ["credit_code"]


def test_an_evaluation_gets_its_grade_where_it_is_typed(registry: Clerk) -> None:
    organisation = registry.types("organisation", **ORGANISATION)
    points = {"general_score": "500", "category_score": "399", "evaluated_on": "2026-03-01"}

    row = registry.row("evaluation", registry.types("evaluation", organisation=organisation, **points)).values

    assert (row["score"], row["grade"], str(row["valid_until"])) == (899, "4A", "2031-03-01")


def test_a_grant_is_approved_by_two_and_paid_once(fund: Clerk) -> None:
    project = fund.types("fund_project", name="孤儿助学", purpose="救孤", body="市慈善总会", started_on="2026-01-12")
    asked = {"payee": "安溪镇人民政府", "purpose": "助学", "asked": "5000", "asked_on": "2026-02-01"}
    row_id = fund.types("grant", project=project, **asked)
    decided = {"amount": "4000", "account": "6222020000000000000"}

    assert isinstance(fund.tries_move("grant", row_id, "approve", None, **decided), Refusal)
    assert columns(fund.tries_move("grant", row_id, "approve", SECOND, **decided | {"amount": "5000.01"})) == ["amount"]
    assert fund.tries_move("grant", row_id, "pay") == Refusal(Problem.ROW_CHANGED)
    fund.moves("grant", row_id, "approve", SECOND, **decided)
    fund.moves("grant", row_id, "pay")

    row = fund.row("grant", row_id).values
    assert (row["state"], row["amount"]) == ("paid", 4000_00)
    assert row["paid_on"] is not None
    assert fund.tries_move("grant", row_id, "pay") == Refusal(Problem.ROW_CHANGED)


def test_a_registration_says_whether_the_conditions_are_met(bureau: Service) -> None:
    workers = Clerk.of(bureau, social_workers.MODULE)
    typed = {"name": "王小雨", "id_no": ID_NO, "exam": "全国社会工作者职业水平考试", "level": "社会工作师"}
    told = {"registered_on": "2026-03-02", "education": "本科", "in_field": "否", "years": "4"}
    row_id = workers.types("exam_registration", **typed, **told)

    assert workers.row("exam_registration", row_id).values["qualified"] is False
    assert columns(workers.tries_move("exam_registration", row_id, "reject")) == ["reason"]
    workers.moves("exam_registration", row_id, "reject", reason="年限不足")
    workers.moves("exam_registration", row_id, "look_again")
    workers.moves("exam_registration", row_id, "pass")
    assert workers.row("exam_registration", row_id).values["review"] == "passed"
