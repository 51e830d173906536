"""A case through nine stations at the service: stage, place, bill and card after every step."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.gate import Clearance
from cardsvc.store import tables as t
from cardsvc.store.snapshots import case_bill
from tests.support.home import Service
from tests.support.telling import (
    ARRANGED,
    DRESSED,
    FAREWELL,
    FIRE,
    HANDED,
    READY,
    TO_SHELF,
    TO_STORAGE,
    collected,
    go,
    opened,
    stored,
)

pytestmark = pytest.mark.one_engine


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
    # transport, a begun day, furnace and urn are waived; hall 1,200, dressing 300, flowers 360, ash storage 60
    assert (bill.charged_fen, bill.waived_fen, bill.due_fen) == (276_000, 84_000, 192_000)
    assert bill.deposit_fen + bill.paid_fen == 300_000
    assert case.taken[0].cause.startswith(service.station(StationKind.TRANSPORT).journal_id)


def test_that_all_held_is_signed_and_kept_for_the_fire_and_for_the_release(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, *TO_SHELF, Step.SETTLE)
    collected(service, case_no, card)
    go(service, case_no, card, *HANDED)

    with service.context.engine.connect() as connection:
        kept = connection.execute(t.clearance.select().where(t.clearance.c.case_no == case_no)).all()
    key = Ed25519PublicKey.from_public_bytes(service.context.vault.public_key)
    for row in kept:
        key.verify(row.sig, row.body.encode())
    checks = {row.step: len(Clearance.model_validate_json(row.body).checks) for row in kept}
    assert checks == {"arm": 27, "release": 12}
