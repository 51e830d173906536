"""Card, journals and service tell the same story."""

from dataclasses import dataclass

from sqlalchemy import select

from cardsvc.core import wire
from cardsvc.core.case import Case
from cardsvc.core.fold import fold
from cardsvc.core.ids import CaseNo, JournalId, RecordKey
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.store import tables as t
from cardsvc.store.working import CASE, FACT
from tests.support.home import Service
from tests.terminal.sweeps.world import World, read, whole


@dataclass(frozen=True, slots=True)
class Told:
    """What the service says of a card and its case."""

    counter: int
    last: RecordKey | None
    case: Case
    causes: tuple[str, ...]


def told(service: Service, case_no: CaseNo, card_no: str) -> Told:
    """Ask the service."""
    home = service.context.home_id
    with service.context.engine.connect() as connection:
        card = connection.execute(select(t.card).where(t.card.c.home_id == home, t.card.c.card_no == card_no)).one()
        body = connection.execute(
            select(t.funeral_case.c.body).where(t.funeral_case.c.home_id == home, t.funeral_case.c.case_no == case_no)
        ).scalar_one()
        rows = connection.execute(select(t.fact.c.body).where(t.fact.c.home_id == home, t.fact.c.case_no == case_no))
        facts = [FACT.validate_json(row.body) for row in rows]
    case = CASE.validate_json(body)
    assert case == fold(facts), "the case is not the fold of its facts"
    last = RecordKey(JournalId(card.last_journal), card.last_seq) if card.last_journal else None
    return Told(card.counter, last, case, tuple(fact.cause for fact in facts))


def agree(world: World, case_no: CaseNo, card: VirtualCard) -> Told:
    """Assert that card, journals and service agree; what the service says."""
    image = read(card)
    whole(world, image)
    assert image.state is not None
    assert image.identity is not None
    service = told(world.service, case_no, image.identity.card_no)
    assert (service.counter, service.last) == (image.state.counter, image.state.last), "service and card differ"
    assert service.case.gaps == (), "the case has gaps"
    for entry in image.trail:
        assert service.causes.count(str(entry.key)) == 1, f"{entry.key} is on the card and not once in the case"
    for place, bench in world.awake.items():
        assert bench.uplink.standing is None, place
        assert bench.uplink.unsent == 0, place
        assert bench.journal.open_intents() == [], (place, "an outcome is unknown")
    return service


def applied_intents(world: World) -> set[str]:
    """The intents that the awake stations' journals call applied."""
    found: set[str] = set()
    for bench in world.awake.values():
        for record in bench.journal.recent(10_000):
            match record.body:
                case wire.Written(intent_seq=seq, torn=False):
                    found.add(f"{record.journal_id}:{seq}")
                case wire.Settled(intent=intent, verdict=wire.Verdict.APPLIED):
                    found.add(str(intent.record_key))
    return found
