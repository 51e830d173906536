"""The uplink: send in order, settle what the service has committed, back off, take news.

Anything but a signed answer to this very request settles nothing; rows stay pending for ever and are shown.
"""

import base64
import json
import threading
from collections.abc import Callable
from typing import TypeVar

import httpx2
from cryptography.exceptions import InvalidSignature
from pydantic import TypeAdapter, ValidationError

from cardsvc.core import wire
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import PaperAnswer, Result, SyncAnswer
from terminal.identity import SOFTWARE, Identity
from terminal.journal import Journal, JournalBroken, Row
from terminal.local import LocalSnapshot, SnapshotNotKept
from terminal.settings import Clocks

T = TypeVar("T")
ANSWER = TypeAdapter(SyncAnswer)
PAPER = TypeAdapter(PaperAnswer)
IDLE_S = 2.0
LONGEST_PAUSE_S = 10.0
LINKED_FOR_MS = 6_000
WITNESS_EVERY = 100
WITNESS_EVERY_MS = 3_600_000
STOPS = frozenset({Problem.STATION_REVOKED, Problem.JOURNAL_FORKED})
"""After these nothing is sent or taken any more; only a new journal helps."""


class LinkDown(Exception):
    """The service could not be reached, or what answered was not the service: rows stay pending, try again."""


