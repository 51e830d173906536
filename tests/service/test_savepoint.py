"""The savepoint of a record: what a failed record did to the working set is forgotten."""

from dataclasses import fields

from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set
from tests.support.home import Service

KEPT = frozenset({"staff", "known_before", "books", "profile", "kind", "shifts"})
"""What was read and stays true, whatever becomes of a record."""


def test_a_savepoint_holds_everything_that_a_record_changes(service: Service) -> None:
    with service.context.engine.begin() as connection:
        home = service.context.home_id
        tx = working_set(connection, home, open_log(connection, home), service.clock.now)
        saved = tx.mark()
        held = [(one.name, getattr(tx, one.name), getattr(saved, one.name)) for one in fields(tx)]
        shared = {name for name, now, then in held if isinstance(now, dict | list | set) and now is then}
    assert shared == KEPT
