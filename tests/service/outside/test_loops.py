"""What a running service does by itself: two processes send each message once and reconcile a day once."""

import logging
import random
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from cardsvc.commands.ground import up_to_date
from cardsvc.context import Context
from cardsvc.core.ids import HomeId
from cardsvc.core.statutory import Content, Event, Moment, Report, WhyNot
from cardsvc.core.terms import CaseKind
from cardsvc.demo import outside
from cardsvc.demo.home import found
from cardsvc.loops import Duty, running
from cardsvc.settings import chance, clock
from cardsvc.store import outbox
from cardsvc.store import tables as t
from cardsvc.store.engine import open_engine
from cardsvc.store.outbox import Entry
from cardsvc.vault import keystore
from cardsvc.vault.opening import open_vault
from cardsvc.virtual_reader.stack import free_port
from tests.support.home import quick_hash
from tests.support.process import Programs
from tests.support.serving import Served
from tests.support.waiting import until

PASSPHRASE, SECRET = "a passphrase of a test", "the gateway's secret"
MESSAGES = 7
REPORT = Report(
    report="WZ-2026-000001/collection",
    revision=1,
    content=Content(
        event=Event.COLLECTION,
        case_kind=CaseKind.PERSON,
        counts_as_person=True,
        times={"collected": Moment(why_not=WhyNot.TYPED)},
    ),
)


def home(folder: Path) -> Context:
    """A home in a data folder, with messages that wait."""
    keystore.make(folder / "vault.json", PASSPHRASE, random.Random(1).randbytes)
    engine = open_engine(f"sqlite:///{folder / 'onecard.db'}")
    up_to_date(engine)
    vault = open_vault(folder / "vault.json", PASSPHRASE, None)
    context = Context(engine, vault, HomeId("WZ"), clock, chance)
    found(context, quick_hash)
    with engine.begin() as connection:
        for number in range(1, MESSAGES + 1):
            entry = Entry(number, 1, "message", "hold_lifted", None, b"", b"")
            to, body = (vault.hide("13800000000", f"{entry.where}/{name}", chance(12)) for name in ("to", "body"))
            outbox.put(connection, context.home_id, replace(entry, to_sealed=to, body_sealed=body), clock())
        report = Entry(MESSAGES + 1, 1, "statutory", "collection", None, None, b"")
        sealed = vault.hide(REPORT.model_dump_json(), f"{report.where}/body", chance(12))
        outbox.put(connection, context.home_id, replace(report, body_sealed=sealed), clock())
    return context


def test_two_processes_send_each_message_once_and_reconcile_yesterday_once(tmp_path: Path, programs: Programs) -> None:
    context = home(tmp_path)
    gateway = outside.gateway(SECRET.encode(), clock)
    served = Served(outside.create(gateway))
    city, certificate = outside.city(SECRET.encode(), clock), outside.certificate(tmp_path, clock())
    served_city = Served(outside.create(city), certificate=certificate)
    environment = {
        "ONECARD_DATA": str(tmp_path),
        "ONECARD_PASSPHRASE": PASSPHRASE,
        "ONECARD_GATEWAY_URL": f"{served.address}send",
        "ONECARD_GATEWAY_SECRET": SECRET,
        "ONECARD_STATUTORY_URL": f"{served_city.address}send",
        "ONECARD_STATUTORY_SECRET": SECRET,
        "ONECARD_STATUTORY_CA": str(certificate[0]),
        "ONECARD_RECONCILE_AT": "00:00",
    }
    command = (sys.executable, "-m", "cardsvc", "serve", "--surface", "office", "--port")
    both = [programs.start(f"service{n}", *command, str(free_port()), **environment) for n in (1, 2)]

    def reconciled() -> list[str]:
        with context.engine.connect() as connection:
            return [*connection.execute(select(t.reconciliation.c.day)).scalars()]

    until(lambda: len(gateway.received) == MESSAGES, "the messages came")
    until(lambda: len(city.received) == 1, "the report came")
    until(lambda: reconciled() != [], "the night was reconciled")
    for one in both:
        assert one.stop() in (0, -2, 130)
        assert "failed" not in one.said() and "13800000000" not in one.said()
    served.close()
    served_city.close()

    assert {one.times for one in gateway.received.values()} == {1}
    assert len(reconciled()) == len({*reconciled()}), "a day is reconciled once, also where one ends just now"
    with context.engine.connect() as connection:
        assert outbox.counts(connection, context.home_id) == {"sent": MESSAGES + 1}


def test_a_fault_of_one_turn_is_said_by_its_kind_and_the_next_turn_comes(caplog: pytest.LogCaptureFixture) -> None:
    turns, done = [0], threading.Event()

    def act() -> None:
        turns[0] += 1
        if turns[0] == 1:
            raise ValueError("13800000000")
        done.set()

    with caplog.at_level(logging.ERROR), running([Duty("outbox", 0.01, act)]):
        assert done.wait(60)
    after = turns[0]
    time.sleep(0.05)

    assert turns[0] == after, "it has stopped"
    assert "outbox failed: ValueError" in caplog.text and "13800000000" not in caplog.text
