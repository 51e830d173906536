"""A receipt on paper at this station: asked of the service, fetched, and sent to the receipt printer or to the page.

It goes on in a thread of its own: a printer that hangs keeps no tap waiting.
"""

import queue
import re
import subprocess
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from cardsvc.core import wire
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Given, Snapshot
from terminal.session import OnPaper, PrintJob
from terminal.taking import WORD_WITHIN_S, refused
from terminal.uplink import LinkDown, Uplink

PRINTS_WITHIN_S = 20.0
LOOKS_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class ReceiptPrinter:
    """A receipt printer of this machine, by the name that CUPS has for it; `programs`: where lp, lpstat and cancel are.

    CUPS takes what a printer that is off or out of paper shall print, and keeps it for later. At a counter that is no
    print: it is waited for, and what is not printed within `within_s` seconds is cancelled, so that no receipt comes
    out by itself after somebody has pressed again.
    """

    name: str
    programs: Path | None = None
    within_s: float = PRINTS_WITHIN_S

    def send(self, pdf: bytes, title: str) -> Refusal | None:
        """Hand a PDF over, on standard input, and see it printed; why it was not."""
        try:
            said = self._run("lp", "-d", self.name, "-t", title, "-", given=pdf)
        except _Refused as error:
            return Refusal(Problem.PRINTER_REFUSED, str(error))
        except subprocess.TimeoutExpired:
            return Refusal(Problem.PRINTER_MUTE, self.name)
        job = re.search(rf"\b{re.escape(self.name)}-\d+\b", said)
        try:
            return self._followed(job[0]) if job is not None else None
        except (_Refused, subprocess.TimeoutExpired):
            return Refusal(Problem.PRINTER_MUTE, self.name)

    def _followed(self, job: str) -> Refusal | None:
        """Until it is printed; what still waits at the end, or of what nothing can be heard, is cancelled."""
        found = Problem.PRINTER_WAITS
        try:
            for _ in range(round(self.within_s / LOOKS_EVERY_S)):
                if job not in self._run("lpstat", "-W", "not-completed", "-o", self.name).split():
                    return None
                time.sleep(LOOKS_EVERY_S)
        except (_Refused, subprocess.TimeoutExpired):
            found = Problem.PRINTER_MUTE
        self._run("cancel", job)
        return Refusal(found, self.name)

    def _run(self, program: str, *arguments: str, given: bytes = b"") -> str:
        """What a program of CUPS prints. Raises _Refused in its own words, TimeoutExpired when it says nothing."""
        command = [str(self.programs / program) if self.programs else program, *arguments]
        try:
            done = subprocess.run(command, input=given, capture_output=True, timeout=self.within_s, check=False)
        except OSError as error:
            raise _Refused(f"{program}: {error.strerror}") from None
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise _Refused((said or [f"{program}: {done.returncode}"])[0][:120])
        return done.stdout.decode(errors="replace")


class _Refused(Exception):
    """A program of CUPS did not do it."""


class Printing:
    """One receipt at a time; `done` is asked by the station's loop."""

    def __init__(self, uplink: Uplink, printer: ReceiptPrinter | None) -> None:
        self.printer = printer
        self._uplink = uplink
        self._done: queue.SimpleQueue[PrintJob] = queue.SimpleQueue()

    def begin(self, job: PrintJob) -> None:
        """Go on with what the service was asked for, from where it stopped."""
        threading.Thread(target=lambda: self._done.put(self._printed(job)), daemon=True, name="printing").start()

    def done(self) -> PrintJob | None:
        """What has come to an end since it was asked last."""
        try:
            return self._done.get_nowait()
        except queue.Empty:
            return None

    def _printed(self, job: PrintJob) -> PrintJob:
        judgement = self._uplink.wait_for(job.seq, WORD_WITHIN_S)
        if judgement is None:
            return _failed(job, Refusal(Problem.PAPER_LATE))
        if judgement.outcome is not wire.Outcome.ACCEPTED:
            return replace(_failed(job, refused(judgement)), over=True)
        job = replace(job, copy_no=judgement.copy_no or 1)
        try:
            pdf = job.pdf or self._uplink.paper(job.seq)
        except LinkDown:
            return _failed(job, Refusal(Problem.PAPER_LATE))
        if isinstance(pdf, Refusal):
            return replace(_failed(job, pdf), over=True)
        job = replace(job, pdf=pdf)
        if self.printer is None:
            return replace(job, state=OnPaper.SHOWN)
        refusal = self.printer.send(pdf, f"{job.family} {job.number}")
        return _failed(job, refusal) if refusal is not None else replace(job, state=OnPaper.SENT, over=True)


def _failed(job: PrintJob, refusal: Refusal) -> PrintJob:
    return replace(job, state=OnPaper.FAILED, refusal=refusal)


def waiting(snapshot: Snapshot | None, journal_id: str) -> tuple[tuple[str, Given], ...]:
    """The receipts of what this station has taken that are on no paper yet, with their cases."""
    cases = snapshot.cases if snapshot is not None else {}
    return tuple(
        (case_no, one)
        for case_no, known in sorted(cases.items())
        for one in known.receipts
        if not one.copies and one.cause.startswith(f"{journal_id}:")
    )
