"""The exchange when the world is broken: restored services, copied disks, forged answers, stations let go."""

import copy
import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, text, update

from cardsvc.core import wire
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.fingerprint import words_of
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem
from cardsvc.core.wire import RevokedWhy
from cardsvc.core.words import LANGUAGES, say
from cardsvc.handlers import enrol_station, revoke_station
from cardsvc.store import tables as t
from cardsvc.store.verifying import first_fault
from cardsvc.store.witnesses import RESTORED
from terminal import identity as station_identity
from terminal.journal import Journal
from terminal.local import LocalSnapshot
from terminal.readers.soft import SoftReader
from terminal.session import Colour
from terminal.uplink import WITNESS_EVERY_MS, LinkDown
from tests.support.browser import Pages, picture
from tests.terminal.pressing import Touch
from tests.terminal.rig import Bench, Cable, Home, green
from tests.terminal.way import at, before, booked, go

REFUSED = wire.Refused(step=Step.STORE, problems=(Problem.TAG_MISMATCH,))
TWO = (StaffNo("1017"), StaffNo("1015"))


def note(bench: Bench, count: int = 1) -> None:
    """Rows in the journal that need no card."""
    for _ in range(count):
        bench.loop._taking.append(REFUSED, None)


def rows(home: Home, journal_id: str) -> int:
    with home.service.context.engine.connect() as connection:
        where = t.record.c.journal_id == journal_id
        return connection.execute(select(func.count()).select_from(t.record).where(where)).scalar_one()


def halted(home: Home, journal_id: str) -> str | None:
    with home.service.context.engine.connect() as connection:
        where = t.journal.c.journal_id == journal_id
        return connection.execute(select(t.journal.c.halted).where(where)).scalar_one()  # type: ignore[no-any-return]


def fault(home: Home) -> str | None:
    context = home.service.context
    return first_fault(context.engine, context.home_id, lambda _: None)


def backup(source: Path, target: Path) -> None:
    """A consistent copy of a live SQLite file."""
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()


def copied(bench: Bench, folder: Path) -> Bench:
    """The station's disk in another machine."""
    bench.close()
    shutil.copytree(bench.folder, folder)
    bench.start()
    other = copy.copy(bench)
    other.folder, other.reader, other.cable = folder, SoftReader(), Cable(bench.service.http)
    other.clocks = type(bench.clocks)(bench.service)
    other.clocks.boot_id = "cd" * 16
    other.start()
    return other


# --- a service that was restored --------------------------------------------------------------------------------------


def test_what_an_older_backup_has_lost_is_sent_again(home: Home, tmp_path: Path) -> None:
    bench = home.at(At.COLD_STORAGE)
    note(bench, 3)
    bench.exchange()
    backup(tmp_path / "service.db", tmp_path / "backup.db")
    note(bench, 250)
    bench.exchange()
    head = bench.journal.head[0]
    assert (rows(home, bench.identity.journal_id), bench.uplink.unsent, head >= 253) == (head, 0, True)
    home.service.context.engine.dispose()
    backup(tmp_path / "backup.db", tmp_path / "service.db")
    assert rows(home, bench.identity.journal_id) == 3

    bench.exchange()

    assert (rows(home, bench.identity.journal_id), bench.uplink.unsent, bench.uplink.standing) == (head, 0, None)
    assert fault(home) is None


def test_the_epoch_is_kept_over_a_restart(home: Home) -> None:
    bench = home.at(At.COLD_STORAGE)
    with home.service.context.engine.begin() as connection:
        connection.execute(update(t.home).values(epoch=7))
    bench.exchange()

    bench.restart()
    bench.exchange()

    with home.service.context.engine.connect() as connection:
        where = t.journal.c.journal_id == bench.identity.journal_id
        assert connection.execute(select(t.journal.c.epoch_seen).where(where)).scalar_one() == 7


# --- a disk that was copied or rolled back ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_copied_disk_is_found_by_whichever_speaks_second(home: Home, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    one = home.at(At.COLD_STORAGE)
    note(one, chance.randrange(4))
    if chance.random() < 0.7:
        one.exchange()
    other = copied(one, tmp_path / "copy")
    first, second = chance.sample([one, other], 2)
    for _ in range(chance.randrange(1, 4)):
        note(first, chance.randrange(1, 4))
        first.exchange()
    note(second, chance.randrange(5))
    assert first.uplink.standing is None
    before = rows(home, one.identity.journal_id)

    second.exchange()
    first.exchange()

    told = (first.uplink.standing, second.uplink.standing, halted(home, one.identity.journal_id))
    assert set(told) == {Problem.JOURNAL_FORKED}, f"seed {seed}"
    for bench in (first, second):
        note(bench)
        bench.exchange()
    assert rows(home, one.identity.journal_id) == before, f"seed {seed}"
    assert fault(home) is None
    other.close()


