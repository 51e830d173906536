"""Family and money (DOMAIN.md section 5): each exception to its end, with its figures."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from cardsvc.core.facts import Details, Quantity, StationKind, Step
from cardsvc.core.family import status
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.prices import Line, PriceItem, Regime, Trigger
from cardsvc.core.statements import Statement
from cardsvc.core.terms import Means, Payer, Reason, Signer, WaiverFor
from cardsvc.handlers import end_statement, make_statement
from cardsvc.store import statements
from cardsvc.store import tables as t
from cardsvc.store.lines import line_of
from cardsvc.store.opening import price_book
from tests.core.story import START
from tests.service.exceptions.ending import Ending, ending
from tests.support.accounts import bill, halls, lines, owes, take, taken
from tests.support.home import Service
from tests.support.telling import ARRANGED, FIRE, READY, TO_STORAGE, Office, go, opened, stored

CASHIER, DESK = StationKind.CASHIER, StationKind.ARRANGEMENT
WISH = Reason.FAMILY_WISH
COLD = Details(item="cold_storage", payer=Payer.INSURER, reason=Reason.PAYER_FOUND)


def new_list(service: Service, version: str, *, furnace_fen: int, extra: tuple[PriceItem, ...] = ()) -> None:
    """A price list that is in force from the clock's day on."""
    context = service.context
    with context.engine.begin() as connection:
        book = price_book(connection, context.home_id, service.clock.now)
        items = tuple(
            one.model_copy(update={"price_fen": furnace_fen}) if one.item == "furnace_ordinary" else one
            for one in book.items
        )
        since = service.clock.now.date()
        made = book.model_copy(update={"version": version, "valid_from": since, "items": (*items, *extra)})
        row = {"home_id": context.home_id, "version": version, "valid_from": since.isoformat()}
        connection.execute(insert(t.price_book).values(**row, body=made.model_dump_json()))


def disputed_applicant(service: Service) -> CaseNo:
    """A dispute holds the fire and the ashes; what was signed is signed anew when two people have lifted it."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY)
    office = Office(service)
    office.step(case_no, Step.HOLD, Details(reason=Reason.DISPUTE, blocks=(Step.QUEUE, Step.ARM, Step.RELEASE)))
    queued = Details(tag="7Q2F", coffin="K0001")
    held = take(service, StationKind.CREMATION, case_no, Step.QUEUE, queued, card)
    assert [one.problem for one in held.reasons] == ["case_on_hold"]
    alone = office.try_step(case_no, Step.LIFT_HOLD, Details(reason=Reason.DISPUTE), second=None)
    assert alone.json()["code"] == "second_person_missing"
    office.step(case_no, Step.LIFT_HOLD, Details(reason=Reason.DISPUTE))
    taken(service, DESK, case_no, Step.AUTHORISE, Details(signed_by=Signer.DELEGATE), card)

    case = taken(service, StationKind.CREMATION, case_no, Step.QUEUE, queued, card)

    assert (case.stage, case.holds, case.signed_by) == ("queued", (), Signer.DELEGATE)
    assert bill(service, case_no).open_fen == 0
    return case_no


def farewell_cancelled(service: Service) -> CaseNo:
    """The hall is free again and nothing of it is charged; the flowers of the signed quote are taken back."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *ARRANGED)
    assert (halls(service, case_no), bill(service, case_no).due_fen) == ({"H1"}, 36_000)
    taken(service, DESK, case_no, Step.RELEASE_SLOT, Details(reason=WISH), card)
    for item in ("hall_large", "flowers"):
        taken(service, DESK, case_no, Step.CANCEL_ITEM, Details(item=item, reason=WISH), card)
    again = take(service, DESK, case_no, Step.CANCEL_ITEM, Details(item="flowers", reason=WISH), card)

    assert [one.problem for one in again.reasons] == ["field_invalid"]
    case = stored(service, case_no)
    assert (case.hall, case.appointment, case.items, halls(service, case_no)) == (None, None, (), set())
    assert lines(service, case_no)[-2:] == [("flowers", 36_000, 0, "family"), ("flowers", -36_000, 0, "family")]
    assert bill(service, case_no).due_fen == 0
    return case_no


def farewell_cancelled_late(service: Service) -> CaseNo:
    """The price list may say what a hall costs that is given up late; it must say so, nothing else does."""
    late = PriceItem(
        item="hall_late", name_zh="迟退厅费", name_en="Late cancellation", unit="场", regime=Regime.REFERENCE,
        legal_basis="示例", trigger=Trigger.CANCELLATION, price_fen=20_000, within_hours=72, default=True,
    )  # fmt: skip
    new_list(service, "WZ-LATE", furnace_fen=33_000, extra=(late,))
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *ARRANGED)

    taken(service, DESK, case_no, Step.RELEASE_SLOT, Details(reason=WISH), card)

    assert lines(service, case_no)[-1] == ("hall_late", 20_000, 0, "family")
    assert (halls(service, case_no), bill(service, case_no).due_fen) == (set(), 56_000)
    return case_no


