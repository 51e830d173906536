"""The tools that some tests need, and a PostgreSQL cluster of their own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from cardsvc.virtual_reader.stack import free_port
from cardsvc.virtual_reader.stack import missing as stack_missing

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_SHELL = Path("/usr/bin/chromium-headless-shell")
"""The same engine with no browser around it: a page costs half of the processor, a visitor a quarter."""
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
MEMORY = Path("/dev/shm")
ENOUGH = 4 * 2**30
"""Bytes that must be free in memory before tests keep their files there."""
DATABASES = count(1)


@cache
def pcsc_missing() -> str | None:
    if stack_missing() is not None:
        return stack_missing()
    clients = [name for name in ("opensc-tool", "pcsc_scan") if shutil.which(name) is None]
    return f"{' and '.join(clients)} not installed: apt-get install opensc pcsc-tools" if clients else None


@cache
def postgres_missing() -> str | None:
    if server_programs() is None:
        return "PostgreSQL's server is not installed: apt-get install postgresql"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "setpriv is needed to start PostgreSQL as another user"
    return None


@cache
def browser_missing() -> str | None:
    return None if chromium_program() else "Chromium is not installed: apt-get install chromium-headless-shell"


def chromium_program(*, whole: bool = False) -> Path | None:
    """Where Chromium is: its shell, or the `whole` browser that people have; the other where one is missing."""
    first, other = (CHROMIUM, CHROMIUM_SHELL) if whole else (CHROMIUM_SHELL, CHROMIUM)
    return next((one for one in (first, other) if one.exists()), None)


@cache
def viewer_missing() -> str | None:
    return None if CHROMIUM.exists() else "Chromium with its PDF viewer is not installed: apt-get install chromium"


@cache
def strace_missing() -> str | None:
    return None if shutil.which("strace") else "strace is not installed: apt-get install strace"


@cache
def softhsm_missing() -> str | None:
    if shutil.which("softhsm2-util") is None or not SOFTHSM.exists():
        return "SoftHSM2 is not installed: apt-get install softhsm2"
    return None


@cache
def cups_missing() -> str | None:
    return None if shutil.which("cupsd") else "CUPS is not installed: apt-get install cups"


@cache
def libreoffice_missing() -> str | None:
    return None if shutil.which("soffice") else "LibreOffice is not installed: apt-get install libreoffice-writer-nogui"


@cache
def in_memory() -> Path | None:
    """A file system in memory with room for the tests' files, where programs may run: nothing waits for a disk."""
    if not MEMORY.is_mount() or not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= ENOUGH else None


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A passing folder in memory, where there is room: files are flushed as ever, and nothing waits for a disk."""
    with tempfile.TemporaryDirectory(prefix="quick-", dir=in_memory()) as folder:
        yield Path(folder)


@cache
def server_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class PostgresCluster:
    """A cluster in a new folder of `where`, run as `postgres` when we are root: its programs refuse root.

    It is as safe as the service wants it to be, wherever its files are.
    """

    def __init__(self, where: Path | None = None) -> None:
        programs = server_programs()
        if programs is None:
            raise RuntimeError("PostgreSQL's server programs are missing")
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=where))
        self.port = free_port()
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")

    def __enter__(self) -> "PostgresCluster":
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "onecard", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._run("pg_ctl", "-D", data, "-l", str(self.folder / "log"), "-w", "-o", options, "start")
        where = f"host=127.0.0.1 port={self.port} user=onecard dbname=postgres"
        self._master = psycopg.connect(where, autocommit=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._master.close()
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, like: str = "template1") -> str:
        """The DSN of a fresh database: empty, or a copy of the database named `like` (quick; nobody may be in it)."""
        return self._created(f'TEMPLATE "{like}"')

    def database_in_words_order(self) -> str:
        """The DSN of an empty database that sorts as a dictionary does: signs do not count."""
        return self._created("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US-u-ka-shifted'")

    def drop(self, dsn: str) -> None:
        """Drop a database, whoever is still in it."""
        self._master.execute(f'DROP DATABASE "{dsn.rpartition("/")[2]}" WITH (FORCE)'.encode())

    def _created(self, how: str) -> str:
        name = f"one_card_{os.getpid()}_{next(DATABASES)}"
        self._master.execute(f'CREATE DATABASE "{name}" {how}'.encode())
        return f"postgresql+psycopg://onecard@127.0.0.1:{self.port}/{name}"

    def run_sql(self, dsn: str, sql: str) -> None:
        """Run statements with psql."""
        self._run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-c", sql)

    def pgbench(self, dsn: str, script: Path, clients: int, seconds: int) -> float:
        """Transactions a second of a pgbench script."""
        if self.user:
            script.chmod(0o644)
        said = self._run(
            "pgbench", "-n", "-f", str(script), "-c", str(clients), "-j", "2", "-T", str(seconds), "-d", dsn
        )
        return float(said.split("tps = ")[1].split()[0])

    def _run(self, program: str, *arguments: str) -> str:
        command = [*self.user, str(self.programs / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout


class Databases:
    """The databases of one test: they go with it, so that the cluster stays small."""

    def __init__(self, cluster: PostgresCluster) -> None:
        self._cluster = cluster
        self._made: list[str] = []

    def new_database(self, like: str = "template1") -> str:
        """As the cluster's."""
        self._made.append(self._cluster.new_database(like))
        return self._made[-1]

    def close(self) -> None:
        """Drop all of them."""
        for dsn in self._made:
            self._cluster.drop(dsn)
