"""Payments by QR: ask the provider, take its word, post what it has taken. Nothing is posted but by its own answer.

Each act is a transaction, a question, a transaction; the process may end between any two of them, and the next look
goes on from what the provider says.
"""

import logging
from collections import Counter
from datetime import date

from cardsvc.api.access import Signed
from cardsvc.api.entering import within
from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.facts import Step, Wire
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.outgoing import SendError
from cardsvc.core.paying import DayFound, Event, Order, OrderState, Posting, question_for
from cardsvc.core.permissions import may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.provider import (
    MOST_OF_A_DAY,
    AboutOrder,
    AskDay,
    AskOrder,
    DayList,
    Question,
    Standing,
    day_key,
    day_list_of,
    question_key,
    standing_of,
)
from cardsvc.core.words import say
from cardsvc.handlers import ask_payment, cancel_payment, hear_payment, reconcile_payments, settle_payment
from cardsvc.handlers.ask_payment import Asking
from cardsvc.handlers.record_tap import take_by_itself
from cardsvc.receiver import exchange
from cardsvc.store import cases, payments
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set
from cardsvc.store.working import WorkingSet

LOG = logging.getLogger("cardsvc.paying")
FAILED = "failed"
"""How a look ended whose order or case could not be read or written here."""


def ask(context: Context, signed: Signed, asking: Asking) -> Order | Refusal:
    """Ask a payer for money. A provider that does not answer now is asked again by itself: the order stays asked."""
    if context.provider is None:
        return Refusal(Problem.PROVIDER_MISSING)
    if not may_take(signed.roles, Step.PAY):
        return Refusal(Problem.NOT_ALLOWED, Step.PAY)
    order = within(
        context,
        signed,
        "payment asked",
        asking.case_no,
        lambda tx, log_no: ask_payment.handle(tx, asking, context.chance(10)),
    )
    if isinstance(order, Refusal) or order.state is OrderState.SHOWN:
        return order
    look(context, order, Question.ASK)
    return current(context, order.order_no) or order


def cancel(context: Context, signed: Signed, order_no: str) -> Order | Refusal:
    """Take no money for it any more: the provider says whether it was paid first. Where it is mute, we cancel alone."""
    order = current(context, order_no)
    if order is None:
        return Refusal(Problem.NOT_FOUND)
    if not order.closed:
        look(context, order, Question.CLOSE, Event.CANCEL)
    return within(
        context, signed, f"payment cancel {order_no}", order.case_no, lambda tx, _: cancel_payment.handle(tx, order_no)
    )


def current(context: Context, order_no: str) -> Order | None:
    """The order as it is kept now."""
    with context.engine.connect() as connection:
        return payments.one(connection, context.home_id, order_no)


def look(context: Context, order: Order, question: Question, closing: Event = Event.EXPIRE) -> SendError | None:
    """Ask the provider about an order and take its word; why it is no word."""
    standing = _standing(context, order, question)
    if isinstance(standing, SendError):
        LOG.warning("provider: %s of %s: %s", question, order.order_no, standing)
        return standing
    transact(context.engine, lambda one: _take(context, one, order.order_no, standing, closing))
    return None


def look_due(context: Context) -> Counter[str]:
    """Ask about every order that is due; how often each outcome came. A provider that is away ends the turn.

    An order that fails here holds no other up: it is logged, counted as FAILED, and asked about again when it is due.
    """
    outcomes = Counter[str]()
    if context.provider is None:
        return outcomes
    now = context.clock()
    for order in transact(context.engine, lambda one: payments.take_due(one, context.home_id, now)):
        question = question_for(order, now)
        if question is None:
            continue
        try:
            error = look(context, order, question)
        except Exception as failure:
            # Only the kind of the fault is said: its words may quote a row.
            LOG.error("order %s failed: %s", order.order_no, type(failure).__name__)
            outcomes[FAILED] += 1
            continue
        outcomes[error or "heard"] += 1
        if error in (SendError.DOWN, SendError.SLOW):
            break
    return outcomes