def test_a_rolled_back_disk_halts_for_good_and_keeps_its_file(home: Home, tmp_path: Path) -> None:
    bench = home.at(At.COLD_STORAGE)
    note(bench, 2)
    bench.exchange()
    old = copied(bench, tmp_path / "old")
    old.close()
    note(bench, 2)
    bench.exchange()
    bench.close()
    shutil.rmtree(bench.folder)
    shutil.copytree(tmp_path / "old", bench.folder)
    bench.start()

    bench.exchange()

    assert halted(home, bench.identity.journal_id) == Problem.JOURNAL_FORKED
    bench.restart()
    assert bench.uplink.standing is Problem.JOURNAL_FORKED
    assert bench.uplink.exchange() is False
    bench.act("sign_in", staff_no="1004", pin="10041004")
    assert bench.outcome is not None
    assert bench.outcome.refusal is not None
    assert (bench.outcome.colour, bench.outcome.refusal.problem) == (Colour.STOP, Problem.JOURNAL_FORKED)
    assert bench.journal.head[0] == 2


def test_a_halt_that_the_service_did_not_hear_is_said_again(home: Home, tmp_path: Path) -> None:
    bench = home.at(At.COLD_STORAGE)
    note(bench, 2)
    bench.exchange()
    other = copied(bench, tmp_path / "copy")
    note(bench)
    bench.exchange()
    assert other.uplink.exchange() is True, "told that it is behind"
    other.cable.lose_answers = 1
    with pytest.raises(LinkDown):
        other.uplink.exchange()
    other.restart()

    other.exchange()

    assert other.journal.told("said")
    other.close()


def test_a_duplicate_that_comes_late_halts_nobody(home: Home) -> None:
    """Days later the network delivers an old request once more: its head is below ours, and it proves nothing."""
    bench, sent = home.at(At.COLD_STORAGE), []
    post = bench.cable.post

    def recorded(path: str, **request: Any) -> Any:
        sent.append((path, request))
        return post(path, **request)

    bench.cable.post = recorded  # type: ignore[method-assign]
    for _ in range(3):
        note(bench, 2)
        bench.exchange()
    home.service.clock.forward(days=3)

    for path, request in sent:
        assert post(path, **request).status_code == 200

    note(bench)
    bench.exchange()
    assert (bench.uplink.standing, bench.uplink.unsent, rows(home, bench.identity.journal_id)) == (None, 0, 7)
    assert halted(home, bench.identity.journal_id) is None


def test_only_a_new_journal_helps_a_halted_station(home: Home, tmp_path: Path) -> None:
    bench = home.at(At.COLD_STORAGE)
    note(bench, 2)
    bench.exchange()
    other = copied(bench, tmp_path / "copy")
    note(bench)
    bench.exchange()
    other.exchange()
    bench.exchange()
    other.close()
    old = bench.identity.journal_id
    bench.close()
    code = enrol_station.make_code(home.service.context, bench.identity.here.station_id, At.COLD_STORAGE, 3)
    bench.identity = station_identity.enrol(bench.folder, bench.cable, code, anew=True)  # type: ignore[arg-type]
    bench.start()
    bench.exchange()
    assert bench.uplink.standing == Problem.STATION_PENDING
    enrol_station.approve(home.service.context, bench.identity.journal_id, *TWO)

    note(bench)
    bench.exchange()

    assert (bench.uplink.unsent, rows(home, bench.identity.journal_id)) == (0, 1)
    assert (bench.folder / f"journal-{old}.db").exists()
    with home.service.context.engine.connect() as connection:
        where = t.journal.c.journal_id == old
        assert connection.execute(select(t.journal.c.revoked_why).where(where)).scalar_one() == RevokedWhy.HALTED


# --- trails of stations that are gone ---------------------------------------------------------------------------------


def renewed(home: Home, kind: At) -> None:
    """The station gets a new machine: a new journal, approved by two; the old one is replaced."""
    old = home.benches.pop(kind)
    old.close()
    shutil.rmtree(old.folder)
    home.at(kind)


def test_a_card_that_a_replaced_station_wrote_is_still_good(home: Home) -> None:
    _, card = booked(home)
    go(home, card, *before(Step.VERIFY_DEATH))

    for kind in (At.BOOKING, At.TRANSPORT):
        renewed(home, kind)

    go(home, card, *before(Step.QUOTE, Step.VERIFY_DEATH))


