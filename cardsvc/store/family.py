"""Family links and the browsers that opened them; only hashes of tokens and cookies are kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, update

from cardsvc.core.case import Case
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.store import reading
from cardsvc.store import tables as t


def hash_of(secret: str) -> str:
    """What is kept of a token or cookie: SHA-256, 64 hex digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """A family's link."""

    token_hash: str
    case_no: CaseNo
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class View:
    """A browser that opened a link."""

    cookie_hash: str
    token_hash: str
    opened_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the family page is made from; `version` moves with every change of the case."""

    case: Case
    shown_name: str
    version: int
    phone_sealed: bytes
    hall_zh: str | None
    hall_en: str | None
    home_zh: str
    home_en: str
    home_phone: str


@dataclass(frozen=True, slots=True)
class Home:
    """The home as everybody may know it."""

    name_zh: str
    name_en: str
    phone: str


def home(connection: Connection, home_id: HomeId) -> Home:
    """The home's names and telephone."""
    h = t.home.c
    row = connection.execute(select(h.name_zh, h.name_en, h.phone).where(h.home_id == home_id)).one()
    return Home(row.name_zh, row.name_en, row.phone)


def add_link(connection: Connection, home_id: HomeId, link: Link) -> None:
    """Keep a new link."""
    row = {
        "home_id": home_id,
        "token_hash": link.token_hash,
        "case_no": link.case_no,
        "made_at": link.made_at,
        "expires_at": link.expires_at,
        "revoked_at": None,
    }
    connection.execute(t.family_link.insert(), row)


def link(connection: Connection, home_id: HomeId, token_hash: str) -> Link | None:
    """The link with this token."""
    c = t.family_link.c
    row = connection.execute(select(t.family_link).where(c.home_id == home_id, c.token_hash == token_hash)).first()
    return Link(row.token_hash, row.case_no, row.made_at, row.expires_at, row.revoked_at) if row else None


def links(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[tuple[Link, int]]:
    """The links of a case, the newest first, and how often each was opened."""
    c, v = t.family_link.c, t.family_view.c
    opened = (
        select(func.count()).select_from(t.family_view).where(v.home_id == home_id, v.token_hash == c.token_hash)
    ).scalar_subquery()
    rows = connection.execute(
        select(t.family_link, opened.label("opened"))
        .where(c.home_id == home_id, c.case_no == case_no)
        .order_by(c.made_at.desc())
    )
    return [(Link(r.token_hash, r.case_no, r.made_at, r.expires_at, r.revoked_at), r.opened) for r in rows]


def revoke(connection: Connection, home_id: HomeId, token_hash: str, now: datetime) -> None:
    """End a link at once."""
    c = t.family_link.c
    where = (c.home_id == home_id, c.token_hash == token_hash, c.revoked_at.is_(None))
    connection.execute(update(t.family_link).where(*where).values(revoked_at=now))


def add_view(connection: Connection, home_id: HomeId, cookie_hash: str, token_hash: str, now: datetime) -> None:
    """A browser opened a link."""
    row = {
        "home_id": home_id,
        "cookie_hash": cookie_hash,
        "token_hash": token_hash,
        "opened_at": now,
        "confirmed_at": None,
    }
    connection.execute(t.family_view.insert(), row)


def confirm(connection: Connection, home_id: HomeId, cookie_hash: str, now: datetime) -> None:
    """This browser gave the second factor."""
    c = t.family_view.c
    where = (c.home_id == home_id, c.cookie_hash == cookie_hash)
    connection.execute(update(t.family_view).where(*where).values(confirmed_at=now))


def opened_at(connection: Connection, home_id: HomeId, token_hash: str) -> list[datetime]:
    """When a link was opened, the latest first."""
    return list(connection.execute(_OPENED, {"of_home": home_id, "of_token": token_hash}).scalars())


@dataclass(frozen=True, slots=True)
class Looked:
    """A browser with the link that it opened, and what the page may be made from."""

    view: View
    link: Link
    shown: Shown


def looked(connection: Connection, home_id: HomeId, cookie_hash: str) -> Looked | None:
    """All that a browser's page needs, in one query and another for a hall; None for an unknown cookie."""
    row = connection.execute(_LOOKED, {"of_home": home_id, "of_cookie": cookie_hash}).first()
    if row is None:
        return None
    return Looked(
        View(row.cookie_hash, row.token_hash, row.opened_at, row.confirmed_at),
        Link(row.token_hash, row.case_no, row.made_at, row.expires_at, row.revoked_at),
        _shown(connection, home_id, row),
    )


def shown(connection: Connection, home_id: HomeId, case_no: CaseNo) -> Shown:
    """Everything that the page may be made from."""
    c, h = t.funeral_case.c, t.home.c
    joined = select(*_SHOWN).join(t.home, h.home_id == c.home_id)
    row = connection.execute(joined.where(c.home_id == home_id, c.case_no == case_no)).one()
    return _shown(connection, home_id, row)


def _shown(connection: Connection, home_id: HomeId, row: Any) -> Shown:
    case, hall = reading.case(CaseNo(row.case_no), row.body), None
    if case.hall is not None:
        hall = connection.execute(_HALL, {"of_home": home_id, "hall": case.hall}).first()
    return Shown(
        case=case,
        shown_name=row.shown_name,
        version=row.changed_log_no,
        phone_sealed=row.applicant_phone_sealed,
        hall_zh=hall.title_zh if hall else None,
        hall_en=hall.title_en if hall else None,
        home_zh=row.name_zh,
        home_en=row.name_en,
        home_phone=row.phone,
    )


_SHOWN = (
    *(t.funeral_case.c[name] for name in ("case_no", "body", "shown_name", "changed_log_no", "applicant_phone_sealed")),
    *(t.home.c[name] for name in ("name_zh", "name_en", "phone")),
)


def _looking() -> Select[Any]:
    v, k, c, h = t.family_view.c, t.family_link.c, t.funeral_case.c, t.home.c
    return (
        select(v.cookie_hash, v.opened_at, v.confirmed_at, k.token_hash, k.made_at, k.expires_at, k.revoked_at, *_SHOWN)
        .join(t.family_link, (k.home_id == v.home_id) & (k.token_hash == v.token_hash))
        .join(t.funeral_case, (c.home_id == k.home_id) & (c.case_no == k.case_no))
        .join(t.home, h.home_id == c.home_id)
        .where(v.home_id == bindparam("of_home"), v.cookie_hash == bindparam("of_cookie"))
    )


# Built once: a family's page asks them every few seconds.
_LOOKED = _looking()
_HALL = select(t.resource.c.title_zh, t.resource.c.title_en).where(
    t.resource.c.home_id == bindparam("of_home"), t.resource.c.kind == "hall", t.resource.c.code == bindparam("hall")
)
_OPENED = (
    select(t.family_view.c.opened_at)
    .where(t.family_view.c.home_id == bindparam("of_home"), t.family_view.c.token_hash == bindparam("of_token"))
    .order_by(t.family_view.c.opened_at.desc())
)
