"""What the service knows beside a case when it judges a gate: furnace, queue, people, money, certificate, code."""

import hashlib

from sqlalchemy import Connection, func, select

from cardsvc.core import ledger
from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Stage, Step
from cardsvc.core.gate import Furnace, Ground
from cardsvc.core.ids import CardNo, CaseNo, HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Role
from cardsvc.core.prices import Trigger
from cardsvc.core.snapshot import Traits
from cardsvc.core.terms import Approval, Payer, Reason
from cardsvc.store import reading
from cardsvc.store import tables as t
from cardsvc.store.working import WorkingSet


def for_cremation(tx: WorkingSet, case: Case, furnace: str | None, disc: str | None) -> Ground:
    """The ground of the cremation gate (DOMAIN.md section 3)."""
    return Ground(
        policy=tx.policy,
        now=tx.now,
        owed_fen=owed(tx, case.case_no),
        furnace=furnace_at(tx, furnace) if furnace is not None else None,
        ahead=ahead(tx, case),
        ordered=ordered(tx, case),
        on_shift=on_shift(tx),
        operators=operators(tx),
        checkers=frozenset(no for no, roles in tx.staff.items() if Role.CHECKER in roles),
        disc_owner=tx.mark_owner("disc", disc) if disc is not None else None,
        card_known=True,
    )


def for_release(tx: WorkingSet, case: Case, code: str | None, card_no: CardNo | None) -> Ground:
    """The ground of the release gate (DOMAIN.md section 4)."""
    return Ground(
        policy=tx.policy,
        now=tx.now,
        owed_fen=owed(tx, case.case_no),
        certificate_disc=certificate_disc(tx, case.certificate),
        code_valid=code_valid(tx, case.case_no, code),
        card_no=card_no,
        card_known=True,
    )


def owed(tx: WorkingSet, case_no: CaseNo) -> int:
    """What the family owes beyond what it has paid and deposited, in fen."""
    balances = tx.balances(case_no)
    held = -balances.get(ledger.deposits(case_no), 0)
    return balances.get(ledger.receivable(case_no, Payer.FAMILY), 0) - held


def traits_of(tx: WorkingSet, kind: PlaceKind, code: str) -> Traits | None:
    """What a thing is like; None when the home has no such thing."""
    if tx.traits is None:
        r = t.resource.c
        rows = tx.connection.execute(select(r.kind, r.code, r.traits).where(r.home_id == tx.home_id))
        tx.traits = {(row.kind, row.code): row.traits for row in rows}
    found = tx.traits.get((kind.value, code))
    return reading.traits(found) if found is not None else None


def out_of_service(connection: Connection, home_id: HomeId, kind: PlaceKind, code: str, why: Reason) -> None:
    """Take a thing out of service; stations learn it with their next hello."""
    r, h = t.resource.c, t.home.c
    one = (r.home_id == home_id, r.kind == kind.value, r.code == code)
    found = connection.execute(select(r.traits).where(*one)).scalar_one_or_none()
    if found is None:
        return
    traits = reading.traits(found).model_copy(update={"closed": why})
    connection.execute(t.resource.update().where(*one).values(traits=traits.model_dump_json()))
    connection.execute(t.home.update().where(h.home_id == home_id).values(setup_version=h.setup_version + 1))


def closed(tx: WorkingSet, kind: PlaceKind, code: str) -> bool:
    """Whether the thing is out of service."""
    traits = traits_of(tx, kind, code)
    return traits is not None and traits.closed is not None


def kind_of(tx: WorkingSet, code: str) -> PlaceKind:
    """Whether a code of a period is a hall's or a furnace's."""
    return PlaceKind.HALL if traits_of(tx, PlaceKind.HALL, code) is not None else PlaceKind.FURNACE


def furnace_at(tx: WorkingSet, code: str) -> Furnace:
    """A furnace now. It stays with the case that was burnt in it until operator and checker have closed its record."""
    traits = traits_of(tx, PlaceKind.FURNACE, code)
    owner = tx.places.get((PlaceKind.FURNACE, code))
    held_by = tx.case(owner) if owner is not None else None
    inside = held_by is not None and held_by.place.kind is PlaceKind.FURNACE
    return Furnace(
        code=code,
        serviceable=traits is not None and traits.closed is None,
        video=traits is not None and traits.video,
        max_length_cm=traits.max_length_cm if traits else 0,
        max_width_cm=traits.max_width_cm if traits else 0,
        max_weight_kg=traits.max_weight_kg if traits else 0,
        occupied_by=owner if inside else None,
        open_case=None if inside else owner,
    )


