"""A real home for tests: a database, a vault, the service in-process, and stations that sign as real ones do."""

import base64
import json
import random
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import TypeAdapter
from sqlalchemy import Dialect, Engine, inspect
from sqlalchemy.util import LRUCache
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from cardsvc.api.app import Surface
from cardsvc.context import Context
from cardsvc.core import wire
from cardsvc.core.booking import BookingForm
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CardNo, CaseNo, HomeId, JournalId, RecordKey, StaffNo, StationId
from cardsvc.core.reference import is_asked
from cardsvc.core.rules import RULES, Offline
from cardsvc.core.snapshot import Snapshot, SnapshotDelta, apply
from cardsvc.core.wire import Judgement, Outcome, Record, Result, SyncAnswer
from cardsvc.demo.home import APPROVERS, STAFF, found
from cardsvc.handlers import enrol_station, issue_card
from cardsvc.handlers.found_home import STATIONS
from cardsvc.modules import Module
from cardsvc.rows.tables import prepare
from cardsvc.store.engine import create_schema, open_engine
from cardsvc.surfaces import create_service, office_apps
from cardsvc.vault.keystore import SoftwareVault, new_content
from cardsvc.vault.vault import Vault
from tests.support.calling import caller

SQLITE = "sqlite:///"
STATIONS_PATH = "/stations/"
DIALECTS: dict[str, Dialect] = {}
COMPILED: LRUCache[Any, Any] = LRUCache(2_000)
START = datetime(2026, 11, 1, 3, 42, tzinfo=UTC)
ANSWER = TypeAdapter(SyncAnswer)
DELTA = TypeAdapter(SnapshotDelta)

ID_NO = "330302194001010010"
DOORS = count(1)
"""Each booking collects from an address of its own, unless the test says where."""
OTHER_NAMES = tuple(
    f"{surname}{given}" for given in ("守礼", "长河", "可凡") for surname in "李赵孙周吴郑冯陈褚卫蒋沈韩杨"
)
"""Names that neither look nor sound alike, for further bookings that nobody names."""


@cache
def quick_hash(password: str) -> str:
    """argon2id at its cheapest: tests sign in often."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def some_vault(seed: int = 1) -> SoftwareVault:
    return SoftwareVault(new_content(random.Random(seed).randbytes))


def warm(engine: Engine) -> Engine:
    """The engine, with the statements that others of this process have compiled: as one that has run for long."""
    engine.dialect = DIALECTS.setdefault(engine.dialect.name, engine.dialect)
    engine.update_execution_options(compiled_cache=COMPILED)
    return engine


@dataclass
class Clock:
    """A clock that the test moves."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Surfaces:
    """The real service's applications, each made when it is first asked for: a test of taps needs no console."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._office = office_apps(context)
        self._made: dict[str, ASGIApp] = {}
        self._making = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = str(scope.get("path", ""))
        path = next((one for one in (*self._office, STATIONS_PATH) if asked.startswith(one)), "")
        with self._making:
            if path not in self._made:
                self._made[path] = self._make(path)
        await self._made[path](scope, receive, send)

    def _make(self, path: str) -> ASGIApp:
        if path == STATIONS_PATH:
            return create_service([Surface.STATIONS], self.context)
        if path not in self._office:
            return create_service([one for one in Surface if one is not Surface.OFFICE], self.context)
        app = create_service([], self.context)
        app.mount(path, self._office[path]())
        return app


class Service:
    """The real service in this process, on a real database: a home is founded in it, unless it has one."""

    def __init__(self, dsn: str, vault: Vault | None = None, modules: tuple[Module, ...] = ()) -> None:
        if vault is None and dsn.startswith(SQLITE) and not Path(dsn.removeprefix(SQLITE)).exists():
            Path(dsn.removeprefix(SQLITE)).write_bytes(founded_file())
        self.clock = Clock()
        self.context = Context(
            engine=warm(open_engine(dsn)),
            vault=vault or some_vault(),
            home_id=HomeId("WZ"),
            clock=self.clock,
            chance=random.Random(7).randbytes,
            secure_cookies=False,
            modules={one.name: one for one in modules},
        )
        if not inspect(self.context.engine).has_table("home"):
            create_schema(self.context.engine)
            found(replace(self.context, chance=random.Random(6).randbytes), quick_hash)
        prepare(self.context.engine, modules)
        self._app: Surfaces | None = None
        self._stations: dict[StationKind, Station] = {}
        self.bookings = 0

    @property
    def app(self) -> "Surfaces":
        """The whole service on the context as it is now."""
        if self._app is None or self._app.context is not self.context:
            self._app = Surfaces(self.context)
        return self._app

    @cached_property
    def http(self) -> TestClient:
        return caller(self.app)

    def station(self, kind: StationKind) -> "Station":
        if kind not in self._stations:
            self._stations[kind] = Station(self, kind)
        return self._stations[kind]

    def pool_card(self, number: int = 1) -> CardNo:
        card_no = issue_card.next_number(self.context)
        issue_card.handle(self.context, card_no, bytes([4, number, 3, 4, 5, 6, 7]), self.clock.now)
        return card_no

    def close(self) -> None:
        self.context.engine.dispose()


@cache
def founded_file() -> bytes:
    """An SQLite database with a founded home: made once a process, then copied."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "founded.db"
        path.touch()
        Service(f"{SQLITE}{path}").close()
        return path.read_bytes()


