"""Real programs in tests: started with a log, waited for, ended cleanly or killed as a power cut would."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Program:
    """A running program whose output goes to `log`."""

    def __init__(self, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def said(self) -> str:
        """Everything that it has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, words: str, seconds: float = 120) -> str:
        """Wait until it has printed `words`; its output so far."""
        return self._until(lambda: words in self.said(), f"to say {words!r}", seconds)

    def wait_for_page(self, url: str, seconds: float = 120) -> str:
        """Wait until `url` answers, whatever the answer is."""
        return self._until(lambda: answers(url), f"to answer at {url}", seconds)

    def _until(self, holds: Callable[[], bool], what: str, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        while not holds():
            ended = self.process.poll()
            assert ended is None, f"ended with {ended} while we waited for it {what}:\n{self.said()[-4000:]}"
            assert time.monotonic() < deadline, f"took more than {seconds} s {what}:\n{self.said()[-4000:]}"
            time.sleep(0.05)
        return self.said()

    def stop(self, seconds: float = 60) -> int:
        """Ask it to end as Ctrl-C does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """End it, and all that it has started, without a word."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)


class Programs:
    """The programs of one test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Program] = []

    def start(self, name: str, *command: str | Path, **environment: str) -> Program:
        """Start a program; `name` is its log's."""
        program = Program(command, self._folder / f"{name}.log", environment)
        self._running.append(program)
        return program

    def close(self) -> None:
        """End all of them, the youngest first."""
        for program in reversed(self._running):
            try:
                program.stop()
            except subprocess.TimeoutExpired:
                program.kill()
                raise


def answers(url: str) -> bool:
    """Whether somebody answers at `url`."""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
