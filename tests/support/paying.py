"""A cashier, a case that owes, and a payment provider outside: a real HTTP server with phones that pay."""

from dataclasses import dataclass, replace
from typing import Any

from cardsvc.api import paying
from cardsvc.api.access import Signed
from cardsvc.core.facts import Step, StepTaken
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import till
from cardsvc.core.paying import Order
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Refusal
from cardsvc.core.terms import Means, Payer
from cardsvc.demo.provider import Mischief, Provider
from cardsvc.demo.provider_app import create
from cardsvc.handlers.ask_payment import Asking
from cardsvc.store import payments, snapshots
from cardsvc.store import tables as t
from cardsvc.store.working import FACT
from tests.support.calling import caller
from tests.support.home import Service
from tests.support.receiving import GIVEN_UP_S, LONG_S, patient
from tests.support.serving import Served
from tests.support.telling import TO_STORAGE, Told

SECRET = b"the provider's secret"
CASHIER = Signed(StaffNo("1010"), "", (Role.CASHIER,), None, "")


@dataclass
class Counter:
    """The cashier's counter."""

    service: Service
    provider: Provider
    served: Served

    @classmethod
    def opened(cls, service: Service, given_up_s: float = GIVEN_UP_S, patience_s: float = LONG_S) -> "Counter":
        """The service knows the provider from now on, and gives it up after so long while it is slow on purpose."""
        provider = Provider(SECRET, service.clock)
        served = Served(create(provider))
        provider.address = served.address
        to = patient(served.address, SECRET, lambda: provider.mischief is Mischief.SLOW, given_up_s, patience_s)
        service.context = replace(service.context, provider=to)
        service.http = caller(service.app)
        return cls(service, provider, served)

    def close(self) -> None:
        provider = self.service.context.provider
        assert provider is not None
        provider.client.close()
        self.served.close()

    def case(self, number: int = 1, **booking: Any) -> CaseNo:
        """A case whose family owes for transport."""
        told = Told.begun(self.service, number, resident=False, **booking)
        told.go(*TO_STORAGE)
        return told.case_no

    def ask(self, case_no: CaseNo, fen: int) -> Order:
        asked = self.try_ask(case_no, fen)
        assert isinstance(asked, Order), asked
        return asked

    def try_ask(self, case_no: CaseNo, fen: int) -> Order | Refusal:
        return paying.ask(self.service.context, CASHIER, Asking(case_no, Payer.FAMILY, fen, CASHIER.staff_no))

    def cancel(self, order: Order) -> Order:
        cancelled = paying.cancel(self.service.context, CASHIER, order.order_no)
        assert isinstance(cancelled, Order), cancelled
        return cancelled

    def now(self, order: Order) -> Order:
        current = paying.current(self.service.context, order.order_no)
        assert current is not None
        return current

    def tell(self) -> int:
        """The provider sends the notices that are due."""
        return self.provider.tell_due(lambda body, headers: self.notice(body, headers).status_code)

    def notice(self, body: bytes, headers: dict[str, str]) -> Any:
        return self.service.http.post("/pay/notice", content=body, headers=headers)

    def look(self, seconds: float = 3) -> dict[str, int]:
        """Some time passes and the loop has its turn."""
        self.service.clock.forward(seconds=seconds)
        return dict(paying.look_due(self.service.context))

    def pays(self, case_no: CaseNo) -> list[tuple[str, int]]:
        """The QR payments on a case: what each says caused it, and its fen."""
        c = t.fact.c
        with self.service.context.engine.connect() as connection:
            rows = connection.execute(t.fact.select().where(c.case_no == case_no).order_by(c.log_no))
            facts = [FACT.validate_json(row.body) for row in rows]
        return [
            (one.cause, one.body.details.amount_fen or 0)
            for one in facts
            if isinstance(one.body, StepTaken) and one.body.step is Step.PAY and one.body.details.means is Means.QR
        ]

    def money(self) -> "Money":
        """Where the ledger has the provider's money."""
        with self.service.context.engine.connect() as connection:
            rows = connection.execute(t.transfer.select()).all()
            waiting = payments.waiting(connection, self.service.context.home_id)
        signed: dict[str, int] = {}
        for row in rows:
            signed[row.debit] = signed.get(row.debit, 0) + row.amount_fen
            signed[row.credit] = signed.get(row.credit, 0) - row.amount_fen
        assert sum(signed.values()) == 0, "the ledger balances to zero"
        suspended = -sum(fen for account, fen in signed.items() if account.startswith("suspense/"))
        nobody = sum(one.amount_fen for one in waiting if one.case_no is None)
        return Money(signed.get(till(Means.QR), 0), suspended, nobody)

    def owed(self, case_no: CaseNo) -> int:
        with self.service.context.engine.connect() as connection:
            return snapshots.case_bill(connection, self.service.context.home_id, case_no).open_fen


@dataclass(frozen=True)
class Money:
    """In fen: in the till by QR, in suspense (which is in the till too), and of nobody's case."""

    till_fen: int
    suspense_fen: int
    nobody_fen: int

    @property
    def posted_fen(self) -> int:
        return self.till_fen - self.suspense_fen
