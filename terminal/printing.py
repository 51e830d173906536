"""A receipt on paper at this station: asked of the service, fetched, and sent to the receipt printer or to the page.

It goes on in a thread of its own: a printer that hangs keeps no tap waiting.
"""

import queue
import subprocess
import threading
from dataclasses import dataclass, replace

from cardsvc.core import wire
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Given, Snapshot
from terminal.session import OnPaper, PrintJob
from terminal.taking import WORD_WITHIN_S, refused
from terminal.uplink import LinkDown, Uplink

PRINTS_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class ReceiptPrinter:
    """A receipt printer of this machine, by the name that CUPS has for it."""

    name: str
    program: str = "lp"
    within_s: float = PRINTS_WITHIN_S

    def send(self, pdf: bytes, title: str) -> Refusal | None:
        """Hand a PDF over, on standard input; why it was not taken."""
        command = [self.program, "-d", self.name, "-t", title, "-"]
        try:
            done = subprocess.run(command, input=pdf, capture_output=True, timeout=self.within_s, check=False)
        except subprocess.TimeoutExpired:
            return Refusal(Problem.PRINTER_MUTE, self.name)
        except OSError as error:
            return Refusal(Problem.PRINTER_REFUSED, f"{self.program}: {error.strerror}")
        if done.returncode == 0:
            return None
        said = done.stderr.decode(errors="replace").strip().splitlines()
        return Refusal(Problem.PRINTER_REFUSED, (said or [f"{self.program}: {done.returncode}"])[0][:120])


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
