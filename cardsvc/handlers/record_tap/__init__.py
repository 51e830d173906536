"""Judge what a station says happened, and let it happen: one purpose in several files."""

from cardsvc.handlers.record_tap.answering import answer, refused
from cardsvc.handlers.record_tap.judging import copied, handle
from cardsvc.handlers.record_tap.known_here import by_uid
from cardsvc.handlers.record_tap.permits import grant_permit, permit_over
from cardsvc.handlers.record_tap.reported import Reported

__all__ = ["Reported", "answer", "by_uid", "copied", "grant_permit", "handle", "permit_over", "refused"]
