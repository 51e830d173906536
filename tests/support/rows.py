"""Clerks at a module's pages: rows are typed and moved through the real handlers."""

from dataclasses import dataclass, replace

from cardsvc.core.ids import StaffNo
from cardsvc.core.records import Fault
from cardsvc.handlers import keep_row, move_row
from cardsvc.modules import Module
from cardsvc.rows import keeping, tables
from tests.support.granting import grant
from tests.support.home import Service

CLERK, SECOND, LEADER = StaffNo("1052"), StaffNo("1016"), StaffNo("1051")


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody of the bureau who types into one module."""

    service: Service
    module: Module

    @classmethod
    def of(cls, service: Service, module: Module) -> "Clerk":
        """The module is plugged in, and its tables are there."""
        service.context = replace(service.context, modules={**service.context.modules, module.name: module})
        tables.prepare(service.context.engine, [module])
        return cls(service, module)

    def types(self, record: str, **texts: str) -> str:
        """Keep a new row; its id."""
        kept = self.tries(record, **texts)
        assert isinstance(kept, str), kept
        return kept

    def grants(self, record: str, **texts: str) -> str:
        """Keep a new row of somebody entitled, which two people approve; its id."""
        row_id = self.types(record, **texts)
        self.moves(record, row_id, "approve", SECOND)
        return row_id

    def tries(self, record: str, **texts: str) -> object:
        """Keep a new row, whatever becomes of it; with a colleague where its record may take two."""
        two = self.module.record(record).by_two is not None
        return self.tries_with(record, SECOND if two else None, **texts)

    def tries_with(self, record: str, second: StaffNo | None, **texts: str) -> object:
        """Keep a new row with this colleague or alone, whatever becomes of it."""
        typed = {"county": "330302"} | texts
        context, one = self.service.context, self.module.record(record)
        return keep_row.handle(context, self.module, one, None, typed, None, CLERK, context.clock(), second)

    def edits(self, record: str, row_id: str, **texts: str) -> object:
        """Change a row as it stands, whatever becomes of it; as in `tries`."""
        two = self.module.record(record).by_two is not None
        return self.edits_with(record, row_id, SECOND if two else None, **texts)

    def edits_with(self, record: str, row_id: str, second: StaffNo | None, **texts: str) -> object:
        """Change a row as it stands with this colleague or alone, whatever becomes of it."""
        typed = {"county": "330302"} | texts
        context, one = self.service.context, self.module.record(record)
        row = (row_id, self.row(record, row_id).version)
        return keep_row.handle(context, self.module, one, row, typed, None, CLERK, context.clock(), second)

    def granted(self) -> None:
        """They may see the module's pages."""
        grant(self.service, CLERK, [self.module.name])

    def moves(self, record: str, row_id: str, move: str, second: StaffNo | None = None, **texts: str) -> None:
        """Move a row; it must be done."""
        assert self.tries_move(record, row_id, move, second, **texts) is None

    def tries_move(self, record: str, row_id: str, move: str, second: StaffNo | None = None, **texts: str) -> object:
        """Move a row, whatever becomes of it."""
        context, one = self.service.context, self.module.record(record)
        row = (row_id, self.row(record, row_id).version)
        return move_row.handle(context, self.module, one, row, move, texts, None, (CLERK, second), context.clock())

    def row(self, record: str, row_id: str) -> keeping.Kept:
        """A row as it stands."""
        where = keeping.Where(self.service.context.home_id, self.module.name, self.module.record(record))
        with self.service.context.engine.connect() as connection:
            found = keeping.find(connection, where, row_id, None)
        assert found is not None
        return found


def columns(faults: object) -> list[str]:
    """The columns that faults name."""
    found = getattr(faults, "faults", faults)
    assert isinstance(found, tuple), found
    return [one.column for one in found if isinstance(one, Fault)]
