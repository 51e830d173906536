"""A rollover of card keys in a running home: stations get the keys of each card's own version."""

import random
from dataclasses import replace

from cardsvc.core.card.script import run
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CardNo
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.store import cards
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.vault import keystore
from cardsvc.vault.keystore import SoftwareVault
from cardsvc.vault.vault import card_keys
from terminal.session import Colour
from tests.support.calling import caller
from tests.support.home import Service
from tests.terminal.conftest import home  # noqa: F401 - a fixture
from tests.terminal.rig import Home
from tests.terminal.way import WAY, booked, go

FIRST = keystore.new_content(random.Random(1).randbytes)
SECOND = keystore.with_new_masters(FIRST, random.Random(2).randbytes)


def restart_with_version_2(service: Service) -> None:
    service.context = replace(service.context, vault=SoftwareVault(SECOND))
    service.http = caller(service.app)


def upgrade(service: Service, card: VirtualCard, card_no: CardNo) -> None:
    """As the desk does it: the card first, then the service knows."""
    vault = service.context.vault
    keys = {version: card_keys(vault, card.uid, version) for version in vault.versions}
    run(PROFILE.rekey(keys, vault.newest_version, random.Random(3).randbytes), card.transmit)
    card.field_off()

    def act(connection: Connection) -> None:
        log = open_log(connection, service.context.home_id)
        number = log.add("card upgraded", card_no, "", service.clock.now)
        cards.set_key_version(connection, service.context.home_id, card_no, vault.newest_version, number)
        log.close()

    transact(service.context.engine, act)


def test_old_and_upgraded_cards_work_side_by_side(home: Home) -> None:  # noqa: F811
    service = home.service
    _, card = booked(home)
    go(home, card, *WAY[:2])
    restart_with_version_2(service)
    for bench in home.benches.values():
        bench.cable._client = service.http

    go(home, card, *WAY[2:3])
    new = home.blank_card(2)
    upgrade(service, card, CardNo("WZC-000001"))
    go(home, card, *WAY[3:5])

    with service.context.engine.connect() as connection:
        assert cards.key_versions(connection, service.context.home_id) == {2: 2}
    assert new.applications[bytes.fromhex("013CF5")].versions == [2, 2, 2, 2]


def test_a_station_that_has_not_heard_of_the_upgrade_refuses_and_heals_with_the_next_news(home: Home) -> None:  # noqa: F811
    _, card = booked(home)
    go(home, card, *WAY[:3])
    restart_with_version_2(home.service)
    cold = home.at(At.COLD_STORAGE)
    for bench in home.benches.values():
        bench.cable._client = home.service.http
    cold.exchange()
    cold.cable.pulled = True
    upgrade(home.service, card, CardNo("WZC-000001"))

    cold.sign_in(Step.STORE)
    cold.reader.present(card)
    cold.seen()
    assert cold.outcome is not None
    assert cold.outcome.colour is Colour.STOP
    cold.reader.remove()
    cold.seen()
    cold.cable.pulled = False

    go(home, card, *WAY[3:4])
