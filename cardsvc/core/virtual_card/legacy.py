"""A virtual MIFARE Classic beside the DESFire: the reader tells its UID, and it answers nothing else.

A Classic whose UID can be set is what a UID copy is made of: `LegacyCard(card.uid)` is one of any card.
"""

ATRS = {
    1: bytes.fromhex("3B8F8001804F0CA000000306030001000000006A"),
    4: bytes.fromhex("3B8F8001804F0CA0000003060300020000000069"),
}
"""What a reader makes of a Classic 1K and 4K (PC/SC part 3; CARD.md section 2)."""
REFUSED = b"\x63\x00"


class LegacyCard:
    """One chip: `uid` 4 or 7 bytes, `kilobytes` 1 or 4."""

    def __init__(self, uid: bytes, kilobytes: int = 1) -> None:
        if len(uid) not in (4, 7):
            raise ValueError("a Classic has a UID of 4 or 7 bytes")
        self.uid = uid
        self.atr = ATRS[kilobytes]

    def field_off(self) -> None:
        """Nothing to forget."""

    def transmit(self, apdu: bytes) -> bytes:
        """The UID through the reader's pseudo-APDU; no to everything else."""
        if apdu[:2] != b"\xff\xca":
            return REFUSED
        return self.uid + b"\x90\x00" if apdu[2:4] == b"\x00\x00" else b"\x6a\x81"
