"""A home that can be frozen and thawed: service, stations and card as they were, without replaying the way."""

import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cardsvc.core.card.image import CardImage, TrailKey, check_trail
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_TAP
from cardsvc.core.card.script import Script, run
from cardsvc.core.facts import StationKind
from cardsvc.core.profiles.desfire_ev2 import AID, PROFILE
from cardsvc.core.virtual_card import store
from cardsvc.core.virtual_card.card import VirtualCard
from tests.support.home import Service
from tests.terminal.rig import Bench, Home

Place = tuple[StationKind, int]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A world at a moment: its files, its cards, its clock and chance."""

    files: dict[Path, bytes]
    cards: tuple[str, ...]
    now: datetime
    chance: Any


class World(Home):
    """A home with two stations of every kind, each awake only while it is used."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Service(f"sqlite:///{folder / 'service.db'}"), folder)
        self.all: dict[Place, Bench] = {}
        self.awake: dict[Place, Bench] = {}
        for other in (0, 1):
            for kind in StationKind:
                if kind is not StationKind.OFFICE:
                    self.all[kind, other] = Bench(self.service, kind, folder, other)
        for bench in self.all.values():
            bench.exchange()
            bench.close()

    def at(self, kind: StationKind, other: int = 0) -> Bench:
        """A station, started when it sleeps; it has heard the news."""
        place = (kind, other)
        if place not in self.awake:
            bench = self.all[place]
            bench.cable.pulled, bench.cable.lose_answers = False, 0
            bench.start()
            bench.exchange()
            self.awake[place] = bench
        return self.awake[place]

    def sleep(self) -> None:
        """Close all stations and the service's connections."""
        for bench in self.awake.values():
            bench.reader.remove()
            bench.close()
        self.awake.clear()
        self.service.context.engine.dispose()

    def close(self) -> None:
        """Close everything."""
        self.sleep()
        self.service.close()

    def freeze(self, *cards: VirtualCard) -> Frozen:
        """Keep the world as it is."""
        self.sleep()
        files = {path: path.read_bytes() for path in self.folder.rglob("*") if path.suffix in (".db", ".json")}
        chance = self.service.context.chance.__self__.getstate()  # type: ignore[attr-defined]
        return Frozen(files, tuple(store.dump(card) for card in cards), self.service.clock.now, chance)

    def thaw(self, frozen: Frozen) -> list[VirtualCard]:
        """Let the world be as it was; its cards."""
        self.sleep()
        for path, content in frozen.files.items():
            for left in ("-wal", "-shm"):
                path.with_name(path.name + left).unlink(missing_ok=True)
            if path.read_bytes() != content:
                path.write_bytes(content)
        self.service.clock.now = frozen.now
        self.service.context.chance.__self__.setstate(frozen.chance)  # type: ignore[attr-defined]
        return [store.load(card, random.Random(card).randbytes) for card in frozen.cards]


def read(card: VirtualCard) -> CardImage:
    """What the card says, read with its own tap key."""

    def script() -> Script[CardImage]:
        uid = yield from PROFILE.identify()
        session = yield from PROFILE.open(SoftwareKey(card.applications[AID].keys[KEY_TAP]), KEY_TAP, bytes(16))
        image, _ = yield from PROFILE.read(uid, session)
        return image

    card.field_off()
    image = run(script(), card.transmit)
    card.field_off()
    return image


def whole(world: World, image: CardImage) -> None:
    """The card's trail verifies. Raises CardForged."""
    keys = {
        (bench.identity.here.number, bench.identity.journal_id): TrailKey(
            bench.identity.signing.public_key().public_bytes_raw()
        )
        for bench in world.all.values()
    }
    check_trail(image, lambda number, journal_id: keys.get((number, journal_id)))
