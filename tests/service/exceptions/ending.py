"""How a story of DOMAIN.md section 5 ends: the state of case, bill, places and documents, read at the real service."""

from typing import NamedTuple

from cardsvc.core.ids import CaseNo
from cardsvc.store import tables as t
from tests.support.accounts import bill, halls, occupied
from tests.support.home import Service
from tests.support.telling import stored


class Ending(NamedTuple):
    """The four that every story is checked for at its end.

    `case`: its stage, and where the body or each portion is; no gap is open and no hold stands. `bill`: what the family
    is charged, what is waived, what it has paid in (fen); the whole book verifies. `places`: slots, shelves, furnaces
    and periods that it has. `documents`: papers that were checked, and certificates with their state.
    """

    case: str
    bill: tuple[int, int, int]
    places: set[str]
    documents: set[str]


def ending(service: Service, case_no: CaseNo) -> Ending:
    """The end of a case's story."""
    case, money = stored(service, case_no), bill(service, case_no)
    assert (case.gaps, case.holds) == ((), ())
    with service.context.engine.connect() as connection:
        drawn = connection.execute(t.certificate.select().where(t.certificate.c.case_no == case_no)).all()
    return Ending(
        " ".join((case.stage, *(one.kind for one in case.places))),
        (money.charged_fen, money.waived_fen, money.paid_fen + money.deposit_fen),
        {code for _, code in occupied(service, case_no)} | halls(service, case_no),
        {one.paper.value for one in case.papers} | {f"{row.number} {row.state}" for row in drawn},
    )
