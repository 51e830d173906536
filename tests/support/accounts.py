"""What a test reads of a case's money, places and messages at the real service."""

from cardsvc.core import ledger
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Bill
from cardsvc.core.terms import Payer
from cardsvc.core.wire import Judgement
from cardsvc.demo.phone import messages
from cardsvc.store import tables as t
from cardsvc.store.snapshots import case_bill, case_lines
from cardsvc.store.verifying import first_fault
from tests.support.home import CardInHand, Service
from tests.support.telling import stored


def bill(service: Service, case_no: CaseNo) -> Bill:
    """The family's bill; the whole book must verify: chains, folds and ledger."""
    assert first_fault(service.context.engine, service.context.home_id, lambda said: None) is None
    with service.context.engine.connect() as connection:
        return case_bill(connection, service.context.home_id, case_no)


def lines(service: Service, case_no: CaseNo) -> list[tuple[str, int, int, str]]:
    """Item, price, waiver and payer of every line, counter-lines included."""
    with service.context.engine.connect() as connection:
        rows = case_lines(connection, service.context.home_id, case_no)
    return [(one.item, one.price_fen, one.waiver_fen, one.payer) for one in rows]


def owes(service: Service, case_no: CaseNo, payer: Payer) -> int:
    """What a payer owes for a case, in fen."""
    account = ledger.receivable(case_no, payer)
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.transfer.select().where(t.transfer.c.case_no == case_no)).all()
    return sum(one.amount_fen * ((one.debit == account) - (one.credit == account)) for one in rows)


def occupied(service: Service, case_no: CaseNo) -> set[tuple[str, str]]:
    """The exclusive places that the case holds."""
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.occupancy.select().where(t.occupancy.c.case_no == case_no)).all()
    return {(one.kind, one.code) for one in rows}


def halls(service: Service, case_no: CaseNo) -> set[str]:
    """The halls and furnaces of which the case holds a period."""
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.hall_booking.select().where(t.hall_booking.c.case_no == case_no)).all()
    return {one.hall for one in rows}


def told(service: Service, case_no: CaseNo) -> list[str]:
    """The notices that wait in the outbox for a case, the newest first."""
    with service.context.engine.connect() as connection:
        rows = connection.execute(
            t.outbox.select().where(t.outbox.c.case_no == case_no).order_by(t.outbox.c.log_no.desc())
        ).all()
    assert len(messages(service.context, case_no)) == len(rows)
    return [one.notice for one in rows]


def take(
    service: Service, kind: StationKind, case_no: CaseNo, step: Step, details: Details, card: CardInHand
) -> Judgement:
    """Take a step at a station, whatever the service thinks of it."""
    service.clock.forward(minutes=10)
    return service.station(kind).take(case_no, step, details, card)


def taken(service: Service, kind: StationKind, case_no: CaseNo, step: Step, details: Details, card: CardInHand) -> Case:
    """Take a step that must be accepted; the case after it."""
    judgement = take(service, kind, case_no, step, details, card)
    assert judgement.outcome == "accepted", (step, judgement)
    return stored(service, case_no)
