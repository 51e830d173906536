"""What a station must know, as news since the version that it has.

A station gets the tap keys of the cards of open cases, and the bind keys of blank cards where cards are bound; all of
them sealed to that station (CARD.md section 5).
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select, bindparam, func, select

from cardsvc.core import sealing
from cardsvc.core.card.profile import KEY_BIND, KEY_READ, KEY_TAP
from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.ids import CardNo, CaseNo, HomeId, JournalId, StaffNo, StationId
from cardsvc.core.ledger import Account, Bill, bill, receivable
from cardsvc.core.permissions import ALLOWED
from cardsvc.core.price_rules import WAIVED_BY, for_stations
from cardsvc.core.rules import RULES
from cardsvc.core.snapshot import (
    BillLine,
    KnownCard,
    KnownCase,
    Owed,
    Resource,
    Setup,
    SnapshotDelta,
    StaffMember,
    StationKey,
)
from cardsvc.core.terms import Payer
from cardsvc.core.wire import Hello, Key, RevokedWhy
from cardsvc.store import payments, reading, receipts, reversing, tills
from cardsvc.store import tables as t
from cardsvc.store.cards import FAMILY, STAFF, hot_list
from cardsvc.store.limits import limits_of
from cardsvc.store.open_money import at_counter, open_at_counter
from cardsvc.store.opening import price_book, roles_of
from cardsvc.store.policies import policy_of

BINDS = RULES[Step.BIND_CARD].stations
SHOWS_BILLS = frozenset({StationKind.CASHIER, StationKind.ARRANGEMENT})
NOT_AT_COUNTER = frozenset({Payer.FAMILY, Payer.TREASURY})
SUSPECT = frozenset({RevokedWhy.STOLEN.value, RevokedWhy.HALTED.value})
ENDED = ("closed", "cancelled", "transferred")
KNOWN = ("pool", "bound", "blocked")
"""A blocked card is told without its keys: a station knows it by its UID, says so, and never opens it."""
CardKeyOf = Callable[[bytes, int, int], bytes]
"""The diversified key of a card: UID (7 bytes), key number and key version to 16 bytes."""
MOST = 500
"""Cases and cards in one answer; the rest follow with the next one."""
ASKED_WITHIN = timedelta(hours=1)
"""How long a QR payment is shown to the cashier's station."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the news are for: the station's kind and sealing key (32 bytes), and where its card keys come from."""

    kind: StationKind
    sealing_key: bytes
    card_key: CardKeyOf


def _changed(
    connection: Connection, query: Select[Any], number: ColumnElement[int], since: dict[str, Any]
) -> tuple[list[Row[Any]], int | None]:
    """At most MOST rows by the log number that changed them, and the number behind which there is more.

    What one transaction changed has one number and is never parted: the station asks on behind a number.
    """
    rows = list(connection.execute(query, since))
    if len(rows) < MOST:
        return rows, None
    last = int(rows[-1].changed_log_no)
    whole = [row for row in rows if row.changed_log_no < last]
    if whole:
        return whole, int(whole[-1].changed_log_no)
    return list(connection.execute(query.where(number == last).limit(None), since)), last


def news(
    connection: Connection, home: Any, head: int, hello: Hello, reader: Reader, now: datetime
) -> SnapshotDelta | None:
    """News for a station since the version in its hello; None when there is none.

    `home` is the home's row, `head` the newest number of its log: nothing has changed behind it.
    """
    home_id, kind, since = HomeId(home.home_id), reader.kind, hello.snapshot_version
    setup_due = since == 0 or hello.setup_version != home.setup_number
    counter = kind is StationKind.CASHIER
    hot_due = since == 0 or hello.hot_version != home.hot_version
    if since >= head and not (setup_due or hot_due):
        return None
    here_since = {"of_home": home_id, "since": since}
    of_ours = _LATER_CASES if since else (_FIRST_AT_COUNTER if counter else _FIRST_CASES)
    cases, of_cases = _changed(connection, of_ours, t.funeral_case.c.changed_log_no, here_since)
    cards, of_cards = _changed(connection, _CARDS, t.card.c.changed_log_no, here_since)
    staff_cards = connection.execute(_STAFF_CARDS, here_since | {"since": 0 if setup_due else since}).all()
    if not (cases or cards or staff_cards or setup_due or hot_due):
        return None
    version = max(head, 1)
    ends = [end for end in (of_cases, of_cards) if end is not None]
    if ends:
        version = min(ends)
        cases = [row for row in cases if row.changed_log_no <= version]
        cards = [row for row in cards if row.changed_log_no <= version]
    numbers = [CaseNo(row.case_no) for row in cases if counter or row.stage not in ENDED]
    totals = _totals(connection, home_id, numbers)
    bills = _bills(connection, home_id, totals)
    open_cases = [
        row
        for row in cases
        if row.stage not in ENDED or (counter and open_at_counter(row.case_no, totals[row.case_no]))
    ]
    lines = _lines(connection, home_id, [CaseNo(row.case_no) for row in open_cases]) if kind in SHOWS_BILLS else {}
    setup = _setup(connection, home, kind, now) if setup_due or staff_cards else None
    here = {one.staff_no for one in setup.staff} if setup is not None else set()
    served = [row for row in cards if row.state in KNOWN]
    served += [row for row in staff_cards if row.state == "bound" and row.staff_no in here]
    gone = {row.card_no for row in (*cards, *staff_cards)} - {row.card_no for row in served}
    paid_in = [CaseNo(row.case_no) for row in open_cases] if kind is StationKind.CASHIER else []
    reversible = reversing.payments(connection, home_id, paid_in) if paid_in else {}
    given = receipts.given(connection, home_id, paid_in) if paid_in else {}
    asked = payments.recent(connection, home_id, paid_in, now - ASKED_WITHIN) if paid_in else {}
    return SnapshotDelta(
        since=since,
        version=version,
        made_at=now,
        setup=setup if setup_due else None,
        hot=hot_list(connection, home_id) if hot_due else None,
        cases=tuple(
            KnownCase(
                case=reading.case(CaseNo(row.case_no), row.body).model_copy(update={"entitled": ()}),
                shown_name=row.shown_name,
                bill=bills[CaseNo(row.case_no)],
                lines=tuple(one.model_copy(update=WAIVED_BY) for one in lines.get(CaseNo(row.case_no), ())),
                owed=_owed(CaseNo(row.case_no), totals[CaseNo(row.case_no)]) if kind in SHOWS_BILLS else (),
                payments=reversible.get(CaseNo(row.case_no), ()),
                receipts=given.get(CaseNo(row.case_no), ()),
                orders=asked.get(CaseNo(row.case_no), ()),
            )
            for row in open_cases
        ),
        gone_cases=tuple(CaseNo(row.case_no) for row in cases if row not in open_cases),
        cards=tuple(_card(row, reader) for row in served),
        gone_cards=tuple(CardNo(number) for number in sorted(gone)),
    )


def _card(row: Any, reader: Reader) -> KnownCard:
    uid = bytes.fromhex(row.uid)
    keys = {}
    for number in _keys_for(row, reader.kind):
        purpose = sealing.card_key_purpose(row.card_no, number)
        sealed = sealing.seal(reader.sealing_key, purpose, reader.card_key(uid, number, row.key_version))
        keys[number] = base64.b64encode(sealed).decode()
    last = Key(journal_id=row.last_journal, seq=row.last_seq) if row.last_journal else None
    return KnownCard(
        card_no=CardNo(row.card_no),
        uid=row.uid,
        profile=row.profile,
        issue_no=row.issue_no,
        case_no=CaseNo(row.case_no) if row.case_no else None,
        counter=row.counter,
        last=last,
        sealed_keys=keys,
        staff_no=StaffNo(row.staff_no) if row.staff_no else None,
    )


def _keys_for(row: Any, kind: StationKind) -> tuple[int, ...]:
    """The keys that a station gets: enough for what it may do with this card, and none for a card that has none."""
    if not row.key_version or row.state == "blocked":
        return ()
    if row.kind == STAFF:
        return (KEY_READ,)
    return (KEY_TAP, KEY_BIND) if row.case_no is None and kind in BINDS else (KEY_TAP,)


def _setup(connection: Connection, home: Any, kind: StationKind, now: datetime) -> Setup:
    home_id = HomeId(home.home_id)
    s, a, j = t.staff.c, t.station.c, t.journal.c
    here = [step for step, rule in RULES.items() if kind in rule.stations]
    staff, drawers = [], tills.drawers(connection, home_id)
    there = (s.home_id == home_id, s.disabled_at.is_(None), s.pin_hash != "")
    for row in connection.execute(select(t.staff).where(*there)):
        roles = roles_of(row.roles)
        if any(step in ALLOWED[role].steps for role in roles for step in here):
            member = StaffMember(
                staff_no=StaffNo(row.staff_no),
                shown_name=row.shown_name,
                roles=roles,
                pin_hash=row.pin_hash,
                drawer=drawers.get(StaffNo(row.staff_no)),
            )
            staff.append(member)
    keys = connection.execute(
        select(a.number, a.station_id, a.kind, j.journal_id, j.public_key, j.halted, j.revoked_why)
        .join(t.journal, (j.home_id == a.home_id) & (j.station_id == a.station_id))
        .where(a.home_id == home_id, j.approved_at.is_not(None))
        .order_by(a.number, j.journal_id)
    )
    return Setup(
        version=home.setup_number,
        home_id=home_id,
        home_name_zh=home.name_zh,
        home_name_en=home.name_en,
        staff=tuple(staff),
        resources=resources(connection, home_id),
        stations=tuple(
            StationKey(
                number=one.number,
                journal_id=JournalId(one.journal_id),
                station_id=StationId(one.station_id),
                kind=StationKind(one.kind),
                public_key=one.public_key.hex(),
                suspect=one.halted is not None or one.revoked_why in SUSPECT,
            )
            for one in keys
        ),
        prices=for_stations(price_book(connection, home_id, now)),
        limits=limits_of(connection, home_id),
        policy=policy_of(connection, home_id, now),
    )


def resources(connection: Connection, home_id: HomeId) -> tuple[Resource, ...]:
    """The home's places and things."""
    r = t.resource.c
    rows = connection.execute(select(t.resource).where(r.home_id == home_id).order_by(r.kind, r.code))
    return tuple(
        Resource(
            kind=PlaceKind(one.kind),
            code=one.code,
            title_zh=one.title_zh,
            title_en=one.title_en,
            traits=reading.traits(one.traits),
        )
        for one in rows
    )


