"""Money is whole fen.

No float ever holds money; yuan exist only on screens and paper.
"""

import re
from collections.abc import Sequence
from typing import NewType

Fen = NewType("Fen", int)

_YUAN = re.compile(r"(-?)([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,2}))?")


def yuan(text: str) -> Fen:
    """Read an amount typed in yuan, at most two decimals: ``"330"`` is 33,000 fen; commas part thousands alone.

    Raises ValueError for anything that is not such an amount.
    """
    match = _YUAN.fullmatch(text.strip())
    if match is None:
        raise ValueError("an amount in yuan has digits and at most two decimals")
    sign, whole, decimals = match.groups()
    fen = int(whole.replace(",", "")) * 100 + int((decimals or "0").ljust(2, "0"))
    return Fen(-fen if sign else fen)


def in_yuan(fen: int) -> str:
    """Write fen as yuan with thousands separators and two decimals: ``123450`` is ``"1,234.50"``."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def split(total: Fen, weights: Sequence[int]) -> list[Fen]:
    """Divide `total` by weights so that nothing is lost: the parts sum to `total` to the fen.

    The remainder goes, a fen each, to the largest fractions, earlier ones first.
    Raises ValueError when the weights are empty, negative or all zero.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights are not negative and not all zero")
    parts = [total * weight // whole for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for n in by_fraction[: total - sum(parts)]:
        parts[n] += 1
    return [Fen(part) for part in parts]
