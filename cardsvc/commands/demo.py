"""The demo home: service, console, family page, nine stations and virtual cards, on this machine."""

import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - an invented person for the demo's own case
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cardsvc.commands.ground import context_of, stop, up_to_date
from cardsvc.commands.service import DSN, settings_with
from cardsvc.context import Context
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import may_take
from cardsvc.core.rules import RULES
from cardsvc.core.statements import PAYERS
from cardsvc.core.terms import Payer
from cardsvc.core.words import say
from cardsvc.demo import chips, outside, provider, provider_app, tray
from cardsvc.demo.casting import MONTHS
from cardsvc.demo.hands import NotDone
from cardsvc.demo.history import History
from cardsvc.demo.home import LEADER, STAFF, come_to_work, found
from cardsvc.demo.people import invent
from cardsvc.demo.playing import play
from cardsvc.demo.running import DidNotStart, RunningHome
from cardsvc.demo.way import people_for
from cardsvc.handlers import family_link, load_half_year
from cardsvc.handlers.found_home import STATIONS
from cardsvc.loops import Duty, running
from cardsvc.rows.half_year import HALF_YEAR
from cardsvc.rows.tables import prepare
from cardsvc.settings import DEMO_PASSPHRASE, Settings, chance, clock
from cardsvc.store import office
from cardsvc.store.engine import UnsafeStore, open_engine
from cardsvc.vault import keystore
from cardsvc.virtual_reader import stack

app = typer.Typer()
POOL = 12
STAFF_CARDS = tuple(StaffNo(number) for number in ("1004", "1005", "1011", "1012"))
"""Cold storage and the furnace: where two people are needed, the demo has cards for both."""
TRAY_AFTER, GATEWAY_AFTER, CITY_AFTER, PROVIDER_AFTER, PAGES_AFTER = 90, 91, 92, 93, 100
"""The ports of the tray, of the parties outside and of the touch pages, counted from the service's."""
PAYERS_AFTER: Mapping[Payer, int] = {payer: 94 + at for at, payer in enumerate(PAYERS)}
"""The ports of the payers' offices, which take statements."""
Cases = Annotated[int, typer.Option(min=1, max=5_000, help="How many cases to invent.")]


