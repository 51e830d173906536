"""What a home does by itself, and by hand: send what waits outside, reconcile a day; the loops of a running service."""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from cardsvc.api import drilling, notices, paying, uploads
from cardsvc.api.deaths import Deaths
from cardsvc.api.registers import Registers
from cardsvc.api.trails import Trails
from cardsvc.commands.ground import context_of, stop
from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.outgoing import Channel
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Refusal
from cardsvc.core.words import say
from cardsvc.handlers import flag_suspense, reconcile_payments
from cardsvc.handlers import reconcile as reconciling
from cardsvc.loops import Duty, running
from cardsvc.outbox import Sender
from cardsvc.receiver import Receiver, receiver
from cardsvc.settings import Settings
from cardsvc.store import drills
from cardsvc.store import outbox as store
from cardsvc.store.opening import load_staff

app = typer.Typer()
SEND_EVERY_S = 5.0
PAY_EVERY_S = 2.0
LOOK_EVERY_S = 30.0
TERMS_EVERY_S = 3_600.0


def receivers(settings: Settings) -> dict[Channel, Receiver]:
    """The parties outside that are set up, or end with what to do."""
    found = {}
    for channel, name, url, secret, authority in (
        (Channel.MESSAGE, "GATEWAY", settings.gateway_url, settings.gateway_secret, None),
        (Channel.STATUTORY, "STATUTORY", settings.statutory_url, settings.statutory_secret, settings.statutory_ca),
        (Channel.TREASURY, "TREASURY", settings.treasury_url, settings.treasury_secret, settings.treasury_ca),
        (Channel.POLICE, "POLICE", settings.police_url, settings.police_secret, settings.police_ca),
        (Channel.INSURER, "INSURER", settings.insurer_url, settings.insurer_secret, settings.insurer_ca),
    ):
        if not url:
            continue
        if not secret.get_secret_value():
            stop(f"ONECARD_{name}_URL is set: set ONECARD_{name}_SECRET to the secret that you share with them", 2)
        if channel is not Channel.MESSAGE and not url.startswith("https://"):
            stop(f"ONECARD_{name}_URL must begin with https://", 2)
        if authority is not None and not authority.is_file():
            stop(f"ONECARD_{name}_CA: there is no file {authority}", 2)
        found[channel] = receiver(url, secret.get_secret_value().encode(), authority)
    return found


def by_itself(context: Context, settings: Settings) -> AbstractContextManager[None]:
    """The loops of a service: sending, payments, the night's books, and what families are told of terms that end."""
    sender = Sender(context, receivers(settings))

    def night() -> None:
        while (day := reconciling.due(context, context.clock(), settings.reconcile_at)) is not None:
            reconciling.handle(context, day, context.clock())
        if context.provider is None:
            return
        while (paid := reconcile_payments.due(context, context.clock(), settings.reconcile_at)) is not None:
            if isinstance(paying.reconcile(context, paid, again=False), Refusal):
                return

    def terms() -> None:
        notices.handle(context, context.clock())

    registers, deaths, trails = Registers(context), Deaths(context), Trails(context)

    def suspense() -> None:
        flag_suspense.handle(context, context.clock())

    return running(
        [
            Duty("outbox", SEND_EVERY_S, sender.send_due),
            Duty("payments", PAY_EVERY_S, lambda: paying.look_due(context)),
            Duty("reconciliation", LOOK_EVERY_S, night),
            Duty("terms", TERMS_EVERY_S, terms),
            Duty("suspense", TERMS_EVERY_S, suspense),
            Duty("registers", SEND_EVERY_S, registers.ask_due),
            Duty("deaths", SEND_EVERY_S, deaths.tell_due),
            Duty("ash trails", SEND_EVERY_S, trails.close_due),
            Duty("deaths of late rows", TERMS_EVERY_S, deaths.tell_of_late_rows),
            Duty("uploads", PAY_EVERY_S, lambda: uploads.work_due(context)),
        ]
    )


@app.command()
def outbox() -> None:
    """Send what waits to be sent outside, once. Exit code 1 when something is still not confirmed."""
    settings = Settings()
    context = context_of(settings)
    reached = receivers(settings)
    if not reached:
        stop("nobody to send to: set ONECARD_GATEWAY_URL or ONECARD_STATUTORY_URL (docs/operations.md)", 2)
    with Console(stderr=True).status("sending"):
        outcomes = Sender(context, reached).send_due()
    with context.engine.connect() as connection:
        counts = store.counts(connection, context.home_id)
    for name, count in sorted(outcomes.items()):
        print(f"{count:>6}  {say('en', f'send_error.{name}') if name != 'sent' else 'sent'}")
    print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "the outbox is empty")
    if outcomes.total() != outcomes["sent"]:
        raise SystemExit(1)


@app.command()
def reconcile(
    day: Annotated[str, typer.Option(help="Local day, YYYY-MM-DD; without it, yesterday.")] = "",
) -> None:
    """Reconcile a day now, though it may have been done. Exit code 1 when something does not agree."""
    context = context_of(Settings())
    now = context.clock()
    try:
        chosen = date.fromisoformat(day) if day else local(now).date() - timedelta(days=1)
    except ValueError:
        stop("--day is YYYY-MM-DD", 2)
    with Console(stderr=True).status("holding the books against each other"):
        found = reconciling.handle(context, chosen, now, again=True)
    if found is None or not found.findings:
        print(f"{chosen}: everything agrees")
        return
    for finding in found.findings:
        names = ", ".join(dict.fromkeys(one.case_no or one.name for one in finding.rows[:8]))
        print(f"{finding.code:<24}{len(finding.rows):>4}  {say('en', f'finding.{finding.code}')}: {names}")
    raise SystemExit(1)


@app.command()
def drill(
    by: Annotated[str, typer.Option(help="Staff number of the duty manager who orders it.")],
    first: Annotated[str, typer.Option(help="A case; without both, the newest two are taken.")] = "",
    second: Annotated[str, typer.Option(help="Another case.")] = "",
) -> None:
    """Try to burn the wrong body, on a copy of two cases. Exit code 1 when a wrong attempt passes: the drill is red."""
    context = context_of(Settings())
    if bool(first) != bool(second):
        stop("name both cases, or none", 2)
    with context.engine.connect() as connection:
        roles = load_staff(connection, context.home_id).get(StaffNo(by), ())
    if not may(roles, Action.OPERATE):
        stop(f"{by} may not order a drill", 2)
    numbers = (CaseNo(first), CaseNo(second)) if first else None
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("attempts", total=None)
        done = drilling.run(
            context, StaffNo(by), numbers, say=lambda now, of: progress.update(task, completed=now, total=of)
        )
    if isinstance(done, Refusal):
        stop(f"{say('en', f'problem.{done.problem}.say')}: {done.detail}", 2)
    with context.engine.connect() as connection:
        row = drills.one(connection, context.home_id, done)
    if row is None:
        stop("the drill was not kept")
    result = row[3]
    for problem, count in drilling.summary(result):
        print(f"{count:>6}  {say('en', f'problem.{problem}.say')}")
    colour = "RED" if result.red else "green"
    print(f"drill {done}: {colour}, {len(result.attempts)} attempts, {len(result.failed)} as they must not")
    if result.red:
        raise SystemExit(1)
