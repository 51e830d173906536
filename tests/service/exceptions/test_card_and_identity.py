"""The exceptions of DOMAIN.md section 5, "Card and identity": each one told at its stations to its end, by its name."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cardsvc.core.card_life import CardState
from cardsvc.core.facts import Details, Quantity, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import CARRIED
from cardsvc.core.merging import accounts
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Means, Reason
from cardsvc.core.wire import Outcome
from cardsvc.store import cards, verifying
from cardsvc.store import tables as t
from cardsvc.store.snapshots import case_bill
from tests.core.story import DETAILS
from tests.support.desk import Desk
from tests.support.home import CardInHand, Service
from tests.support.telling import FIRE, READY, TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
TWO = {"second_staff_no": "1016", "second_password": "10161016"}
NO_RETURN = (Step.ARM, Step.LOAD, Step.RELEASE, Step.TRANSFER_OUT)
TO_CERTIFICATE = (*READY, Step.DEPOSIT, *FIRE, Step.CERTIFY)


@dataclass
class Carded(Told):
    """One case in hand, with the card that is its key now."""

    def card_act(self, card: CardInHand, act: str, **asked: str) -> None:
        answer = Desk(self.service, "1015").api("POST", f"cards/{card.card_no}/acts", {"act": act, **asked})
        assert answer.status_code == 200, answer.text

    def new_card(self, number: int) -> None:
        self.card = CardInHand(self.service.pool_card(number))
        self.does(Step.BIND_CARD, StationKind.ARRANGEMENT)

    def freed(self) -> None:
        """Two people lift what a near miss has frozen."""
        for hold in self.case.holds:
            self.office.step(self.case_no, Step.LIFT_HOLD, Details(reason=hold.reason))


begun = Carded.begun


def card_lost(service: Service) -> Carded:
    one = begun(service)
    one.go(*TO_STORAGE)
    lost = one.card
    one.card_act(lost, "block", reason="lost")
    assert one.case.card_no is None
    one.refused(Step.BIND_CARD, Problem.CARD_HOT)
    one.new_card(2)
    one.go(*TO_CERTIFICATE)
    return one


def card_damaged(service: Service) -> Carded:
    one = begun(service)
    one.go(*TO_STORAGE)
    one.card_act(one.card, "replace", reason="damaged", **TWO)
    one.new_card(2)
    one.go(*TO_CERTIFICATE)
    return one


def card_swapped(service: Service) -> Carded:
    """Two families have each other's card: the card says the one case, the tag on the body the other."""
    one, other = begun(service), begun(service, 2, id_no=None)
    one.go(*TO_STORAGE)
    other.does(Step.DISPATCH, vehicle="V2", driver="1020", mate="1021")
    other.does(Step.COLLECT, tag="7Q2X")
    other.does(Step.ARRIVE, tag="7Q2X")
    other.refused(Step.STORE, Problem.TAG_MISMATCH, tag=one.case.tag, slot="A-09")
    assert (other.case.stage, other.case.place.kind) == ("received", "reception")
    assert (one.case.stage, one.case.place.code) == ("stored", "A-07")
    one.freed()
    other.freed()
    other.does(Step.STORE, tag="7Q2X", slot="A-09")
    one.go(*TO_CERTIFICATE)
    return one


def two_cards_for_one_case(service: Service) -> Carded:
    """The crew binds a blank without network while the desk has bound one: a further card is bound by two."""
    one = begun(service)
    first = one.card
    one.go(*TO_STORAGE)
    one.card = CardInHand(service.pool_card(2))
    alone = service.station(StationKind.TRANSPORT).take(
        one.case_no, Step.BIND_CARD, Details(), one.card, second_staff_no=None
    )
    assert alone.outcome is Outcome.REFUSED and one.case.card_no == first.card_no
    one.card_act(one.card, "return")
    one.card = first
    one.card_act(first, "replace", reason="replaced", **TWO)
    one.new_card(3)
    one.go(*TO_CERTIFICATE)
    return one


