"""Receipts on the real service: issued when lines are settled, numbered once, void by two people, never lost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from cardsvc.api import receipts as api
from cardsvc.api.access import Signed
from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Family, Receipt
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.wire import Outcome
from cardsvc.handlers import hand_forms, void_forms
from cardsvc.store import receipts
from cardsvc.store import stock as stocks
from cardsvc.store import tables as t
from cardsvc.store.receipts import Kept
from cardsvc.store.stock import RECEIPTS
from cardsvc.store.verifying import first_fault
from tests.service.test_family import OURS, link, look_in
from tests.support.accounts import bill, owes
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_STORAGE, Told

CASHIER, MANAGER, AUDITOR = StaffNo("1010"), StaffNo("1015"), StaffNo("1016")
SECOND = {"second_staff_no": "1016", "second_password": "10161016"}


def burnt(service: Service, number: int = 1) -> Told:
    """A case with administrative fees and others on its bill; it is no resident's, so nothing is waived."""
    one = Told.begun(service, number, resident=False)
    one.go(*TO_STORAGE, *READY, Step.DEPOSIT, *FIRE)
    return one


def pay(one: Told, fen: int, means: Means = Means.CASH, **more: Any) -> None:
    details = Details(amount_fen=fen, means=means, **more)
    judged = one.service.station(StationKind.CASHIER).take(one.case_no, Step.PAY, details, staff_no=CASHIER)
    assert judged.outcome is Outcome.ACCEPTED, judged


def kept(one: Told) -> list[Kept]:
    context = one.service.context
    with context.engine.connect() as connection:
        return receipts.of_case(connection, context.home_id, one.case_no)


def given(one: Told) -> list[Receipt]:
    return [found.receipt for found in kept(one) if found.void is None]


def amounts(one: Told) -> dict[Family, int]:
    return {family: sum(row.amount_fen for row in given(one) if row.family is family) for family in Family}


def void_receipt(one: Told, family: Family, number: str) -> list[Receipt] | Refusal:
    signed = Signed(MANAGER, "罗某", (Role.DUTY_MANAGER,), None, "")
    return api.void(one.service.context, signed, one.case_no, family, number, Reason.MISPRINT, AUDITOR)


def whole(service: Service) -> None:
    assert first_fault(service.context.engine, service.context.home_id, lambda said: None) is None


def test_a_payment_gives_a_receipt_of_each_family_and_the_next_one_only_what_is_new(service: Service) -> None:
    one = burnt(service)
    due = owes(service, one.case_no, Payer.FAMILY)
    pay(one, due - 10_000)
    first = given(one)
    pay(one, 10_000, Means.CARD_TERMINAL)

    assert {(row.family, row.number) for row in first} == {(Family.FISCAL, "PJ-000001"), (Family.INVOICE, "FP-000001")}
    assert sum(row.amount_fen for row in first) == due - 10_000
    assert sum(amounts(one).values()) == due
    fiscal = {line.item for row in given(one) if row.family is Family.FISCAL for line in row.lines}
    assert fiscal == {"furnace_ordinary"}
    assert {row.means for row in given(one) if row not in first} == {Means.CARD_TERMINAL}
    assert {row.by for row in given(one)} == {CASHIER}
    whole(service)


def test_two_payments_in_one_exchange_have_two_numbers(service: Service) -> None:
    one, cashier = burnt(service), service.station(StationKind.CASHIER)
    for fen in (1_000, 2_000):
        details = Details(amount_fen=fen, means=Means.CASH, receipt=f"R-{fen}")
        cashier.append(wire.Observation(step=Step.PAY, details=details), case_no=one.case_no, staff_no=CASHIER)
    assert cashier.judged().outcome is Outcome.ACCEPTED

    assert [(row.number, row.amount_fen, row.slip) for row in given(one)] == [
        ("FP-000001", 1_000, "R-1000"),
        ("FP-000002", 2_000, "R-2000"),
    ]