@pytest.mark.parametrize("sent", [True, False])
def test_what_a_stolen_station_wrote_is_good_only_when_the_service_has_it(home: Home, sent: bool) -> None:
    _, card = booked(home)
    go(home, card, *before(Step.STORE))
    thief, cold = home.at(At.TRANSPORT), home.at(At.COLD_STORAGE)
    kind, step, entered = at(Step.STORE)
    thief = home.at(kind)
    thief.exchange()
    cold.exchange()
    thief.cable.pulled = not sent
    green(thief.take(step, card, **entered))
    revoke_station.handle(home.service.context, thief.identity.journal_id, RevokedWhy.STOLEN, *TWO)
    other = home.at(At.DRESSING if kind is At.COLD_STORAGE else At.COLD_STORAGE)
    other.exchange()

    other.act("sign_in", staff_no="1004" if other.kind is At.COLD_STORAGE else "1007",
              pin="10041004" if other.kind is At.COLD_STORAGE else "10071007")  # fmt: skip
    other.reader.present(card)
    other.seen()

    problem = other.outcome.refusal.problem if other.outcome is not None and other.outcome.refusal else None
    assert problem is (None if sent else Problem.CARD_FORGED)


# --- witnesses --------------------------------------------------------------------------------------------------------


def witnessed(home: Home, bench: Bench) -> None:
    """An hour has gone by, and the station was told of a log that has moved."""
    bench.clocks.steady += WITNESS_EVERY_MS
    bench.exchange()


