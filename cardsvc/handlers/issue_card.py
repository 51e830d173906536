"""Take a personalised blank card into the pool, from where a station binds it to a case."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from cardsvc.context import Context
from cardsvc.core.card.image import LAYOUT, Identity
from cardsvc.core.card.profile import KEY_BIND, KEY_MASTER, KEY_READ, KEY_TAP
from cardsvc.core.card.script import Script
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import desfire_ev2
from cardsvc.store import tables as t
from cardsvc.store.engine import transact
from cardsvc.store.log import open_log


def next_number(context: Context) -> CardNo:
    """The next free card number of the home."""
    c = t.card.c
    with context.engine.connect() as connection:
        last = connection.execute(select(func.max(c.card_no)).where(c.home_id == context.home_id)).scalar_one_or_none()
    return CardNo(f"{context.home_id}C-{int(last.split('-')[-1]) + 1 if last else 1:06d}")


def script(context: Context, uid: bytes, card_no: CardNo) -> Script[None]:
    """The conversation that makes a factory chip a blank card of the pool."""
    keys = {number: context.vault.card_key(uid, number) for number in (KEY_MASTER, KEY_TAP, KEY_READ, KEY_BIND)}
    identity = Identity(LAYOUT, context.home_id, card_no, None, 1)
    return desfire_ev2.PROFILE.personalise(keys, identity, context.chance)


def handle(context: Context, card_no: CardNo, uid: bytes, now: datetime) -> CardNo | Refusal:
    """Record a card that has been personalised; refuses a chip that is known already."""

    def act(connection: Connection) -> CardNo | Refusal:
        log = open_log(connection, context.home_id)
        c = t.card.c
        known = select(c.card_no).where(c.home_id == context.home_id, c.uid == uid.hex())
        if connection.execute(known).first() is not None:
            return Refusal(Problem.CARD_NOT_BLANK, card_no)
        number = log.add("card issued", card_no, "", now)
        connection.execute(
            t.card.insert().values(
                home_id=context.home_id,
                card_no=card_no,
                uid=uid.hex(),
                profile=desfire_ev2.PROFILE.name,
                issue_no=1,
                key_version=desfire_ev2.KEY_VERSION,
                state="pool",
                counter=0,
                changed_log_no=number,
            )
        )
        log.close()
        return card_no

    return transact(context.engine, act)
