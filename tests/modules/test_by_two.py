"""What two people agree to is not begun by one: entitlements are approved by two, and money in force changed by two."""

from datetime import date

import pytest

from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Record, Wrong
from cardsvc.handlers.keep_row import Faulty
from cardsvc.modules import Module
from cardsvc.modules.social_relief import MODULE as RELIEF
from cardsvc.modules.veterans import MODULE as VETERANS
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.rows import CLERK, SECOND, Clerk, columns

pytestmark = pytest.mark.one_engine
ENTITLED = [
    (module, record)
    for module in (RELIEF, VETERANS)
    for record in module.records
    if any(one.name == "suspended_on" for one in record.columns)
]
ACCOUNT, OTHER = "6222020000000000000", "6222020000000000018"
SHORT = {"income": "100000", "property": "0", "property_most": "0", "standard": "1000", "borderline": "150"}
CHECK = {"head": "王伟", "id_no": ID_NO, "asked_on": "2026-10-20", "persons": "2"}


def texts(record: Record) -> dict[str, str]:
    """What a form of somebody entitled has, made from the declaration."""
    said = {one.name: next(iter(one.choices)) for one in record.typed if one.choices and one.needed}
    said |= {one.name: "1" for one in record.typed if one.kind in ("number", "money") and one.needed}
    said |= {one.name: "no" for one in record.typed if one.kind == "yes_no" and one.needed}
    said |= {one.name: "王伟" for one in record.typed if one.kind == "text" and one.needed}
    accounts = {one.name: ACCOUNT for one in record.typed if one.kind == "bank_account"}
    known = {"number": "JZ-1", "since": "2026-01-01", "id_no": ID_NO}
    own = {name: value for name, value in known.items() if any(one.name == name for one in record.columns)}
    return said | accounts | own | ({"category": "war"} if record.name == "beneficiary" else {})


def applied(service: Service, module: Module, record: Record) -> tuple[Clerk, str, dict[str, str]]:
    """A new row of somebody entitled, and what was typed."""
    clerk, typed = Clerk.of(service, module), texts(record)
    if record.name == "member":
        typed["household"] = clerk.grants("household", **texts(module.record("household")))
    return clerk, clerk.types(record.name, **typed), typed


@pytest.mark.parametrize(("module", "record"), ENTITLED, ids=lambda one: one.name)
def test_an_entitlement_is_applied_for_by_one_and_approved_by_two(
    bureau: Service, module: Module, record: Record
) -> None:
    clerk, row_id, _ = applied(bureau, module, record)
    assert clerk.row(record.name, row_id).values["state"] == "applied"
    payment = {"paid_on": "2026-10-01", "amount": "1", record.name: row_id}
    pays = any(one.name == record.name for one in module.record("payment").columns)
    if pays:
        assert columns(clerk.tries("payment", **payment)) == [record.name]

    assert clerk.tries_move(record.name, row_id, "approve") == Refusal(Problem.FOUR_EYES, "edit_records")
    clerk.moves(record.name, row_id, "approve", SECOND)

    assert clerk.row(record.name, row_id).values["state"] == "active"
    if pays:
        assert isinstance(clerk.tries("payment", **payment), str)


@pytest.mark.parametrize(("module", "record"), ENTITLED, ids=lambda one: one.name)
def test_in_force_two_change_how_much_is_paid_to_where_and_for_whom(
    bureau: Service, module: Module, record: Record
) -> None:
    clerk, row_id, typed = applied(bureau, module, record)
    money = next(one for one in record.columns if one.kind == "money" and not one.derived)
    assert clerk.edits(record.name, row_id, **typed | {money.name: "2"}) == row_id
    clerk.moves(record.name, row_id, "approve", SECOND)

    changes = {money.name: "9999", "until": "2030-01-01", "since": "2020-01-01"}
    changes |= {"account": OTHER} if "account" in typed else {}
    for name, value in changes.items():
        answer = clerk.edits(record.name, row_id, **typed | {money.name: "2", name: value})
        assert isinstance(answer, Faulty), name
        assert [(one.column, one.why) for one in answer.faults] == [(name, Wrong.GUARDED)]
    stands = {**typed, money.name: "2"} | changes
    assert clerk.tries_move(record.name, row_id, "change", None, **stands) == Refusal(Problem.FOUR_EYES, "edit_records")
    clerk.moves(record.name, row_id, "change", SECOND, **stands)

    values = clerk.row(record.name, row_id).values
    assert (values[money.name], values["until"], values["state"]) == (999_900, date(2030, 1, 1), "active")
    if "account" in typed:
        clerk.moves(record.name, row_id, "change_account", SECOND, account=OTHER)