def _totals(connection: Connection, home_id: HomeId, numbers: list[CaseNo]) -> dict[CaseNo, dict[Account, int]]:
    """The balances of the cases' accounts."""
    totals: dict[CaseNo, dict[Account, int]] = {number: {} for number in numbers}
    if not numbers:
        return totals
    for side, sign in ((_DEBITS, 1), (_CREDITS, -1)):
        for number, name, amount in connection.execute(side, {"of_home": home_id, "wanted": numbers}):
            account = Account(name)
            totals[number][account] = totals[number].get(account, 0) + sign * int(amount)
    return totals


def _bills(connection: Connection, home_id: HomeId, totals: dict[CaseNo, dict[Account, int]]) -> dict[CaseNo, Bill]:
    """The bills of cases: sums over the family's lines, and balances of their accounts."""
    charged = dict.fromkeys(totals, (0, 0))
    rows = connection.execute(_CHARGED, {"of_home": home_id, "wanted": list(totals)}) if totals else ()
    for number, price, waiver in rows:
        charged[number] = (int(price), int(waiver))
    return {number: bill(number, balances, *charged[number]) for number, balances in totals.items()}


def _owed(case_no: CaseNo, balances: dict[Account, int]) -> tuple[Owed, ...]:
    """What third parties owe; the treasury pays the city's waivers, and not at a counter."""
    others = ((one, balances.get(receivable(case_no, one), 0)) for one in Payer if one not in NOT_AT_COUNTER)
    return tuple(Owed(payer=payer, fen=fen) for payer, fen in others if fen > 0)