def farewell_moved(service: Service) -> CaseNo:
    """A new time takes the place of the old one, and costs nothing."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *ARRANGED)
    before = bill(service, case_no)

    moved = Details(hall="H2", starts=START + timedelta(days=3))
    case = taken(service, DESK, case_no, Step.RESERVE, moved, card)

    assert (case.hall, case.appointment, halls(service, case_no)) == ("H2", moved.starts, {"H2"})
    assert bill(service, case_no) == before
    return case_no


def refund(service: Service) -> CaseNo:
    """By two people, and never above what was paid less what is owed: before the deposit is set off, and after."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *ARRANGED, Step.DEPOSIT)
    assert (bill(service, case_no).deposit_fen, bill(service, case_no).due_fen) == (300_000, 36_000)
    needed = take(service, CASHIER, case_no, Step.REFUND, Details(amount_fen=264_001, means=Means.CASH), card)
    assert [(one.problem, one.detail) for one in needed.reasons] == [("above_paid", "¥2,640.00")]
    go(service, case_no, card, Step.SETTLE)
    assert bill(service, case_no).deposit_fen == 264_000
    asked = Details(amount_fen=264_001, means=Means.CASH)
    above = take(service, CASHIER, case_no, Step.REFUND, asked, card)
    alone = service.station(CASHIER).take(
        case_no, Step.REFUND, Details(amount_fen=1, means=Means.CASH), card, second_staff_no=None
    )
    assert [one.problem for one in above.reasons] == ["above_paid"]
    assert [one.problem for one in alone.reasons] == ["second_person_missing"]

    taken(service, CASHIER, case_no, Step.REFUND, Details(amount_fen=264_000, means=Means.CASH), card)

    assert (bill(service, case_no).deposit_fen, bill(service, case_no).open_fen) == (0, 0)
    return case_no


