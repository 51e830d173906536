"""Months of a home's work, told to the service by nine stations in the order in which it happened.

Nothing is written past the rules: every step is a signed record in a station's own journal, taken by the real exchange.
"""

import base64
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - the demo is seeded: the same months every time
from typing import Any

from cardsvc.api import entering
from cardsvc.api.access import Signed
from cardsvc.context import Context
from cardsvc.core import card_commit, sealing, wire
from cardsvc.core.booking import BookingForm
from cardsvc.core.card.image import LAYOUT, CardImage, CardState, Identity
from cardsvc.core.card_commit import Decision
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, PlaceKind, StationKind, Step
from cardsvc.core.ids import CardNo, CaseNo, RecordKey, StaffNo
from cardsvc.core.ledger import Bill
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Refusal
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.rules import RULES
from cardsvc.core.wire import Judgement
from cardsvc.core.workflow import ENDED, moved, stage_code
from cardsvc.demo import chips
from cardsvc.demo.casting import BUSY, HURRIES, MONTHS, OPEN_STOPS, RARE, age
from cardsvc.demo.endings import way
from cardsvc.demo.evenings import Evenings, Times
from cardsvc.demo.home import STAFF
from cardsvc.demo.past_station import PastStation, Refused
from cardsvc.demo.people import invent
from cardsvc.demo.phone import collection_code
from cardsvc.demo.stories import NOBODYS, OFFICE, POLICED, Plan, Story, Turn
from cardsvc.demo.way import people_for
from cardsvc.handlers import issue_card, set_resource
from cardsvc.handlers.found_home import HALLS, NUMBERED, STATIONS
from cardsvc.store import office, snapshots
from terminal.journal import Appended

SEED = 2026
LEAVES = (Step.ARRIVE, Step.TAKE_OUT, Step.TRANSFER_OUT, Step.QUEUE, Step.CLOSE_FURNACE, Step.UNSHELVE)
KINDS = list(StationKind)
MANAGER = Signed(StaffNo("1015"), "罗某", (Role.DUTY_MANAGER,), None, "")
CHECKER = StaffNo("1016")


@dataclass
class CardOfCase:
    """What a case's card would say, and what was written on it."""

    card_no: CardNo
    image: CardImage
    changes: list[chips.Change] = field(default_factory=list)