def test_a_deposit_is_on_no_receipt_until_it_is_set_off_and_a_third_party_has_its_own(service: Service) -> None:
    one = burnt(service)
    assert given(one) == []
    one.tries(Step.SETTLE)
    assert {row.means for row in given(one)} == {None}
    assert sum(amounts(one).values()) == bill(service, one.case_no).paid_fen

    one.does(Step.SWITCH_PAYER, item="cold_storage", payer=Payer.POLICE, reason=Reason.POLICE)
    police = owes(service, one.case_no, Payer.POLICE)
    pay(one, police, Means.TRANSFER, payer=Payer.POLICE)

    assert sum(row.amount_fen for row in given(one) if row.payer is Payer.POLICE) == police
    found = Desk(service, "1015").api("GET", f"cases/{one.case_no}/receipts").json()
    assert sum(row["outdated_fen"] for row in found) == police, "what the family's receipt says of it has to come back"


def test_a_slip_of_paper_given_without_network_is_named_on_the_receipt_that_takes_its_place(service: Service) -> None:
    one = burnt(service)
    pay(one, 20_000, receipt="R-77")
    assert {row.slip for row in given(one)} == {"R-77"}


def test_the_cashiers_own_forms_come_first_and_a_void_one_is_never_used(service: Service) -> None:
    context, now = service.context, service.clock.now
    stock = RECEIPTS[Family.FISCAL]
    unknown = Refusal(Problem.RECEIPT_NOT_STOCK, "PX-000001")
    assert hand_forms.handle(context, stock, ["PX-000001"], MANAGER, CASHIER, now) == unknown
    assert hand_forms.handle(context, stock, ["PJ-000010", "PJ-000011"], MANAGER, CASHIER, now) == 2
    assert void_forms.handle(context, stock, ["PJ-000010"], Reason.SPOILED, MANAGER, AUDITOR, now) == 1
    one = burnt(service)
    pay(one, owes(service, one.case_no, Payer.FAMILY))
    assert {row.number for row in given(one)} == {"PJ-000011", "FP-000001"}


def test_with_no_number_left_the_money_is_taken_and_the_receipt_follows(service: Service) -> None:
    context, now = service.context, service.clock.now
    one, numbers = burnt(service), [f"PJ-{number:06d}" for number in range(1, 501)]
    assert void_forms.handle(context, RECEIPTS[Family.FISCAL], numbers, Reason.LOST, MANAGER, AUDITOR, now) == 500
    pay(one, owes(service, one.case_no, Payer.FAMILY))
    assert {row.family for row in given(one)} == {Family.INVOICE}

    desk = Desk(service, "1010")
    path = f"cases/{one.case_no}/receipts"
    assert desk.post(f"{path}/issue", payer="family").status_code == 409
    received = desk.post("receipts/fiscal/receive", prefix="PK-", first="1", count="5", keeper="1010")
    assert received.status_code == 303
    assert desk.post(f"{path}/issue", payer="family").status_code == 303
    assert desk.post(f"{path}/issue", payer="family").status_code == 404, "once"

    assert sum(amounts(one).values()) == bill(service, one.case_no).due_fen
    assert [row.number for row in given(one) if row.family is Family.FISCAL] == ["PK-000001"]
    assert {row.means for row in given(one)} == {Means.CASH}
    whole(service)


def test_a_number_that_no_receipt_can_have_is_passed_over_and_the_money_is_taken(service: Service) -> None:
    """A batch that was received before its prefix was refused; it sorts before every other."""
    context, now, fiscal = service.context, service.clock.now, RECEIPTS[Family.FISCAL]
    odd = [f"-{number:06d}" for number in range(1, 151)]
    with context.engine.begin() as connection:
        stocks.add(connection, fiscal, context.home_id, odd, f"{odd[0]}..{odd[-1]}", CASHIER)
    one = burnt(service)
    due = owes(service, one.case_no, Payer.FAMILY)
    pay(one, due - 1_000)
    assert [row.number for row in given(one) if row.family is Family.FISCAL] == ["PJ-000001"]

    rest = [f"PJ-{number:06d}" for number in range(2, 501)]
    assert void_forms.handle(context, fiscal, rest, Reason.LOST, MANAGER, AUDITOR, now) == len(rest)
    assert void_receipt(one, Family.FISCAL, "PJ-000001") == []
    pay(one, 1_000)
    assert {row.family for row in given(one)} == {Family.INVOICE}
    _, missing = api.looked(context, one.case_no)
    assert missing == {Payer.FAMILY: due - sum(amounts(one).values())}
    whole(service)