@app.command("demo-data")
def demo_data(
    cases: Cases = 200,
    half_year: Annotated[
        bool,
        typer.Option("--half-year", help="Load the bureau's half-year of acceptance; into a home that is there, too."),
    ] = False,
    dsn: DSN = "",
) -> None:
    """Invent a home with staff, places and cases in all stages over several months, in an empty database.

    The stations' journals and the virtual cards go into the data folder (ONECARD_DATA).
    """
    settings = settings_with(dsn)
    if not settings.passphrase.get_secret_value():
        stop("set ONECARD_PASSPHRASE to a passphrase for the demo's vault")
    if not (half_year and settings.keystore.exists()):
        make(settings, cases)
    if half_year:
        load(settings)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data; it is the demo's alone.")] = Path(
        "data/demo"
    ),
    cases: Cases = 200,
    playing: Annotated[bool, typer.Option("--play", help="Drive one case through all nine stations first.")] = False,
    soft: Annotated[bool, typer.Option("--soft", help="In-process readers even where PC/SC is to be had.")] = False,
    port: Annotated[int, typer.Option(help="Port of the service; tray and touch pages take ports after it.")] = 8700,
) -> None:
    """Run the demo home until Ctrl-C: service, console, family page, nine stations, a tray of virtual cards."""
    settings = Settings(
        data=folder,
        passphrase=SecretStr(DEMO_PASSPHRASE),
        demo=True,
        secure_cookies=False,
        family_url=f"http://127.0.0.1:{port}/family/",
    )
    whole = folder / "whole"
    if not whole.exists():
        if folder.exists():
            print("an earlier start was cut off while the data were made: starting anew", flush=True)
            shutil.rmtree(folder)
        make(settings, cases)
        load(settings)
        whole.touch()
    context = context_of(settings)
    up_to_date(context.engine)
    why_soft = "asked for with --soft" if soft else stack.missing()
    if why_soft is not None:
        print(f"readers: in this process, not PC/SC ({why_soft})", flush=True)
    city_certificate, city_key = outside.certificate(folder, clock())
    environment = {
        "ONECARD_GATEWAY_URL": f"http://127.0.0.1:{port + GATEWAY_AFTER}/send",
        "ONECARD_GATEWAY_SECRET": DEMO_PASSPHRASE,
        "ONECARD_STATUTORY_URL": f"https://127.0.0.1:{port + CITY_AFTER}/send",
        "ONECARD_STATUTORY_SECRET": DEMO_PASSPHRASE,
        "ONECARD_STATUTORY_CA": str(city_certificate.resolve()),
        **payers_at(port, city_certificate),
        "ONECARD_PAY_URL": f"http://127.0.0.1:{port + PROVIDER_AFTER}/",
        "ONECARD_PAY_SECRET": DEMO_PASSPHRASE,
        "ONECARD_DATA": str(folder.resolve()),
        "ONECARD_PASSPHRASE": DEMO_PASSPHRASE,
        "ONECARD_DEMO": "true",
        "ONECARD_SECURE_COOKIES": "false",
        "ONECARD_FAMILY_URL": settings.family_url,
    }
    home = RunningHome(
        folder, context, environment, port, real_readers=why_soft is None, page_port=lambda n: port + PAGES_AFTER + n
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        home.start()
        cards = tray.Tray(folder / "cards", home, context)
        secret = DEMO_PASSPHRASE.encode()
        gateway, city = outside.gateway(secret, clock), outside.city(secret, clock)
        payers = {payer: outside.payer(secret, clock) for payer in PAYERS}
        pays = provider.Provider(secret, clock, f"http://127.0.0.1:{port + PROVIDER_AFTER}/")
        with ExitStack() as beside:
            for payer, receiver in payers.items():
                taken = served(outside.create(receiver), port + PAYERS_AFTER[payer], (city_certificate, city_key))
                beside.enter_context(taken)
            beside.enter_context(served(provider_app.create(pays), port + PROVIDER_AFTER))
            beside.enter_context(running([Duty("provider", 1.0, provider.teller(pays, f"{home.address}/pay/notice"))]))
            beside.enter_context(served(tray.create(cards, home), port + TRAY_AFTER))
            beside.enter_context(served(outside.create(gateway), port + GATEWAY_AFTER))
            beside.enter_context(served(outside.create(city), port + CITY_AFTER, (city_certificate, city_key)))
            beside.callback(home.stop)  # before the parties to whom it keeps connections
            if playing:
                show_play(home, context, folder)
            addresses(home, context, port, real=why_soft is None)
            threading.Event().wait()
    except KeyboardInterrupt:
        print("\nstopping; the data stay in", folder, flush=True)
    except (DidNotStart, stack.StackMissing) as error:
        stop(f"the demo did not start: {error}")
    finally:
        home.stop()


def payers_at(port: int, certificate: Path) -> dict[str, str]:
    """Where the service finds the payers' offices, as its environment says it."""
    return {
        f"ONECARD_{payer.name}_{name}": value
        for payer in PAYERS
        for name, value in {
            "URL": f"https://127.0.0.1:{port + PAYERS_AFTER[payer]}/send",
            "SECRET": DEMO_PASSPHRASE,
            "CA": str(certificate.resolve()),
        }.items()
    }


def make(settings: Settings, cases: int) -> None:
    """Found the demo's home and tell its past, with progress. Ends with what to do when there is a home already."""
    settings.data.mkdir(parents=True, exist_ok=True)
    if not settings.keystore.exists():
        keystore.make(settings.keystore, settings.passphrase.get_secret_value(), chance)
    try:
        up_to_date(open_engine(settings.database))
    except UnsafeStore as error:
        stop(f"refusing: {error}")
    context = context_of(settings)
    with context.engine.connect() as connection:
        if office.founded(connection, context.home_id):
            stop("there is a home in this database already: invented people go only into an empty one")
    end = clock()
    found(replace(context, clock=lambda: end - MONTHS))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("inventing cases", total=cases)
        for done, of in History(context, settings.data, end, cases).tell():
            progress.update(task, completed=done, total=of)
    come_to_work(context)
    for _ in range(POOL):
        card = chips.blank(context)
        with context.engine.connect() as connection:
            newest = office.cards(connection, context.home_id)[0]
        chips.keep(card, settings.data / "cards" / f"{newest.card_no}.json")
    for owner in STAFF_CARDS:
        card_no, staff_card = chips.staff_card(context, owner)
        chips.keep(staff_card, settings.data / "cards" / f"{card_no}.json")
    context.engine.dispose()


def load(settings: Settings) -> None:
    """Load the half-year of acceptance into the modules of a home, with progress. Ends with what is in its way."""
    context = context_of(settings)
    prepare(context.engine, context.modules.values())
    with context.engine.connect() as connection:
        if not office.founded(connection, context.home_id):
            stop("there is no home in this database: cardsvc init, or demo-data without --half-year first")
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} rows"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {name: progress.add_task(one.label.en, total=None) for name, one in context.modules.items()}
        found = load_half_year.handle(
            context, LEADER, clock(), lambda name, done: progress.update(tasks[name], completed=done)
        )
    context.engine.dispose()
    if isinstance(found, load_half_year.NotEmpty):
        stop(f"{found.table} has rows already: the half-year of acceptance goes only into modules without rows")
    print(f"{sum(found.values())} rows in {len(found)} modules: {HALF_YEAR.first} to {HALF_YEAR.last}", flush=True)


