"""The service ends without a word between any two of its acts; what the provider says afterwards mends it, once."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import event, text

from cardsvc.commands.ground import plugged
from cardsvc.core.ids import CaseNo
from cardsvc.core.paying import Order, OrderState
from cardsvc.demo.provider import Provider
from cardsvc.demo.provider_app import create
from cardsvc.rows import tables
from cardsvc.settings import clock
from cardsvc.store import migrations, payments
from cardsvc.vault import keystore
from cardsvc.vault.opening import open_vault
from cardsvc.virtual_reader.stack import free_port
from tests.service.outside.test_loops import PASSPHRASE
from tests.support.home import Service
from tests.support.paying import SECRET, Counter
from tests.support.process import Program, Programs
from tests.support.serving import Served
from tests.support.telling import TO_STORAGE, Told
from tests.support.waiting import until

FEN = 700


class Killed(Exception):
    """The process ended here."""


class Boundaries:
    """Every commit, and both ends of every question: the process ends at one of them."""

    def __init__(self, counter: Counter) -> None:
        self.left = 0
        context = counter.service.context
        assert context.provider is not None
        event.listen(context.engine, "commit", lambda connection: self.passed())
        context.provider.client.event_hooks = {
            "request": [lambda request: self.passed()],
            "response": [lambda response: self.passed()],
        }

    def passed(self) -> None:
        if self.left > 0:
            self.left -= 1
            if self.left == 0:
                raise Killed


def test_killed_at_every_commit_and_every_end_of_a_question_there_is_one_payment(
    counter: Counter, case_no: CaseNo
) -> None:
    boundaries, at, owed = Boundaries(counter), 0, counter.owed(case_no)
    while True:
        at += 1
        boundaries.left = at
        order = killed(lambda: counter.ask(case_no, FEN))
        order = order or counter.ask(case_no, FEN)
        for _ in range(2):
            killed(counter.look)
        assert counter.now(order).state is OrderState.SHOWN
        assert counter.provider.pay(order.order_no)
        killed(counter.tell)
        killed(counter.look)
        over = boundaries.left > 0
        boundaries.left = 0
        for _ in range(3):
            counter.look()
            counter.tell()

        assert counter.now(order).state is OrderState.PAID, at
        assert counter.pays(case_no)[-1] == (f"qr:{order.order_no}", FEN), at
        assert len(counter.pays(case_no)) == at, at
        assert counter.owed(case_no) == owed - at * FEN
        assert counter.money().till_fen == counter.provider.paid_fen
        if over:
            break
    assert at > 8, "there are that many boundaries at least"


def killed(act: Callable[[], Any]) -> Any:
    """What it does, or None when the process ended within."""
    with suppress(Killed):
        return act()
    return None


class Deadly:
    """The provider as served, where a question of one kind ends the service, once: before or after it is acted upon."""

    def __init__(self, app: Any) -> None:
        self.app, self.path, self.acted = app, "", False
        self.kill: Callable[[], None] = lambda: None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        deadly = scope["type"] == "http" and scope["path"] == self.path
        if deadly and not self.acted:
            self.path = ""
            self.kill()
            return

        async def answer(message: Any) -> None:
            if deadly and self.path:
                self.path = ""
                self.kill()
            await send(message)

        await self.app(scope, receive, answer)


class Running:
    """The real service as a process of its own, whose home has a case that owes; and what its database says."""

    def __init__(self, folder: Path, programs: Programs) -> None:
        keystore.make(folder / "vault.json", PASSPHRASE, bytes)
        self.service = Service(
            f"sqlite:///{folder / 'onecard.db'}", open_vault(folder / "vault.json", PASSPHRASE, None)
        )
        told = Told.begun(self.service, 1, resident=False)
        told.go(*TO_STORAGE)
        self.case_no = told.case_no
        with self.service.context.engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": migrations.head()})
        tables.prepare(self.service.context.engine, plugged().values())
        self.provider = Provider(SECRET, clock)
        self.deadly = Deadly(create(self.provider))
        self.served = Served(self.deadly)
        self.counter = Counter(self.service, self.provider, self.served)
        self.port, self._programs, self._folder = free_port(), programs, folder
        self.program = self.start()

    def start(self) -> Program:
        self.program = self._programs.start(
            "service",
            *(sys.executable, "-m", "cardsvc", "serve", "--surface", "office,pay", "--port", str(self.port)),
            ONECARD_DATA=str(self._folder),
            ONECARD_PASSPHRASE=PASSPHRASE,
            ONECARD_PAY_URL=self.served.address,
            ONECARD_PAY_SECRET=SECRET.decode(),
            ONECARD_DEMO="true",
            ONECARD_SECURE_COOKIES="false",
        )
        self.deadly.kill = self.program.kill
        self.program.wait_for_page(f"{self.address}health")
        return self.program

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def cashier(self, path: str, **form: str) -> None:
        """The cashier sends a form; the service may end within."""
        with httpx2.Client(base_url=f"{self.address}office/", timeout=20) as http, suppress(httpx2.HTTPError):
            http.post("sign-in", data={"staff_no": "1010", "password": "10101010"})
            token = http.get("api/me").json()["form_token"]
            http.post(path, data={"form_token": token, **form})

    def order(self) -> Order | None:
        with self.service.context.engine.connect() as connection:
            orders = payments.of_case(connection, self.service.context.home_id, self.case_no)
        assert len(orders) <= 1, "one press is one order"
        return orders[0] if orders else None

    def is_(self, *states: OrderState) -> Callable[[], bool]:
        def holds() -> bool:
            order = self.order()
            return order is not None and order.state in states

        return holds

    def restarted(self) -> None:
        """It was killed; it is started again."""
        until(lambda: self.program.process.poll() is not None, "it was killed")
        self.start()

    def tell(self) -> None:
        """The provider sends its notices; the service may end within."""

        def send(body: bytes, headers: dict[str, str]) -> int:
            with suppress(httpx2.HTTPError):
                return httpx2.post(f"{self.address}pay/notice", content=body, headers=headers, timeout=20).status_code
            return 0

        self.provider.tell_due(send)

    def close(self) -> None:
        self.served.close()
        self.service.close()


@pytest.fixture
def running(tmp_path: Path, programs: Programs) -> Iterator[Running]:
    home = Running(tmp_path, programs)
    yield home
    home.close()


@pytest.mark.parametrize("acted", [False, True])
def test_killed_while_it_asks_the_order_is_shown_after_the_next_start(running: Running, acted: bool) -> None:
    running.deadly.path, running.deadly.acted = "/orders", acted
    running.cashier(f"cases/{running.case_no}/pay", amount="7.00")
    assert running.is_(OrderState.ASKED)(), "written before anybody heard of it"

    running.restarted()

    until(running.is_(OrderState.SHOWN), "it is shown")
    assert len(running.provider.orders) == 1
    paid(running)


@pytest.mark.parametrize("acted", [False, True])
def test_killed_while_it_hears_that_it_was_paid_it_is_posted_once(running: Running, acted: bool) -> None:
    running.cashier(f"cases/{running.case_no}/pay", amount="7.00")
    until(running.is_(OrderState.SHOWN), "it is shown")
    running.deadly.path, running.deadly.acted = "/query", acted
    [number] = running.provider.orders
    running.provider.pay(number)
    running.tell()

    running.restarted()

    paid(running)


@pytest.mark.parametrize("acted", [False, True])
def test_killed_while_it_cancels_the_order_is_over_or_payable_and_never_both(running: Running, acted: bool) -> None:
    running.cashier(f"cases/{running.case_no}/pay", amount="7.00")
    until(running.is_(OrderState.SHOWN), "it is shown")
    running.deadly.path, running.deadly.acted = "/close", acted
    [number] = running.provider.orders
    running.cashier(f"payments/{number}/cancel")

    running.restarted()

    if acted:
        until(running.is_(OrderState.EXPIRED, OrderState.CANCELLED), "it is over")
        assert not running.provider.pay(number)
        assert running.counter.pays(running.case_no) == []
    else:
        paid(running)


def paid(running: Running) -> None:
    """The phone pays, if it has not; there is one payment, whatever is told again."""
    [number] = running.provider.orders
    running.provider.pay(number)
    until(running.is_(OrderState.PAID), "it is paid")
    for one in running.provider.telling:
        one.due = clock() - timedelta(seconds=1)
    running.tell()
    assert running.counter.pays(running.case_no) == [(f"qr:{number}", FEN)]
    assert running.counter.money().till_fen == running.provider.paid_fen == FEN
