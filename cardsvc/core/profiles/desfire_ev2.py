"""MIFARE DESFire EV2 / EV3 with our layout (CARD.md section 5).

One tap is one atomic commit of state and trail. Rights by key (0 master, 1 tap, 2 read, 3 bind), as nibbles
read, write, read-write, change:

=========== ======== =============================================
0 identity  1 F 3 0  tap reads; bind reads and writes
1 state     3 3 1 0  tap reads and writes; bind too, for blank cards
2 trail     3 3 1 0  as state
15 TMAC     1 F 1 0  tap commits its reader id (optional file)
0 (staff)   2 F 3 0  on a card of staff, which has no other file: read reads
=========== ======== =============================================

Why key 3 may write state and trail: see docs/decisions/0003-card-access-rights.md.
"""

from collections.abc import Mapping

from cardsvc.core.card import desfire
from cardsvc.core.card.channel import Session, Talk, authenticate, secured
from cardsvc.core.card.errors import CardUnknown
from cardsvc.core.card.image import (
    ENTRY_BYTES,
    IDENTITY_BYTES,
    STATE_BYTES,
    CardImage,
    CardState,
    CardWrite,
    Identity,
    TrailEntry,
    Written,
)
from cardsvc.core.card.keys import CardKey, SoftwareKey
from cardsvc.core.card.profile import (
    KEY_BIND,
    KEY_MASTER,
    KEY_READ,
    KEY_TAP,
    CardProfile,
    Chance,
    Example,
    Keys,
)
from cardsvc.core.card.script import Script

AID = bytes.fromhex("013CF5")
"""Application F53C01, as sent: least significant byte first."""
ATR = bytes.fromhex("3B8180018080")
IDENTITY, STATE, TRAIL, TMAC = 0, 1, 2, 15
RIGHTS = {IDENTITY: 0x1F30, STATE: 0x3310, TRAIL: 0x3310, TMAC: 0x1F10}
STAFF_IDENTITY_RIGHTS = 0x2F30
TRAIL_RECORDS = 24
TRAIL_READ = 4
"""How many of the newest entries a tap reads: enough to check the chain and settle what was torn."""
SYSTEM = b"ONECARD"


def recognises(atr: bytes) -> bool:
    """Whether the reader says that this is a DESFire."""
    return atr == ATR


def claims() -> Script[None]:
    """Whether our application is there; asks for no key."""
    yield from desfire.select(AID)


def open_(key: CardKey, key_no: int, rnd_a: bytes) -> Script[Session]:
    """Select our application and authenticate."""
    yield from desfire.select(AID)
    return (yield from authenticate(key, key_no, rnd_a))


def read(uid: bytes, session: Session) -> Script[tuple[CardImage, Session]]:
    """Identity, state and the newest trail entries, in one session."""
    return (yield from secured(_read(uid), session))


def _read(uid: bytes) -> Talk[CardImage]:
    identity = Identity.unpack((yield from desfire.read_data(IDENTITY, IDENTITY_BYTES)))
    state = CardState.unpack((yield from desfire.read_data(STATE, STATE_BYTES)))
    count = min(state.counter, TRAIL_READ)
    raw = (yield from desfire.read_records(TRAIL, 0, count)) if count else b""
    entries = tuple(TrailEntry.unpack(raw[n : n + ENTRY_BYTES]) for n in range(0, len(raw), ENTRY_BYTES))
    return CardImage(PROFILE.name, uid, identity, state, entries)


def read_identity(session: Session) -> Script[Identity]:
    """The identity of a staff card."""
    raw, _ = yield from secured(desfire.read_data(IDENTITY, IDENTITY_BYTES), session)
    return Identity.unpack(raw)


def write(change: CardWrite, reader_id: bytes, session: Session) -> Script[tuple[Written, Session]]:
    """State, trail entry and, when binding, identity: all or nothing."""
    return (yield from secured(_write(change), session))


def _write(change: CardWrite) -> Talk[Written]:
    if change.identity is not None:
        yield from desfire.write_data(IDENTITY, change.identity.pack())
    yield from desfire.write_data(STATE, change.state.pack())
    yield from desfire.write_record(TRAIL, change.entry.pack())
    yield from desfire.commit()
    return Written()


def personalise(keys: Keys, version: int, identity: Identity, chance: Chance) -> Script[None]:
    """Make a blank card of the pool from a factory chip (free application creation, AES keys of zeros)."""
    yield from _make_application(_make_files(), keys, version, chance)
    session = yield from open_(SoftwareKey(keys[KEY_BIND]), KEY_BIND, chance(16))
    yield from secured(_first_content(identity), session)


def personalise_staff(keys: Keys, version: int, identity: Identity, chance: Chance) -> Script[None]:
    """Make a staff card from a factory chip: the identity alone, so that nothing of a case fits on it."""
    make = desfire.create_backup_file(IDENTITY, STAFF_IDENTITY_RIGHTS, IDENTITY_BYTES)
    yield from _make_application(make, keys, version, chance)
    session = yield from open_(SoftwareKey(keys[KEY_BIND]), KEY_BIND, chance(16))
    yield from secured(_staff_content(identity), session)


