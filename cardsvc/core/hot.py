"""Why a card is on the hot list, where no station serves it."""

from enum import StrEnum


class HotReason(StrEnum):
    """What happened to the card (DOMAIN.md section 5, RELIABILITY.md section 9)."""

    LOST = "lost"
    DAMAGED = "damaged"
    STOLEN = "stolen"
    REPLACED = "replaced"
    CLONED = "cloned"  # two writers of one counter, or an image older than what was seen
