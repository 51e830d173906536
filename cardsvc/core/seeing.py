"""Why somebody looks at a secret of the bureau's records: chosen from a list, so that the log itself holds no names."""

from enum import StrEnum


class LookWhy(StrEnum):
    """What the number is needed for."""

    CHECK_PAPERS = "check_papers"
    CALL = "call"
    PAY = "pay"
    CORRECT = "correct"
    AUDIT = "audit"
