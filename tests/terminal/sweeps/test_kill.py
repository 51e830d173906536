"""Kill a station's process at its n-th write, sync or send, for every n of a tap (promise 1)."""

import multiprocessing
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cardsvc.core.facts import Step
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.store import tables as t
from cardsvc.virtual_reader.stack import free_port
from cardsvc.virtual_reader.vpcd import CardInField
from tests.support.home import staff_for
from tests.support.serving import Served
from tests.terminal.rig import Bench, green
from tests.terminal.sweeps import child
from tests.terminal.sweeps.agreement import agree
from tests.terminal.sweeps.steps import Moment, moments, press_step
from tests.terminal.sweeps.test_tear import meet
from tests.terminal.sweeps.world import World
from tests.terminal.way import TAG

CALLS = "pwrite64,fdatasync,fsync,ftruncate,unlink,sendto,sendmsg"
MOST = 400
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.terminal.sweeps.child"])


def presses() -> list[tuple[str, dict[str, Any]]]:
    first, second = staff_for(Step.STORE)[:2] if len(staff_for(Step.STORE)) > 1 else (staff_for(Step.STORE)[0], "1001")
    entered = [("enter", {"field": "tag", "value": TAG}), ("enter", {"field": "slot", "value": "A-07"})]
    return [
        ("sign_in", {"staff_no": first, "pin": first * 2}),
        ("choose_step", {"step": "store"}),
        ("second", {"staff_no": second, "pin": second * 2}),
        *entered,
        ("confirm", {}),
    ]


def spoiled(inject: str, folder: Path, service: str, card: VirtualCard) -> tuple[list[Any], bool]:
    """Run a tap in a process into whose calls strace injects a fault; what it said, and whether it came to its end."""
    ours, theirs = FORKS.Pipe()
    port = free_port()
    process = FORKS.Process(target=child.tap, args=(theirs, str(folder), service, port, presses()))
    process.start()
    theirs.close()
    assert ours.poll(60)
    pid = ours.recv()
    command = ["strace", "-f", "-p", str(pid), "-e", f"trace={CALLS}", "-e", f"inject={inject}", "-o", "/dev/null"]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        time.sleep(0.002)
    in_field = CardInField(card, port)
    said: list[Any] = []
    try:
        ours.send("go")
        while True:
            assert ours.poll(120), said
            said.append(ours.recv())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    process.join(60)
    tracer.wait(60)
    in_field.remove()
    return said, process.exitcode == 0


def recorded(world: World, bench: Bench) -> list[int]:
    """The rows of a journal that the service holds."""
    with world.service.context.engine.connect() as connection:
        c = t.record.c
        rows = connection.execute(select(c.seq).where(c.journal_id == bench.identity.journal_id).order_by(c.seq))
        return [row.seq for row in rows]


def recovers(world: World, moment: Moment, card: VirtualCard, said: list[Any]) -> None:
    """The station comes back: what was green is there, once; the card is settled at its next contact."""
    bench = world.at(moment.kind)
    bench.exchange()
    for word in said:
        assert word[0] == "broken" or word[1] <= bench.journal.head[0], "an acknowledged row is gone"
    meet(bench, card, moment.step)
    done = agree(world, moment.case_no, card).case.taken
    if not any(taken.step is Step.STORE for taken in done):
        assert not any(word[0] == "green" for word in said), "green, and not applied"
        green(press_step(bench, moment, card, card))
        bench.exchange()
        done = agree(world, moment.case_no, card).case.taken
    assert sum(taken.step is Step.STORE for taken in done) == 1
    assert recorded(world, bench) == list(range(1, bench.journal.head[0] + 1))


@pytest.mark.traced
@pytest.mark.timeout(900)
def test_a_station_killed_at_any_write_sync_or_send_loses_nothing_that_was_green(world: World) -> None:
    moment = next(one for one in moments(world) if one.step is Step.STORE)
    app, began, ran = Served(world.service.http.app), time.monotonic(), Counter[str]()
    for number in range(1, MOST):
        (card,) = world.thaw(moment.frozen)
        said, ended = spoiled(f"{CALLS}:signal=KILL:when={number}", world.all[moment.kind, 0].folder, app.address, card)
        try:
            recovers(world, moment, card, said)
        except AssertionError as error:
            raise AssertionError(f"killed at call {number}; it had said {said}") from error
        ran["green" if any(word[0] == "green" for word in said) else "not green"] += 1
        if ended:
            break
    app.close()
    print(f"killed at each of {number} calls, {time.monotonic() - began:.0f} s: {dict(ran)}")
    assert ended
    assert ran["green"] > 5
    assert ran["not green"] > 5
