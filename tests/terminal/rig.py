"""Real stations in this process: soft readers, real journals, the real service behind a cable that can be pulled."""

import random
import threading
from pathlib import Path
from typing import Any

import httpx2

from cardsvc.core import profiles as profile_package
from cardsvc.core import stations as station_package
from cardsvc.core.card.profile import CardProfile
from cardsvc.core.card.script import run
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import StationId
from cardsvc.core.plug import discover
from cardsvc.core.station import Station
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.demo.home import APPROVERS, password_of
from cardsvc.demo.home import STAFF as PEOPLE
from cardsvc.handlers import enrol_station, issue_card
from cardsvc.handlers.found_home import STATIONS
from terminal import identity as station_identity
from terminal.journal import Journal
from terminal.local import LocalSnapshot
from terminal.printing import ReceiptPrinter
from terminal.readers.soft import SoftReader
from terminal.session import Colour, Outcome, Phase
from terminal.station import StationLoop
from terminal.uplink import LinkDown, Uplink
from tests.support.home import Service, staff_for

PROFILES = discover(profile_package, "PROFILE", CardProfile)
STATION_PLUGS = discover(station_package, "STATION", Station)


class Cable:
    """A client whose cable can be pulled, and which can lose answers."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.pulled = False
        self.refused = 0
        "How often it was tried while it was pulled."
        self.lose_answers = 0

    def post(self, *args: Any, **kwargs: Any) -> Any:
        if self.pulled:
            self.refused += 1
            raise httpx2.ConnectError("cable pulled")
        answer = self._client.post(*args, **kwargs)
        if self.lose_answers:
            self.lose_answers -= 1
            raise httpx2.ReadTimeout("the answer was lost")
        return answer


class TestClocks:
    """The service's clock as wall time, and a steady one."""

    boot_id = "ab" * 16

    def __init__(self, service: Service) -> None:
        self._service = service
        self.steady = 0

    def now(self) -> Any:
        return self._service.clock.now

    def steady_ms(self) -> int:
        return self.steady


class Bench:
    """One station at work; `other` counts further stations of the same kind."""

    def __init__(self, service: Service, kind: StationKind, folder: Path, other: int = 0) -> None:
        self.service, self.kind = service, kind
        station_id, _, number = next(one for one in STATIONS if one[1] is kind)
        if other:
            station_id, number = StationId(f"{kind}-{other + 1}"), 100 * other + number
        self.cable = Cable(service.http)
        self.folder = folder / station_id
        code = enrol_station.make_code(service.context, station_id, kind, number)
        self.identity = station_identity.enrol(self.folder, self.cable, code)  # type: ignore[arg-type]
        enrol_station.approve(service.context, self.identity.journal_id, *APPROVERS)
        self.clocks = TestClocks(service)
        self.printer: ReceiptPrinter | None = None
        self.reader = SoftReader()
        self.start()

    def start(self) -> None:
        chance = random.Random(self.kind.value).randbytes
        path = self.folder / "journal.db"
        self.journal = Journal(path, self.identity.journal_id, self.identity.signing, allow_memory=True)
        self.local = LocalSnapshot(self.folder / "snapshot.db")
        self.uplink = Uplink(self.identity, self.journal, self.local, self.cable, self.clocks, chance)  # type: ignore[arg-type]
        self.uplink.wait_for = self._ask_now  # type: ignore[method-assign]
        self._in_turn()
        self.loop = StationLoop(
            self.identity, STATION_PLUGS[self.kind], PROFILES, self.reader, self.journal, self.local, self.uplink,
            self.clocks, chance, printer=self.printer,
        )  # fmt: skip

    def _in_turn(self) -> None:
        """The uplink's own thread, once it runs, and a test that exchanges by hand take turns.

        A real station has one thread that exchanges: news that two had asked for would not follow on each other.
        """
        turn, exchange = threading.Lock(), self.uplink.exchange

        def exchange_in_turn() -> bool:
            with turn:
                return exchange()

        self.uplink.exchange = exchange_in_turn  # type: ignore[method-assign]

    def restart(self) -> None:
        """The process dies and comes back."""
        self.close()
        self.start()

    def close(self) -> None:
        self.journal.close()
        self.local.close()

    def _ask_now(self, seq: int, seconds: float) -> Any:
        self.exchange()
        return self.journal.judgement(seq)

    def exchange(self) -> None:
        for _ in range(20):
            try:
                if not self.uplink.exchange():
                    return
            except LinkDown:
                return

    def act(self, name: str, **what: Any) -> None:
        self.loop._perform(name, what)

    def seen(self) -> None:
        for _ in range(4):
            self.loop.turn(0)

    @property
    def outcome(self) -> Outcome | None:
        return self.loop.session.outcome

    def sign_in(self, step: Step) -> None:
        able = staff_for(step)
        self.act("sign_in", staff_no=able[0], pin=able[0] * 2)
        assert self.loop.session.staff_no == able[0], self.outcome

    def take(self, step: Step, card: VirtualCard | None, case_no: str | None = None, **entered: str) -> Outcome:
        """Sign in, present the card or choose the case, enter, confirm."""
        self.exchange()
        self.sign_in(step)
        if case_no is not None:
            self.act("choose_case", case_no=case_no)
        if card is not None:
            self.reader.present(card)
            self.seen()
        self.act("choose_step", step=step.value)
        assert self.loop.session.phase is Phase.FORM, (step, self.outcome)
        self.second(step)
        for field, value in entered.items():
            self.act("enter", field=field, value=value)
        self.act("confirm")
        outcome = self.outcome
        if card is not None:
            self.reader.remove()
            self.seen()
        self.exchange()
        assert outcome is not None
        return outcome

    def second(self, step: Step) -> None:
        first = self.loop.session.staff_no
        other = next((one for one in staff_for(step) if one != first), None) or next(
            person.staff_no for person in PEOPLE if person.staff_no != first and password_of(person)
        )
        snapshot = self.local.current
        if snapshot is not None and snapshot.staff(other) is None:
            other = next(one.staff_no for one in snapshot.setup.staff if one.staff_no != first)
        self.act("second", staff_no=other, pin=other * 2)


class Home:
    """All stations of a home, made when first needed."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service, self.folder = service, folder
        self.benches: dict[StationKind, Bench] = {}

    def at(self, kind: StationKind) -> Bench:
        if kind not in self.benches:
            self.benches[kind] = Bench(self.service, kind, self.folder)
            for bench in self.benches.values():
                bench.exchange()
        return self.benches[kind]

    def blank_card(self, number: int = 1) -> VirtualCard:
        card = VirtualCard(bytes([4, number, 3, 4, 5, 6, 7]), random.Random(number).randbytes)
        card_no = issue_card.next_number(self.service.context)
        run(issue_card.script(self.service.context, card.uid, card_no), card.transmit)
        card.field_off()
        issue_card.handle(self.service.context, card_no, card.uid, self.service.clock.now)
        return card

    def close(self) -> None:
        for bench in self.benches.values():
            bench.close()


def green(outcome: Outcome) -> None:
    assert outcome.colour is Colour.GO, outcome
