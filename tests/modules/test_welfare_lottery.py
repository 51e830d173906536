"""The rules of the welfare lottery at their borders."""

from datetime import UTC, date, datetime

import pytest

from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Value, Wrong
from cardsvc.handlers.move_row import must_fill
from cardsvc.modules.welfare_lottery import MODULE, rules
from cardsvc.modules.welfare_lottery.records import CHARITY_NOMINATION, GRANT
from tests.support.home import Service
from tests.support.rows import SECOND, Clerk, columns


@pytest.mark.parametrize(
    ("last", "fund", "wrong"),
    [
        (date(2026, 6, 1), 100, []),
        (date(2026, 6, 1), 101, ["fund"]),
        (date(2026, 5, 31), 0, ["last_day"]),
    ],
)
def test_a_period_ends_after_it_began_and_its_fund_is_of_its_sales(last: date, fund: int, wrong: list[str]) -> None:
    values: dict[str, Value] = {"first_day": date(2026, 6, 1), "last_day": last, "sales": 100, "fund": fund}

    assert [one.column for one in rules.sales_period(values)] == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"amount": 101}, [("amount", Wrong.RULE)]),
        ({"amount": None}, [("amount", Wrong.MISSING)]),
        ({"account": None}, [("account", Wrong.MISSING)]),
        ({"state": "paid", "amount": 101}, [("amount", Wrong.RULE)]),
        ({"state": "asked", "amount": None, "account": None}, []),
        ({"state": "refused", "amount": None, "account": None}, []),
    ],
)
def test_a_grant_gives_no_more_than_was_asked(changes: dict[str, Value], wrong: list[tuple[str, Wrong]]) -> None:
    usual: dict[str, Value] = {"state": "approved", "asked": 100, "amount": 100, "account": "sealed"}

    assert [(one.column, one.why) for one in rules.grant({**usual, **changes})] == wrong


def test_amount_and_account_of_a_grant_are_decided_by_two_alone() -> None:
    typed = {one.name for one in GRANT.typed}

    assert "asked" in typed
    assert not typed & {"amount", "account", "state", "approved_on", "paid_on"}
    assert GRANT.flow is not None
    assert [one.since for one in GRANT.flow.moves if one.to == "paid"] == [("approved",)]
    back = [
        one for one in GRANT.flow.moves if (one.since, one.to) in ((("approved",), "asked"), (("paid",), "approved"))
    ]
    assert [one.two for one in back] == [True, True]


def test_nobody_is_awarded_who_was_not_on_public_notice() -> None:
    assert CHARITY_NOMINATION.flow is not None
    assert [(one.since, one.two) for one in CHARITY_NOMINATION.flow.moves if one.to == "awarded"] == [
        (("notice",), True)
    ]


@pytest.mark.parametrize(
    ("category", "given_", "wrong"),
    [
        *(("personal_gift", None, 1), ("personal_gift", 0, 1), ("institution_gift", 1, 0)),
        *(("project", None, 0), ("volunteering", None, 0)),
    ],
)
def test_a_gift_has_its_size(category: str, given_: int | None, wrong: int) -> None:
    assert len(list(rules.nomination({"category": category, "given": given_}))) == wrong


@pytest.fixture
def fund(bureau: Service) -> Clerk:
    return Clerk.of(bureau, MODULE)


def test_who_approves_a_grant_types_its_account_only_where_it_has_none() -> None:
    assert GRANT.flow is not None
    [approve] = [one for one in GRANT.flow.moves if one.name == "approve"]
    row: dict[str, Value] = {**{one.name: None for one in GRANT.columns}, "state": "asked", "asked": 100}
    now = datetime(2026, 11, 26, tzinfo=UTC)

    assert must_fill(GRANT, row, approve, now) == {"amount", "account"}
    assert must_fill(GRANT, {**row, "account": "6222020200112233445"}, approve, now) == {"amount"}


def test_a_grant_is_approved_by_two_and_paid_once(fund: Clerk) -> None:
    project = fund.types("fund_project", name="孤儿助学", purpose="救孤", body="市慈善总会", started_on="2026-01-12")
    asked = {"payee": "安溪镇人民政府", "purpose": "助学", "asked": "5000", "asked_on": "2026-02-01"}
    row_id = fund.types("grant", project=project, **asked)
    decided = {"amount": "4000", "account": "6222020000000000000"}

    assert isinstance(fund.tries_move("grant", row_id, "approve", None, **decided), Refusal)
    assert columns(fund.tries_move("grant", row_id, "approve", SECOND, **decided | {"amount": "5000.01"})) == ["amount"]
    assert fund.tries_move("grant", row_id, "pay") == Refusal(Problem.ROW_CHANGED)
    fund.moves("grant", row_id, "approve", SECOND, **decided)
    assert fund.edits("grant", row_id, **asked | {"project": project, "payee": "另一单位"}) == Refusal(
        Problem.ROW_FROZEN
    )
    fund.moves("grant", row_id, "pay")

    row = fund.row("grant", row_id).values
    assert (row["state"], row["amount"]) == ("paid", 4000_00)
    assert row["paid_on"] is not None
    assert isinstance(fund.tries_move("grant", row_id, "bounce"), Refusal)
    assert fund.tries_move("grant", row_id, "pay") == Refusal(Problem.ROW_CHANGED)
