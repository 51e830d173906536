"""A file of rows that was handed in: its states, and what is wrong with its cells.

``reading -> ready | faulty``, ``ready -> committing -> done | faulty``, anything that is not done ``-> dropped``.
``done -> taking_back -> taken_back | done``: a file that was entered by mistake is taken back whole, or not at all;
``taken_back -> restoring -> done | taken_back``: so it is restored.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cardsvc.core.records import Fault, Label, Wrong

KEPT = 1_000
"""The most faults that are kept of a file; all are counted."""
STALE = timedelta(seconds=60)
"""A file whose reader has not been heard of for so long is read by another."""
TAKES = 3
"""So often a file is taken up for the same work; if each time the process dies, the file is what kills it."""
WEEK = timedelta(days=7)
"""So long a file waits for somebody to decide about it; then its content is wiped."""
OPEN = 5
"""The most files that one person may have waiting."""


class UploadState(StrEnum):
    """How it stands with a file."""

    READING = "reading"
    READY = "ready"
    FAULTY = "faulty"
    COMMITTING = "committing"
    DONE = "done"
    DROPPED = "dropped"
    TAKING_BACK = "taking_back"
    TAKEN_BACK = "taken_back"
    RESTORING = "restoring"


WORKING = frozenset({UploadState.READING, UploadState.COMMITTING, UploadState.TAKING_BACK, UploadState.RESTORING})
"""Something is being done with the file now."""
STANDING = frozenset({UploadState.COMMITTING, UploadState.DONE, UploadState.TAKING_BACK, UploadState.RESTORING})
"""The file's rows stand, or will; or they stand again if taking them back does not go."""
WAITING = frozenset({UploadState.READY, UploadState.FAULTY})
"""Somebody has to decide."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """A fault, and the number of its row in the file, from 1."""

    row: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a file: why it is not read at all, or its first `KEPT` faults.

    `unread` are columns of it that the service fills in itself. `held`: what stands against taking its rows back:
    records and ids of rows, "" and the number of a case. Where rows cannot be restored, these are in `held`, and the
    faults have their places in it.
    """

    unsafe: str = ""
    faults: tuple[CellFault, ...] = ()
    unread: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()

    def as_text(self) -> str:
        """As it is stored."""
        faults = [[one.row, one.fault.column, one.fault.why.value, *(one.fault.label or ())] for one in self.faults]
        said = {"unsafe": self.unsafe, "faults": faults, "unread": list(self.unread), "held": self.held}
        return json.dumps(said, ensure_ascii=False)


def found_in(text: str) -> Found:
    """What was stored."""
    said = json.loads(text)
    held = tuple((record, row_id) for record, row_id in said.get("held", ()))
    return Found(said["unsafe"], tuple(_fault(*one) for one in said["faults"]), tuple(said["unread"]), held)


def _fault(row: int, column: str, why: str, *label: str) -> CellFault:
    return CellFault(row, Fault(column, Wrong(why), Label(*label) if label else None))


def in_row(row: int, faults: Iterable[Fault]) -> list[CellFault]:
    """The faults of a row."""
    return [CellFault(row, one) for one in faults]
