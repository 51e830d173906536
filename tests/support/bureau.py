"""A bureau's clerk at work on one module: an office with it, rows added and moved through the console."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cardsvc.core.ids import StaffNo
from cardsvc.core.records import Record, Value, Wrong
from cardsvc.modules import Module
from cardsvc.rows import keeping
from cardsvc.rows.keeping import Where
from tests.support.desk import Desk
from tests.support.granting import grant
from tests.support.home import Service

LEADER, CLERK = StaffNo("1051"), StaffNo("1052")
TWO = {"second_staff_no": LEADER, "second_password": f"{LEADER}{LEADER}"}


def whole(record: Record, **values: Value) -> dict[str, Value]:
    """A row of these values as its rules see it: its first state, nothing in the rest, and what is derived."""
    row = dict.fromkeys(one.name for one in record.columns) | record.start | values
    return row | dict(record.derive(row)) if record.derive is not None else row


def faults(record: Record, **values: Value) -> list[tuple[str, Wrong]]:
    """What the record's own rule says of a row of these values: column and why."""
    assert record.check is not None
    return [(one.column, one.why) for one in record.check(whole(record, **values))]


class Bureau:
    """A running service with a module, and a clerk who may work in it."""

    def __init__(self, service: Service, module: Module) -> None:
        self.service, self.module = service, module
        grant(service, CLERK, [module.name])
        self.sign_in()

    def sign_in(self) -> None:
        """The clerk signs in, also anew when a session is over."""
        self.desk = Desk(self.service, CLERK)

    @staticmethod
    def _told(answer: Any) -> int:
        assert "sign-in" not in answer.headers.get("location", ""), "the session is over"
        return int(answer.status_code)

    def add(self, record: str, **typed: str) -> str:
        """A new row by the form; its id."""
        done = self.desk.post(f"modules/{self.module.name}/{record}/new", **typed)
        assert done.status_code == 303, re.sub(r"<[^>]*>", " ", done.text)[-2000:]
        return str(done.headers["location"].rsplit("/", 1)[1])

    def refused(self, record: str, **typed: str) -> int:
        """The status of a form for a new row."""
        return self._told(self.desk.post(f"modules/{self.module.name}/{record}/new", **typed))

    def edit(self, record: str, row_id: str, version: int, **typed: str) -> int:
        """The status of a change by the form."""
        path = f"modules/{self.module.name}/{record}/{row_id}/edit"
        return self._told(self.desk.post(path, version=str(version), **typed))

    def move(self, record: str, row_id: str, move: str, version: int, **typed: str) -> int:
        """The status of a move."""
        path = f"modules/{self.module.name}/{record}/{row_id}/move/{move}"
        return self._told(self.desk.post(path, version=str(version), **typed))

    def link(self, record: str, row_id: str) -> str:
        """The secret of a new link for somebody outside."""
        found = re.search(
            r"public/send#([\w-]{43})", self.desk.post(f"modules/{self.module.name}/{record}/{row_id}/link").text
        )
        assert found is not None
        return found[1]

    def row(self, record: str, row_id: str) -> dict[str, Value]:
        """What a row has; secrets sealed."""
        where = Where(self.service.context.home_id, self.module.name, self.module.record(record))
        with self.service.context.engine.connect() as connection:
            found = keeping.find(connection, where, row_id, None)
        assert found is not None
        return dict(found.values)


@contextmanager
def bureau_of(folder: Path, module: Module) -> Iterator[Bureau]:
    """An office with this module, on SQLite: what pages do is the same on both engines."""
    running = Service(f"sqlite:///{folder / 'onecard.db'}", modules=(module,))
    yield Bureau(running, module)
    running.close()