def refund_of_too_much(service: Service) -> CaseNo:
    """What the family paid beyond its lines is held for it, and can be refunded."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *ARRANGED, Step.PAY)
    assert (bill(service, case_no).deposit_fen, bill(service, case_no).open_fen) == (14_000, -14_000)
    above = take(service, CASHIER, case_no, Step.REFUND, Details(amount_fen=14_001, means=Means.CASH), card)
    assert [one.problem for one in above.reasons] == ["above_paid"]

    taken(service, CASHIER, case_no, Step.REFUND, Details(amount_fen=14_000, means=Means.CASH), card)

    assert (bill(service, case_no).paid_fen, bill(service, case_no).open_fen) == (36_000, 0)
    return case_no


def refund_after_cancelling(service: Service) -> CaseNo:
    """A case that was cancelled owes nothing any more: the cashier still knows it, and pays the whole rest back."""
    case_no, card = opened(service)
    go(service, case_no, card, Step.QUOTE, Step.SIGN_QUOTE, Step.DEPOSIT)
    Office(service).step(case_no, Step.CANCEL, Details(reason=WISH))
    cashier = service.station(CASHIER)
    cashier.send()
    assert cashier.known is not None and case_no in cashier.known.cases
    above = take(service, CASHIER, case_no, Step.REFUND, Details(amount_fen=300_001, means=Means.CASH), card)
    assert [one.problem for one in above.reasons] == ["above_paid"]

    case = taken(service, CASHIER, case_no, Step.REFUND, Details(amount_fen=300_000, means=Means.CASH), card)

    cashier.send()
    assert (case.stage, bill(service, case_no).deposit_fen) == ("cancelled", 0)
    assert (bill(service, case_no).due_fen, bill(service, case_no).open_fen) == (0, 0)
    assert case_no not in cashier.known.cases
    return case_no


def waiver_proven_late(service: Service) -> CaseNo:
    """The basic lines are posted anew with the waiver and its proof; what was paid for them can be refunded."""
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, *READY)
    go(service, case_no, card, Step.DEPOSIT, *FIRE, Step.SEAL, Step.SETTLE)
    # Transport 230, a day of cold storage 80, furnace 330, urn 200.
    assert (bill(service, case_no).due_fen, bill(service, case_no).deposit_fen) == (84_000, 216_000)

    Office(service).step(case_no, Step.PROVE_WAIVER, Details(number="WP-1", reason=Reason.PROVEN_LATE))

    after = bill(service, case_no)
    assert (after.charged_fen, after.waived_fen, after.due_fen) == (84_000, 84_000, 0)
    assert (after.deposit_fen, owes(service, case_no, Payer.TREASURY)) == (300_000, 84_000)
    assert (stored(service, case_no).resident, stored(service, case_no).waiver_proof) == (True, "WP-1")
    taken(service, CASHIER, case_no, Step.REFUND, Details(amount_fen=300_000, means=Means.CASH), card)
    assert bill(service, case_no).open_fen == 0
    return case_no


def waiver_withdrawn(service: Service) -> CaseNo:
    """The waived lines are taken back and posted anew without it; the family is told, owes again, and settles again."""
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, *READY)
    go(service, case_no, card, Step.DEPOSIT, *FIRE, Step.SEAL)
    proof = Details(number="DB-7", reason=Reason.PROVEN_LATE, category=WaiverFor.LOW_INCOME)
    Office(service).step(case_no, Step.PROVE_WAIVER, proof)
    go(service, case_no, card, Step.SETTLE)
    waived = [one for one in standing_lines(service, case_no) if one.waiver_fen]
    assert {one.waiver_source for one in waived} == {"low_income DB-7 table:1"}
    assert bill(service, case_no).due_fen == 0
    assert owes(service, case_no, Payer.TREASURY) == 84_000

    lost = Details(category=WaiverFor.LOW_INCOME, reason=Reason.NOT_ENTITLED)
    Office(service).step(case_no, Step.WITHDRAW_WAIVER, lost)

    after = bill(service, case_no)
    assert (after.charged_fen, after.waived_fen, after.open_fen) == (84_000, 0, 84_000 - 300_000)
    assert owes(service, case_no, Payer.TREASURY) == 0
    assert {one.waiver_source for one in standing_lines(service, case_no)} == {None}
    assert (stored(service, case_no).entitled, stored(service, case_no).settled) == ((), False)
    told = status(stored(service, case_no), "王某").milestones
    assert told[-1].step is Step.WITHDRAW_WAIVER
    again = Office(service).try_step(case_no, Step.WITHDRAW_WAIVER, lost)
    assert again.status_code == 422
    assert "field_invalid" in again.text and "category" in again.text
    alone = Office(service).try_step(case_no, Step.PROVE_WAIVER, proof, second=None)
    assert alone.status_code >= 400
    go(service, case_no, card, Step.SETTLE)
    assert (bill(service, case_no).owed_fen, bill(service, case_no).deposit_fen) == (0, 216_000)
    return case_no


def set_off_against_a_better_furnace(service: Service) -> CaseNo:
    """The 330 of the ordinary furnace counts against the better one, is lost and comes back with its record."""
    case_no, card = opened(service, resident=True)
    go(service, case_no, card, *TO_STORAGE, *READY)
    taken(service, DESK, case_no, Step.QUOTE, Details(items=(Quantity(item="furnace_better", count=1),)), card)
    go(service, case_no, card, Step.SIGN_QUOTE, Step.DEPOSIT, *FIRE)
    (furnace,) = [one for one in standing_lines(service, case_no) if one.item == "furnace_better"]
    assert (furnace.price_fen, furnace.waiver_fen, furnace.due_fen) == (90_000, 33_000, 57_000)
    assert furnace.waiver_source == "resident booking 2026-11-01 table:1"
    assert furnace.legal_basis.count("惠民减免") == 1
    assert (bill(service, case_no).due_fen, owes(service, case_no, Payer.TREASURY)) == (57_000, 64_000)

    lost = Details(category=WaiverFor.RESIDENT, reason=Reason.NOT_ENTITLED)
    Office(service).step(case_no, Step.WITHDRAW_WAIVER, lost)
    assert (bill(service, case_no).due_fen, owes(service, case_no, Payer.TREASURY)) == (121_000, 0)
    Office(service).step(case_no, Step.PROVE_WAIVER, Details(number="HK-1", reason=Reason.PROVEN_LATE))

    assert (bill(service, case_no).due_fen, owes(service, case_no, Payer.TREASURY)) == (57_000, 64_000)
    waived = {one.waiver_source for one in standing_lines(service, case_no) if one.waiver_fen}
    assert waived == {"resident HK-1 table:1"}
    return case_no


def payer_switch_after_a_statement_was_sent(service: Service) -> CaseNo:
    """The frozen statement stays; the line is asked of the insurer no more, and the family owes it with its waiver."""
    case_no, card = opened(service, resident=True)
    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)
    assert owes(service, case_no, Payer.TREASURY) == 23_000 + 8_000
    Office(service).step(case_no, Step.SWITCH_PAYER, COLD)
    assert (owes(service, case_no, Payer.TREASURY), owes(service, case_no, Payer.INSURER)) == (23_000, 8_000)
    today = local(service.clock.now).date()
    draft_no = make_statement.handle(service.context, Payer.INSURER, today, today, StaffNo("1010"))
    assert isinstance(draft_no, int)
    sent = end_statement.send(service.context, draft_no, StaffNo("1015"))
    assert isinstance(sent, Statement) and sent.total_fen == 8_000

    Office(service).step(case_no, Step.SWITCH_PAYER, COLD.model_copy(update={"payer": Payer.FAMILY}))

    with service.context.engine.connect() as connection:
        kept = statements.one(connection, service.context.home_id, draft_no)
        assert kept is not None and kept.body == sent.model_dump_json()
        (line,) = statements.lines(connection, service.context.home_id, draft_no)
    assert (line.taken_back, line.asked_fen) == (True, 0)
    assert owes(service, case_no, Payer.INSURER) == 0
    assert (bill(service, case_no).due_fen, owes(service, case_no, Payer.TREASURY)) == (0, 31_000)
    return case_no


def standing_lines(service: Service, case_no: CaseNo) -> list[Line]:
    """The lines that nothing has taken back."""
    b = t.bill_line.c
    with service.context.engine.connect() as connection:
        rows = connection.execute(select(t.bill_line).where(b.case_no == case_no)).all()
    gone = {(one.reverses, one.reverses_line) for one in rows}
    return [line_of(one) for one in rows if one.reverses is None and (one.log_no, one.line_no) not in gone]


def third_party_payer(service: Service) -> CaseNo:
    """Lines of an item move by counter-lines, and the later ones go to the new payer, who pays them itself."""
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)
    assert owes(service, case_no, Payer.FAMILY) == 23_000 + 8_000
    Office(service).step(case_no, Step.SWITCH_PAYER, COLD)
    service.clock.forward(days=1)
    go(service, case_no, card, Step.STORE, Step.TAKE_OUT)

    cold = [one for one in lines(service, case_no) if one[0] == "cold_storage"]
    assert [(price, payer) for _, price, _, payer in cold] == [
        *((8_000, "family"), (-8_000, "family"), (8_000, "insurer"), (8_000, "insurer"))
    ]
    paid = Details(amount_fen=16_000, means=Means.TRANSFER, payer=Payer.INSURER)
    taken(service, CASHIER, case_no, Step.PAY, paid, card)
    assert (owes(service, case_no, Payer.INSURER), bill(service, case_no).due_fen) == (0, 23_000)
    assert stored(service, case_no).switched[0].payer is Payer.INSURER
    return case_no


def voided_after_the_payer_changed(service: Service) -> CaseNo:
    """A void takes back what stands, with whoever pays it now, and nothing twice."""
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.TAKE_OUT)
    Office(service).step(case_no, Step.SWITCH_PAYER, COLD)

    go(service, case_no, card, Step.VOID)

    assert stored(service, case_no).stage == "stored"
    assert (owes(service, case_no, Payer.INSURER), owes(service, case_no, Payer.FAMILY)) == (0, 23_000)
    assert sum(price for item, price, *_ in lines(service, case_no) if item == "cold_storage") == 0
    bill(service, case_no)
    return case_no


def price_list_changed(service: Service) -> CaseNo:
    """The list that was signed stays for the case; a case without a signed quote follows the new one."""
    signed, card = opened(service, resident=False)
    go(service, signed, card, *TO_STORAGE, *READY)
    go(service, signed, card, Step.QUOTE, Step.SIGN_QUOTE)
    assert stored(service, signed).price_version == "WZ-2026-1"
    service.clock.forward(days=1)
    new_list(service, "WZ-2026-2", furnace_fen=50_000)

    taken(service, DESK, signed, Step.CANCEL_ITEM, Details(item="hall_large", reason=WISH), card)
    go(service, signed, card, Step.DEPOSIT, *FIRE)

    assert ("furnace_ordinary", 33_000, 0, "family") in lines(service, signed)
    with service.context.engine.connect() as connection:
        versions = {row.price_version for row in connection.execute(t.bill_line.select())}
    assert versions == {"WZ-2026-1"}
    assert stored(service, signed).stage == "cremated"
    return signed


def quote_signed_after_the_list_changed(service: Service) -> CaseNo:
    """What is signed is signed by the list in force; an item that it has not any more cannot be signed."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    gone = PriceItem(
        item="candles", name_zh="蜡烛", name_en="Candles", unit="对", regime=Regime.REFERENCE, legal_basis="示例",
        trigger=Trigger.QUOTED, price_fen=900,
    )  # fmt: skip
    service.clock.forward(days=1)
    new_list(service, "WZ-2026-2", furnace_fen=33_000, extra=(gone,))
    taken(service, DESK, case_no, Step.QUOTE, Details(items=(Quantity(item="candles", count=1),)), card)
    service.clock.forward(days=1)
    with service.context.engine.begin() as connection:
        old = price_book(connection, service.context.home_id, service.clock.now - timedelta(days=9))
    service.clock.forward(days=1)
    with service.context.engine.begin() as connection:
        since = service.clock.now.date()
        made = old.model_copy(update={"version": "WZ-2026-3", "valid_from": since})
        row = {"home_id": service.context.home_id, "version": "WZ-2026-3", "valid_from": since.isoformat()}
        connection.execute(insert(t.price_book).values(**row, body=made.model_dump_json()))

    refused = take(service, DESK, case_no, Step.SIGN_QUOTE, Details(), card)

    assert [one.problem for one in refused.reasons] == ["item_unlisted"]
    go(service, case_no, card, Step.QUOTE, Step.SIGN_QUOTE)
    assert stored(service, case_no).price_version == "WZ-2026-3"
    assert bill(service, case_no).due_fen == 36_000
    return case_no