def tag_lost(service: Service) -> Carded:
    one = begun(service)
    one.go(*TO_STORAGE)
    one.go(*READY[:-1])
    one.does(Step.REPLACE_TAG, StationKind.COLD_STORAGE, replacement="7Q2G")
    one.refused(Step.ENCOFFIN, Problem.TAG_MISMATCH)
    one.freed()
    one.does(Step.ENCOFFIN, tag="7Q2G")
    one.go(Step.DEPOSIT)
    one.does(Step.QUEUE, tag="7Q2G")
    permit = one.tries(Step.ARM, tag="7Q2G").permit
    one.does(Step.LOAD, tag="7Q2G", permit=permit)
    one.go(Step.UNLOAD, Step.CLOSE_FURNACE, Step.CERTIFY)
    return one


def network_down(service: Service) -> Carded:
    """Crew and cold storage work on; the cold store's records come first, and wait for the crew's."""
    one = begun(service)
    one.go(Step.DISPATCH)
    crew, store = service.station(StationKind.TRANSPORT), service.station(StationKind.COLD_STORAGE)
    for station, step in ((crew, Step.COLLECT), (crew, Step.ARRIVE), (store, Step.STORE)):
        service.clock.forward(hours=1)
        station.write(one.case_no, step, DETAILS[step], one.card, **station.people(step))
    service.clock.forward(hours=20)
    assert store.judged().outcome is Outcome.WAITING
    assert crew.judged().outcome in (Outcome.ACCEPTED, Outcome.NOTED)
    assert (one.case.stage, one.case.gaps) == ("stored", ())
    one.go(*TO_CERTIFICATE)
    return one


def duplicate_merged(service: Service) -> Carded:
    one = begun(service)
    one.go(*TO_STORAGE)
    twice = begun(service, 2, deceased_name="王守義", id_no=None)
    twice.does(Step.QUOTE, items=(Quantity(item="flowers", count=2),))
    twice.go(Step.SIGN_QUOTE, Step.PAY, Step.DEPOSIT)
    twice.does(Step.VERIFY_DEATH, number="DC0001")
    desk, merge = Desk(service, "1015"), f"cases/{twice.case_no}/correct/merge"
    assert desk.post(merge, target=one.case_no, **TWO).status_code == 409, "a card is bound"
    twice.card_act(twice.card, "replace", reason="replaced", **TWO)
    twice.card_act(twice.card, "return")
    assert desk.post(merge, target=one.case_no).status_code == 409, "one person alone"
    assert desk.post(merge, target=one.case_no, **TWO).status_code == 303
    ended = twice.case
    assert (ended.stage, ended.merged_into, one.case.alerts) == ("cancelled", one.case_no, ())
    assert money(service, twice.case_no) == (0, 0, 0)
    late = service.station(StationKind.CASHIER)
    paid = late.take(twice.case_no, Step.PAY, Details(amount_fen=7_000, means=Means.CASH))
    assert paid.outcome is Outcome.ACCEPTED, "it comes under the old number and goes to the case that goes on"
    assert money(service, one.case_no) == (23_000, 23_000, 300_000 + 50_000 + 7_000)
    with service.context.engine.connect() as connection:
        moved = [(row.debit, row.credit, row.amount_fen) for row in connection.execute(t.transfer.select())]
    for account in (CARRIED, *accounts(twice.case_no)):
        assert sum(fen * ((debit == account) - (credit == account)) for debit, credit, fen in moved) == 0, account
    one.go(*TO_CERTIFICATE)
    return one


def wrong_name(service: Service) -> Carded:
    one = begun(service)
    one.go(*TO_STORAGE, *READY)
    desk, page = Desk(service, "1015"), f"cases/{one.case_no}/correct/identity"
    right = {"deceased_name": "王守信", "id_no": "330302194001010010"}
    assert desk.post(page, **right).status_code == 409, "one person alone"
    assert desk.post(page, **right, **TWO).status_code == 303
    assert [seen.alike for seen in one.case.papers] == [False, False]
    one.go(Step.DEPOSIT, Step.QUEUE)
    one.refused(Step.ARM, Problem.LABEL_DISAGREES)
    one.freed()
    one.go(Step.VERIFY_DEATH, Step.VERIFY, *FIRE[1:], Step.CERTIFY)
    return one


