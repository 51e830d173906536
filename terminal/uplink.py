"""The uplink: send in order, settle what the service has committed, back off, take news.

Anything but a signed answer to this very request settles nothing; rows stay pending for ever and are shown.
"""

import base64
import json
import threading
from collections.abc import Callable

import httpx2
from cryptography.exceptions import InvalidSignature
from pydantic import TypeAdapter, ValidationError

from cardsvc.core import wire
from cardsvc.core.problems import Problem
from cardsvc.core.wire import Result, SyncAnswer
from terminal.identity import SOFTWARE, Identity
from terminal.journal import Journal, JournalBroken, Row
from terminal.local import LocalSnapshot
from terminal.settings import Clocks

ANSWER = TypeAdapter(SyncAnswer)
IDLE_S = 2.0
LONGEST_PAUSE_S = 10.0
LINKED_FOR_MS = 6_000


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
        self.halted: Problem | None = None
        self.rejected: str | None = None
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
            except JournalBroken:
                pause = LONGEST_PAUSE_S
            self.changed()
            self._wake.wait(pause)
            self._wake.clear()

    def exchange(self) -> bool:
        """One request and its answer; True when there is more to do at once. Raises LinkDown."""
        if self.halted is not None:
            return False
        rows = self._journal.unsettled(after=self._rewind)
        nonce = self._chance(16).hex()
        body = self._request(nonce, rows)
        answer = self._answer(nonce, body)
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
            oldest_kept_seq=1 if seq else 0,
            snapshot_version=known.version if known else 0,
            setup_version=known.setup.version if known else 0,
            hot_version=known.hot.version if known else 0,
            checkpoint_seen=self._checkpoint,
            boot_id=self._clocks.boot_id,
            steady_ms=self._clocks.steady_ms(),
            wall_time=self._clocks.now(),
            open_intents=len(self._journal.open_intents()),
            software=SOFTWARE,
        )
        sent = [{"raw": _b64(row.raw), "sig": _b64(row.sig)} for row in rows]
        return json.dumps({"nonce": nonce, "hello": json.loads(hello.model_dump_json()), "records": sent}).encode()

    def _answer(self, nonce: str, body: bytes) -> SyncAnswer:
        """Post, and believe only what the service has signed for this nonce. Raises LinkDown."""
        headers = {
            wire.JOURNAL_HEADER: self._identity.journal_id,
            wire.SIGNATURE_HEADER: self._identity.signing.sign(wire.request_bytes(body)).hex(),
            "content-type": wire.MEDIA_TYPE,
        }
        try:
            response = self._client.post("/stations/sync", content=body, headers=headers)
        except httpx2.HTTPError as error:
            raise LinkDown(type(error).__name__) from None
        if response.status_code != 200 or response.headers.get("content-type") != wire.MEDIA_TYPE:
            self.rejected = _code(response) if response.status_code in (401, 422) else None
            raise LinkDown(f"status {response.status_code}")
        try:
            seal = bytes.fromhex(response.headers.get(wire.SIGNATURE_HEADER, ""))
            self._identity.service.verify(seal, wire.answer_bytes(nonce, response.content))
            answer = ANSWER.validate_json(response.content)
        except (InvalidSignature, ValueError, ValidationError):
            raise LinkDown("an answer that the service did not sign") from None
        if answer.nonce != nonce:
            raise LinkDown("an answer to another request")
        self.rejected = None
        return answer

    def _take(self, answer: SyncAnswer) -> bool:
        seq, digest = self._journal.head
        head = answer.journal_head
        settled = self._journal.settled_seq()
        if head.seq > seq or (head.seq == seq and head.hash != digest.hex()):
            self.halted = Problem.JOURNAL_FORKED
            return False
        done = [one for one in answer.results if one.result in (Result.RECORDED, Result.ALREADY, Result.QUARANTINED)]
        with self._answered:
            self._journal.settle(done)
            self._answered.notify_all()
        self._rewind = None
        for one in answer.results:
            if one.result is Result.EXPECTED and one.expected_seq is not None:
                self._rewind = one.expected_seq - 1
            elif one.result is Result.DIFFERS:
                self.halted = one.problem or Problem.JOURNAL_FORKED
        if head.seq < settled:
            self._rewind = head.seq
        if answer.checkpoint is not None:
            self._checkpoint = answer.checkpoint.log_no
        if answer.delta is None:
            self._local.heard(answer.server_time)
        else:
            try:
                self._local.take(answer.delta)
            except (ValueError, ValidationError):
                self._local.current = None
        return self._rewind is not None or (self.unsent > 0 and bool(done))


def _code(response: httpx2.Response) -> str | None:
    try:
        code = response.json().get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, str) else None


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
