"""Names of things.

An id is a type of its own; it is made by the writer and never by a global sequence (DESIGN.md section 6).
"""

import re
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

HomeId = NewType("HomeId", str)
CaseNo = NewType("CaseNo", str)
CardNo = NewType("CardNo", str)
StationId = NewType("StationId", str)
StaffNo = NewType("StaffNo", str)
JournalId = NewType("JournalId", str)
"""32 lowercase hex digits: a UUIDv7 that the service issues at enrolment."""
TagNo = NewType("TagNo", str)
DiscNo = NewType("DiscNo", str)

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

CASE_NO = re.compile(r"[A-Z]{2,4}-\d{4}-\d{6}")
PROVISIONAL_NO = re.compile(r"[A-Z]{2,4}-P\d{1,5}-\d{6}")
JOURNAL_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, order=True)
class RecordKey:
    """The identity of a station's record, for ever.

    `journal_id` is 32 lowercase hex digits, `seq` counts from 1 with no gap (RELIABILITY.md section 2).
    """

    journal_id: JournalId
    seq: int

    def __str__(self) -> str:
        return f"{self.journal_id}:{self.seq}"


def case_no(home: HomeId, year: int, number: int) -> CaseNo:
    """The number a case keeps: home, year of booking, six digits."""
    return CaseNo(f"{home}-{year:04d}-{number:06d}")


def provisional_no(home: HomeId, station_number: int, seq: int) -> CaseNo:
    """The number a booking has until the service has given it its own: station number and journal seq."""
    return CaseNo(f"{home}-P{station_number}-{seq:06d}")


def uuid7(unix_ms: int, chance: bytes) -> UUID:
    """A UUID version 7 (RFC 9562 section 5.7).

    `unix_ms` milliseconds since 1970; `chance` 10 random bytes. Raises ValueError when chance has another length.
    """
    if len(chance) != 10:
        raise ValueError("uuid7 needs 10 random bytes")
    value = (unix_ms & (1 << 48) - 1) << 80 | int.from_bytes(chance, "big")
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)


def payment_no(home: HomeId, unique: UUID) -> str:
    """The number of a payment order: home, Q, and the 128 bits of a UUID in 26 digits of base 32."""
    number = unique.int
    return f"{home}-Q" + "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))
