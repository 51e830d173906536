"""The commands of MIFARE DESFire EV2 that we use, as plain conversations (CARD.md section 3).

File sizes, offsets, lengths and counts travel least significant byte first.
"""

import zlib

from cardsvc.core.card.apdu import OK, READ_UID, meaning, native
from cardsvc.core.card.channel import Ask, Mode, Talk
from cardsvc.core.card.errors import CardForeign, CardRefused
from cardsvc.core.card.script import Script

ISO_SUCCESS = 0x9000
NO_APPLICATION = 0x91A0
NEVER, FREE = 0xF, 0xE


def read_uid() -> Script[bytes]:
    """The UID (4, 7 or 10 bytes) through the reader's pseudo-APDU. Raises CardForeign when there is none."""
    answer = yield READ_UID
    if answer.status != ISO_SUCCESS or len(answer.data) not in (4, 7, 10):
        raise CardForeign("no UID")
    return answer.data


def select(aid: bytes) -> Script[None]:
    """SelectApplication. Raises CardForeign when the card does not have it."""
    answer = yield native(0x5A, aid)
    if answer.status != OK:
        raise CardForeign(f"application: {meaning(answer.status)}")


def read_card_uid() -> Talk[bytes]:
    """GetCardUID: the real UID (7 bytes), also from a card with a random one."""
    return (yield Ask(0x51, answers=Mode.FULL))


def read_data(file_no: int, length: int, mode: Mode = Mode.FULL) -> Talk[bytes]:
    """ReadData from offset 0, `length` bytes."""
    header = bytes([file_no]) + _3(0) + _3(length)
    sends = Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC
    return (yield Ask(0xAD, header, sends=sends, answers=mode))


def write_data(file_no: int, data: bytes, mode: Mode = Mode.FULL) -> Talk[None]:
    """WriteData from offset 0."""
    answers = Mode.PLAIN if mode is Mode.PLAIN else Mode.MAC
    yield Ask(0x8D, bytes([file_no]) + _3(0) + _3(len(data)), data, mode, answers)


def read_records(file_no: int, newest: int, count: int) -> Talk[bytes]:
    """ReadRecords: `count` records counted back from record `newest` (0: the newest), oldest first."""
    return (yield Ask(0xAB, bytes([file_no]) + _3(newest) + _3(count), answers=Mode.FULL))


def write_record(file_no: int, record: bytes) -> Talk[None]:
    """WriteRecord: a new newest record; it counts only after the commit."""
    yield Ask(0x8B, bytes([file_no]) + _3(0) + _3(len(record)), record, Mode.FULL)


def commit() -> Talk[None]:
    """CommitTransaction: all writes of this transaction, or none."""
    yield Ask(0xC7)


def create_application(aid: bytes, keys: int) -> Script[None]:
    """CreateApplication with AES keys on a chip that allows it freely. Raises CardRefused."""
    answer = yield native(0xCA, aid + bytes([0x09, 0x80 | keys]))
    if answer.status != OK:
        raise CardRefused(answer.status, meaning(answer.status))


def has_application(aid: bytes) -> Script[bool]:
    """Whether the chip has this application. Raises CardRefused."""
    answer = yield native(0x5A, aid)
    if answer.status not in (OK, NO_APPLICATION):
        raise CardRefused(answer.status, meaning(answer.status))
    return answer.status == OK


def delete_application(aid: bytes) -> Talk[None]:
    """DeleteApplication of the selected application, authenticated with its own key 0: nothing of it is left."""
    yield Ask(0xDA, aid)


def create_backup_file(file_no: int, rights: int, size: int) -> Talk[None]:
    """CreateBackupDataFile in full mode: `rights` 16 bits, `size` bytes."""
    yield Ask(0xCB, bytes([file_no, Mode.FULL.value]) + rights.to_bytes(2, "little") + _3(size))


def create_cyclic_file(file_no: int, rights: int, size: int, records: int) -> Talk[None]:
    """CreateCyclicRecordFile in full mode; one of the records is the shadow."""
    yield Ask(0xC0, bytes([file_no, Mode.FULL.value]) + rights.to_bytes(2, "little") + _3(size) + _3(records))


def change_key(key_no: int, new: bytes, version: int, old: bytes | None = None) -> Talk[None]:
    """ChangeKey: another key needs `old`; without it, the authenticated key, whose change ends the session."""
    if old is None:
        yield Ask(0xC4, bytes([key_no]), new + bytes([version]), Mode.FULL, ends=True)
        return
    mixed = bytes(one ^ two for one, two in zip(new, old, strict=True))
    yield Ask(0xC4, bytes([key_no]), mixed + bytes([version]) + crc32(new), Mode.FULL)


def key_version(key_no: int) -> Talk[int]:
    """GetKeyVersion within a session: the version byte of a key, which the card proves."""
    answer = yield Ask(0x64, bytes([key_no]))
    if len(answer) != 1:
        raise CardForeign("a key version is one byte")
    return answer[0]


def claimed_key_version(key_no: int) -> Script[int]:
    """GetKeyVersion without a session: what the card says, with no proof. Raises CardRefused."""
    answer = yield native(0x64, bytes([key_no]))
    if answer.status != OK:
        raise CardRefused(answer.status, meaning(answer.status))
    if len(answer.data) != 1:
        raise CardForeign("a key version is one byte")
    return answer.data[0]


def crc32(data: bytes) -> bytes:
    """CRC-32 without the final complement (JAM), 4 bytes, least significant first."""
    return (zlib.crc32(data) ^ 0xFFFFFFFF).to_bytes(4, "little")


def _3(number: int) -> bytes:
    return number.to_bytes(3, "little")
