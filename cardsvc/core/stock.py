"""Numbered stocks of forms (certificates, receipts): ranges of numbers, and a count by hand against the ledger.

DOMAIN.md section 7: blank certificates were sold elsewhere; so every form has a keeper, and what is void stays void.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import TypeAdapter, ValidationError

from cardsvc.core.facts import Code, Wire
from cardsvc.core.terms import Reason

MOST = 5_000
"""Forms in one act."""
SPOILT = (Reason.SPOILED, Reason.MISPRINT, Reason.LOST)
"""Why a form of the stock is void before it was drawn."""
_CODE: TypeAdapter[str] = TypeAdapter(Code)
_NUMBER = re.compile(r"([A-Z0-9-]{0,12}?)(\d{6})")


class FormState(StrEnum):
    """What has become of a form; it only goes forward."""

    STOCK = "stock"
    DRAWN = "drawn"
    VOID = "void"


class Unexpected(Wire):
    """A form that was counted and should not be there; `state` None: the home never received it."""

    number: str
    state: FormState | None = None


class Count(Wire):
    """How a count by hand differs from the ledger, by number."""

    missing: tuple[str, ...] = ()
    "In the ledger's stock, and not there."
    unexpected: tuple[Unexpected, ...] = ()


def numbers_of(prefix: str, first: int, count: int) -> list[str]:
    """`count` numbers from `first` on, six digits each. Raises ValueError for a batch that cannot be."""
    plain = prefix.replace("-", "")
    if not (plain == "" or plain.isalnum()) or not prefix.isascii() or len(prefix) > 12:
        raise ValueError("prefix")
    if first < 1 or not 1 <= count <= MOST or first + count - 1 > 999_999:
        raise ValueError("count")
    numbers = [f"{prefix}{number:06d}" for number in range(first, first + count)]
    if not all(usable(number) for number in numbers):
        raise ValueError("prefix")
    return numbers


def usable(number: str) -> bool:
    """Whether a form can have this number: only what every record can name."""
    try:
        _CODE.validate_python(number)
    except ValidationError:
        return False
    return True


def numbers_in(text: str) -> frozenset[str]:
    """The numbers of a list as it is typed: ``HZ-000001..HZ-000050, HZ-000060``.

    Raises ValueError with what cannot be read, or when they are more than 5,000.
    """
    found: set[str] = set()
    for piece in re.split(r"[,，;；\s]+", re.sub(r"\s*(\.\.|…|~|～|至)\s*", "..", text.strip().upper())):
        if not piece:
            continue
        ends = [_NUMBER.fullmatch(end) for end in piece.split("..")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or first is None or last is None or first[1] != last[1] or int(last[2]) < int(first[2]):
            raise ValueError(piece[:40])
        if len(found) + int(last[2]) - int(first[2]) >= MOST:
            raise ValueError(piece[:40])
        found |= {f"{first[1]}{number:06d}" for number in range(int(first[2]), int(last[2]) + 1)}
    return frozenset(found)


def ranges(numbers: Iterable[str]) -> list[str]:
    """Numbers as people write them: those that follow one another as ``first..last``."""
    runs: list[list[str]] = []
    for number in sorted(numbers):
        before = runs[-1][-1] if runs else ""
        if before and number[:-6] == before[:-6] and int(number[-6:]) == int(before[-6:]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [run[0] if len(run) == 1 else f"{run[0]}..{run[-1]}" for run in runs]


def compare(counted: Iterable[str], ledger: Mapping[str, FormState], stock: Iterable[str]) -> Count:
    """Hold a count against the ledger: what has become of each counted number, and what should be there.

    `stock` is what the counted hands should have; what is in the stock and in other hands is unexpected here.
    """
    seen, right = frozenset(counted), frozenset(stock)
    return Count(
        missing=tuple(sorted(right - seen)),
        unexpected=tuple(Unexpected(number=number, state=ledger.get(number)) for number in sorted(seen - right)),
    )
