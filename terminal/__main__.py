"""The command `terminal`: enrol a station, run it, check its journal."""

import logging
import secrets
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import httpx2
import typer
import uvicorn

from cardsvc.core import profiles as profile_package
from cardsvc.core import stations as station_package
from cardsvc.core.card.profile import CardProfile
from cardsvc.core.fingerprint import spoken
from cardsvc.core.plug import discover
from cardsvc.core.station import Station
from terminal import identity as station_identity
from terminal.identity import NotEnrolled
from terminal.journal import Journal, JournalBroken
from terminal.kiosk.app import create_kiosk
from terminal.local import LocalSnapshot
from terminal.printing import ReceiptPrinter
from terminal.readers.listening import ListeningReader
from terminal.readers.reader import Reader
from terminal.settings import SystemClocks, chance
from terminal.station import StationLoop
from terminal.uplink import Uplink

app = typer.Typer(no_args_is_help=True, add_completion=False, help="One station of the One Card.")
Folder = Annotated[Path, typer.Option(help="Where the station keeps its keys, journal and snapshot.")]
Service = Annotated[str, typer.Option(help="Address of the card service, such as https://cards.example.org")]


@app.command()
def enrol(
    service: Service,
    folder: Folder = Path("station"),
    code: Annotated[
        str, typer.Option(help="One-time code from the office.", prompt="One-time code", hide_input=True)
    ] = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="This station has a journal already: keep its file, begin a new one.")
    ] = False,
) -> None:
    """Make this station's keys and exchange a one-time code from the office for a journal."""
    if anew:
        _settled_or_stop(folder)
    with httpx2.Client(base_url=service, timeout=10) as client:
        try:
            made = station_identity.enrol(folder, client, code, anew=anew)
        except NotEnrolled as error:
            _stop(str(error))
    print(f"enrolled: {made.here.station_id} ({made.here.kind}), journal {made.journal_id}")
    print(f"compare with the console, then approve there: {spoken(made.signing.public_key().public_bytes_raw())}")


@app.command()
def run(
    service: Service,
    folder: Folder = Path("station"),
    reader: Annotated[
        list[str],
        typer.Option(help="Name or serial number of a reader (a part of it is enough), or soft:PORT; once for each."),
    ] = [""],  # noqa: B006 - typer reads the default, and nobody changes it
    port: Annotated[int, typer.Option(help="Port of the touch page on this machine.")] = 8801,
    receipt_printer: Annotated[
        str, typer.Option(help="Name of a receipt printer (CUPS): receipts go straight there, not to the page.")
    ] = "",
) -> None:
    """Run the station: reader, journal, uplink and touch page, until Ctrl-C."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    try:
        identity = station_identity.load(folder)
        journal = Journal(folder / "journal.db", identity.journal_id, identity.signing)
    except (NotEnrolled, JournalBroken) as error:
        _stop(str(error))
    local = LocalSnapshot(folder / "snapshot.db")
    clocks = SystemClocks()
    station = discover(station_package, "STATION", Station)[identity.here.kind.value]
    first, *others = _readers(reader)
    with httpx2.Client(base_url=service, timeout=10) as client:
        uplink = Uplink(identity, journal, local, client, clocks, chance)
        loop = StationLoop(
            identity,
            station,
            discover(profile_package, "PROFILE", CardProfile),
            first,
            journal,
            local,
            uplink,
            clocks,
            chance,
            others,
            ReceiptPrinter(receipt_printer) if receipt_printer else None,
        )
        kiosk = create_kiosk(loop, port, secrets.token_urlsafe(24))
        uplink.start()
        loop.start()
        print(f"{identity.here.station_id}: http://127.0.0.1:{port}/", flush=True)
        try:
            uvicorn.run(
                kiosk,
                host="127.0.0.1",
                port=port,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        finally:
            loop.stop()
            uplink.stop()
            journal.close()
            local.close()


@app.command()
def verify(folder: Folder = Path("station")) -> None:
    """Read the journal from its first row to its last; exit code 1 names the first bad row."""
    try:
        identity = station_identity.load(folder)
        journal = Journal(folder / "journal.db", identity.journal_id, identity.signing)
        journal.verify()
    except (NotEnrolled, JournalBroken) as error:
        _stop(str(error))
    seq, digest = journal.head
    print(f"whole: {seq} rows, head {digest.hex()[:16]}, settled to {journal.settled_seq()}")
    journal.close()


@app.command()
def wipe(folder: Folder = Path("station")) -> None:
    """Remove this station's keys and snapshot, once every row is settled; the journal file stays."""
    _settled_or_stop(folder)
    station_identity.wipe(folder)
    print(f"wiped: keys and snapshot are gone, the journal stays in {folder}")


def _settled_or_stop(folder: Path) -> None:
    """End the command while rows wait for the service; those of a journal that was halted or revoked never will."""
    try:
        identity = station_identity.load(folder)
        journal = Journal(folder / "journal.db", identity.journal_id, identity.signing)
    except (NotEnrolled, JournalBroken) as error:
        _stop(str(error))
    unsent, stopped = journal.head[0] - journal.settled_seq(), journal.stopped
    journal.close()
    if unsent and stopped is None:
        _stop(f"{unsent} rows are not settled: run the station until the service has them all")


def _readers(wanted: list[str]) -> list[Reader]:
    """The readers of this station, in the order in which they were named; no two of them are the same."""
    taken: set[str] = set()
    return [_reader(one, taken) for one in wanted]


def _reader(wanted: str, taken: set[str]) -> Reader:
    if wanted.startswith("soft:"):
        return ListeningReader(int(wanted.removeprefix("soft:")))
    from terminal.readers.pcsc import PcscReader

    return PcscReader(wanted, taken)


def _stop(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    raise SystemExit(1)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
