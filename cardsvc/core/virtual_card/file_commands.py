"""The virtual card's files and transactions: what is written is seen by others only after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cardsvc.core.card.channel import Mode, truncated
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.virtual_card.answer import MASTER, Answer, Failed, Handler, Logical, closed, exactly, need_key, opened
from cardsvc.core.virtual_card.files import (
    FREE,
    Access,
    BackupFile,
    CyclicFile,
    StandardFile,
    TransactionMacFile,
)

if TYPE_CHECKING:
    from cardsvc.core.virtual_card.card import VirtualCard


def _new_file(card: VirtualCard, file_no: int) -> None:
    if card.selected == bytes(3):
        raise Failed(0x919D)
    if not card.application.settings & 0x04:
        need_key(card, MASTER)
    if file_no > 31:
        raise Failed(0x919E)
    if file_no in card.application.files:
        raise Failed(0x91DE)


def _access(mode: int, rights: bytes) -> Access:
    if mode not in (0, 1, 3):
        raise Failed(0x919E)
    return Access(int.from_bytes(rights, "little"), Mode(mode))


def _create_data_file(card: VirtualCard, logical: Logical) -> Answer:
    data = exactly(opened(card, logical, 7, Mode.MAC), 7)
    _new_file(card, data[0])
    size = int.from_bytes(data[4:7], "little")
    if not 0 < size <= 8_192:
        raise Failed(0x910E)
    make = BackupFile if logical.ins == 0xCB else StandardFile
    card.application.files[data[0]] = make(_access(data[1], data[2:4]), size)
    return closed(card, b"", Mode.MAC)


def _create_cyclic_file(card: VirtualCard, logical: Logical) -> Answer:
    data = exactly(opened(card, logical, 10, Mode.MAC), 10)
    _new_file(card, data[0])
    size, most = int.from_bytes(data[4:7], "little"), int.from_bytes(data[7:10], "little")
    if not size or most < 2 or size * most > 8_192:
        raise Failed(0x919E)
    card.application.files[data[0]] = CyclicFile(_access(data[1], data[2:4]), size, most)
    return closed(card, b"", Mode.MAC)


def _create_mac_file(card: VirtualCard, logical: Logical) -> Answer:
    need_key(card, MASTER)
    data = exactly(opened(card, logical, 5, Mode.FULL), 22)
    _new_file(card, data[0])
    if data[4] != 0x02:
        raise Failed(0x919E)
    card.application.files[data[0]] = TransactionMacFile(_access(data[1], data[2:4]), data[5:21], data[21])
    return closed(card, b"", Mode.MAC)


def _file_settings(card: VirtualCard, logical: Logical) -> Answer:
    data = exactly(opened(card, logical, 1, Mode.MAC), 1)
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
    return closed(card, answer, Mode.MAC)


def _change_file_settings(card: VirtualCard, logical: Logical) -> Answer:
    file = card.application.files.get(logical.data[0]) if logical.data else None
    if file is None:
        raise Failed(0x91F0)
    change = file.access.rights & 0xF
    if change != FREE:
        need_key(card, change)
    data = exactly(opened(card, logical, 1, Mode.FULL), 4)
    file.access = _access(data[1], data[2:4])
    return closed(card, b"", Mode.MAC)


def _delete_file(card: VirtualCard, logical: Logical) -> Answer:
    need_key(card, MASTER)
    data = exactly(opened(card, logical, 1, Mode.MAC), 1)
    if card.application.files.pop(data[0], None) is None:
        raise Failed(0x91F0)
    return closed(card, b"", Mode.MAC)


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
    header = exactly(opened(card, logical, 7, Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC), 7)
    if isinstance(file, CyclicFile):
        raise Failed(0x911C)
    content = file.counter.to_bytes(4, "little") + file.value if isinstance(file, TransactionMacFile) else file.data
    offset, length = _region(header)
    length = length or len(content) - offset
    if length <= 0 or offset + length > len(content):
        raise Failed(0x91BE)
    _collect(card, logical.ins, header, content[offset : offset + length])
    return closed(card, content[offset : offset + length], mode)


def _write(card: VirtualCard, logical: Logical) -> Answer:
    file = _file(card, logical.data, write=True)
    mode = _mode(card, file)
    data = opened(card, logical, 7, mode)
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
    return closed(card, b"", Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC)


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
    header = exactly(opened(card, logical, 7, Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC), 7)
    if not isinstance(file, CyclicFile):
        raise Failed(0x911C)
    newest, count = _region(header)
    end = len(file.records) - newest
    count = count or end
    if end <= 0 or count > end:
        raise Failed(0x91BE)
    content = b"".join(file.records[end - count : end])
    _collect(card, logical.ins, header, content)
    return closed(card, content, mode)


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
    reader_id = exactly(opened(card, logical, 16, Mode.MAC), 16)
    hidden = _tm_key(card, file, 0xA5).encrypt(file.reader_id)
    card.mac_input += (bytes([0xC8]) + reader_id + hidden).ljust(48, b"\x00")
    card.reader_committed = reader_id
    return closed(card, hidden, Mode.MAC)


def _commit(card: VirtualCard, logical: Logical) -> Answer:
    option = opened(card, logical, 0, Mode.MAC)
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
    return closed(card, proof, Mode.MAC)


def _abort(card: VirtualCard, logical: Logical) -> Answer:
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    for file in card.application.files.values():
        file.abort()
    card.mac_input, card.reader_committed = b"", None
    return closed(card, b"", Mode.MAC)


FILES: Mapping[int, Handler] = {
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
"""Commands by their instruction byte."""