def assign(
    context: Context, signed: Signed, ref: str, case_no: CaseNo, second: StaffNo | None = None
) -> Refusal | None:
    """Money in suspense pays a case; another one than it came for, or more than is owed there, say two people."""

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        tx.load_things()
        posting = settle_payment.assign(tx, ref, case_no, signed.staff_no, second, log_no)
        if isinstance(posting, Refusal):
            return posting
        _post(tx, posting)
        return None

    return within(context, signed, f"payment assigned {ref}{_with(second)}", case_no, act)


def _with(second: StaffNo | None) -> str:
    return f" with {second}" if second is not None else ""


def refund(context: Context, signed: Signed, ref: str, second: StaffNo | None) -> Refusal | None:
    """Money in suspense goes back, say two people."""
    return within(
        context,
        signed,
        f"payment refunded {ref} with {second}",
        "",
        lambda tx, log_no: settle_payment.refund(tx, ref, signed.staff_no, second, log_no),
    )


def reconcile(
    context: Context, day: date, by: StaffNo | None = None, *, again: bool = True
) -> DayFound | Refusal | None:
    """Hold a local day against the provider's list; what was missing here and is an order of ours is heard now.

    None when it was done before and is not to be done `again`.
    """
    theirs = _day_list(context, day)
    if isinstance(theirs, Refusal):
        return theirs
    healed = 0
    for order_no in reconcile_payments.unheard(context, day, theirs):
        order = current(context, order_no)
        if order is not None and look(context, order, Question.QUERY) is None:
            healed += 1
    return reconcile_payments.handle(context, day, theirs, healed, context.clock(), by, again=again)


def _take(context: Context, connection: Connection, order_no: str, standing: Standing, closing: Event) -> None:
    log = open_log(connection, context.home_id)
    tx = working_set(connection, context.home_id, log, context.clock(), context.vault.sign)
    postings = hear_payment.handle(tx, order_no, standing, closing)
    if postings is None:
        return
    if postings:
        tx.load_things()
    for one in postings:
        _post(tx, one)
    post(context, tx)
    flush(tx)


def _post(tx: WorkingSet, one: Posting) -> None:
    """The payment becomes an ordinary step of its case, taken by the service."""
    case = tx.case(one.case_no)
    if case is None:
        raise LookupError(f"no case {one.case_no}")
    take_by_itself(tx, case, Step.PAY, one.details, one.log_no, cause=one.cause)


def _standing(context: Context, order: Order, question: Question) -> Standing | SendError:
    to = context.provider
    if to is None:
        return SendError.DOWN
    asked: Wire = AboutOrder(order_no=order.order_no)
    if question is Question.ASK:
        with context.engine.connect() as connection:
            home = cases.contact(connection, context.home_id, order.case_no)
        title = say("zh_CN", "pay.title", home=home.home_zh)
        asked = AskOrder(order_no=order.order_no, amount_fen=order.amount_fen, title=title, expires_at=order.expires_at)
    key = question_key(order.order_no, question, context.chance(8))
    heard = exchange(to, question, key, asked.model_dump_json().encode(), context.clock)
    if isinstance(heard, SendError):
        return heard
    return standing_of(to.secret, key, order.order_no, heard.status, heard.body, heard.signature)


def _day_list(context: Context, day: date) -> DayList | Refusal:
    to = context.provider
    if to is None:
        return Refusal(Problem.PROVIDER_MISSING)
    key = day_key(context.home_id, day, context.chance(8))
    body = AskDay(day=day.isoformat()).model_dump_json().encode()
    heard = exchange(to, "day", key, body, context.clock, MOST_OF_A_DAY)
    if isinstance(heard, SendError):
        return Refusal(Problem.PROVIDER_MUTE, heard)
    theirs = day_list_of(to.secret, key, day, heard.status, heard.body, heard.signature)
    return Refusal(Problem.PROVIDER_MUTE, theirs) if isinstance(theirs, SendError) else theirs
