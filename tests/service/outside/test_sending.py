"""The outbox against receivers that misbehave: nothing is lost, nothing is believed, nothing arrives twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.outgoing import Channel, signature
from cardsvc.demo import outside
from cardsvc.demo.outside import Mischief, Outside
from cardsvc.outbox import Sender
from cardsvc.receiver import receiver
from cardsvc.settings import clock
from cardsvc.store import outbox
from tests.core.story import DETAILS
from tests.support.home import Service
from tests.support.receiving import patient
from tests.support.serving import Served
from tests.support.telling import TO_STORAGE, Office, go, opened
from tests.support.waiting import until

pytestmark = pytest.mark.one_engine
SECRET = b"the gateway's secret"
TAKEN_WITHIN_S = 3.0
"""Who is slow has read the whole message before we give up: on the line of one who hung up it would be lost."""


@pytest.fixture
def gateway(service: Service) -> Outside:
    return outside.gateway(SECRET, service.clock)


@pytest.fixture
def sender_address(gateway: Outside) -> Iterator[str]:
    served = Served(outside.create(gateway))
    yield served.address
    served.close()


@pytest.fixture
def sender(service: Service, gateway: Outside, sender_address: str) -> Iterator[Sender]:
    to = patient(f"{sender_address}send", SECRET, lambda: gateway.mischief is Mischief.SLOW, TAKEN_WITHIN_S)
    yield Sender(service.context, {Channel.MESSAGE: to})
    to.client.close()


def message(service: Service) -> CaseNo:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    office = Office(service)
    office.step(case_no, Step.HOLD, DETAILS[Step.HOLD])
    office.step(case_no, Step.LIFT_HOLD, DETAILS[Step.LIFT_HOLD])
    return case_no


def states(service: Service) -> list[tuple[str, int, str | None]]:
    with service.context.engine.connect() as connection:
        rows = outbox.listed(connection, service.context.home_id, None, None, 50)
    return [(row.state, row.tries, row.error) for row in rows if row.channel == Channel.MESSAGE]


def test_a_message_is_sent_once_and_confirmed(service: Service, gateway: Outside, sender: Sender) -> None:
    message(service)

    assert sender.send_due() == {"sent": 1}

    assert sender.send_due() == {}
    assert states(service) == [("sent", 1, None)]
    [received] = gateway.received.values()
    assert received.times == 1 and b"13800000000" in received.body


@pytest.mark.parametrize(
    ("way", "error", "arrived"),
    [
        (Mischief.DOWN, "status", 0),
        (Mischief.SLOW, "slow", 1),
        (Mischief.GARBAGE, "garbage|unsigned", 1),
        (Mischief.HUGE, "garbage", 1),
        (Mischief.UNSIGNED, "unsigned", 1),
        (Mischief.ANOTHER, "another", 1),
        (Mischief.LOST, "status", 1),
        (Mischief.TWICE, "garbage", 1),
        (Mischief.FORGETS, "status", 0),
    ],
)
def test_a_receiver_that_misbehaves_gets_it_again_and_has_it_once(
    service: Service, gateway: Outside, sender: Sender, way: Mischief, error: str, arrived: int
) -> None:
    message(service)
    gateway.mischief, gateway.slow_s = way, 30.0

    [(outcome, _)] = sender.send_due().items()

    assert outcome in error.split("|")
    assert states(service) == [("waiting", 1, outcome)]
    until(lambda: len(gateway.received) == arrived, "it arrived")
    assert sender.send_due() == {}, "it waits before the next try"
    gateway.mischief = Mischief.NONE
    service.clock.forward(seconds=31)
    assert sender.send_due() == {"sent": 1}
    assert states(service) == [("sent", 2, None)]
    [received] = gateway.received.values()
    assert received.times == 1 + arrived


def test_an_answer_that_never_ends_is_given_up(service: Service, gateway: Outside, sender_address: str) -> None:
    message(service)
    gateway.mischief = Mischief.DRIP
    to = receiver(f"{sender_address}send", SECRET, patience_s=0.4)

    by_real_clock = Sender(replace(service.context, clock=clock), {Channel.MESSAGE: to})

    assert by_real_clock.send_due() == {"slow": 1}


def test_nobody_at_the_address_is_down(service: Service) -> None:
    message(service)
    to = receiver("http://127.0.0.1:9/send", SECRET)

    assert Sender(service.context, {Channel.MESSAGE: to}).send_due() == {"down": 1}


def test_a_refusal_is_shown_to_a_person_who_can_send_it_again(
    service: Service, gateway: Outside, sender: Sender
) -> None:
    message(service)
    gateway.mischief = Mischief.REFUSES

    assert sender.send_due() == {"refused": 1}

    service.clock.forward(days=1)
    assert sender.send_due() == {}
    assert states(service) == [("failed", 1, "refused")]
    with service.context.engine.begin() as connection:
        row = outbox.listed(connection, service.context.home_id, "failed", None, 1)[0]
        assert outbox.send_anew(connection, service.context.home_id, row.log_no, row.entry_no, service.clock.now)
    gateway.mischief = Mischief.NONE
    assert sender.send_due() == {"sent": 1}


def test_two_processes_do_not_take_the_same_message(service: Service, gateway: Outside, sender: Sender) -> None:
    message(service)
    home, now = service.context.home_id, service.clock.now
    with service.context.engine.begin() as connection:
        assert len(outbox.take(connection, home, ["message"], now, now + timedelta(minutes=5))) == 1

    assert sender.send_due() == {}, "the other one has it"

    service.clock.forward(minutes=6)
    assert sender.send_due() == {"sent": 1}, "the other one died"


def test_another_body_under_a_known_key_is_refused_by_the_receiver(gateway: Outside) -> None:
    def send(text: str) -> object:
        body = f'{{"to": "1", "text": "{text}"}}'.encode()
        return gateway.take("WZ-1-1", signature(SECRET, "WZ-1-1", body), body)

    states_ = [getattr(send(text), "state", None) for text in ("a", "a", "b")]
    assert states_ == ["taken", "already", "refused"]
    assert gateway.take("WZ-1-1", "", b"{}") == 401
