"""The rules of social relief at their borders."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Record, Value, Values
from cardsvc.modules.social_relief import MODULE, assistance, care, paying, registers
from cardsvc.rows.figuring import Figures
from cardsvc.rows.half_year import HALF_YEAR
from tests.support.home import ID_NO, Service
from tests.support.rows import SECOND, Clerk


def derived(record: Record, row: Values) -> Values:
    assert record.derive is not None
    return record.derive(row)


def faulty(record: Record, row: Values) -> list[str]:
    assert record.check is not None
    return [one.column for one in record.check(row)]


@pytest.mark.parametrize(
    ("kind", "income", "allowance"),
    [
        ("subsistence", 0, 132_800),
        ("subsistence", 132_799, 1),
        ("subsistence", 132_800, 0),
        ("subsistence", 150_000, 0),
        ("destitute", 150_000, 132_800),
        ("borderline", 0, 0),
    ],
)
def test_a_household_has_what_its_income_lacks_to_the_standard(kind: str, income: int, allowance: int) -> None:
    row: Values = {"kind": kind, "persons": 2, "standard": 66_400, "income": income}

    assert derived(registers.HOUSEHOLD, row) == {"allowance": allowance}


@pytest.mark.parametrize(
    ("income", "savings", "finding", "per_head"),
    [
        (199_199, 0, "subsistence", 66_399),
        (199_200, 0, "borderline", 66_400),
        (298_800, 0, "borderline", 99_600),
        (298_801, 0, "above", 99_600),
        (0, 5_000_000, "subsistence", 0),
        (0, 5_000_001, "above", 0),
    ],
)
def test_an_income_check_finds_by_income_per_head_and_by_property(
    income: int, savings: int, finding: str, per_head: int
) -> None:
    row = {"persons": 3, "income": income, "property": savings, "property_most": 5_000_000}
    row |= {"standard": 66_400, "borderline": 150}

    assert derived(registers.INCOME_CHECK, row) == {"per_head": per_head, "finding": finding}


@pytest.mark.parametrize(
    ("kind", "grade", "wrong"),
    [("limbs", 1, False), ("limbs", 2, False), ("limbs", 3, True), ("mind", 3, False), ("intellect", 4, True)],
)
def test_only_a_severe_disability_is_covered_singly(kind: str, grade: int, wrong: bool) -> None:
    row: Values = {"number": "DR-7", "kind": kind, "grade": grade, "since": date(2026, 1, 1)}

    assert faulty(registers.SINGLE, row) == (["grade"] if wrong else [])


def test_a_batch_is_of_the_month_of_its_day() -> None:
    assert derived(paying.PAYMENT_BATCH, {"for_day": date(2026, 3, 31)}) == {"month": "2026-03"}
    assert derived(paying.PAYMENT_BATCH, {"for_day": date(2026, 4, 1)}) == {"month": "2026-04"}


def test_a_payment_is_for_one_of_the_three_who_are_entitled() -> None:
    assert faulty(paying.PAYMENT, {"member": "a"}) == faulty(paying.PAYMENT, {"orphan": "a"}) == []
    assert faulty(paying.PAYMENT, {}) == faulty(paying.PAYMENT, {"member": "a", "single": "b"}) == ["member"]


CLAIM: dict[str, Value] = {"name": "某", "id_no": "1", "how": "applied", "cost": 1_000, "insured": 600, "assisted": 400}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (CLAIM, []),
        (CLAIM | {"assisted": 401}, ["assisted"]),
        (CLAIM | {"how": "instant"}, ["site"]),
        (CLAIM | {"how": "instant", "site": "a"}, []),
        (CLAIM | {"id_no": None}, ["id_no"]),
        (CLAIM | {"name": None, "id_no": None, "total_of": 9}, []),
    ],
)
def test_a_claim_is_of_somebody_or_a_total_and_within_what_was_left_to_pay(row: Values, wrong: list[str]) -> None:
    assert faulty(assistance.CLAIM, row) == wrong


def test_what_a_patient_pays_and_how_many_times_were_settled_follow_from_a_claim() -> None:
    assert derived(assistance.CLAIM, {**CLAIM, "assisted": 100}) == {"self_paid": 300, "person_times": 1}
    assert derived(assistance.CLAIM, {**CLAIM, "total_of": 208}) == {"self_paid": 0, "person_times": 208}
    assert derived(assistance.TEMPORARY_RELIEF, {"total_of": None}) == {"person_times": 1}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"applied_on": date(2026, 3, 2), "paid_on": date(2026, 3, 2)}, []),
        ({"applied_on": date(2026, 3, 2), "paid_on": date(2026, 3, 1)}, ["paid_on"]),
        ({"state": "approved", "amount": None}, ["amount"]),
        ({"state": "paid", "amount": 100}, []),
        ({"state": "applied", "amount": None}, []),
    ],
)
def test_relief_is_paid_after_it_was_applied_for_and_never_without_an_amount(row: Values, wrong: list[str]) -> None:
    assert faulty(assistance.TEMPORARY_RELIEF, {"total_of": 2, **row}) == wrong


def test_aid_for_a_child_is_within_its_cost() -> None:
    assert faulty(care.REHABILITATION, {"cost": 100, "aid": 100}) == faulty(care.REHABILITATION, {"aid": 100}) == []
    assert faulty(care.REHABILITATION, {"cost": 100, "aid": 101}) == ["aid"]


@pytest.fixture
def relief(tmp_path: Path) -> Iterator[Clerk]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    yield Clerk.of(running, MODULE)
    running.close()


def test_a_second_instalment_of_a_fund_is_for_the_same_people(relief: Clerk) -> None:
    figure = next(one for one in MODULE.indicators if one.name == "medical_aid_fund_per_head")
    fund = {"purpose": "医疗救助资金", "population": "500000", "amount": "2500000"}
    for raised_on in ("2026-02-01", "2026-05-01"):
        relief.types("fund", raised_on=raised_on, **fund)
    relief.types("fund", raised_on="2026-03-01", county="330324", **fund | {"amount": "1000000"})

    with relief.service.context.engine.connect() as connection:
        told = Figures(connection, relief.service.context.home_id, MODULE, HALF_YEAR).told(figure)

    assert told.now == 600, "6,000,000 yuan for a million people"


def test_two_people_decide_on_temporary_relief_and_what_it_is_and_can_decide_again(relief: Clerk) -> None:
    asked = {"applied_on": "2026-11-01", "name": "林某", "id_no": ID_NO, "cause": "重大疾病", "kind": "急难型"}
    row_id = relief.types("temporary_relief", **asked, amount="999999")
    assert relief.row("temporary_relief", row_id).values["amount"] is None

    alone = relief.tries_move("temporary_relief", row_id, "approve", amount="5000")
    assert isinstance(alone, Refusal) and alone.problem is Problem.FOUR_EYES
    relief.moves("temporary_relief", row_id, "approve", SECOND, amount="5000")
    assert isinstance(relief.tries_move("temporary_relief", row_id, "reopen"), Refusal)
    relief.moves("temporary_relief", row_id, "reopen", SECOND)

    told = relief.row("temporary_relief", row_id).values
    assert (told["state"], told["amount"], told["decided_on"]) == ("applied", None, None)
    relief.moves("temporary_relief", row_id, "approve", SECOND, amount="3000")
    relief.moves("temporary_relief", row_id, "pay")
    assert relief.row("temporary_relief", row_id).values["amount"] == 300_000
