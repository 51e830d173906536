"""Who a station is: keys made here, and what the service told it at enrolment."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import TypeAdapter, ValidationError

from cardsvc.core.card_commit import Here
from cardsvc.core.facts import StationKind
from cardsvc.core.ids import JournalId
from cardsvc.core.wire import EnrolAnswer

SOFTWARE = "terminal 0.1.0"
ANSWER = TypeAdapter(EnrolAnswer)


class NotEnrolled(Exception):
    """The station has no identity, or the service did not take the code; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A station's keys and place."""

    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey
    enrolled: EnrolAnswer

    @property
    def journal_id(self) -> JournalId:
        """The journal that the service issued."""
        return JournalId(self.enrolled.journal_id)

    @property
    def here(self) -> Here:
        """The station as the rules see it."""
        one = self.enrolled
        return Here(one.home_id, one.station_id, StationKind(one.station_kind), one.station_number)

    @property
    def service(self) -> Ed25519PublicKey:
        """The key with which the service signs its answers."""
        return Ed25519PublicKey.from_public_bytes(self.enrolled.service_public_key)


def load(folder: Path) -> Identity:
    """Read the station's identity. Raises NotEnrolled when there is none."""
    path = folder / "station.json"
    if not path.exists():
        raise NotEnrolled(f"{path} is missing: run `terminal enrol` with a code from the office")
    kept = json.loads(path.read_text())
    return Identity(
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept["signing"])),
        X25519PrivateKey.from_private_bytes(bytes.fromhex(kept["sealing"])),
        ANSWER.validate_json(json.dumps(kept["enrolled"])),
    )


def enrol(folder: Path, client: httpx2.Client, code: str, *, anew: bool = False) -> Identity:
    """Make keys here, exchange the code for a journal, and keep both. Raises NotEnrolled.

    `anew` is for a station that has a journal already: its file is kept under the old journal's id, its keys go.
    """
    if not anew:
        _refuse_second(folder)
    signing, sealing, ask = ask_with(code)
    try:
        response = client.post("/stations/enrol", json=ask)
        enrolled = ANSWER.validate_json(response.content)
    except (httpx2.HTTPError, ValidationError):
        raise NotEnrolled("the service did not take the code: ask the office for a new one") from None
    if anew:
        old = load(folder)
        for end in ("", "-wal", "-shm"):
            kept = folder / f"journal.db{end}"
            if kept.exists():
                kept.rename(folder / f"journal-{old.journal_id}.db{end}")
        wipe(folder)
    return keep(folder, Identity(signing, sealing, enrolled))


def wipe(folder: Path) -> None:
    """Remove keys and snapshot for good; every journal file stays."""
    for name in ("station.json", "snapshot.db", "snapshot.db-wal", "snapshot.db-shm"):
        (folder / name).unlink(missing_ok=True)


def ask_with(code: str) -> tuple[Ed25519PrivateKey, X25519PrivateKey, dict[str, str]]:
    """Fresh keys, and the request that exchanges a code for a journal."""
    signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    ask = {
        "code": code,
        "public_key": _b64(signing.public_key().public_bytes_raw()),
        "sealing_key": _b64(sealing.public_key().public_bytes_raw()),
        "software": SOFTWARE,
    }
    return signing, sealing, ask


def keep(folder: Path, identity: Identity) -> Identity:
    """Keep an identity on disk, readable by its owner alone (mode 0600). Raises NotEnrolled when there is one."""
    _refuse_second(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "station.json"
    path.touch(mode=0o600)
    kept = {
        "signing": identity.signing.private_bytes_raw().hex(),
        "sealing": identity.sealing.private_bytes_raw().hex(),
        "enrolled": json.loads(identity.enrolled.model_dump_json()),
    }
    path.write_text(json.dumps(kept))
    return identity


def _refuse_second(folder: Path) -> None:
    if (folder / "station.json").exists():
        raise NotEnrolled(f"{folder / 'station.json'} exists: this station is enrolled already")


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