class History:
    """Tells `count` cases up to `end`; `folder` gets the stations' journals and the cards that people can still tap."""

    def __init__(self, context: Context, folder: Path, end: datetime, count: int, allow_memory: bool = False) -> None:
        self._random = Random(SEED)
        self._clock = Times(end - MONTHS)
        self._context = replace(context, clock=self._clock)
        self._folder, self._end, self._count, self._allow_memory = folder, end, count, allow_memory
        self._taken: dict[tuple[str, str], Story] = {}
        self._periods: set[tuple[str, datetime]] = set()
        self._queue: list[Story] = []
        self._cards: dict[int, CardOfCase] = {}
        self._stations: dict[StationKind, PastStation] = {}

    @property
    def now(self) -> datetime:
        """The moment that is being told."""
        return self._clock.now

    def tell(self) -> Iterator[tuple[int, int]]:
        """Let it all happen; yields (done, of) as it goes. Raises Refused when the rules say no to our own story."""
        for station_id, kind, number in STATIONS:
            folder, memory = self._folder / "stations" / kind.value, self._allow_memory
            self._stations[kind] = PastStation.open(self._context, folder, station_id, kind, number, memory)
        try:
            yield from self._happen(self._stories())
        finally:
            for station in self._stations.values():
                station.close()

    def _stories(self) -> list[Story]:
        stories = []
        recent = min(self._count, max(len(OPEN_STOPS), self._count * 3 // 10))
        for number in range(1, self._count + 1):
            old = number <= self._count - recent
            stop = None if old else OPEN_STOPS[number % len(OPEN_STOPS)]
            if stop in BUSY and number > self._count - recent + len(OPEN_STOPS):
                stop = Step.STORE
            turn = self._turn(number, stop)
            stop = None if turn in (Turn.POLICE, Turn.NOTICE) else stop
            opened = self._end - timedelta(days=self._random.uniform(*age(stop, turn, old)))
            person = invent(self._random, local(opened).date())
            tag = f"{number % 10}{'ABCDEFGHJK'[number // 10 % 10]}{self._random.randrange(10)}{number:03d}"
            things = {"disc": f"D{number:05d}", "label": f"L{number:05d}"}
            stories.append(Story(number, person, opened, turn, stop, tag=tag, things=things))
        return stories

    def _turn(self, number: int, stop: Step | None) -> Turn:
        if stop is None:
            return RARE.get(number % 50, Turn.NO_FAREWELL if self._random.random() < 0.2 else Turn.USUAL)
        if stop is Step.STORE and (drawn := self._random.random()) < 0.4:
            return Turn.POLICE if drawn < 0.3 else Turn.NOTICE
        return {Step.CANCEL: Turn.CANCELLED, Step.TRANSFER_OUT: Turn.TRANSFERRED}.get(stop, Turn.USUAL)

    def _happen(self, stories: list[Story]) -> Iterator[tuple[int, int]]:
        """The steps of all stories in the order of their times."""
        waiting: list[tuple[datetime, int, Story, Plan, Iterator[Plan]]] = []
        for story in stories:
            plans = way(story, self, self._random)
            self._next(waiting, story, plans)
        evenings = Evenings(self._context, self._clock)
        open_, told = len(waiting), 0
        while waiting:
            at, number, story, plan, plans = heapq.heappop(waiting)
            if at > self._end:
                told += 1
                continue
            evenings.until(at)
            self._clock.go_on(at)
            details = plan.details()
            if details is None:
                heapq.heappush(waiting, (self.now + timedelta(minutes=15), number, story, plan, plans))
                continue
            self._take(story, plan, details)
            if plan.step is story.stop or not self._next(waiting, story, plans):
                told += 1
                yield told, open_
        evenings.until(self._end)
        evenings.over()
        yield from self._lay_out_cards(stories)

    def _next(
        self,
        waiting: list[tuple[datetime, int, Story, Plan, Iterator[Plan]]],
        story: Story,
        plans: Iterator[Plan],
    ) -> bool:
        plan = next(plans, None)
        if plan is None:
            return False
        at, stops = plan.at, plan.step is story.stop
        held, *minutes = HURRIES.get(story.stop, (story.stop, 4, 50)) if story.stop else (None, 0, 0)
        if plan.step is held:
            at = max(at, self._end - timedelta(minutes=self._random.uniform(*minutes)))
        heapq.heappush(waiting, (min(at, self._end) if stops else at, story.number, story, plan, plans))
        return True

    # --- what a story asks of the home ------------------------------------------------------------------------------

    def free(self, kind: str, story: Story) -> str | None:
        """A free place of a kind, which is the story's from now on; None when all are taken."""
        code = next((code for code in CODES[kind] if (kind, code) not in self._taken), None)
        if code is not None:
            self._taken[(kind, code)] = story
        return code

    def period(self, story: Story, not_before: datetime) -> tuple[str, datetime]:
        """The first free period of a hall: each begins on a full hour from 8 to 15 o'clock."""
        if story.stop in (Step.SIGN_QUOTE, Step.DEPOSIT):
            not_before = max(not_before, self._end + timedelta(hours=2))
        wall = local(not_before).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        while True:
            for code, _, _ in HALLS:
                if 8 <= wall.hour <= 15 and (code, wall) not in self._periods:
                    self._periods.add((code, wall))
                    return code, wall.astimezone(CHINA)
            wall += timedelta(hours=1)

    def bill(self, story: Story) -> Bill:
        """The family's bill."""
        with self._context.engine.connect() as connection:
            return snapshots.case_bill(connection, self._context.home_id, self._case(story).case_no)

    def items(self, story: Story) -> tuple[str, ...]:
        """What is on the bill."""
        with self._context.engine.connect() as connection:
            lines = snapshots.case_lines(connection, self._context.home_id, self._case(story).case_no)
        return tuple(dict.fromkeys(one.item for one in lines))

    def first(self, story: Story) -> bool:
        """Whether nobody waits for a furnace before this case, or it may go before the others."""
        return self._queue[0] is story or story.turn is Turn.URGENT

    def alerts(self, story: Story) -> tuple[CaseNo, ...]:
        """The cases of the same or a similar name that nobody has compared with this one yet."""
        return tuple(one.other for one in self._case(story).alerts)

    def code(self, story: Story) -> str:
        """The one-time code on the collector's phone."""
        return collection_code(self._context, story.case_no or CaseNo(""))

    # --- taking a step ----------------------------------------------------------------------------------------------

    def _take(self, story: Story, plan: Plan, details: Details) -> None:
        step = plan.step
        if step in LEAVES:
            self._leave(story)
        if step is Step.BOOK:
            story.case_no = self._book(story)
            return
        if story.case_no is None:
            raise Refused("a story goes on before it has begun")
        kind = StationKind.TRANSPORT if step is Step.BIND_CARD else min(RULES[step].stations, key=KINDS.index)
        kind = plan.where or kind
        if kind is OFFICE:
            second = CHECKER if RULES[step].second else None
            said = entering.enter(self._context, MANAGER, story.case_no, step, details, second)
            if isinstance(said, Refusal):
                raise Refused(f"{step}: {said}")
            return
        station = self._stations[kind]
        first, second = people_for(step)
        if story.crew is not None and kind is StationKind.TRANSPORT and step is not Step.DISPATCH:
            first, second = story.crew[0], story.crew[1] if RULES[step].second else None
        people: dict[str, Any] = {"staff_no": first, "second_staff_no": second}
        if step is Step.BIND_CARD:
            self._pool_card(story)
        judgement = self._on_card(story, station, step, details, people) if RULES[step].card else None
        if judgement is None:
            judgement = station.observe(story.case_no, step, details, **people)
        if step is Step.CHANGE_VEHICLE:
            self._repaired()
        if judgement.permit is not None:
            story.things["permit"] = judgement.permit
        if step is Step.QUEUE:
            self._queue.append(story)
        elif step is Step.ARM:
            self._queue.remove(story)

    def _repaired(self) -> None:
        """Vehicles that broke down come back from the workshop: the office puts them into service again."""
        with self._context.engine.connect() as connection:
            things = snapshots.resources(connection, self._context.home_id)
        for one in things:
            if one.kind is PlaceKind.VEHICLE and one.traits.closed is not None:
                mended = one.traits.model_copy(update={"closed": None})
                set_resource.handle(self._context, one.kind, one.code, mended, MANAGER.staff_no, self.now)

    def _leave(self, story: Story) -> None:
        for place in [place for place, owner in self._taken.items() if owner is story]:
            del self._taken[place]

    def _book(self, story: Story) -> CaseNo:
        station, person = self._stations[StationKind.BOOKING], story.person
        form = BookingForm(
            deceased_name=person.name,
            id_no=None if story.turn in NOBODYS else person.id_no,
            applicant_name=person.applicant,
            applicant_phone=person.phone,
            relation=person.relation,
            address=person.address,
            floor=self._random.randrange(1, 7),
            county=person.county,
            case_kind=story.kind,
            cause_class="non_natural" if story.turn in POLICED else "natural",
            infectious=story.turn is Turn.INFECTIOUS,
            police=story.turn in POLICED,
            resident=self._random.random() < 0.8,
        )
        clear = form.model_dump_json().encode()
        sealed = sealing.seal(station.identity.enrolled.service_sealing_key, sealing.BOOKING_PURPOSE, clear)
        first, _ = people_for(Step.BOOK)
        station.append(wire.Booking(sealed=base64.b64encode(sealed)), staff_no=first)
        judgement = station.send()
        if judgement.case_no is None:
            raise Refused(f"no number for a booking: {judgement}")
        return judgement.case_no

    def _pool_card(self, story: Story) -> None:
        uid, card_no = chips.uid(self._context), issue_card.next_number(self._context)
        issue_card.handle(self._context, card_no, uid, self.now)
        identity = Identity(LAYOUT, self._context.home_id, card_no, None, 1)
        state = CardState(0, None, 0, 0, bytes(16))
        self._cards[story.number] = CardOfCase(card_no, CardImage(PROFILE.name, uid, identity, state))

    def _on_card(
        self, story: Story, station: PastStation, step: Step, details: Details, people: dict[str, Any]
    ) -> Judgement:
        case, card = self._case(story), self._cards[story.number]
        state = card.image.state
        if state is None:
            raise Refused("a card without state")
        if RULES[step].offline is not RULES[Step.STORE].offline and step is not Step.LOAD:
            station.ask(case.case_no, step, details, **people, card_no=card.card_no)
        after = moved(case, step, details)
        flags = card_commit.card_flags(case, at_work=after.doing is not None)
        bound = None
        if step is Step.BIND_CARD:
            bound = Identity(LAYOUT, self._context.home_id, card.card_no, case.case_no, 1)
        decision = Decision(case.case_no, step, details, True, False, after.stage, flags, bound)

        def write(appended: Appended) -> None:
            sign: Callable[[bytes], bytes] = station.identity.signing.sign
            here, key = station.identity.here, appended.key
            change = card_commit.card_write(decision, card.image, here, key, appended.hash, self.now, sign)
            card.changes.append((change, bytes.fromhex(station.identity.journal_id)))
            trail = (*card.image.trail, change.entry)[-4:]
            card.image = replace(card.image, identity=bound or card.image.identity, state=change.state, trail=trail)

        last = wire.Key.of(state.last) if isinstance(state.last, RecordKey) else None
        intent = wire.Intent(step=step, details=details, stage_after=stage_code(after.stage))
        fields = {"card_no": card.card_no, "card_counter": state.counter, "card_last": last}
        return station.tap(case.case_no, intent, write, **people, **fields)

    def _case(self, story: Story) -> Case:
        with self._context.engine.connect() as connection:
            row = office.case(connection, self._context.home_id, story.case_no or CaseNo(""))
        if row is None:
            raise Refused("a story's case is not there")
        return row.case

    def _lay_out_cards(self, stories: list[Story]) -> Iterator[tuple[int, int]]:
        """The cards of open cases as files, so that they can be laid on a reader."""
        for story in stories:
            card = self._cards.get(story.number)
            if card is None or card.image.uid is None or self._case(story).stage in ENDED:
                continue
            chip = chips.written(self._context, card.image.uid, card.card_no, card.changes)
            chips.keep(chip, self._folder / "cards" / f"{card.card_no}.json")
        yield len(stories), len(stories)


def _codes() -> Iterator[tuple[str, str]]:
    """Everything of which a case may need one: kind and code."""
    for kind, prefix, _, count in NUMBERED:
        width = 1 if count < 10 else 2
        yield from ((kind.value, f"{prefix}{number:0{width}d}") for number in range(1, count + 1))
    yield from (("crew", person.staff_no) for person in STAFF if Role.CREW in person.roles)


CODES = {kind: tuple(code for one, code in _codes() if one == kind) for kind, _ in _codes()}