def test_who_is_refused_may_apply_again(bureau: Service) -> None:
    clerk, row_id, typed = applied(bureau, RELIEF, RELIEF.record("single"))
    assert columns(clerk.tries_move("single", row_id, "refuse")) == ["reason"]
    clerk.moves("single", row_id, "refuse", reason="means")
    assert clerk.edits("single", row_id, **typed) == Refusal(Problem.ROW_FROZEN)

    clerk.moves("single", row_id, "apply_again")

    values = clerk.row("single", row_id).values
    assert (values["state"], values["reason"]) == ("applied", None)


@pytest.mark.parametrize(
    ("kind", "income", "state"),
    [
        ("subsistence", "1999", "active"),
        ("subsistence", "2000", "suspended"),
        ("borderline", "3000", "active"),
        ("borderline", "3001", "suspended"),
        ("destitute", "3001", "suspended"),
    ],
)
def test_an_income_check_that_finds_too_much_suspends_its_household(
    both: Service, kind: str, income: str, state: str
) -> None:
    clerk = Clerk.of(both, RELIEF)
    household = clerk.grants("household", **texts(RELIEF.record("household")) | {"kind": kind})
    asked = {**CHECK, **SHORT, "income": income, "household": household}
    check = clerk.types("income_check", **asked)

    clerk.moves("income_check", check, "report", reported_on="2026-10-25")

    values = clerk.row("household", household).values
    assert values["state"] == state
    if state == "suspended":
        assert (values["suspended_on"], values["reason"]) == (date(2026, 10, 25), "means")


def test_a_check_of_who_applies_or_from_before_the_grant_suspends_nobody(bureau: Service) -> None:
    clerk = Clerk.of(bureau, RELIEF)
    typed = texts(RELIEF.record("household"))
    applies = clerk.types("household", **typed)
    later = clerk.grants("household", **typed | {"number": "JZ-2", "since": "2026-10-28"})
    for household in (applies, later):
        check = clerk.types("income_check", **CHECK, **SHORT, household=household)
        clerk.moves("income_check", check, "report", reported_on="2026-10-25")

    assert [clerk.row("household", one).values["state"] for one in (applies, later)] == ["applied", "active"]


def recognised(clerk: Clerk, **typed: str) -> tuple[str, object]:
    """A recognition that two people make; its id, and what came of it."""
    said = {"name": "王守义", "id_no": ID_NO, "phone": "13800000000", "claim": "war", "applied_on": "2026-10-01"}
    row_id = clerk.types("recognition", **said)
    clerk.moves("recognition", row_id, "review", finding="属实")
    clerk.moves("recognition", row_id, "announce")
    pension = {"number": "YF-9", "monthly": "800", "since": "2026-11-01"}
    return row_id, clerk.tries_move("recognition", row_id, "recognise", SECOND, **pension | typed)