def rewrite(home: Home) -> None:
    """A superuser changes a link and recomputes the whole chain, head and all."""
    from cardsvc.store.log import GENESIS, link_hash

    c = t.audit_link.c
    with home.service.context.engine.begin() as connection:
        for name in ("audit_no_update", "audit_no_delete"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        prev = GENESIS
        for row in connection.execute(select(t.audit_link).order_by(c.log_no)).all():
            subject = "somebody else" if row.log_no == 2 else row.subject
            link = link_hash(prev, row.log_no, row.what, subject, row.digest)
            change = update(t.audit_link).where(c.log_no == row.log_no)
            connection.execute(change.values(subject=subject, prev=prev, hash=link))
            prev = link
        connection.execute(update(t.log_head).values(root=prev))


def test_verify_names_the_witness_of_a_history_that_was_recomputed_whole(home: Home) -> None:
    bench = home.at(At.COLD_STORAGE)
    witnessed(home, bench)
    seq = bench.journal.head[0]
    assert (fault(home), rows(home, bench.identity.journal_id)) == (None, seq)

    rewrite(home)

    said = fault(home) or "whole"
    assert "history was rewritten" in said
    assert f"cold_storage-1 in record {bench.identity.journal_id}:{seq}" in said


def test_a_witness_who_comes_after_the_rewriting_is_a_conflict_that_the_console_shows(home: Home) -> None:
    from tests.support.desk import Desk

    bench = home.at(At.COLD_STORAGE)
    bench.clocks.steady += WITNESS_EVERY_MS
    bench.uplink.exchange()
    assert bench.uplink.unsent == 1

    rewrite(home)
    bench.exchange()

    judgement = bench.journal.judgement(bench.journal.head[0])
    assert judgement is not None
    assert [one.problem for one in judgement.reasons] == [Problem.HISTORY_REWRITTEN]
    page = Desk(home.service, "1017").get("unsettled").text
    assert f'<small class="stop">{say("zh_CN", "problem.history_rewritten.say")}' in page


def test_a_checkpoint_is_witnessed_once_an_hour_or_every_hundred_numbers(home: Home) -> None:
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    note(bench, 30)
    bench.exchange()
    told = [one for one in bench.journal.recent(100) if isinstance(one.body, wire.Witness)]
    for _ in range(5):
        bench.exchange()
    note(bench, 100)
    bench.exchange()

    after = [one.body for one in bench.journal.recent(300) if isinstance(one.body, wire.Witness)]

    assert len(after) == len(told) + 1
    assert fault(home) is None


def test_a_restore_by_the_rules_is_no_rewriting(home: Home, tmp_path: Path) -> None:
    bench = home.at(At.COLD_STORAGE)
    backup(tmp_path / "service.db", tmp_path / "backup.db")
    note(bench, 5)
    witnessed(home, bench)
    home.service.context.engine.dispose()
    backup(tmp_path / "backup.db", tmp_path / "service.db")
    from cardsvc.store.engine import transact
    from cardsvc.store.log import open_log

    def restored(connection: Any) -> None:
        log = open_log(connection, home.service.context.home_id)
        log.add(RESTORED, "2", "", home.service.clock.now)
        log.close()
        connection.execute(update(t.home).values(epoch=2))

    transact(home.service.context.engine, restored)

    bench.exchange()

    assert (bench.uplink.unsent, fault(home)) == (0, None)


# --- what is pruned, and what is on the station's disk ----------------------------------------------------------------


def test_settled_rows_go_after_a_month_and_only_when_they_are_in_a_backup(home: Home) -> None:
    bench, clock = home.at(At.COLD_STORAGE), home.service.clock
    note(bench, 10)
    bench.exchange()
    journal = bench.journal
    head = journal.head
    assert journal.prune(8, clock.now) == 0, "too young"
    clock.forward(days=31)
    assert journal.prune(0, clock.now) == 0, "not in a backup"

    assert journal.prune(8, clock.now) == 8

    assert (journal.oldest_kept, journal.head, journal.settled_seq(), journal.unsettled()) == (9, head, 10, [])
    note(bench, 2)
    assert journal.prune(99, clock.now) == 2, "what is not settled stays"
    bench.restart()
    assert (bench.journal.oldest_kept, bench.journal.head[0]) == (11, 12)
    bench.exchange()
    assert (bench.uplink.unsent, rows(home, bench.identity.journal_id)) == (0, 12)


def test_an_append_only_row_cannot_be_deleted_and_a_forged_tombstone_is_found(home: Home) -> None:
    bench = home.at(At.COLD_STORAGE)
    note(bench, 5)
    bench.exchange()
    bench.close()
    path = bench.folder / "journal.db"
    with sqlite3.connect(path) as db:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute("DELETE FROM record WHERE seq = 1")
        (digest,) = db.execute("SELECT hash FROM record WHERE seq = 3").fetchone()
        db.execute("INSERT INTO tombstone VALUES (1, 3, ?, ?)", (digest, bytes(64)))
        db.execute("DELETE FROM settlement WHERE seq <= 3")
        db.execute("DELETE FROM record WHERE seq <= 3")
    db.close()

    from terminal.journal import JournalBroken

    with pytest.raises(JournalBroken, match="tombstone"):
        Journal(path, bench.identity.journal_id, bench.identity.signing, allow_memory=True)
    home.benches.clear()


@pytest.mark.parametrize("seed", range(25))
def test_a_flipped_byte_in_the_snapshot_is_found_and_all_is_asked_for_anew(
    home: Home, tmp_path: Path, seed: int
) -> None:
    booked(home)
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    known = bench.local.current
    backup(bench.folder / "snapshot.db", tmp_path / "flipped.db")
    raw = bytearray((tmp_path / "flipped.db").read_bytes())
    at = random.Random(seed).randrange(len(raw))
    raw[at] ^= 1 << random.Random(seed).randrange(8)
    (tmp_path / "flipped.db").write_bytes(bytes(raw))

    local = LocalSnapshot(tmp_path / "flipped.db")

    assert local.current is None or local.current == known, f"seed {seed}, byte {at}"
    local.close()


def test_a_changed_word_in_the_snapshot_is_dropped(home: Home, tmp_path: Path) -> None:
    booked(home)
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    bench.close()
    with sqlite3.connect(bench.folder / "snapshot.db") as db:
        db.execute("UPDATE known SET body = replace(body, '\"infectious\":false', '\"infectious\":true')")
    db.close()

    bench.start()

    assert bench.local.current is None
    bench.exchange()
    assert bench.local.current is not None
    assert bench.local.current.cases


# --- what the touch page says -----------------------------------------------------------------------------------------


def page_of(bench: Bench, language: str) -> str:
    bench.act("language", language=language)
    touch = Touch(bench)
    try:
        return httpx2.get(touch.url, timeout=60).text
    finally:
        touch.close()


def says(page: str, language: Any, problem: Problem) -> bool:
    return all(say(language, f"problem.{problem}.{part}") in page.replace("&#39;", "'") for part in ("say", "do"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pending_station_shows_its_words_large_and_starts_by_itself(home: Home, language: Any) -> None:
    bench = pending(home)
    bench.exchange()
    page = page_of(bench, language)
    words = words_of(bench.identity.signing.public_key().public_bytes_raw())
    assert all(f"{word.characters} <small>{word.letters}</small>" in page for word in words)
    assert all(says(page, one, Problem.STATION_PENDING) for one in LANGUAGES)

    enrol_station.approve(home.service.context, bench.identity.journal_id, *TWO)
    bench.restart()
    bench.exchange()

    page = page_of(bench, language)
    assert 'class="words"' not in page
    assert not says(page, language, Problem.STATION_PENDING)


def pending(home: Home) -> Bench:
    bench = home.at(At.COLD_STORAGE)
    bench.close()
    shutil.rmtree(bench.folder)
    code = enrol_station.make_code(home.service.context, bench.identity.here.station_id, At.COLD_STORAGE, 3)
    bench.identity = station_identity.enrol(bench.folder, bench.cable, code)  # type: ignore[arg-type]
    bench.start()
    return bench


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_revoked_station_says_so_takes_nothing_and_keeps_its_rows(home: Home, language: Any) -> None:
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    note(bench, 3)
    revoke_station.handle(home.service.context, bench.identity.journal_id, RevokedWhy.STOLEN, *TWO)

    bench.exchange()

    assert (bench.uplink.unsent, rows(home, bench.identity.journal_id)) == (3, 0)
    bench.restart()
    bench.act("sign_in", staff_no="1004", pin="10041004")
    assert bench.loop.session.staff_no is None
    page = page_of(bench, language)
    assert all(says(page, one, Problem.STATION_REVOKED) for one in LANGUAGES)
    assert 'data-form="sign_in"' not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_halted_station_says_so_in_red(home: Home, tmp_path: Path, language: Any) -> None:
    bench = home.at(At.COLD_STORAGE)
    other = copied(bench, tmp_path / "copy")
    note(other)
    other.exchange()
    other.close()
    note(bench)
    bench.exchange()

    page = page_of(bench, language)

    assert all(says(page, one, Problem.JOURNAL_FORKED) for one in LANGUAGES)
    assert 'class="ask gate stop"' in page


class Impostor:
    """Something else that answers in the service's place."""

    def __init__(self, kind: str, client: Any) -> None:
        self._kind, self._client = kind, client

    def post(self, path: str, **request: Any) -> Any:
        if self._kind == "captive page":
            return httpx2.Response(200, html="<h1>Welcome to the free network</h1>")
        answer = self._client.post(path, **request)
        if self._kind == "another key":
            seal = bytes(64).hex()
        else:
            seal = answer.headers[wire.SIGNATURE_HEADER]
        content = answer.content if self._kind != "changed answer" else answer.content.replace(b"recorded", b"already ")
        headers = {wire.SIGNATURE_HEADER: seal, "content-type": wire.MEDIA_TYPE}
        return httpx2.Response(200, content=content, headers=headers)


@pytest.mark.parametrize("kind", ["captive page", "another key", "changed answer"])
def test_what_the_service_did_not_sign_settles_nothing_and_is_named(home: Home, kind: str) -> None:
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    note(bench, 2)
    bench.uplink._client = Impostor(kind, home.service.http)  # type: ignore[assignment]

    bench.exchange()

    assert (bench.uplink.unsent, bench.uplink.rejected) == (2, Problem.SERVICE_UNTRUSTED)
    assert all(says(page_of_view(bench, language), language, Problem.SERVICE_UNTRUSTED) for language in LANGUAGES)
    bench.uplink._client = bench.cable  # type: ignore[assignment]
    bench.exchange()
    assert (bench.uplink.unsent, bench.uplink.rejected) == (0, None)


def page_of_view(bench: Bench, language: Any) -> str:
    """The page's words without a server, so that nothing is exchanged meanwhile."""
    from terminal.kiosk.view import Link, view

    uplink, session = bench.uplink, bench.loop.session
    session.language = language
    link = Link(False, bench.loop.tally.now(), uplink.standing, uplink.rejected, 0, bench.clocks.now())
    shown = view(session, bench.loop.station, bench.identity.here, bench.local.current, link)
    return "\n".join(words for _, words in shown.notices)


@pytest.mark.browser
def test_the_page_goes_from_waiting_to_work_by_itself(home: Home, pages: Pages) -> None:
    bench = pending(home)
    touch, page = Touch(bench), pages.open()
    try:
        page.goto(touch.url)
        expect(page.locator(".words li")).to_have_count(6)
        picture(page, "kiosk-pending")
        enrol_station.approve(home.service.context, bench.identity.journal_id, *TWO)
        bench.uplink.wake()
        expect(page.locator("form[data-form=sign_in]")).to_be_visible()
        revoke_station.handle(home.service.context, bench.identity.journal_id, RevokedWhy.STOLEN, *TWO)
        bench.uplink.wake()
        expect(page.locator(".gate.stop")).to_be_visible()
        picture(page, "kiosk-revoked")
    finally:
        page.goto("about:blank")
        touch.close()