def test_two_people_void_a_receipt_and_what_is_still_paid_has_a_new_number(service: Service) -> None:
    one = burnt(service)
    pay(one, owes(service, one.case_no, Payer.FAMILY))
    before, desk = amounts(one), Desk(service, "1010")
    path = f"cases/{one.case_no}/receipts/fiscal/PJ-000001/void"

    assert desk.post(path, reason="misprint").status_code == 409
    assert desk.post(path, **SECOND).status_code == 409
    assert desk.post(path, reason="weather", **SECOND).status_code == 422
    alone = {"second_staff_no": "1010", "second_password": "10101010"}
    assert desk.post(path, reason="misprint", **alone).status_code == 409
    assert desk.post(path, reason="misprint", **SECOND).status_code == 303
    assert desk.post(path, reason="misprint", **SECOND).status_code == 409, "void already"

    void = next(row for row in kept(one) if row.receipt.number == "PJ-000001").void
    assert void is not None and (void.why, void.by, void.second) == (Reason.MISPRINT, CASHIER, AUDITOR)
    assert amounts(one) == before
    assert [row.number for row in given(one) if row.family is Family.FISCAL] == ["PJ-000002"]
    with service.context.engine.connect() as connection:
        acts = [act.what for act in stocks.acts(connection, RECEIPTS[Family.FISCAL], service.context.home_id)]
    assert "receipts fiscal void PJ-000001, misprint, second 1016" in acts
    whole(service)


def test_who_only_looks_neither_prints_nor_voids(service: Service) -> None:
    one = burnt(service)
    pay(one, 5_000)
    auditor, arranger = Desk(service, "1016"), Desk(service, "1006")
    path = f"cases/{one.case_no}/receipts"
    assert (auditor.get(path).status_code, arranger.get(path).status_code) == (200, 403)
    assert auditor.post(f"{path}/invoice/FP-000001.pdf").status_code == 403
    assert auditor.post(f"{path}/invoice/FP-000001/void", reason="lost", **SECOND).status_code == 403
    assert Desk(service, "1010").post(f"{path}/invoice/FP-000002.pdf").status_code == 404, "issued to nobody"


def test_the_family_sees_its_receipts_and_nobody_elses(service: Service) -> None:
    one = burnt(service)
    one.does(Step.SWITCH_PAYER, item="cold_storage", payer=Payer.POLICE, reason=Reason.POLICE)
    pay(one, 1_000)
    pay(one, owes(service, one.case_no, Payer.POLICE), Means.TRANSFER, payer=Payer.POLICE)
    client = look_in(service, link(service, one.case_no))
    client.post("/family/confirm", json={"digits": "0000"}, headers=OURS)

    shown = client.get("/family/status?lang=en").json()["bill"]["receipts"]

    ours = {row.number for row in given(one) if row.payer is Payer.FAMILY}
    assert {row["number"] for row in shown} == ours and ours
    assert len(given(one)) > len(ours)