def also_inside(tx: WorkingSet, code: str, case_no: CaseNo) -> CaseNo | None:
    """Another case that was loaded together into this furnace and whose record is not closed yet."""
    c = t.funeral_case.c
    stages = (Stage.CREMATING.value, Stage.CREMATED.value)
    rows = tx.connection.execute(select(c.case_no).where(c.home_id == tx.home_id, c.stage.in_(stages)))
    others = {CaseNo(number) for number in rows.scalars()} - {case_no}
    tx.load_cases(others)
    inside = (one for number in sorted(others) if (one := tx.cases[number]).furnace == code and not one.furnace_closed)
    return next((one.case_no for one in inside if one.approved(Approval.TOGETHER)), None)


def ahead(tx: WorkingSet, case: Case) -> tuple[CaseNo, ...]:
    """Who waits before this case in the furnace queue and is not held from it."""
    c, q = t.funeral_case.c, t.queue_place.c
    waiting = {
        CaseNo(number)
        for number in tx.connection.execute(
            select(c.case_no).where(c.home_id == tx.home_id, c.stage == Stage.QUEUED.value)
        ).scalars()
    } | set(tx.cases)
    rows = tx.connection.execute(
        select(q.case_no, q.day, q.number).where(q.home_id == tx.home_id, q.case_no.in_({*waiting, case.case_no}))
    )
    places = {CaseNo(row.case_no): (row.day, row.number) for row in rows}
    places |= {number: key for key, number in tx.queue.items()}
    mine = places.get(case.case_no)
    if mine is None:
        return ()
    tx.load_cases(waiting)
    before = sorted((place, number) for number, place in places.items() if number in waiting and place < mine)
    queued = (tx.cases[number] for _, number in before if number in tx.cases)
    return tuple(one.case_no for one in queued if one.stage is Stage.QUEUED and not one.blocked(Step.ARM))


def next_queue_no(tx: WorkingSet, day: str) -> int:
    """The next number in the furnace queue of a local day."""
    q = t.queue_place.c
    stored = tx.connection.execute(select(func.max(q.number)).where(q.home_id == tx.home_id, q.day == day)).scalar_one()
    return max([stored or 0, *(number for one, number in tx.queue if one == day)]) + 1


def ordered(tx: WorkingSet, case: Case) -> frozenset[Trigger]:
    """The services that the quote orders by name."""
    book = tx.book_of(case.price_version)
    rows = (book.find(one.item) for one in case.items)
    return frozenset(row.trigger for row in rows if row is not None)


def on_shift(tx: WorkingSet) -> frozenset[StaffNo]:
    """Who has clocked in and not out."""
    d = t.duty.c
    rows = tx.connection.execute(select(d.staff_no).where(d.home_id == tx.home_id, d.off_at.is_(None)))
    return frozenset(StaffNo(number) for number in rows.scalars())


def operators(tx: WorkingSet) -> frozenset[StaffNo]:
    """Who may run a furnace today: in the role, with a certificate that is valid."""
    s, today = t.staff.c, local(tx.now).date().isoformat()
    rows = tx.connection.execute(
        select(s.staff_no).where(s.home_id == tx.home_id, s.disabled_at.is_(None), s.qualified_until >= today)
    )
    able = (StaffNo(number) for number in rows.scalars())
    return frozenset(number for number in able if Role.FURNACE_OPERATOR in tx.staff.get(number, ()))


def certificate_disc(tx: WorkingSet, number: str | None) -> str | None:
    """The disc for which a certificate was drawn."""
    if number is None:
        return None
    if number in tx.drawn:
        return tx.drawn[number].disc
    c = t.certificate.c
    where = (c.home_id == tx.home_id, c.number == number, c.state == "drawn")
    return tx.connection.execute(select(c.disc).where(*where)).scalar_one_or_none()


def code_hash(code: str) -> str:
    """SHA-256 of a one-time code, 64 hex digits: only this is kept."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def code_valid(tx: WorkingSet, case_no: CaseNo, code: str | None) -> bool:
    """Whether the code was sent for this case, is not too old, and was not used."""
    if code is None:
        return False
    c = t.collection_code.c
    found = tx.connection.execute(
        select(c.expires_at).where(
            *(c.home_id == tx.home_id, c.case_no == case_no, c.code_hash == code_hash(code), c.used_at.is_(None))
        )
    ).scalar_one_or_none()
    return found is not None and found > tx.now
