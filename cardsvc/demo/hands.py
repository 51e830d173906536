"""Hands that press a station's touch page from another process, as its own page would."""

import re
import time
from collections.abc import Callable
from typing import Any

import httpx2

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.rules import RULES
from cardsvc.core.station import ENTRIES, Entry

PATIENCE_S = 20.0
FIRST_LOOK_S, LONGEST_S = 0.02, 0.2


class NotDone(Exception):
    """A station did not do what was pressed; the message says what it shows instead."""


class Hands:
    """Somebody at one station."""

    def __init__(self, kind: StationKind, port: int) -> None:
        self.kind = kind
        self.address = f"http://127.0.0.1:{port}"
        # A line is let go of before the station, which does so after five seconds, hangs up in the middle of a press.
        self._client = httpx2.Client(base_url=self.address, timeout=15, limits=httpx2.Limits(keepalive_expiry=1))
        self._token = ""

    def state(self) -> dict[str, Any]:
        """What the station shows, in short."""
        answer: dict[str, Any] = self._client.get("/state").json()
        return answer

    def act(self, name: str, **what: str) -> dict[str, Any]:
        """Press something; what the station shows afterwards."""
        for _ in range(2):
            answer = self._client.post("/act", json={"act": name, **what}, headers={"x-kiosk-token": self._token})
            if answer.status_code != 403:
                break
            found = re.search(r'name="kiosk-token" content="([^"]+)"', self._client.get("/").text)
            self._token = found.group(1) if found else ""
        answer.raise_for_status()
        return self.state()

    def until(self, what: str, holds: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE_S) -> dict[str, Any]:
        """Wait until the station shows it. Raises NotDone."""
        end = time.monotonic() + seconds  # noqa: TID251 - waiting for another process, not deciding anything
        pause = FIRST_LOOK_S
        while not holds(state := self.state()):
            if time.monotonic() > end:  # noqa: TID251
                raise NotDone(f"{self.kind}: waited for {what}, it shows {state}")
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_S)
        return state

    def sign_in(self, staff_no: StaffNo) -> None:
        """Number and PIN, as the demo's people have them."""
        self.act("sign_in", staff_no=staff_no, pin=staff_no * 2)
        self.until(f"{staff_no} to be signed in", lambda state: state["staff_no"] == staff_no)

    def book(self, staff_no: StaffNo, form: dict[str, str]) -> str:
        """A phone booking, the caller asked about alike cases; the case's number."""
        self.sign_in(staff_no)
        shown = self.act("booking", **form)
        if shown["alike"]:
            shown = self.act("booking", **form, looked=",".join(shown["alike"]))
        return str(self._green(shown, Step.BOOK)["about"])

    def take(
        self,
        step: Step,
        case_no: str,
        people: tuple[StaffNo, StaffNo | None],
        entered: dict[str, str],
        lay: Callable[[], None] = lambda: None,
    ) -> None:
        """Sign in, lay the card down, enter what the step needs, confirm; wait for green. Raises NotDone."""
        first, second = people
        self.until(f"{case_no} to be known", lambda state: case_no in state["knows"])
        self.sign_in(first)
        lay()
        if step is Step.BIND_CARD:
            self.until("the blank card to be read", lambda state: bool(state["card_no"]))
            self.act("choose_case", case_no=case_no)
        shown = self.until(f"{case_no} on the screen", lambda state: state["case_no"] == case_no)
        shown = self.act("choose_step", step=step.value)
        for name in RULES[step].needs:
            if ENTRIES[name] is not Entry.GIVEN:
                self.act("enter", field=name, value=entered[name])
        if second is not None:
            self.act("second", staff_no=second, pin=second * 2)
        shown = self.act("confirm")
        self._green(shown, step)

    def _green(self, shown: dict[str, Any], step: Step) -> dict[str, Any]:
        if shown["colour"] != "go":
            raise NotDone(f"{self.kind}: {step} came to {shown['colour']} {shown['message']} {shown['problems']}")
        return shown

    def close(self) -> None:
        """Go away."""
        self._client.close()
