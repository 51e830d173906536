"""Who works at a station: number or staff card, and always the PIN; few wrong ones, then a wait."""

from collections import defaultdict
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Snapshot

MOST_WRONG = 5
WITHIN_MS = 10 * 60 * 1000


class People:
    """Checks PINs against the snapshot's verifiers, on the station's steady clock."""

    def __init__(self, steady_ms: Callable[[], int]) -> None:
        self._steady_ms = steady_ms
        self._wrong: defaultdict[StaffNo, list[int]] = defaultdict(list)

    def check(self, snapshot: Snapshot | None, staff_no: StaffNo, pin: str) -> Refusal | None:
        """Why this is not that person; None when it is. Beyond the limit a right PIN waits too."""
        member = snapshot.staff(staff_no) if snapshot is not None else None
        if member is None:
            return Refusal(Problem.STAFF_UNKNOWN)
        if self.waits(staff_no):
            return Refusal(Problem.TOO_MANY)
        try:
            PasswordHasher().verify(member.pin_hash, pin)
        except (Argon2Error, InvalidHashError):
            self._wrong[staff_no].append(self._steady_ms())
            return Refusal(Problem.TOO_MANY if self.waits(staff_no) else Problem.STAFF_UNKNOWN)
        self._wrong.pop(staff_no, None)
        return None

    def waits(self, staff_no: StaffNo) -> bool:
        """Whether this number has had too many wrong PINs lately."""
        since = self._steady_ms() - WITHIN_MS
        self._wrong[staff_no] = [at for at in self._wrong[staff_no] if at > since]
        return len(self._wrong[staff_no]) >= MOST_WRONG