def case_bill(connection: Connection, home_id: HomeId, case_no: CaseNo) -> Bill:
    """The bill of one case."""
    return _bills(connection, home_id, _totals(connection, home_id, [case_no]))[case_no]


def case_balances(connection: Connection, home_id: HomeId, case_no: CaseNo) -> dict[Account, int]:
    """The balances of one case's accounts, in fen."""
    return _totals(connection, home_id, [case_no])[case_no]


def case_lines(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[BillLine]:
    """The lines of one case's bill, in the order in which they were caused."""
    return _lines(connection, home_id, [case_no]).get(case_no, [])


def _lines(connection: Connection, home_id: HomeId, numbers: list[CaseNo]) -> dict[CaseNo, list[BillLine]]:
    b = t.bill_line.c
    names = {
        one.item: (one.name_zh, one.name_en)
        for row in connection.execute(select(t.price_book.c.body).where(t.price_book.c.home_id == home_id))
        for one in reading.price_book(row.body).items
    }
    rows = connection.execute(
        select(t.bill_line).where(b.home_id == home_id, b.case_no.in_(numbers)).order_by(b.log_no, b.line_no)
    )
    lines: dict[CaseNo, list[BillLine]] = {}
    for row in rows:
        zh, en = names.get(row.item, (row.item, row.item))
        line = BillLine(
            item=row.item,
            name_zh=zh,
            name_en=en,
            quantity=row.quantity,
            price_fen=row.price_fen,
            waiver_fen=row.waiver_fen,
            due_fen=row.due_fen,
            payer=row.payer,
            legal_basis=row.legal_basis,
            waiver_source=row.waiver_source,
        )
        lines.setdefault(CaseNo(row.case_no), []).append(line)
    return lines


_HOME: BindParameter[str] = bindparam("of_home")
_SINCE: BindParameter[int] = bindparam("since")
_WANTED: BindParameter[list[str]] = bindparam("wanted", expanding=True)
_of_case, _of_card, _moved, _line = t.funeral_case.c, t.card.c, t.transfer.c, t.bill_line.c
_LATER_CASES = (
    select(_of_case.case_no, _of_case.stage, _of_case.body, _of_case.shown_name, _of_case.changed_log_no)
    .where(_of_case.home_id == _HOME, _of_case.changed_log_no > _SINCE)
    .order_by(_of_case.changed_log_no)
    .limit(MOST)
)
_FIRST_CASES = _LATER_CASES.where(_of_case.stage.not_in(ENDED))
_FIRST_AT_COUNTER = _LATER_CASES.where(_of_case.stage.not_in(ENDED) | at_counter())
_CARDS = (
    select(t.card)
    .where(_of_card.home_id == _HOME, _of_card.kind == FAMILY, _of_card.changed_log_no > _SINCE)
    .order_by(_of_card.changed_log_no)
    .limit(MOST)
)
_STAFF_CARDS = select(t.card).where(_of_card.home_id == _HOME, _of_card.kind == STAFF, _of_card.changed_log_no > _SINCE)
_DEBITS, _CREDITS = (
    select(_moved.case_no, side, func.sum(_moved.amount_fen))
    .where(_moved.home_id == _HOME, _moved.case_no.in_(_WANTED))
    .group_by(_moved.case_no, side)
    for side in (_moved.debit, _moved.credit)
)
_CHARGED = (
    select(_line.case_no, func.sum(_line.price_fen), func.sum(_line.waiver_fen))
    .where(_line.home_id == _HOME, _line.case_no.in_(_WANTED), _line.payer == Payer.FAMILY.value)
    .group_by(_line.case_no)
)
