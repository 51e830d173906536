"""A case through nine stations at the service: stage, place, bill and card after every step."""

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.rules import RULES
from cardsvc.core.terms import Paper
from cardsvc.core.wire import Outcome
from cardsvc.demo.phone import collection_code
from cardsvc.store import tables as t
from cardsvc.store.snapshots import case_bill
from cardsvc.store.working import CASE
from tests.core.story import DETAILS
from tests.support.home import CardInHand, Service

KINDS = list(StationKind)


def stored(service: Service, case_no: CaseNo) -> Case:
    with service.context.engine.connect() as connection:
        return CASE.validate_json(
            connection.execute(t.funeral_case.select().where(t.funeral_case.c.case_no == case_no)).one().body
        )


def opened(service: Service, **changes: object) -> tuple[CaseNo, CardInHand]:
    judgement = service.station(StationKind.BOOKING).book(**changes)
    assert judgement.outcome is Outcome.ACCEPTED, judgement
    assert judgement.case_no is not None
    card = CardInHand(service.pool_card(1))
    booking = service.station(StationKind.BOOKING)
    bound = booking.take(judgement.case_no, Step.BIND_CARD, Details(), card)
    assert bound.outcome is Outcome.ACCEPTED, bound
    return judgement.case_no, card


def go(service: Service, case_no: CaseNo, card: CardInHand, *steps: Step, permit: str = "") -> None:
    for step in steps:
        service.clock.forward(hours=1)
        kind = min(RULES[step].stations, key=KINDS.index)
        details = DETAILS.get(step, Details())
        if step is Step.LOAD:
            details = details.model_copy(update={"permit": permit})
        if step is Step.RELEASE:
            details = details.model_copy(update={"code": collection_code(service.context, case_no)})
        judgement = service.station(kind).take(case_no, step, details, card)
        assert judgement.outcome is Outcome.ACCEPTED, (step, judgement)
        permit = judgement.permit or permit


TO_STORAGE = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)
PAPERS = (Step.VERIFY_DEATH, Step.VERIFY, Step.AUTHORISE, Step.PLAN_ASHES, Step.DECLARE_IMPLANTS)
BELONGINGS = (Step.LIST_BELONGINGS, Step.HAND_BELONGINGS)
READY = (*PAPERS, *BELONGINGS, Step.ENCOFFIN)
"""What a body that is stored needs before the furnace, without farewell."""
ARRANGED = (Step.QUOTE, Step.SIGN_QUOTE, Step.RESERVE, *PAPERS, *BELONGINGS)
DRESSED = (Step.TAKE_OUT, Step.PREPARE, Step.PREPARED, Step.STORE, Step.TAKE_OUT)
FAREWELL = (Step.FAREWELL, Step.RECOGNISE, Step.FAREWELL_OVER, Step.ENCOFFIN)
FIRE = (Step.QUEUE, Step.ARM, Step.LOAD, Step.UNLOAD, Step.CLOSE_FURNACE)
TO_SHELF = (Step.SEAL, Step.SHELVE, Step.UNSHELVE, Step.CERTIFY)
HANDED = (Step.NOTIFY, Step.RELEASE, Step.CONFIRM_REST)
COLLECTOR = Details(paper=Paper.COLLECTOR_IDENTITY, number="COPY-2", alike=True)


def collected(service: Service, case_no: CaseNo, card: CardInHand) -> None:
    """The collector shows who they are, and the code comes to their phone."""
    judgement = service.station(StationKind.ASHES).take(case_no, Step.VERIFY, COLLECTOR, card)
    assert judgement.outcome is Outcome.ACCEPTED, judgement


def test_one_card_goes_through_nine_stations(service: Service) -> None:
    case_no, card = opened(service)

    go(service, case_no, card, *TO_STORAGE, *ARRANGED, *DRESSED, *FAREWELL, Step.DEPOSIT, *FIRE, *TO_SHELF, Step.SETTLE)
    collected(service, case_no, card)
    go(service, case_no, card, *HANDED)

    case = stored(service, case_no)
    assert (case.stage, case.place.kind, case.gaps) == ("at_rest", "destination", ())
    assert case.card_no == card.card_no
    with service.context.engine.connect() as connection:
        bill = case_bill(connection, service.context.home_id, case_no)
    # transport, 2 begun days, furnace and urn are waived; hall 1,200, dressing 300, flowers 360, ash storage 60
    assert (bill.charged_fen, bill.waived_fen, bill.due_fen) == (284_000, 92_000, 192_000)
    assert bill.deposit_fen + bill.paid_fen == 300_000
    assert case.taken[0].cause.startswith(service.station(StationKind.TRANSPORT).journal_id)
