"""A case through nine stations at the service: stage, place, bill and card after every step."""

from cardsvc.core.facts import StationKind, Step
from cardsvc.store.snapshots import case_bill
from tests.support.home import Service
from tests.support.telling import (
    ARRANGED,
    DRESSED,
    FAREWELL,
    FIRE,
    HANDED,
    TO_SHELF,
    TO_STORAGE,
    collected,
    go,
    opened,
    stored,
)


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
