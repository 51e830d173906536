"""A batch of benefits is approved as its payments are, and nothing comes to it, leaves it or changes in it then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Wrong
from cardsvc.core.uploads import UploadState
from cardsvc.handlers import take_back_upload, withdraw_row
from cardsvc.handlers.keep_row import Faulty
from cardsvc.modules.social_relief import MODULE
from cardsvc.modules.veterans import MODULE as VETERANS
from cardsvc.rows import keeping
from cardsvc.rows.hindering import Hindrance
from cardsvc.rows.keeping import Where
from tests.service.conftest import founded
from tests.support.desk import Desk
from tests.support.files import done, kept_file
from tests.support.home import ID_NO, Service
from tests.support.rows import CLERK, SECOND, Clerk

__all__ = ["founded"]
SINGLE = {
    "number": "DR-9",
    "name": "王守义",
    "id_no": ID_NO,
    "kind": "肢体",
    "grade": "1",
    "monthly": "664",
    "since": "2024-03-01",
}
BENEFICIARY = {
    "number": "YF-9",
    "name": "王守义",
    "id_no": ID_NO,
    "category": "参战退役人员",
    "monthly": "800",
    "since": "2024-03-01",
}
BOUND, TWO_FAULTS = (Fault("of_batch", Wrong.BOUND),), (Fault("persons", Wrong.UNTRUE), Fault("amount", Wrong.UNTRUE))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clerk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clerk]:
    if request.param == "sqlite":
        dsn = f"sqlite:///{tmp_path / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn, modules=(MODULE,))
    made = Clerk(running, MODULE)
    made.granted()
    yield made
    running.close()


def batch(clerk: Clerk, number: str = "B1", persons: str = "1", amount: str = "664") -> str:
    said = {"number": number, "scheme": "single", "for_day": "2026-10-01", "persons": persons, "amount": amount}
    return clerk.types("payment_batch", **said)


def approved(clerk: Clerk) -> tuple[str, str, str]:
    """Somebody entitled, a batch that two approved, and the payment in it."""
    single, of = clerk.grants("single", **SINGLE), batch(clerk)
    payment = clerk.types("payment", paid_on="2026-10-10", amount="664", single=single, of_batch=of)
    clerk.moves("payment_batch", of, "submit")
    clerk.moves("payment_batch", of, "approve", SECOND, remark="同意")
    return single, of, payment


def withdraws(clerk: Clerk, row_id: str, *people: str) -> object:
    record, context = MODULE.record("payment"), clerk.service.context
    seen, both = (row_id, clerk.row("payment", row_id).version), (CLERK, SECOND)
    return withdraw_row.handle(context, MODULE, record, seen, "录错了", None, both, context.clock())


def test_a_batch_is_submitted_only_as_its_payments_are(clerk: Clerk) -> None:
    single, of = clerk.grants("single", **SINGLE), batch(clerk, persons="2", amount="1000")
    assert clerk.tries_move("payment_batch", of, "submit") == TWO_FAULTS
    for day, yuan in (("2026-10-10", "664"), ("2026-10-11", "335.99")):
        clerk.types("payment", paid_on=day, amount=yuan, single=single, of_batch=of)

    assert clerk.tries_move("payment_batch", of, "submit") == TWO_FAULTS[1:]
    said = {"number": "B1", "scheme": "single", "for_day": "2026-10-01", "persons": "2", "amount": "999.99"}
    assert clerk.edits("payment_batch", of, **said) == of
    clerk.moves("payment_batch", of, "submit")
    clerk.moves("payment_batch", of, "approve", SECOND, remark="同意")


def test_nothing_comes_to_a_batch_that_was_approved_or_changes_in_it_or_leaves_it(clerk: Clerk) -> None:
    single, of, payment = approved(clerk)
    other = batch(clerk, "B2")
    own = {"paid_on": "2026-10-10", "single": single}
    for state in ("approved", "paid"):
        assert clerk.row("payment_batch", of).values["state"] == state

        assert clerk.edits("payment", payment, **own, amount="999999", of_batch=of) == Refusal(Problem.ROW_FROZEN)
        assert clerk.edits("payment", payment, **own, amount="664", of_batch=other) == Refusal(Problem.ROW_FROZEN)
        added = clerk.tries("payment", paid_on="2026-10-12", amount="777", single=single, of_batch=of)
        assert isinstance(added, Faulty) and added.faults == BOUND
        assert withdraws(clerk, payment) == (Hindrance("payment_batch", of),)

        if state == "approved":
            clerk.moves("payment_batch", of, "pay")
    desk = Desk(clerk.service, CLERK)
    assert f"{payment}/edit" not in desk.get(f"modules/social_relief/payment/{payment}").text
    assert "B1" in desk.post(f"modules/social_relief/payment/{payment}/withdraw", why="x", version="1").text


def test_a_payment_does_not_move_into_a_batch_that_was_submitted(clerk: Clerk) -> None:
    single, of, _ = approved(clerk)
    draft = batch(clerk, "B2")
    own = {"paid_on": "2026-10-12", "amount": "664", "single": single}
    loose = clerk.types("payment", **own, of_batch=draft)

    answer = clerk.edits("payment", loose, **own, of_batch=of)

    assert isinstance(answer, Faulty) and answer.faults == BOUND


def test_what_is_sent_back_is_free_again(clerk: Clerk) -> None:
    single, of, payment = approved(clerk)
    clerk.moves("payment_batch", of, "reject", remark="金额有误")

    own = {"paid_on": "2026-10-10", "amount": "600", "single": single, "of_batch": of}
    assert clerk.edits("payment", payment, **own) == payment

    assert clerk.tries_move("payment_batch", of, "submit") == TWO_FAULTS[1:]


def test_a_withdrawn_payment_does_not_come_back_into_a_batch_that_was_approved_without_it(clerk: Clerk) -> None:
    single, of = clerk.grants("single", **SINGLE), batch(clerk)
    gone, _ = (
        clerk.types("payment", paid_on=day, amount="664", single=single, of_batch=of)
        for day in ("2026-10-10", "2026-10-11")
    )
    assert withdraws(clerk, gone) is None
    clerk.moves("payment_batch", of, "submit")

    record, context = MODULE.record("payment"), clerk.service.context
    back = withdraw_row.restore(context, MODULE, record, gone, "没错", None, (CLERK, SECOND), context.clock())

    assert back == BOUND


def test_a_file_brings_nothing_into_a_batch_that_was_approved_and_is_not_taken_back_out_of_one(clerk: Clerk) -> None:
    single, of = clerk.grants("single", **SINGLE), batch(clerk)
    line = {"county": "330302", "paid_on": "2026-10-10", "amount": "664", "single": single, "of_batch": of}
    brought = kept_file(clerk, "payment", line)
    assert brought.state is UploadState.DONE
    clerk.moves("payment_batch", of, "submit")

    late = kept_file(clerk, "payment", line | {"paid_on": "2026-10-11"})
    assert late.state is UploadState.FAULTY
    assert [one.fault.why for one in late.found.faults] == [Wrong.BOUND]

    context = clerk.service.context
    assert not isinstance(take_back_upload.ask(context, brought, "错表", (CLERK, SECOND), context.clock()), Refusal)
    after = done(clerk, brought.id)
    assert after.state is UploadState.DONE and ("payment_batch", of) in after.found.held


def test_a_payment_in_no_batch_or_above_what_is_paid_a_month_takes_two(clerk: Clerk) -> None:
    single, of, alone = clerk.grants("single", **SINGLE), batch(clerk), Refusal(Problem.FOUR_EYES, "edit_records")
    loose = {"paid_on": "2026-10-10", "amount": "664", "single": single}
    more = loose | {"amount": "664.01", "of_batch": of}
    assert clerk.tries_with("payment", None, **loose) == clerk.tries_with("payment", None, **more) == alone
    assert clerk.tries_with("payment", CLERK, **loose) == alone

    own = clerk.tries_with("payment", None, **loose | {"of_batch": of})
    assert isinstance(own, str)
    assert clerk.edits_with("payment", own, None, **more) == alone
    assert clerk.edits_with("payment", own, SECOND, **more) == own
    assert clerk.edits_with("payment", own, None, **loose, of_batch=of) == alone, "two agreed to what it is"

    where = Where(clerk.service.context.home_id, MODULE.name, MODULE.record("payment"))
    with clerk.service.context.engine.connect() as connection:
        assert {one.second_no for one in keeping.history(connection, where, own)} == {SECOND}


def test_a_pension_is_paid_by_two_as_no_batch_is_approved_there(clerk: Clerk) -> None:
    clerk = Clerk.of(clerk.service, VETERANS)
    whom = clerk.grants("beneficiary", **BENEFICIARY)
    paid = {"paid_on": "2026-10-10", "amount": "999999", "beneficiary": whom}

    assert clerk.tries_with("payment", None, **paid) == Refusal(Problem.FOUR_EYES, "edit_records")
    assert isinstance(clerk.tries_with("payment", SECOND, **paid), str)


def test_the_form_and_the_file_of_payments_ask_who_confirms(clerk: Clerk) -> None:
    single, desk = clerk.grants("single", **SINGLE), Desk(clerk.service, CLERK)
    page, typed = "modules/social_relief/payment", {"paid_on": "2026-10-10", "amount": "664", "single": single}
    typed |= {"county": "330302"}
    assert "second_staff_no" in desk.get(f"{page}/new?county=330302").text

    refused = desk.post(f"{page}/new", **typed)
    assert refused.status_code == 409 and "second_staff_no" in refused.text
    wrong = desk.post(f"{page}/new", **typed, second_staff_no=SECOND, second_password="wrong")
    assert wrong.status_code == 401
    assert desk.post(f"{page}/new", **typed, second_staff_no=SECOND, second_password=SECOND * 2).status_code == 303

    ready = kept_file(clerk, "payment", typed | {"paid_on": "2026-10-11"}, keep=False)
    assert ready.state is UploadState.READY
    assert "second_staff_no" in desk.get(f"{page}/import/{ready.id}").text
    assert desk.post(f"{page}/import/{ready.id}/commit").status_code == 409
    assert done(clerk, ready.id).state is UploadState.READY
    two = {"second_staff_no": SECOND, "second_password": SECOND * 2}
    assert desk.post(f"{page}/import/{ready.id}/commit", **two).status_code == 303
    kept = done(clerk, ready.id)
    assert kept.state is UploadState.DONE
    back = take_back_upload.ask(clerk.service.context, kept, "错表", (CLERK, None), clerk.service.clock.now)
    assert back == Refusal(Problem.FOUR_EYES, "edit_records")