class Uplink:
    """The exchange of one station with its service; a thread, or `exchange` called by hand."""

    def __init__(
        self,
        identity: Identity,
        journal: Journal,
        local: LocalSnapshot,
        client: httpx2.Client,
        clocks: Clocks,
        chance: Callable[[int], bytes],
    ) -> None:
        self._identity, self._journal, self._local = identity, journal, local
        self._client, self._clocks, self._chance = client, clocks, chance
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._answered = threading.Condition()
        self._last_answer_ms: int | None = None
        self._rewind: int | None = None
        self._checkpoint = 0
        self._witnessed_ms = clocks.steady_ms()
        self._epoch = int(journal.told("epoch") or identity.enrolled.service_epoch)
        self.standing: Problem | None = journal.stopped
        self.rejected: Problem | None = None
        self.changed: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, daemon=True, name="uplink")

    @property
    def linked(self) -> bool:
        """Whether the service answered a moment ago."""
        last = self._last_answer_ms
        return last is not None and self._clocks.steady_ms() - last < LINKED_FOR_MS

    @property
    def unsent(self) -> int:
        """How many rows the service has not settled."""
        return self._journal.head[0] - self._journal.settled_seq()

    def start(self) -> None:
        """Go on by itself from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the exchange in hand."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    def wait_for(self, seq: int, seconds: float) -> wire.Judgement | None:
        """The service's judgement of a row, awaited at most `seconds`; None when it did not come."""
        self.wake()
        with self._answered:
            self._answered.wait_for(lambda: self._journal.judgement(seq) is not None, seconds)
        return self._journal.judgement(seq)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.is_set():
            try:
                more = self.exchange()
                pause = 0.0 if more else IDLE_S
            except LinkDown:
                pause = min(LONGEST_PAUSE_S, max(0.5, pause * 2)) * (0.5 + self._chance(1)[0] / 510)
            except (JournalBroken, SnapshotNotKept):
                pause = LONGEST_PAUSE_S
            self.changed()
            self._wake.wait(pause)
            self._wake.clear()

    def exchange(self) -> bool:
        """One request and its answer; True when there is more to do at once. Raises LinkDown."""
        if self.standing in STOPS and self._journal.told("said"):
            return False
        rows = [] if self.standing in STOPS else self._journal.unsettled(after=self._rewind)
        nonce = self._chance(16).hex()
        body = self._request(nonce, rows)
        answer = self._signed("/stations/sync", nonce, body, ANSWER)
        self._last_answer_ms = self._clocks.steady_ms()
        return self._take(answer)

    def _request(self, nonce: str, rows: list[Row]) -> bytes:
        known = self._local.current
        seq, digest = self._journal.head
        hello = wire.Hello(
            station_id=self._identity.enrolled.station_id,
            journal_id=self._identity.journal_id,
            head_seq=seq,
            head_hash=digest.hex(),
            settled_seq=self._journal.settled_seq(),
            oldest_kept_seq=self._journal.oldest_kept,
            service_epoch_seen=self._epoch,
            snapshot_digest=self._local.digest,
            snapshot_version=known.version if known else 0,
            setup_version=known.setup.version if known else 0,
            hot_version=known.hot.version if known else 0,
            checkpoint_seen=self._checkpoint,
            boot_id=self._clocks.boot_id,
            steady_ms=self._clocks.steady_ms(),
            wall_time=self._clocks.now(),
            open_intents=len(self._journal.open_intents()),
            halted=self.standing if self.standing is Problem.JOURNAL_FORKED else None,
            software=SOFTWARE,
        )
        sent = [{"raw": _b64(row.raw), "sig": _b64(row.sig)} for row in rows]
        return json.dumps({"nonce": nonce, "hello": json.loads(hello.model_dump_json()), "records": sent}).encode()

    def paper(self, seq: int) -> bytes | Refusal:
        """The paper that our record `seq` asked for, as PDF, or why there is none. Raises LinkDown."""
        nonce = self._chance(16).hex()
        ask = wire.PaperRequest(nonce=nonce, journal_id=self._identity.journal_id, seq=seq)
        said = self._signed("/stations/paper", nonce, ask.model_dump_json().encode(), PAPER)
        if said.seq != seq or (said.pdf is None and said.problem is None):
            raise LinkDown("an answer about something else")
        return said.pdf if said.pdf is not None else Refusal(said.problem or Problem.NOT_FOUND, said.detail)

    def _signed(self, path: str, nonce: str, body: bytes, shape: TypeAdapter[T]) -> T:
        """Post, and believe only what the service has signed for this nonce. Raises LinkDown."""
        headers = {
            wire.JOURNAL_HEADER: self._identity.journal_id,
            wire.SIGNATURE_HEADER: self._identity.signing.sign(wire.request_bytes(body)).hex(),
            "content-type": wire.MEDIA_TYPE,
        }
        try:
            response = self._client.post(path, content=body, headers=headers)
        except httpx2.HTTPError as error:
            raise LinkDown(type(error).__name__) from None
        if response.status_code != 200 or response.headers.get("content-type") != wire.MEDIA_TYPE:
            self.rejected = _said(response)
            raise LinkDown(f"status {response.status_code}")
        try:
            seal = bytes.fromhex(response.headers.get(wire.SIGNATURE_HEADER, ""))
            self._identity.service.verify(seal, wire.answer_bytes(nonce, response.content))
            answer = shape.validate_json(response.content)
        except (InvalidSignature, ValueError, ValidationError):
            self.rejected = Problem.SERVICE_UNTRUSTED
            raise LinkDown("an answer that the service did not sign") from None
        self.rejected = None
        return answer

    def _take(self, answer: SyncAnswer) -> bool:
        """Take a signed answer; True when there is more to do at once."""
        if self.standing in STOPS:
            self._journal.keep("said", self.standing or "")
            return False
        done = [one for one in answer.results if one.result in (Result.RECORDED, Result.ALREADY, Result.QUARANTINED)]
        settled = self._journal.settled_seq()
        with self._answered:
            self._journal.settle(done, self._clocks.now())
            self._answered.notify_all()
        self.standing = self._standing_after(answer)
        if self.standing in STOPS:
            # Said once more with our own signature: the service halts a journal only on the station's own word.
            self._journal.keep("standing", self.standing or "")
            return True
        head = answer.journal_head
        expected = [one.expected_seq - 1 for one in answer.results if one.expected_seq is not None]
        self._rewind = head.seq if head.seq < settled else next(iter(expected), None)
        self._epoch = answer.service_epoch
        self._journal.keep("epoch", str(self._epoch))
        if answer.backed_up_seq:
            self._journal.prune(answer.backed_up_seq, self._clocks.now())
        if answer.delta is None:
            self._local.heard(answer.server_time)
        else:
            try:
                self._local.take(answer.delta)
            except (ValueError, ValidationError):
                self._local.current = None
        more = self.standing is None and self._witness(answer.checkpoint)
        can_rewind = self._rewind is not None and self._rewind + 1 >= self._journal.oldest_kept
        return more or can_rewind or (self.unsent > 0 and bool(done))

    def _standing_after(self, answer: SyncAnswer) -> Problem | None:
        """What the answer means for this journal: behind the service or other than it, it was rolled back or copied."""
        seq, digest = self._journal.head
        head = answer.journal_head
        other = head.seq == seq and head.hash != digest.hex()
        if head.seq > seq or other or any(one.result is Result.DIFFERS for one in answer.results):
            return Problem.JOURNAL_FORKED
        return answer.standing

    def _witness(self, checkpoint: wire.Checkpoint | None) -> bool:
        """Journal what the service says of its log, at most every 100 numbers or once an hour; True when done.

        A checkpoint that the service did not sign is not kept: it says nothing of the service.
        """
        if checkpoint is None:
            return False
        self._checkpoint = checkpoint.log_no
        last, now_ms = int(self._journal.told("witnessed") or 0), self._clocks.steady_ms()
        hour_over = now_ms - self._witnessed_ms >= WITNESS_EVERY_MS and checkpoint.log_no > last
        if checkpoint.log_no - last < WITNESS_EVERY and not hour_over:
            return False
        here, known = self._identity.here, self._local.current
        signed = wire.checkpoint_bytes(here.home_id, checkpoint.epoch, checkpoint.log_no, checkpoint.root)
        try:
            self._identity.service.verify(checkpoint.signature, signed)
        except InvalidSignature:
            return False
        body = wire.Witness(
            epoch=checkpoint.epoch,
            log_no=checkpoint.log_no,
            root=checkpoint.root,
            signature=base64.b64encode(checkpoint.signature),
        )
        self._journal.append(
            lambda seq, prev: wire.Record(
                journal_id=self._identity.journal_id,
                seq=seq,
                prev=prev,
                home_id=here.home_id,
                station_id=here.station_id,
                body=body,
                wall_time=self._clocks.now(),
                boot_id=self._clocks.boot_id,
                steady_ms=now_ms,
                snapshot_version=known.version if known else 0,
                software=SOFTWARE,
            )
        )
        self._journal.keep("witnessed", str(checkpoint.log_no))
        self._witnessed_ms = now_ms
        return True


def _said(response: httpx2.Response) -> Problem | None:
    """What an answer without our signature says, as words for a person and nothing else.

    A page that comes with 200 and is not ours is a captive portal, or somebody else's server.
    """
    if response.status_code == 200:
        return Problem.SERVICE_UNTRUSTED
    if response.status_code not in (401, 422):
        return None
    try:
        code = response.json().get("code")
    except (ValueError, AttributeError):
        return None
    return Problem(code) if code in set(Problem) else None


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
