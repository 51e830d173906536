"""Judge what a station says happened, and let it happen: one purpose in several files."""

from cardsvc.handlers.record_tap.answering import answer, refused
from cardsvc.handlers.record_tap.by_itself import take_as_told, take_by_itself
from cardsvc.handlers.record_tap.freezing import copied, near_miss, near_missed
from cardsvc.handlers.record_tap.judging import handle
from cardsvc.handlers.record_tap.known_here import by_uid
from cardsvc.handlers.record_tap.permits import grant_permit, permit_over
from cardsvc.handlers.record_tap.reported import Reported

__all__ = [
    "Reported",
    "answer",
    "by_uid",
    "copied",
    "grant_permit",
    "handle",
    "near_miss",
    "near_missed",
    "permit_over",
    "refused",
    "take_as_told",
    "take_by_itself",
]
