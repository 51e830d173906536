"""The files of a virtual card: access rights, and a shadow that counts only after the commit."""

from dataclasses import dataclass, field

from cardsvc.core.card.channel import Mode

NEVER, FREE = 0xF, 0xE


@dataclass(slots=True)
class Access:
    """Access rights (16 bits: read, write, read-write, change, from the top) and the communication mode."""

    rights: int
    mode: Mode

    def may_read(self, key_no: int) -> bool:
        """Whether the key may read."""
        return self._has(key_no, 12, 4)

    def may_write(self, key_no: int) -> bool:
        """Whether the key may write."""
        return self._has(key_no, 8, 4)

    def _has(self, key_no: int, *shifts: int) -> bool:
        held = {self.rights >> shift & 0xF for shift in shifts}
        return key_no in held - {NEVER} or FREE in held


@dataclass(slots=True)
class BackupFile:
    """A data file with a shadow: writes are seen only after the commit."""

    access: Access
    size: int
    data: bytes = b""
    shadow: bytes | None = None

    def __post_init__(self) -> None:
        self.data = self.data or bytes(self.size)

    def write(self, offset: int, data: bytes) -> None:
        """Write into the shadow."""
        base = self.shadow if self.shadow is not None else self.data
        self.shadow = base[:offset] + data + base[offset + len(data) :]

    def commit(self) -> None:
        """Make the shadow count."""
        if self.shadow is not None:
            self.data, self.shadow = self.shadow, None

    def abort(self) -> None:
        """Forget the shadow."""
        self.shadow = None


@dataclass(slots=True)
class StandardFile(BackupFile):
    """A data file without a shadow: a write counts at once."""

    def write(self, offset: int, data: bytes) -> None:
        """Write through."""
        self.data = self.data[:offset] + data + self.data[offset + len(data) :]


@dataclass(slots=True)
class CyclicFile:
    """Records in a ring: of `most`, one is the shadow, so `most` - 1 are kept."""

    access: Access
    size: int
    most: int
    records: list[bytes] = field(default_factory=list)
    shadow: bytes | None = None

    def write(self, offset: int, data: bytes) -> None:
        """Write into the record that the commit will add."""
        base = self.shadow if self.shadow is not None else bytes(self.size)
        self.shadow = base[:offset] + data + base[offset + len(data) :]

    def commit(self) -> None:
        """Add the new record; the oldest falls out of a full ring."""
        if self.shadow is not None:
            self.records = [*self.records, self.shadow][-(self.most - 1) :]
            self.shadow = None

    def abort(self) -> None:
        """Forget the new record."""
        self.shadow = None


@dataclass(slots=True)
class TransactionMacFile:
    """The counter and the last value of the Transaction MAC, and the reader that committed last."""

    access: Access
    key: bytes = field(repr=False)
    version: int = 0
    counter: int = 0
    value: bytes = bytes(8)
    reader_id: bytes = bytes(16)

    def commit(self) -> None:
        """Nothing of its own: the card counts when it commits."""

    def abort(self) -> None:
        """Nothing of its own."""


CardFile = BackupFile | CyclicFile | TransactionMacFile


@dataclass(slots=True)
class Application:
    """An application: AES keys with versions, key settings, files."""

    keys: list[bytes] = field(repr=False)
    versions: list[int]
    settings: int = 0x0F
    files: dict[int, CardFile] = field(default_factory=dict)
