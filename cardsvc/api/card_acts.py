"""What the office does to a card, asked by the console and by its JSON surface alike."""

from cardsvc.api.access import Signed
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.card_life import ASKS, WHYS, Act, objection
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.handlers import block_card, replace_card, return_card, unblock_card
from cardsvc.store import card_lists, cards
from cardsvc.store.card_life import People
from cardsvc.store.card_lists import CardRow


def mine(context: Context, signed: Signed, card_no: str) -> CardRow:
    """A card that they may see: blank, or of a case of their county. Raises Refused."""
    with context.engine.connect() as connection:
        row = card_lists.one(connection, context.home_id, CardNo(card_no))
    if row is None or (signed.county is not None and row.county not in (None, signed.county)):
        raise Refused(Refusal(Problem.NOT_FOUND))
    return row


def offers(context: Context, signed: Signed, card_no: CardNo) -> list[Act]:
    """What may be done to the card now, by whom asks."""
    with context.engine.connect() as connection:
        card = cards.held(connection, context.home_id, card_no)
        case = cards.holder(connection, context.home_id, card) if card is not None else None
    if card is None:
        return []
    open_ = [act for act in Act if objection(act, card, case, WHYS[act][0] if act in WHYS else None) is None]
    return [act for act in open_ if signed.may(ASKS[act])]


def take(context: Context, card_no: CardNo, act: Act, reason: HotReason | None, people: People) -> CardNo | Refusal:
    """Do it; wiping needs the chip itself and is done at the issuing desk."""
    now = context.clock()
    match act:
        case Act.BLOCK if reason is not None:
            return block_card.handle(context, card_no, reason, people, now)
        case Act.REPLACE if reason is not None:
            return replace_card.handle(context, card_no, reason, people, now)
        case Act.UNBLOCK:
            return unblock_card.handle(context, card_no, people, now)
        case Act.RETURN:
            return return_card.handle(context, card_no, people, now)
        case Act.WIPE:
            return Refusal(Problem.STEP_NOT_HERE, act)
        case _:
            return Refusal(Problem.FIELD_MISSING, "reason")