def near_miss(service: Service) -> Carded:
    """A body nearly went into the furnace as another: both cases stop before what cannot be undone."""
    one, other = begun(service), begun(service, 2, id_no=None)
    one.go(*TO_STORAGE, *READY, Step.DEPOSIT, Step.QUEUE)
    frozen = Details(reason=Reason.NEAR_MISS, blocks=NO_RETURN)
    for told in (one, other):
        told.office.step(told.case_no, Step.HOLD, frozen)
    one.refused(Step.ARM, Problem.CASE_ON_HOLD)
    alone = one.office.try_step(one.case_no, Step.LIFT_HOLD, Details(reason=Reason.NEAR_MISS), second=None)
    assert alone.status_code == 409
    one.freed()
    assert [hold.reason for hold in other.case.holds] == [Reason.NEAR_MISS], "each case is looked at by itself"
    other.freed()
    one.go(*FIRE[1:], Step.CERTIFY)
    return one


@dataclass(frozen=True)
class End:
    """How a story ends: the states of the cards that it met, and the family's (charged, waived, paid in) in fen."""

    tell: Callable[[Service], Carded]
    cards: tuple[CardState, ...] = (CardState.BOUND,)
    tags: tuple[str, ...] = ("7Q2F",)
    money: tuple[int, int, int] = (64_000, 64_000, 300_000)
    issue_no: int = 1


BOUND, BLOCKED, RETURNED = CardState.BOUND, CardState.BLOCKED, CardState.RETURNED
STORIES = {
    "card lost": End(card_lost, (BLOCKED, BOUND), issue_no=2),
    "card damaged": End(card_damaged, (BLOCKED, BOUND), issue_no=2),
    "card swapped": End(card_swapped, (BOUND, BOUND)),
    "two cards for one case": End(two_cards_for_one_case, (BLOCKED, RETURNED, BOUND), issue_no=2),
    "tag lost": End(tag_lost, tags=("7Q2F", "7Q2G")),
    "network down": End(network_down, money=(72_000, 72_000, 300_000)),
    "duplicate case merged": End(duplicate_merged, (BOUND, RETURNED), money=(64_000, 64_000, 657_000)),
    "wrong name found later": End(wrong_name),
    "near miss freezes both cases": End(near_miss, (BOUND, BOUND)),
}


def money(service: Service, case_no: CaseNo) -> tuple[int, int, int]:
    with service.context.engine.connect() as connection:
        bill = case_bill(connection, service.context.home_id, case_no)
    return bill.charged_fen, bill.waived_fen, bill.paid_fen + bill.deposit_fen


def marks(service: Service, case_no: CaseNo) -> set[tuple[str, str]]:
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.mark.select().where(t.mark.c.case_no == case_no))
        return {(row.kind, row.code) for row in rows}


@pytest.mark.parametrize("name", STORIES)
def test_an_exception_of_card_and_identity_is_carried_to_its_end(service: Service, name: str) -> None:
    end = STORIES[name]

    told = end.tell(service)

    case, home = told.case, service.context.home_id
    assert (case.stage, case.place.kind, case.gaps, case.holds, case.alerts) == ("cremated", "tray", (), (), ())
    assert (case.card_no, case.issue_no, case.tag) == (told.card.card_no, end.issue_no, end.tags[-1])
    assert money(service, told.case_no) == end.money
    papers = {("death_paper", "death_certificate.DC0001"), ("coffin", "K0001"), ("disc", "D0001")}
    assert marks(service, told.case_no) == papers | {("tag", tag) for tag in end.tags}
    with service.context.engine.connect() as connection:
        held = connection.execute(t.card.select().order_by(t.card.c.card_no)).all()
        places = connection.execute(t.occupancy.select().where(t.occupancy.c.case_no == told.case_no)).all()
        drawn = connection.execute(t.certificate.select().where(t.certificate.c.state == "drawn")).one()
        hot = cards.hot_list(connection, home).cards
    assert tuple(CardState(row.state) for row in held) == end.cards
    assert hot == tuple(row.card_no for row in held if row.hot_reason is not None)
    assert places == [], "nothing is kept for a body that is gone"
    assert (drawn.case_no, drawn.number, drawn.disc) == (told.case_no, case.certificate, "D0001")
    assert verifying.first_fault(service.context.engine, home, lambda _: None) is None
