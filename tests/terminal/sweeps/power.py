"""A disk that loses power: what a traced process wrote and synced, replayed up to a cut.

What was synced is there. What was not is there, or not, or torn at a sector, each write for itself and in any order.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
FOLDER = ""
CALLS = "openat,close,pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename"
LINE = re.compile(r"^(?:\[pid\s+\d+\] |\d+\s+)?(\w+)\((.*)\)\s+= (-?\d+|\?)")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that reached the operating system, or an acknowledgement (call ``ack``, `offset` the row's number)."""

    call: str
    path: str
    offset: int = 0
    data: bytes = b""


def traced(program: str, folder: Path, *arguments: str) -> list[Event]:
    """Run a Python program under strace; what it did to the files of `folder`, and its acknowledgements.

    The program acknowledges row n by writing ``ack n`` to its standard output.
    """
    log = folder.with_suffix(".trace")
    command = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(log)]
    subprocess.run(
        [*command, sys.executable, "-c", program, str(folder), *arguments],
        check=True,
        timeout=250,
        stdout=subprocess.DEVNULL,
    )
    return list(_events(log, str(folder)))


def _events(log: Path, folder: str) -> Iterator[Event]:
    for line in log.read_text().splitlines():
        found = LINE.match(line)
        if found is None or found[3] in ("-1", "?"):
            continue
        call, arguments = found[1], found[2]
        if call == "write" and arguments.startswith("1<"):
            words = _bytes(arguments).split()
            if words[:1] == [b"ack"]:
                yield Event("ack", "", int(words[1]))
            continue
        path = _path(call, arguments)
        if not path.startswith(folder) or path.endswith(("-shm", ".lock")):
            continue
        name = path[len(folder) + 1 :]
        match call:
            case "pwrite64":
                yield Event("write", name, int(arguments.rsplit(", ", 1)[1]), _bytes(arguments))
            case "fdatasync" | "fsync":
                yield Event("sync", name)
            case "ftruncate":
                yield Event("truncate", name, int(arguments.rsplit(", ", 1)[1]))
            case "unlink":
                yield Event("unlink", name)
            case "write" | "rename":
                raise ValueError(f"not understood: {call} {path}")


def _path(call: str, arguments: str) -> str:
    if call in ("unlink", "rename"):
        return _bytes(arguments).decode()
    found = re.search(r"^\d+<((?:\\x[0-9a-f]{2}|[^>])*)>", arguments)
    return re.sub(r"\\x([0-9a-f]{2})", lambda one: chr(int(one[1], 16)), found[1]) if found else ""


def _bytes(arguments: str) -> bytes:
    found = re.search(r'"((?:\\x[0-9a-f]{2})*)"', arguments)
    return bytes.fromhex(found[1].replace("\\x", "")) if found else b""


@dataclass(slots=True)
class Disk:
    """What certainly is on the disk, and what may be; names come and go for certain when their folder is synced."""

    files: dict[str, bytearray] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    pending: list[Event] = field(default_factory=list)
    acknowledged: int = 0

    def take(self, event: Event) -> None:
        """One event; a sync makes the pending ones of its file certain."""
        match event.call:
            case "ack":
                self.acknowledged = max(self.acknowledged, event.offset)
            case "sync":
                due = [one for one in self.pending if (FOLDER if one.call == "unlink" else one.path) == event.path]
                for one in due:
                    _apply(self.files, one)
                self.pending = [one for one in self.pending if one not in due]
                if event.path == FOLDER:
                    self.named = set(self.files) | {one.path for one in self.pending}
            case _:
                self.pending.append(event)

    def cut(self, chance: random.Random) -> dict[str, bytearray]:
        """The files after the power is back: each write that was not synced is kept, dropped or torn."""
        files = {name: bytearray(content) for name, content in self.files.items()}
        fate = chance.random()
        for one in self.pending:
            sort = chance.random() if fate < 0.6 else fate
            if sort < 0.75:
                _apply(files, one)
            elif sort < 0.9 and one.call == "write":
                kept = [chance.random() < 0.5 for _ in range(0, len(one.data), SECTOR)]
                for number, keep in enumerate(kept):
                    start = number * SECTOR
                    if keep:
                        piece = one.data[start : start + SECTOR]
                        _apply(files, Event("write", one.path, one.offset + start, piece))
        return {name: content for name, content in files.items() if name in self.named or chance.random() < 0.5}


def _apply(files: dict[str, bytearray], event: Event) -> None:
    if event.call == "unlink":
        files.pop(event.path, None)
        return
    content = files.setdefault(event.path, bytearray())
    if event.call == "truncate":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    end = event.offset + len(event.data)
    content.extend(bytes(max(0, end - len(content))))
    content[event.offset : end] = event.data


def cuts(events: list[Event], seed: int, count: int) -> Iterator[tuple[int, int, dict[str, bytearray]]]:
    """`count` power cuts at random places, in the order of the places: (place, acknowledged row, files)."""
    chance = random.Random(seed)
    places = sorted(chance.randrange(1, len(events) + 1) for _ in range(count))
    disk, done = Disk(), 0
    for place in places:
        for event in events[done:place]:
            disk.take(event)
        done = place
        yield place, disk.acknowledged, disk.cut(chance)