CHANGES = (
    "UPDATE receipt SET number = 'PJ-000777' WHERE number = 'PJ-000001'",
    "UPDATE receipt SET state = 'stock', case_no = NULL, body = NULL, amount_fen = NULL, drawn_at = NULL "
    "WHERE number = 'PJ-000001'",
    "UPDATE receipt SET amount_fen = 1 WHERE number = 'PJ-000001'",
    "UPDATE receipt SET body = '{}' WHERE number = 'PJ-000001'",
    "UPDATE receipt SET state = 'void', void_at = drawn_at WHERE number = 'PJ-000001'",
    "UPDATE receipt SET state = 'void', void_at = drawn_at, void_why = 'lost', void_by = '1010', void_second = '1010' "
    "WHERE number = 'PJ-000001'",
    "UPDATE receipt SET state = 'drawn' WHERE number = 'PJ-000002'",
    "DELETE FROM receipt WHERE number = 'PJ-000002'",
    "INSERT INTO receipt (home_id, family, number, state, batch) SELECT home_id, family, number, 'stock', batch "
    "FROM receipt WHERE number = 'PJ-000001'",
)


def test_the_database_itself_loses_no_number_and_gives_none_twice(service: Service) -> None:
    one = burnt(service)
    pay(one, owes(service, one.case_no, Payer.FAMILY))
    for change in CHANGES:
        with pytest.raises(IntegrityError), service.context.engine.begin() as connection:
            connection.execute(text(change))


def test_cardsvc_verify_finds_a_receipt_that_was_changed_and_a_number_that_is_gone(service: Service) -> None:
    one = burnt(service)
    pay(one, owes(service, one.case_no, Payer.FAMILY))
    whole(service)
    triggers = ("receipt_path", "receipt_no_delete")
    with service.context.engine.begin() as connection:
        for trigger in triggers:
            of = " ON receipt" if service.context.engine.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER {trigger}{of}"))
        c = t.receipt.c
        connection.execute(t.receipt.delete().where(c.number == "PJ-000100"))
    found = first_fault(service.context.engine, service.context.home_id, lambda said: None)
    assert found == "receipts fiscal PJ-000001..PJ-000500: 499 numbers are left"
    with service.context.engine.begin() as connection:
        connection.execute(update(t.receipt).where(c.number == "PJ-000001").values(amount_fen=1))
    found = first_fault(service.context.engine, service.context.home_id, lambda said: None)
    assert found == "receipt fiscal PJ-000001 is not what was issued"
    with service.context.engine.begin() as connection:
        connection.execute(update(t.receipt).where(c.number == "FP-000001").values(body="{"))
        every = set(receipts.faults(connection, service.context.home_id))
    assert every == {
        "receipt invoice FP-000001 cannot be read",
        "receipt fiscal PJ-000001 is not what was issued",
        "receipts fiscal PJ-000001..PJ-000500: 499 numbers are left",
    }


def test_many_at_once_never_have_one_number_and_each_receipt_is_void_once(service: Service) -> None:
    """Each receipt is pressed void by two desks at the same moment, and each of them draws a new number."""
    cases = []
    for number, name in enumerate(("李明", "欧阳春", "陆远", "金一"), 1):
        one = Told.begun(service, number, resident=False, id_no=None, deceased_name=name)
        one.does(Step.DISPATCH)
        one.does(Step.COLLECT, tag=f"T{number}")
        one.does(Step.ARRIVE, tag=f"T{number}")
        pay(one, 20_000)
        cases.append(one)
    context, presses = service.context, [(one, given(one)[0]) for one in cases for _ in range(2)]
    now = Signed(MANAGER, "罗某", (Role.DUTY_MANAGER,), None, "")

    def press(asked: tuple[Told, Receipt]) -> bool:
        one, old = asked
        done = api.void(context, now, one.case_no, old.family, old.number, Reason.MISPRINT, AUDITOR)
        return not isinstance(done, Refusal)

    with ThreadPoolExecutor(len(presses)) as pool:
        done = list(pool.map(press, presses))

    assert sum(done) == len(cases)
    numbers = [(row.receipt.family, row.receipt.number) for one in cases for row in kept(one)]
    assert len(numbers) == len(set(numbers)) == 2 * len(cases)
    assert [sum(row.amount_fen for row in given(one)) for one in cases] == [20_000] * len(cases)
    whole(service)
