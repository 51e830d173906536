"""Disks that fail: refused before the card is touched, or said plainly after; nothing green that is not on disk."""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardsvc.core.facts import Step
from cardsvc.core.ids import JournalId
from cardsvc.core.virtual_card.misbehaving import Misbehaving
from terminal.journal import Journal, JournalBroken
from terminal.session import Colour
from tests.support.serving import Served
from tests.terminal.rig import green
from tests.terminal.sweeps.steps import moments, press_step
from tests.terminal.sweeps.test_kill import recovers, spoiled
from tests.terminal.sweeps.world import World, read

MOST = 160
PAST_THE_FOLDER = 2
"""SQLite shrugs at a folder that does not sync, which is the second sync of a fresh start: the row itself is synced."""
FAULTS = ("fdatasync:error=EIO", "pwrite64:error=ENOSPC", "pwrite64:error=EROFS")


@pytest.mark.traced
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_disk_that_fails_at_any_write_or_sync_of_a_tap_shows_no_green_and_loses_nothing(
    world: World, night: bool, fault: str
) -> None:
    moment = next(one for one in moments(world) if one.step is Step.STORE)
    app, began, ran = Served(world.service.http.app), time.monotonic(), Counter[str]()
    for number in range(1, MOST, 1 if night or "fdatasync" in fault else 8):
        (card,) = world.thaw(moment.frozen)
        said, ended = spoiled(f"{fault}:when={number}", world.all[moment.kind, 0].folder, app.address, card)
        assert ended, f"the station died of {fault} at {number}"
        recovers(world, moment, card, said)
        words = [word[0] for word in said]
        ran["+".join(words) or "nothing green"] += 1
        if words == ["green"] and number > PAST_THE_FOLDER:
            break
    app.close()
    print(f"{fault}: {sum(ran.values())} places in {time.monotonic() - began:.0f} s: {dict(ran)}")
    assert ran["green"], "the fault never came late enough"
    assert sum(ran.values()) > 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB of its own, ext4 on a loop device."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    image, folder = tmp_path / "disk.img", tmp_path / "small"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(24 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
    done = subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_refused_before_the_card_is_touched(world: World, small_disk: Path) -> None:
    moment = next(one for one in moments(world) if one.step is Step.STORE)
    (card,) = world.thaw(moment.frozen)
    bench, before = world.at(moment.kind), read(card)
    bench.journal.path = small_disk / "journal.db"
    (small_disk / "ballast").write_bytes(bytes(8 * 1024 * 1024))
    hand = Misbehaving(card, {})

    outcome = press_step(bench, moment, hand, card)

    assert (outcome.colour, outcome.message) == (Colour.STOP, "journal_broken")
    assert outcome.refusal is not None
    assert "left on the disk" in outcome.refusal.detail
    assert read(card) == before
    (small_disk / "ballast").unlink()
    green(press_step(bench, moment, card, card))


def damaged(path: Path, act: Callable[[Path], None]) -> Path:
    act(path)
    for left in ("-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    return path


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    place = raw.index(b'"protocol"')
    raw[place] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize(
    "act",
    [_flip, lambda path: os.truncate(path, path.stat().st_size - 4096), lambda path: os.truncate(path, 100)],
    ids=["flipped", "truncated", "cut to its beginning"],
)
def test_a_damaged_journal_is_not_opened(world: World, act: Callable[[Path], None]) -> None:
    moment = next(one for one in moments(world) if one.step is Step.TAKE_OUT)
    world.thaw(moment.frozen)
    identity = world.all[moment.kind, 0].identity
    path = damaged(world.all[moment.kind, 0].folder / "journal.db", act)

    with pytest.raises(JournalBroken):
        Journal(path, identity.journal_id, identity.signing, allow_memory=True)


def test_a_deleted_journal_halts_the_station_at_its_first_word(world: World) -> None:
    moment = next(one for one in moments(world) if one.step is Step.TAKE_OUT)
    world.thaw(moment.frozen)
    bench = world.all[moment.kind, 0]
    (bench.folder / "journal.db").unlink()

    bench = world.at(moment.kind)

    assert bench.uplink.standing is not None


def test_a_journal_on_a_disk_that_forgets_is_refused(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    with pytest.raises(JournalBroken, match="forgets"):
        Journal(Path("/dev/shm") / tmp_path.name / "journal.db", JournalId("ab" * 16), key)
