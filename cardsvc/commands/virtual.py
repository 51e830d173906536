"""Virtual cards in the real PC/SC stack, for demo, training and tests (CARD.md section 6)."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from cardsvc.commands.ground import stop
from cardsvc.core.virtual_card import store
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.demo.chips import keeper
from cardsvc.settings import chance
from cardsvc.virtual_reader.stack import PcscStack, StackMissing, free_port
from cardsvc.virtual_reader.vpcd import CardInField

app = typer.Typer(no_args_is_help=True, help="Virtual cards behind the virtual reader of a real PC/SC daemon.")


@app.command()
def new(path: Path) -> None:
    """Make a factory chip with a UID of its own and keep it in PATH."""
    if path.exists():
        stop(f"{path} exists: a card is never overwritten")
    card = VirtualCard(bytes([4]) + chance(6), chance)
    path.write_text(store.dump(card))
    print(card.uid.hex().upper())


@app.command()
def insert(
    path: Path, port: Annotated[int, typer.Option(help="Port of the virtual reader.")] = 35963, host: str = "127.0.0.1"
) -> None:
    """Lay the card in PATH into the field of a virtual reader until Ctrl-C; every commit is kept."""
    try:
        card = store.load(path.read_text(), chance)
    except (OSError, ValueError) as error:
        stop(f"{path}: {error}")
    try:
        field = CardInField(card, port, host, committed=keeper(card, path))
    except OSError:
        stop(f"nobody listens on {host}:{port}: start pcscd with its virtual reader, or `cardsvc virtual-card readers`")
    print(f"{card.uid.hex().upper()} is in the field; Ctrl-C takes it away", flush=True)
    try:
        field.join()
    except KeyboardInterrupt:
        field.remove()


@app.command()
def readers(count: Annotated[int, typer.Option(help="How many, each with a daemon of its own.")] = 9) -> None:
    """Start private PC/SC daemons with a virtual reader each, until Ctrl-C."""
    stacks: list[PcscStack] = []
    try:
        for number in range(1, count + 1):
            stacks.append(PcscStack(f"Station {number}", free_port()))
            print(f"port {stacks[-1].port}  PCSCLITE_CSOCK_NAME={stacks[-1].socket_path}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    except StackMissing as error:
        stop(str(error))
    finally:
        for stack in stacks:
            stack.close()
