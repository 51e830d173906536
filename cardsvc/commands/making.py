"""Making blank cards at a reader: one chip, or one after another."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cardsvc.context import Context
from cardsvc.core.card.desfire import read_uid
from cardsvc.core.card.errors import CardError
from cardsvc.core.card.script import run
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Refusal
from cardsvc.core.words import say
from cardsvc.handlers import issue_card
from cardsvc.store import cards
from terminal.readers.reader import CardIn, CardOut, Reader, ReaderLost


class UnfitChip(Exception):
    """A chip that becomes no new card; the message says why."""


@dataclass(slots=True)
class Made:
    """How far a batch is: the cards made, and the chips skipped with their reasons."""

    numbers: list[CardNo] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def card_on(reader: Reader, seconds: int, told: Callable[[str], None]) -> bytes | None:
    """Wait until a card lies on the reader: its answer to reset; None when none came within `seconds`."""
    for _ in range(seconds):
        match reader.wait(1.0):
            case CardIn(atr):
                return atr
            case ReaderLost(fault):
                told(say("en", f"reader.{fault}"))
    return None


def make_blank(context: Context, reader: Reader) -> CardNo:
    """Make the chip on the reader a blank of the pool. Raises CardError, and UnfitChip for one that is known."""
    return _personalise(context, reader, run(read_uid(), reader.transmit))


def make_many(context: Context, reader: Reader, count: int, made: Made, told: Callable[[str], None]) -> None:
    """One chip after another until `count` are made; a chip that fails is named and skipped, none stops the rest."""
    while len(made.numbers) < count:
        event = reader.wait(1.0)
        if isinstance(event, ReaderLost):
            told(say("en", f"reader.{event.fault}"))
        if not isinstance(event, CardIn):
            continue
        chip = "a chip without UID"
        try:
            uid = run(read_uid(), reader.transmit)
            chip = uid.hex().upper()
            made.numbers.append(_personalise(context, reader, uid))
            told(f"issued {made.numbers[-1]} ({chip}); take it away and lay the next one down")
        except (CardError, UnfitChip) as error:
            made.skipped.append((chip, str(error)))
            told(f"skipped {chip}: {error}; take it away and lay the next one down")
        while len(made.numbers) < count and not isinstance(reader.wait(1.0), CardOut):
            continue


def _personalise(context: Context, reader: Reader, uid: bytes) -> CardNo:
    with context.engine.connect() as connection:
        known = cards.by_uid(connection, context.home_id, uid)
    if known is not None:
        raise UnfitChip(f"it is {known.card_no} already")
    card_no = issue_card.next_number(context)
    run(issue_card.script(context, uid, card_no), reader.transmit)
    issued = issue_card.handle(context, card_no, uid, context.clock())
    if isinstance(issued, Refusal):
        raise UnfitChip(say("en", f"problem.{issued.problem}.say"))
    return issued