@contextmanager
def served(app_: FastAPI, port: int, certificate: tuple[Path, Path] | None = None) -> Iterator[None]:
    """Serve what stands beside the home while the demo runs. Raises DidNotStart when its port is taken."""
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise DidNotStart(f"port {port}: {error.strerror}; choose another with --port") from None
    config = uvicorn.Config(app_, log_level="error", lifespan="off")
    if certificate is not None:
        config.ssl_certfile, config.ssl_keyfile = certificate
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(1)
        server.force_exit = True  # a browser keeps its connection as long as a page is open
        thread.join(5)


def show_play(home: RunningHome, context: Context, folder: Path) -> None:
    """Drive one case and print each step as it turns green."""
    print("one case through all nine stations:", flush=True)

    def said(kind: StationKind, step: Step, case_no: str) -> None:
        print(f"  ✓ {say('en', f'station.{kind}'):<14} {say('en', f'step.{step}'):<22} {case_no}", flush=True)

    person = invent(Random(int(clock().timestamp())), clock().date() - timedelta(days=1))
    try:
        case_no, card = play(home, context, person, said)
    except NotDone as error:
        print(f"  ■ {error}", file=sys.stderr, flush=True)
        return
    with context.engine.connect() as connection:
        number = next(row.card_no for row in office.cards(connection, context.home_id) if row.uid == card.uid.hex())
    chips.keep(card, folder / "cards" / f"{number}.json")
    print(f"  {case_no} is at rest", flush=True)


def addresses(home: RunningHome, context: Context, port: int, *, real: bool) -> None:
    """Print where to look and who can sign in."""
    with context.engine.connect() as connection:
        rows = office.cases(connection, context.home_id, office.Wanted(stage="stored"))
    link = family_link.make(context, rows[0].case.case_no, people_for(Step.BOOK)[0], clock()) if rows else ""
    payers = " · ".join(f"https://127.0.0.1:{port + after}/ {payer}" for payer, after in PAYERS_AFTER.items())
    readers = "nine PC/SC daemons, each with a virtual reader" if real else "in this process"
    print(
        f"""
One Card demo 殡葬一卡通演示 — everybody here is invented; password and PIN are the staff number twice

  office    {home.address}/office/     1015 manager · 1001 call desk · 1016 auditor · 1017 administrator
  family    {link}
            second factor: the last four digits of the applicant's phone (office, personal data)
  cards     http://127.0.0.1:{port + TRAY_AFTER}/          lay a virtual card on a station's reader
  phones    http://127.0.0.1:{port + GATEWAY_AFTER}/          what the families' phones have received
  city      https://127.0.0.1:{port + CITY_AFTER}/         what was reported to the city
  payers    {payers}
  pay       http://127.0.0.1:{port + PROVIDER_AFTER}/          the payment provider, and the phones that pay by pressing
  readers   {readers}
""",
        flush=True,
    )
    for _, kind, _ in STATIONS:
        station = home.stations[kind]
        print(f"  {say('en', f'station.{kind}'):<13} {station.page}   {_who(kind)}", flush=True)
    print("\nCtrl-C stops; the data stay and a second start goes on with them", flush=True)


def _who(kind: StationKind) -> str:
    """Two of the people who may do the most at a station."""
    steps = [step for step, rule in RULES.items() if kind in rule.stations and len(rule.stations) < len(StationKind)]
    able = {one.staff_no: sum(may_take(one.roles, step) for step in steps) for one in STAFF if one.county is None}
    best = sorted((no for no, count in able.items() if count), key=lambda no: -able[no])
    return " · ".join(best[:2])