def test_an_accepted_recognition_makes_its_beneficiary_and_one_that_is_opened_again_stops_the_pay(
    both: Service,
) -> None:
    clerk = Clerk.of(both, VETERANS)
    recognition, done = recognised(clerk)
    assert done is None

    whom = str(clerk.row("recognition", recognition).values["beneficiary"])
    values = clerk.row("beneficiary", whom).values
    assert [values[one] for one in ("number", "name", "category", "monthly", "state")] == [
        *("YF-9", "王守义", "war", 80_000, "active")
    ]
    clerk.granted()
    page = Desk(both, CLERK).get(f"modules/veterans/beneficiary/{whom}").text
    assert "330***********0010" in page and "138****0000" in page

    both.clock.forward(days=2)
    clerk.moves("recognition", recognition, "reopen", SECOND, finding="再审")
    values = clerk.row("beneficiary", whom).values
    assert (values["state"], values["suspended_on"]) == ("suspended", date(2026, 11, 3))
    both.clock.forward(days=2)
    clerk.moves("recognition", recognition, "announce")
    again = {"number": "YF-9", "monthly": "800", "since": "2026-11-01"}
    clerk.moves("recognition", recognition, "recognise", SECOND, **again)
    values = clerk.row("beneficiary", whom).values
    assert (values["state"], values["resumed_on"]) == ("active", date(2026, 11, 5))
    assert clerk.row("recognition", recognition).values["beneficiary"] == whom


def test_one_alone_lets_no_pay_go_on_and_two_do_not_while_its_recognition_is_refused(bureau: Service) -> None:
    clerk = Clerk.of(bureau, VETERANS)
    recognition, _ = recognised(clerk)
    whom = str(clerk.row("recognition", recognition).values["beneficiary"])
    bureau.clock.forward(days=2)
    clerk.moves("recognition", recognition, "reopen", SECOND, finding="再审")
    bureau.clock.forward(days=2)
    again = {"reason": "other", "resumed_on": "2026-11-03"}
    assert clerk.tries_move("beneficiary", whom, "resume", None, **again) == Refusal(Problem.FOUR_EYES, "edit_records")
    unfounded = (Fault("state", Wrong.UNFOUNDED),)
    assert clerk.tries_move("beneficiary", whom, "resume", SECOND, **again) == unfounded, "it is decided again"

    clerk.moves("recognition", recognition, "refuse", finding="不符合")

    assert clerk.tries_move("beneficiary", whom, "resume", SECOND, **again) == unfounded
    assert clerk.row("beneficiary", whom).values["state"] == "suspended"


@pytest.mark.parametrize("record", [one for _, one in ENTITLED if one.name != "member"], ids=lambda one: one.name)
def test_two_change_the_number_by_which_bills_name_what_is_in_force(bureau: Service, record: Record) -> None:
    module = next(one for one in (RELIEF, VETERANS) if record in one.records)
    clerk, row_id, typed = applied(bureau, module, record)
    assert clerk.edits(record.name, row_id, **typed | {"number": "JZ-2"}) == row_id
    clerk.moves(record.name, row_id, "approve", SECOND)

    answer = clerk.edits(record.name, row_id, **typed | {"number": "JZ-77"})
    assert isinstance(answer, Faulty) and answer.faults == (Fault("number", Wrong.GUARDED),)
    alone = clerk.tries_move(record.name, row_id, "renumber", number="JZ-77")
    assert alone == Refusal(Problem.FOUR_EYES, "edit_records")
    clerk.moves(record.name, row_id, "renumber", SECOND, number="JZ-77")

    assert clerk.row(record.name, row_id).values["number"] == "JZ-77"


def test_a_recognition_that_cannot_make_its_beneficiary_is_not_made_and_says_where(both: Service) -> None:
    clerk = Clerk.of(both, VETERANS)
    recognition, done = recognised(clerk, monthly="", since="")
    assert isinstance(done, tuple)
    assert {(one.column, one.why) for one in done} == {("monthly", Wrong.MISSING), ("since", Wrong.MISSING)}
    assert clerk.row("recognition", recognition).values["state"] == "announced"
    assert recognised(clerk)[1] is None

    taken = recognised(clerk)[1]

    assert isinstance(taken, tuple)
    assert [(one.column, one.why) for one in taken] == [("number", Wrong.TWICE)]