EXCEPTIONS: dict[str, tuple[Callable[[Service], CaseNo], Ending]] = {
    "disputed applicant": (
        disputed_applicant,
        Ending("queued furnace_hall", (31_000, 31_000, 0), set(), {"applicant_identity", "death_certificate"}),
    ),
    "farewell cancelled": (
        farewell_cancelled,
        Ending("stored slot", (23_000, 23_000, 0), {"A-07"}, {"applicant_identity", "death_certificate"}),
    ),
    "farewell cancelled late": (
        farewell_cancelled_late,
        Ending("stored slot", (79_000, 23_000, 0), {"A-07"}, {"applicant_identity", "death_certificate"}),
    ),
    "farewell moved": (
        farewell_moved,
        Ending("stored slot", (59_000, 23_000, 0), {"A-07", "H2"}, {"applicant_identity", "death_certificate"}),
    ),
    "refund": (
        refund,
        Ending("stored slot", (59_000, 23_000, 36_000), {"A-07", "H1"}, {"applicant_identity", "death_certificate"}),
    ),
    "refund of what was paid too much": (
        refund_of_too_much,
        Ending("stored slot", (59_000, 23_000, 36_000), {"A-07", "H1"}, {"applicant_identity", "death_certificate"}),
    ),
    "refund after cancelling": (refund_after_cancelling, Ending("cancelled reported", (0, 0, 0), set(), set())),
    "waiver proven late": (
        waiver_proven_late,
        Ending("sealed desk", (84_000, 84_000, 0), set(), {"applicant_identity", "death_certificate"}),
    ),
    "waiver withdrawn": (
        waiver_withdrawn,
        Ending("sealed desk", (84_000, 0, 300_000), set(), {"applicant_identity", "death_certificate"}),
    ),
    "set-off of the 330 against a better furnace": (
        set_off_against_a_better_furnace,
        Ending("cremated tray", (121_000, 64_000, 300_000), set(), {"applicant_identity", "death_certificate"}),
    ),
    "payer switch after a statement was sent": (
        payer_switch_after_a_statement_was_sent,
        Ending("out prep_room", (31_000, 31_000, 0), set(), set()),
    ),
    "third-party payer": (third_party_payer, Ending("out prep_room", (23_000, 0, 0), set(), set())),
    "voided after the payer changed": (
        voided_after_the_payer_changed,
        Ending("stored slot", (23_000, 0, 0), {"A-07"}, set()),
    ),
    "price list changed between quote and service": (
        price_list_changed,
        Ending("cremated tray", (108_000, 0, 300_000), set(), {"applicant_identity", "death_certificate"}),
    ),
    "quote signed after the list changed": (
        quote_signed_after_the_list_changed,
        Ending("stored slot", (59_000, 23_000, 0), {"A-07"}, set()),
    ),
}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_of_family_and_money_is_carried_to_its_end(service: Service, name: str) -> None:
    tell, end = EXCEPTIONS[name]

    assert ending(service, tell(service)) == end


def test_signing_again_charges_the_quote_once(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, Step.QUOTE, Step.SIGN_QUOTE, Step.QUOTE, Step.SIGN_QUOTE)
    assert bill(service, case_no).due_fen == 36_000
