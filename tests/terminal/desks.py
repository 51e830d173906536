"""Two cashier's stations whose service loses what they told it: the books of the backup, and what they send again."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import Account
from cardsvc.core.review import Rule
from cardsvc.store import stray_cash, stray_money, tills
from cardsvc.store import tables as t
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.witnesses import RESTORED
from cardsvc.store.working import Stray
from tests.terminal.rig import Bench, Home, green
from tests.terminal.test_exchange import backup, fault

CASH = {"means": "cash"}


@dataclass
class Desks:
    """Two cashier's stations, and a backup of the service from before they took anything."""

    home: Home
    case_no: CaseNo
    one: Bench
    other: Bench
    folder: Path

    def takes(self, bench: Bench, step: Step, yuan: int) -> None:
        green(bench.take(step, None, self.case_no, amount_fen=str(yuan), **CASH))

    def restore(self) -> None:
        """The backup is put back by the rules; no station has said anything yet."""
        context = self.home.service.context
        context.engine.dispose()
        backup(self.folder / "backup.db", self.folder / "service.db")

        def counted(connection: Connection) -> None:
            log = open_log(connection, context.home_id)
            log.add(RESTORED, "2", "", self.home.service.clock.now)
            log.close()
            connection.execute(update(t.home).values(epoch=2))

        transact(context.engine, counted)

    def balances(self) -> dict[Account, int]:
        """Every account that does not stand at zero, in fen; the books must be whole."""
        assert fault(self.home) is None
        k = t.account.c
        with self.home.service.context.engine.connect() as connection:
            rows = connection.execute(select(k.account, k.debit_fen - k.credit_fen))
            return {Account(name): int(fen) for name, fen in rows if fen}

    def flags(self) -> list[tuple[str, int]]:
        f = t.review_flag.c
        with self.home.service.context.engine.connect() as connection:
            rows = connection.execute(select(f.rule, f.amount_fen).where(f.rule == Rule.PAID_OUT_SHORT))
            return [(row.rule, int(row.amount_fen)) for row in rows]

    def of_no_case(self) -> int:
        context = self.home.service.context
        with context.engine.connect() as connection:
            return sum(one.left_fen for one in stray_cash.of_no_case(connection, context.home_id))

    def strays(self) -> list[Stray]:
        """Money of no case that nobody has decided about."""
        context = self.home.service.context
        with context.engine.connect() as connection:
            return stray_money.waiting(connection, context.home_id)

    def in_drawer(self, who: str = "1010") -> int:
        """What the ledger moved in the shift of the cashier."""
        context = self.home.service.context
        with context.engine.connect() as connection:
            shift = tills.open_of(connection, context.home_id, StaffNo(who))
            assert shift is not None
            return tills.moved(connection, context.home_id, [shift.shift_no])[shift.shift_no]
