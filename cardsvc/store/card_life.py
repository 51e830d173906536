"""One act of the office on a card: the card and its case as locked in this transaction, and what the act leaves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cardsvc.core.card_life import Act, CardState, HeldCard, objection, second_objection
from cardsvc.core.case import Case
from cardsvc.core.facts import CardBound, CardReleased, Fact, FactBody, StationKind, chain_place
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, HomeId, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import cards
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set
from cardsvc.store.working import WorkingSet


@dataclass(frozen=True, slots=True)
class People:
    """Who does it, and the second pair of eyes where one is needed."""

    first: StaffNo
    second: StaffNo | None = None


@dataclass(slots=True)
class Life:
    """A card in one transaction; `case` is the case that it was bound to, `log_no` the act's link in the log."""

    tx: WorkingSet
    card: HeldCard
    case: Case | None
    people: People
    log_no: int

    @property
    def serves(self) -> bool:
        """Whether the card is the key to its case now."""
        return self.case is not None and self.case.card_no == self.card.card_no

    def make_hot(self, reason: HotReason) -> None:
        """Blocked and on the hot list; a card that is on it keeps its first reason."""
        tx, card = self.tx, self.card
        cards.make_hot(tx.connection, tx.home_id, card.card_no, card.hot_reason or reason, self.log_no, tx.now)

    def cool(self, state: CardState) -> None:
        """Off the hot list."""
        cards.cool(self.tx.connection, self.tx.home_id, self.card.card_no, state, self.log_no)

    def move(self, state: CardState) -> None:
        """On to another state."""
        cards.move(self.tx.connection, self.tx.home_id, self.card.card_no, state, self.log_no)

    def release(self, reason: HotReason) -> None:
        """The case goes on without this card; another blank may be bound."""
        if self.case is not None and self.serves:
            body = CardReleased(card_no=self.card.card_no, reason=reason)
            self._fact(self.case, body, chain_place(self.case.issue_no + 1, 0))

    def bind_again(self) -> None:
        """The card is the key to its case again, as the case's next card: what it writes comes after all before."""
        if self.case is not None and not self.serves:
            issue_no = self.case.issue_no + 1
            body = CardBound(card_no=self.card.card_no, issue_no=issue_no)
            self._fact(self.case, body, chain_place(issue_no, self.card.counter))
            cards.renumber(self.tx.connection, self.tx.home_id, self.card.card_no, issue_no)

    def _fact(self, case: Case, body: FactBody, place: int) -> None:
        fact = Fact(
            case_no=case.case_no,
            body=body,
            at=self.tx.now,
            observed=False,
            staff_no=self.people.first,
            second_staff_no=self.people.second,
            station_kind=StationKind.OFFICE,
            card_no=self.card.card_no,
            cause=f"office:{self.log_no}",
            order=(place, self.log_no),
        )
        self.tx.add_fact(fact, self.log_no, late=False)


def begin(
    connection: Connection,
    home_id: HomeId,
    card_no: CardNo,
    act: Act,
    people: People,
    now: datetime,
    reason: HotReason | None = None,
) -> Life | Refusal:
    """Lock, load and judge; a refusal leaves its link in the log. Whoever gets a life flushes its `tx`."""
    log = open_log(connection, home_id)
    card = cards.held(connection, home_id, card_no)
    if card is None:
        return Refusal(Problem.NOT_FOUND, card_no)
    tx = working_set(connection, home_id, log, now)
    staff = tx.staff
    case = tx.case(card.case_no) if card.case_no is not None else None
    roles = staff.get(people.second, ()) if people.second is not None else ()
    no = objection(act, card, case, reason) or second_objection(act, people.first, people.second, roles)
    if no is not None:
        log.add(f"card {act} refused: {no.problem}", card_no, "", now, people.first)
        log.close()
        return no
    what = " ".join(
        (f"card {act}", *((f"for {reason}",) if reason else ()), *((f"with {people.second}",) if people.second else ()))
    )
    return Life(tx, card, case, people, log.add(what, card_no, "", now, people.first))
