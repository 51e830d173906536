"""The tables of schema.sql as SQLAlchemy sees them; a test holds both, and the migrations, against each other."""

from cardsvc.store.tables.cases import (
    card,
    card_write,
    case_alias,
    case_word,
    fact,
    funeral_case,
    hall_booking,
    mark,
    missing_record,
    occupancy,
    permit,
    resource,
)
from cardsvc.store.tables.exchange import enrolment_code, journal, record, station
from cardsvc.store.tables.kinds import Moment, metadata
from cardsvc.store.tables.money import bill_line, price_book, transfer
from cardsvc.store.tables.people import audit_link, family_link, family_view, home, log_head, staff, staff_session

__all__ = [
    "Moment",
    "audit_link",
    "bill_line",
    "card",
    "card_write",
    "case_alias",
    "case_word",
    "enrolment_code",
    "fact",
    "family_link",
    "family_view",
    "funeral_case",
    "hall_booking",
    "home",
    "journal",
    "log_head",
    "mark",
    "metadata",
    "missing_record",
    "occupancy",
    "permit",
    "price_book",
    "record",
    "resource",
    "staff",
    "staff_session",
    "station",
    "transfer",
]