def _make_application(files: Talk[None], keys: Keys, version: int, chance: Chance) -> Script[None]:
    """The application with its files, and then its keys; the master key last."""
    yield from desfire.select(bytes(3))
    yield from desfire.create_application(AID, len(keys))
    factory = SoftwareKey(bytes(16))
    session = yield from open_(factory, KEY_MASTER, chance(16))
    _, session = yield from secured(files, session)
    for key_no in (KEY_TAP, KEY_READ, KEY_BIND):
        change = desfire.change_key(key_no, keys[key_no], version, old=bytes(16))
        _, session = yield from secured(change, session)
    yield from secured(desfire.change_key(KEY_MASTER, keys[KEY_MASTER], version), session)


def rekey(keys: Mapping[int, Keys], version: int, chance: Chance) -> Script[None]:
    """Change the card's keys to those of `version`; `keys` has every version that may be on the card.

    Each key is changed whole or not at all, and the card says which version it has. The master key goes last, so that a
    torn rekey is taken up again by the next one; the end is that the card proves its new master key. Raises CardUnknown
    for a version that is not in `keys`.
    """
    yield from desfire.select(AID)
    master = yield from desfire.claimed_key_version(KEY_MASTER)
    session = yield from open_(SoftwareKey(_known(keys, master, KEY_MASTER)), KEY_MASTER, chance(16))
    for key_no in (KEY_TAP, KEY_READ, KEY_BIND):
        has, session = yield from secured(desfire.key_version(key_no), session)
        if has != version:
            change = desfire.change_key(key_no, keys[version][key_no], version, old=_known(keys, has, key_no))
            _, session = yield from secured(change, session)
    if master != version:
        yield from secured(desfire.change_key(KEY_MASTER, keys[version][KEY_MASTER], version), session)
        yield from open_(SoftwareKey(keys[version][KEY_MASTER]), KEY_MASTER, chance(16))


def _known(keys: Mapping[int, Keys], version: int, key_no: int) -> bytes:
    if version not in keys:
        raise CardUnknown(f"key {key_no} has version {version}")
    return keys[version][key_no]


def wipe(masters: Mapping[int, bytes], chance: Chance) -> Script[None]:
    """Take our application off the chip with all that it says; `masters` are the chip's master keys by version.

    A chip whose making was torn still has the factory key (version 0) and is taken up again. Raises CardUnknown for a
    version that is not in `masters`.
    """
    if not (yield from desfire.has_application(AID)):
        return
    yield from desfire.select(AID)
    version = yield from desfire.claimed_key_version(KEY_MASTER)
    known = {0: bytes(16), **masters}
    if version not in known:
        raise CardUnknown(f"key {KEY_MASTER} has version {version}")
    session = yield from open_(SoftwareKey(known[version]), KEY_MASTER, chance(16))
    yield from secured(desfire.delete_application(AID), session)


def _make_files() -> Talk[None]:
    yield from desfire.create_backup_file(IDENTITY, RIGHTS[IDENTITY], IDENTITY_BYTES)
    yield from desfire.create_backup_file(STATE, RIGHTS[STATE], STATE_BYTES)
    yield from desfire.create_cyclic_file(TRAIL, RIGHTS[TRAIL], ENTRY_BYTES, TRAIL_RECORDS)


def _first_content(identity: Identity) -> Talk[None]:
    yield from desfire.write_data(IDENTITY, identity.pack())
    yield from desfire.write_data(STATE, CardState(0, None, 0, 0, bytes(16)).pack())
    yield from desfire.commit()


def _staff_content(identity: Identity) -> Talk[None]:
    yield from desfire.write_data(IDENTITY, identity.pack())
    yield from desfire.commit()


def examples() -> tuple[Example, ...]:
    """NXP's published authentication (AN12343), as our `open` holds it after selecting the application."""
    selected = (bytes.fromhex("905A000003013CF500"), bytes.fromhex("9100"))
    published = (
        (bytes.fromhex("9071000002000000"), bytes.fromhex("24677DDBD46349E623798FD729006E7991AF")),
        (
            bytes.fromhex("90AF0000203B50445F21D21D77D500794DEB245E5A754F5F901844259F4C9B31A5C7335ACD00"),
            bytes.fromhex("04C6DBD67417ED0D31DDDE4D2E3FFAC2B4B074F638EEF7FFF9254963B65C77599100"),
        ),
    )
    rnd_a = bytes.fromhex("B04D0787C93EE0CC8CACC8E86F16C6FE")
    script: Script[object] = open_(SoftwareKey(bytes(16)), KEY_MASTER, rnd_a)
    return (Example("authenticate with the default key", script, (selected, *published)),)


PROFILE = CardProfile(
    name="desfire_ev2",
    writable=True,
    recognises=recognises,
    identify=desfire.read_uid,
    claims=claims,
    open=open_,
    read=read,
    read_identity=read_identity,
    write=write,
    personalise=personalise,
    personalise_staff=personalise_staff,
    examples=examples,
    rekey=rekey,
)
