"""The commands of the virtual card, in one table: what length they have, what they need, what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.constant_time import bytes_eq

from cardsvc.core.card.apdu import MORE, OK
from cardsvc.core.card.channel import Mode, Session, session_keys, truncated
from cardsvc.core.card.desfire import crc32
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.virtual_card.files import (
    FREE,
    Access,
    BackupFile,
    CyclicFile,
    StandardFile,
    TransactionMacFile,
)
from cardsvc.core.virtual_card.messaging import Broken, Link

if TYPE_CHECKING:
    from cardsvc.core.virtual_card.card import VirtualCard

Answer = tuple[bytes, int]
MASTER = 0


class Failed(Exception):
    """The card says no: a status word."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Logical:
    """A command with all its frames."""

    ins: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Handler:
    """How to run a command; `length` tells how many bytes it must gather, None when the first frame is all."""

    run: Callable[[VirtualCard, Logical], Answer]
    length: Callable[[VirtualCard, bytes], int | None] = lambda card, data: None


def _exactly(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise Failed(0x917E)
    return data


def _open(card: VirtualCard, logical: Logical, header: int, mode: Mode) -> bytes:
    """Clear header and data; in a session everything is protected as the mode says."""
    if card.link is None:
        return logical.data
    try:
        return card.link.open(logical.ins, logical.data, header, mode)
    except Broken:
        raise Failed(0x911E) from None


def _close(card: VirtualCard, data: bytes, mode: Mode) -> Answer:
    return (data if card.link is None else card.link.close(data, mode)), OK


def _need_key(card: VirtualCard, key_no: int) -> Link:
    if card.link is None or card.link.key_no != key_no:
        raise Failed(0x91AE)
    return card.link


# --- authentication -------------------------------------------------------------------------------------------------


def _authenticate(card: VirtualCard, logical: Logical, *, first: bool) -> Answer:
    if first and (len(logical.data) < 2 or len(logical.data) != 2 + logical.data[1]):
        raise Failed(0x917E)
    key_no = logical.data[0] if logical.data else 0xFF
    if not first and (len(logical.data) != 1 or card.link is None):
        raise Failed(0x91AE)
    if key_no >= len(card.application.keys):
        raise Failed(0x9140)
    before = card.link.session if card.link is not None and not first else None
    if first:
        card.select(card.selected)
    key = SoftwareKey(card.application.keys[key_no])
    rnd_b = card.chance(16)

    def prove(data: bytes) -> Answer:
        clear = key.decrypt(_exactly(data, 32))
        rnd_a = clear[:16]
        if not bytes_eq(clear[16:], rnd_b[1:] + rnd_b[:1]):
            raise Failed(0x91AE)
        enc, mac = session_keys(key, rnd_a, rnd_b)
        rotated = rnd_a[1:] + rnd_a[:1]
        if before is not None:
            card.link = Link(Session(before.ti, before.counter, enc, mac, key_no))
            return key.encrypt(rotated), OK
        ti = card.chance(4)
        card.link = Link(Session(ti, 0, enc, mac, key_no))
        return key.encrypt(ti + rotated + bytes(12)), OK

    card.expect(prove)
    return key.encrypt(rnd_b), MORE


# --- the chip and its applications ----------------------------------------------------------------------------------


def _select(card: VirtualCard, logical: Logical) -> Answer:
    aid = _exactly(logical.data, 3)
    if aid not in card.applications:
        raise Failed(0x91A0)
    card.select(aid)
    return b"", OK


def _version(card: VirtualCard, logical: Logical) -> Answer:
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    hardware = bytes.fromhex("04010112001605")
    software = bytes.fromhex("04010102011605")
    production = card.uid + bytes.fromhex("00000000002026")
    if card.link is not None:
        return _close(card, hardware + software + production, Mode.MAC)
    card.expect(lambda data: _version_software(card, data, software, production))
    return hardware, MORE


def _version_software(card: VirtualCard, data: bytes, software: bytes, production: bytes) -> Answer:
    _exactly(data, 0)
    card.expect(lambda more: (production if _exactly(more, 0) == b"" else b"", OK))
    return software, MORE


def _card_uid(card: VirtualCard, logical: Logical) -> Answer:
    if card.link is None:
        raise Failed(0x91AE)
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    return _close(card, card.uid, Mode.FULL)


def _create_application(card: VirtualCard, logical: Logical) -> Answer:
    if card.selected != bytes(3):
        raise Failed(0x919D)
    data = _exactly(_open(card, logical, 5, Mode.MAC), 5)
    aid, count = data[:3], data[4] & 0x0F
    if data[4] & 0xC0 != 0x80 or not 1 <= count <= 14:
        raise Failed(0x919E)
    if aid in card.applications:
        raise Failed(0x91DE)
    if len(card.applications) > 32:
        raise Failed(0x910E)
    card.add_application(aid, count).settings = data[3]
    return _close(card, b"", Mode.MAC)


def _delete_application(card: VirtualCard, logical: Logical) -> Answer:
    aid = logical.data[:3]
    if card.selected != aid and card.selected != bytes(3):
        raise Failed(0x919D)
    _need_key(card, MASTER)
    aid = _exactly(_open(card, logical, 3, Mode.MAC), 3)
    if aid == bytes(3) or aid not in card.applications:
        raise Failed(0x91A0)
    answer = _close(card, b"", Mode.MAC)
    del card.applications[aid]
    card.select(bytes(3))
    return answer


def _format(card: VirtualCard, logical: Logical) -> Answer:
    if card.selected != bytes(3):
        raise Failed(0x919D)
    _need_key(card, MASTER)
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    for aid in [aid for aid in card.applications if aid != bytes(3)]:
        del card.applications[aid]
    return _close(card, b"", Mode.MAC)


def _application_ids(card: VirtualCard, logical: Logical) -> Answer:
    if card.selected != bytes(3):
        raise Failed(0x919D)
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    return _close(card, b"".join(sorted(aid for aid in card.applications if aid != bytes(3))), Mode.MAC)


def _file_ids(card: VirtualCard, logical: Logical) -> Answer:
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    return _close(card, bytes(sorted(card.application.files)), Mode.MAC)


def _free_memory(card: VirtualCard, logical: Logical) -> Answer:
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    used = sum(
        file.size * (file.most if isinstance(file, CyclicFile) else 2)
        for application in card.applications.values()
        for file in application.files.values()
        if not isinstance(file, TransactionMacFile)
    )
    return _close(card, max(0, 8_192 - used).to_bytes(3, "little"), Mode.MAC)


# --- keys -----------------------------------------------------------------------------------------------------------


def _key_settings(card: VirtualCard, logical: Logical) -> Answer:
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    application = card.application
    return _close(card, bytes([application.settings, 0x80 | len(application.keys)]), Mode.MAC)


def _change_key_settings(card: VirtualCard, logical: Logical) -> Answer:
    _need_key(card, MASTER)
    data = _exactly(_open(card, logical, 0, Mode.FULL), 1)
    if not card.application.settings & 0x08:
        raise Failed(0x919D)
    card.application.settings = data[0]
    return _close(card, b"", Mode.MAC)


def _key_version(card: VirtualCard, logical: Logical) -> Answer:
    data = _exactly(_open(card, logical, 1, Mode.MAC), 1)
    if data[0] >= len(card.application.versions):
        raise Failed(0x9140)
    return _close(card, bytes([card.application.versions[data[0]]]), Mode.MAC)


def _change_key(card: VirtualCard, logical: Logical) -> Answer:
    link = _need_key(card, MASTER)
    data = _open(card, logical, 1, Mode.FULL)
    key_no = data[0] & 0x3F
    application = card.application
    if key_no >= len(application.keys):
        raise Failed(0x9140)
    if key_no == link.key_no:
        body = _exactly(data[1:], 17)
        application.keys[key_no], application.versions[key_no] = body[:16], body[16]
        card.link = None
        return b"", OK
    body = _exactly(data[1:], 21)
    new = bytes(one ^ two for one, two in zip(body[:16], application.keys[key_no], strict=True))
    if crc32(new) != body[17:]:
        raise Failed(0x911E)
    application.keys[key_no], application.versions[key_no] = new, body[16]
    return _close(card, b"", Mode.MAC)


# --- files ----------------------------------------------------------------------------------------------------------


def _new_file(card: VirtualCard, file_no: int) -> None:
    if card.selected == bytes(3):
        raise Failed(0x919D)
    if not card.application.settings & 0x04:
        _need_key(card, MASTER)
    if file_no > 31:
        raise Failed(0x919E)
    if file_no in card.application.files:
        raise Failed(0x91DE)


def _access(mode: int, rights: bytes) -> Access:
    if mode not in (0, 1, 3):
        raise Failed(0x919E)
    return Access(int.from_bytes(rights, "little"), Mode(mode))


def _create_data_file(card: VirtualCard, logical: Logical) -> Answer:
    data = _exactly(_open(card, logical, 7, Mode.MAC), 7)
    _new_file(card, data[0])
    size = int.from_bytes(data[4:7], "little")
    if not 0 < size <= 8_192:
        raise Failed(0x910E)
    make = BackupFile if logical.ins == 0xCB else StandardFile
    card.application.files[data[0]] = make(_access(data[1], data[2:4]), size)
    return _close(card, b"", Mode.MAC)


def _create_cyclic_file(card: VirtualCard, logical: Logical) -> Answer:
    data = _exactly(_open(card, logical, 10, Mode.MAC), 10)
    _new_file(card, data[0])
    size, most = int.from_bytes(data[4:7], "little"), int.from_bytes(data[7:10], "little")
    if not size or most < 2 or size * most > 8_192:
        raise Failed(0x919E)
    card.application.files[data[0]] = CyclicFile(_access(data[1], data[2:4]), size, most)
    return _close(card, b"", Mode.MAC)


def _create_mac_file(card: VirtualCard, logical: Logical) -> Answer:
    _need_key(card, MASTER)
    data = _exactly(_open(card, logical, 5, Mode.FULL), 22)
    _new_file(card, data[0])
    if data[4] != 0x02:
        raise Failed(0x919E)
    card.application.files[data[0]] = TransactionMacFile(_access(data[1], data[2:4]), data[5:21], data[21])
    return _close(card, b"", Mode.MAC)


def _file_settings(card: VirtualCard, logical: Logical) -> Answer:
    data = _exactly(_open(card, logical, 1, Mode.MAC), 1)
    file = card.application.files.get(data[0])
    if file is None:
        raise Failed(0x91F0)
    kinds = {StandardFile: 0x00, BackupFile: 0x01, CyclicFile: 0x04, TransactionMacFile: 0x05}
    answer = bytes([kinds[type(file)], file.access.mode.value]) + file.access.rights.to_bytes(2, "little")
    match file:
        case CyclicFile():
            numbers = (file.size, file.most, len(file.records))
            answer += b"".join(number.to_bytes(3, "little") for number in numbers)
        case TransactionMacFile():
            answer += bytes([0x02, file.version])
        case _:
            answer += file.size.to_bytes(3, "little")
    return _close(card, answer, Mode.MAC)


def _change_file_settings(card: VirtualCard, logical: Logical) -> Answer:
    file = card.application.files.get(logical.data[0]) if logical.data else None
    if file is None:
        raise Failed(0x91F0)
    change = file.access.rights & 0xF
    if change != FREE:
        _need_key(card, change)
    data = _exactly(_open(card, logical, 1, Mode.FULL), 4)
    file.access = _access(data[1], data[2:4])
    return _close(card, b"", Mode.MAC)


def _delete_file(card: VirtualCard, logical: Logical) -> Answer:
    _need_key(card, MASTER)
    data = _exactly(_open(card, logical, 1, Mode.MAC), 1)
    if card.application.files.pop(data[0], None) is None:
        raise Failed(0x91F0)
    return _close(card, b"", Mode.MAC)


def _file(card: VirtualCard, data: bytes, *, write: bool) -> BackupFile | CyclicFile | TransactionMacFile:
    file = card.application.files.get(data[0]) if data else None
    if file is None:
        raise Failed(0x91F0)
    key_no = card.link.key_no if card.link is not None else FREE
    if not (file.access.may_write(key_no) if write else file.access.may_read(key_no)):
        raise Failed(0x919D if card.link is not None else 0x91AE)
    return file


def _mode(card: VirtualCard, file: BackupFile | CyclicFile | TransactionMacFile) -> Mode:
    return file.access.mode if card.link is not None else Mode.PLAIN


def _region(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[1:4], "little"), int.from_bytes(header[4:7], "little")


def _read_data(card: VirtualCard, logical: Logical) -> Answer:
    file = _file(card, logical.data, write=False)
    mode = _mode(card, file)
    header = _exactly(_open(card, logical, 7, Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC), 7)
    if isinstance(file, CyclicFile):
        raise Failed(0x911C)
    content = file.counter.to_bytes(4, "little") + file.value if isinstance(file, TransactionMacFile) else file.data
    offset, length = _region(header)
    length = length or len(content) - offset
    if length <= 0 or offset + length > len(content):
        raise Failed(0x91BE)
    _collect(card, logical.ins, header, content[offset : offset + length])
    return _close(card, content[offset : offset + length], mode)


def _write(card: VirtualCard, logical: Logical) -> Answer:
    file = _file(card, logical.data, write=True)
    mode = _mode(card, file)
    data = _open(card, logical, 7, mode)
    header, content = data[:7], data[7:]
    offset, length = _region(header)
    records = logical.ins in (0x8B, 0x3B)
    if isinstance(file, TransactionMacFile) or records != isinstance(file, CyclicFile):
        raise Failed(0x911C)
    if len(content) != length or not length:
        raise Failed(0x917E)
    if offset + length > file.size:
        raise Failed(0x91BE)
    file.write(offset, content)
    _collect(card, logical.ins, header, content)
    return _close(card, b"", Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC)


def _write_length(card: VirtualCard, data: bytes) -> int | None:
    """The whole length of a chained write: header, data as protected, MAC."""
    file = card.application.files.get(data[0]) if len(data) >= 7 else None
    if file is None:
        return None
    length = int.from_bytes(data[4:7], "little")
    mode = _mode(card, file)
    if mode is Mode.FULL:
        length = (length // 16 + 1) * 16
    return 7 + min(length, 4_096) + (0 if mode is Mode.PLAIN else 8)


def _read_records(card: VirtualCard, logical: Logical) -> Answer:
    file = _file(card, logical.data, write=False)
    mode = _mode(card, file)
    header = _exactly(_open(card, logical, 7, Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC), 7)
    if not isinstance(file, CyclicFile):
        raise Failed(0x911C)
    newest, count = _region(header)
    end = len(file.records) - newest
    count = count or end
    if end <= 0 or count > end:
        raise Failed(0x91BE)
    content = b"".join(file.records[end - count : end])
    _collect(card, logical.ins, header, content)
    return _close(card, content, mode)


# --- transactions ---------------------------------------------------------------------------------------------------


def _mac_file(card: VirtualCard) -> TransactionMacFile | None:
    files = card.application.files.values()
    return next((file for file in files if isinstance(file, TransactionMacFile)), None)


def _collect(card: VirtualCard, ins: int, header: bytes, data: bytes) -> None:
    if _mac_file(card) is not None:
        card.mac_input += bytes([ins]) + header + bytes(8) + data.ljust(-(-len(data) // 16) * 16, b"\x00")


def _tm_key(card: VirtualCard, file: TransactionMacFile, label: int) -> SoftwareKey:
    context = bytes([label]) + bytes.fromhex("00010080") + (file.counter + 1).to_bytes(4, "little") + card.uid
    return SoftwareKey(SoftwareKey(file.key).cmac(context))


def _commit_reader(card: VirtualCard, logical: Logical) -> Answer:
    file = _mac_file(card)
    if file is None or card.link is None:
        raise Failed(0x919D)
    if file.access.rights >> 4 & 0xF not in (card.link.key_no, FREE):
        raise Failed(0x919D)
    if card.reader_committed is not None:
        raise Failed(0x919D)
    reader_id = _exactly(_open(card, logical, 16, Mode.MAC), 16)
    hidden = _tm_key(card, file, 0xA5).encrypt(file.reader_id)
    card.mac_input += (bytes([0xC8]) + reader_id + hidden).ljust(48, b"\x00")
    card.reader_committed = reader_id
    return _close(card, hidden, Mode.MAC)


def _commit(card: VirtualCard, logical: Logical) -> Answer:
    option = _open(card, logical, 0, Mode.MAC)
    if option not in (b"", b"\x00", b"\x01"):
        raise Failed(0x919E)
    file = _mac_file(card)
    if file is not None and (file.access.rights >> 4 & 0xF) != FREE and card.reader_committed is None:
        raise Failed(0x919D)
    if option == b"\x01" and file is None:
        raise Failed(0x919E)
    if file is not None:
        file.value = truncated(_tm_key(card, file, 0x5A).cmac(card.mac_input))
        file.counter += 1
        file.reader_id = card.reader_committed or file.reader_id
    for one in card.application.files.values():
        one.commit()
    card.mac_input, card.reader_committed = b"", None
    proof = file.counter.to_bytes(4, "little") + file.value if file is not None and option == b"\x01" else b""
    return _close(card, proof, Mode.MAC)


def _abort(card: VirtualCard, logical: Logical) -> Answer:
    _exactly(_open(card, logical, 0, Mode.MAC), 0)
    for file in card.application.files.values():
        file.abort()
    card.mac_input, card.reader_committed = b"", None
    return _close(card, b"", Mode.MAC)


COMMANDS: Mapping[int, Handler] = {
    0x71: Handler(lambda card, logical: _authenticate(card, logical, first=True)),
    0x77: Handler(lambda card, logical: _authenticate(card, logical, first=False)),
    0x5A: Handler(_select),
    0x60: Handler(_version),
    0x51: Handler(_card_uid),
    0x6A: Handler(_application_ids),
    0x6E: Handler(_free_memory),
    0x6F: Handler(_file_ids),
    0x45: Handler(_key_settings),
    0x54: Handler(_change_key_settings),
    0x64: Handler(_key_version),
    0xC4: Handler(_change_key),
    0xCA: Handler(_create_application),
    0xDA: Handler(_delete_application),
    0xFC: Handler(_format),
    0xCB: Handler(_create_data_file),
    0xCD: Handler(_create_data_file),
    0xC0: Handler(_create_cyclic_file),
    0xCE: Handler(_create_mac_file),
    0xF5: Handler(_file_settings),
    0x5F: Handler(_change_file_settings),
    0xDF: Handler(_delete_file),
    0xAD: Handler(_read_data),
    0xBD: Handler(_read_data),
    0x8D: Handler(_write, _write_length),
    0x3D: Handler(_write, _write_length),
    0x8B: Handler(_write, _write_length),
    0x3B: Handler(_write, _write_length),
    0xAB: Handler(_read_records),
    0xBB: Handler(_read_records),
    0xC8: Handler(_commit_reader),
    0xC7: Handler(_commit),
    0xA7: Handler(_abort),
}