def staff_for(step: Step) -> list[StaffNo]:
    from cardsvc.core.permissions import may_take

    return [person.staff_no for person in STAFF if may_take(person.roles, step)]


@dataclass
class Station:
    """A station without a reader: it journals, signs and sends, and keeps the card's chain in its head."""

    service: Service
    kind: StationKind
    number: int = 0
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(random.randbytes(32)))
    box: X25519PrivateKey = field(default_factory=lambda: X25519PrivateKey.from_private_bytes(random.randbytes(32)))
    seq: int = 0
    settled: int = 0
    unsent: list[tuple[bytes, bytes]] = field(default_factory=list)
    known: Snapshot | None = None
    answer: SyncAnswer | None = None
    approved: bool = True
    epoch_seen: int = 0

    def __post_init__(self) -> None:
        station_id, _, number = next(one for one in STATIONS if one[1] is self.kind)
        if self.number:
            station_id, number = StationId(f"{self.kind}-{self.number + 1}"), 100 + self.number
        code = enrol_station.make_code(self.service.context, station_id, self.kind, number)
        answer = self.service.http.post(
            "/stations/enrol",
            json={
                "code": code,
                "public_key": b64(self.key.public_key().public_bytes_raw()),
                "sealing_key": b64(self.box.public_key().public_bytes_raw()),
                "software": "test",
            },
        )
        assert answer.status_code == 200, answer.text
        enrolled = wire.EnrolAnswer.model_validate_json(answer.content)
        self.enrolled = enrolled
        self.station_id = StationId(enrolled.station_id)
        self.journal_id = JournalId(enrolled.journal_id)
        self.head = wire.genesis(self.journal_id).hex()
        self.epoch_seen = enrolled.service_epoch
        if self.approved:
            assert enrol_station.approve(self.service.context, self.journal_id, *APPROVERS) == self.station_id

    def append(self, body: wire.Body, **fields: Any) -> int:
        """Journal and sign a record; its number."""
        return self.sign(self.record(body, **fields))

    def record(self, body: wire.Body, **fields: Any) -> bytes:
        """The bytes of the next record of this journal."""
        record = Record(
            journal_id=self.journal_id,
            seq=self.seq + 1,
            prev=self.head,
            home_id=HomeId("WZ"),
            station_id=self.station_id,
            body=body,
            wall_time=self.service.clock.now,
            boot_id="ab" * 16,
            steady_ms=self.seq + 1,
            snapshot_version=self.known.version if self.known else 0,
            software="test",
            **fields,
        )
        return record.model_dump_json().encode()

    def sign(self, raw: bytes) -> int:
        """Journal and sign bytes, whatever they say; the number of the record."""
        self.seq += 1
        digest = wire.record_hash(raw)
        self.unsent.append((raw, self.key.sign(digest)))
        self.head = digest.hex()
        return self.seq

    def hello(self) -> dict[str, Any]:
        return {
            "station_id": self.station_id,
            "journal_id": self.journal_id,
            "head_seq": self.seq,
            "head_hash": self.head,
            "settled_seq": self.settled,
            "oldest_kept_seq": 1,
            "service_epoch_seen": self.epoch_seen,
            "snapshot_version": self.known.version if self.known else 0,
            "setup_version": self.known.setup.version if self.known else 0,
            "hot_version": self.known.hot.version if self.known else 0,
            "boot_id": "ab" * 16,
            "steady_ms": self.seq,
            "wall_time": self.service.clock.now.isoformat(),
            "software": "test",
        }

    def post(self, records: list[tuple[bytes, bytes]], nonce: str = "cd" * 16) -> Any:
        body, headers = self.request(records, nonce)
        return self.service.http.post("/stations/sync", content=body, headers=headers)

    def request(
        self, records: list[tuple[bytes, bytes]], nonce: str = "cd" * 16, **hello: Any
    ) -> tuple[bytes, dict[str, str]]:
        """A signed request: its bytes and headers."""
        ask = {
            "nonce": nonce,
            "hello": self.hello() | hello,
            "records": [{"raw": b64(raw), "sig": b64(sig)} for raw, sig in records],
        }
        body = json.dumps(ask).encode()
        headers = {
            wire.JOURNAL_HEADER: self.journal_id,
            wire.SIGNATURE_HEADER: self.key.sign(wire.request_bytes(body)).hex(),
            "content-type": wire.MEDIA_TYPE,
        }
        return body, headers

    def send(self, records: list[tuple[bytes, bytes]] | None = None) -> SyncAnswer:
        """Send what is unsent (or these), check the answer's signature, and take the news."""
        sending = records if records is not None else list(self.unsent[:100])
        response = self.post(sending)
        assert response.status_code == 200, response.text
        service_key = Ed25519PublicKey.from_public_bytes(self.enrolled.service_public_key)
        signature = bytes.fromhex(response.headers[wire.SIGNATURE_HEADER])
        service_key.verify(signature, wire.answer_bytes("cd" * 16, response.content))
        answer = ANSWER.validate_json(response.content)
        self.answer = answer
        self.epoch_seen = answer.service_epoch
        if records is None:
            del self.unsent[: len(answer.results)]
            self.settled = answer.journal_head.seq
        if answer.delta is not None:
            self.known = apply(self.known, DELTA.validate_json(answer.delta))
        return answer

    def judged(self) -> Judgement:
        """Send everything; the judgement of the last record."""
        while True:
            answer = self.send()
            if not self.unsent:
                break
        last = answer.results[-1]
        assert last.result is Result.RECORDED, last
        assert last.judgement is not None
        return last.judgement

    def paper(self, seq: int, nonce: str = "ef" * 16) -> wire.PaperAnswer:
        """Fetch the paper that a record of ours asked for, and check the answer's signature."""
        body = wire.PaperRequest(nonce=nonce, journal_id=self.journal_id, seq=seq).model_dump_json().encode()
        seal = self.key.sign(wire.request_bytes(body)).hex()
        headers = {wire.JOURNAL_HEADER: self.journal_id, wire.SIGNATURE_HEADER: seal}
        response = self.service.http.post("/stations/paper", content=body, headers=headers)
        assert response.status_code == 200, response.text
        signature = bytes.fromhex(response.headers[wire.SIGNATURE_HEADER])
        service_key = Ed25519PublicKey.from_public_bytes(self.enrolled.service_public_key)
        service_key.verify(signature, wire.answer_bytes(nonce, response.content))
        return wire.PaperAnswer.model_validate_json(response.content)

    def book(self, **changes: Any) -> Judgement:
        from cardsvc.core import sealing

        self.service.bookings += 1
        if self.service.bookings > 1 and changes.get("id_no", ID_NO) is None:
            changes = {"deceased_name": OTHER_NAMES[self.service.bookings % len(OTHER_NAMES)]} | changes
        form = booking_form(**changes)
        sealed = sealing.seal(
            self.enrolled.service_sealing_key, sealing.BOOKING_PURPOSE, form.model_dump_json().encode()
        )
        number = CaseNo(f"WZ-P{self.enrolled.station_number}-{self.seq + 1:06d}")
        self.append(wire.Booking(sealed=base64.b64encode(sealed)), case_no=number, staff_no=StaffNo("1001"))
        return self.judged()

    def take(
        self, case_no: CaseNo, step: Step, details: Details, card: "CardInHand | None" = None, **people: Any
    ) -> Judgement:
        """Take a step as a station does: request, intent and written, or observation.

        Money by card or transfer has a slip of its own, where none is said.
        """
        if is_asked(step, details.means) and details.reference is None:
            details = details.model_copy(update={"reference": f"REF-{self.station_id}-{self.seq + 1}"})
        who = self.people(step) | people
        fields = who | {"case_no": case_no}
        granted = None
        if RULES[step].offline is not Offline.YES and step is not Step.LOAD:
            held = {"card_no": card.card_no} if card is not None else {}
            granted = self.append(wire.Request(step=step, details=details), **(fields | held))
            judgement = self.judged()
            if step is Step.ARM or judgement.outcome is not Outcome.ACCEPTED:
                return judgement
        if RULES[step].card and card is not None:
            self.write(case_no, step, details, card, **who)
        else:
            body = wire.Observation(step=step, details=details, granted_seq=granted)
            self.append(body, **fields)
        return self.judged()

    def people(self, step: Step) -> dict[str, Any]:
        able = staff_for(step)
        others = [person.staff_no for person in STAFF if person.staff_no != able[0]]
        second = (able[1:] or others)[0] if RULES[step].second or step is Step.BIND_CARD else None
        return {"staff_no": able[0], "second_staff_no": second}

    def write(self, case_no: CaseNo, step: Step, details: Details, card: "CardInHand", **fields: Any) -> None:
        """Journal an intent and that the card took it."""
        intent = wire.Intent(step=step, details=details, stage_after=1)
        last = wire.Key.of(card.last) if card.last else None
        seq = self.append(
            intent,
            **(fields | {"case_no": case_no, "card_no": card.card_no, "card_counter": card.counter, "card_last": last}),
        )
        self.append(wire.Written(intent_seq=seq), **(fields | {"case_no": case_no, "card_no": card.card_no}))
        card.counter += 1
        card.last = RecordKey(self.journal_id, seq)


@dataclass
class CardInHand:
    """What a card would say."""

    card_no: CardNo
    counter: int = 0
    last: RecordKey | None = None


def booking_form(**changes: Any) -> BookingForm:
    form: dict[str, Any] = {
        "deceased_name": "王守义",
        "id_no": ID_NO,
        "applicant_name": "王小雨",
        "applicant_phone": "13800000000",
        "relation": "daughter",
        "address": f"鹿城区测试路{next(DOORS)}号",
        "county": "330302",
        "cause_class": "natural",
        "infectious": False,
        "police": False,
        "resident": True,
    }
    return BookingForm(**(form | changes))


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
