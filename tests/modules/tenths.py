"""Quotients of hand-written SQL, rounded half up to one decimal in whole numbers: floats would lose a half."""


def tenths(part: str, whole: str, times: int = 1) -> str:
    """The SQL of `times` x part / whole, NULL where the whole is 0; both are SQL of whole numbers, not negative."""
    above, below = f"CAST({part} AS BIGINT)", f"NULLIF(CAST({whole} AS BIGINT), 0)"
    return f"({20 * times} * {above} + {below}) / (2 * {below}) / 10.0"
