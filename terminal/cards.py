"""Talking to a card: what goes wrong becomes a refusal with a sentence of its own."""

import base64
from collections.abc import Callable, Mapping
from typing import TypeVar

from cardsvc.core import sealing
from cardsvc.core.card.channel import Session as Secure
from cardsvc.core.card.errors import CardBlocked, CardForeign, CardForged, CardGone, CardRefused, CardUnknown
from cardsvc.core.card.image import CardImage, CardWrite, Written, check_trail
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_READ, CardProfile
from cardsvc.core.card.script import Script, run
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import KnownCard, Snapshot
from terminal.identity import Identity
from terminal.readers.field import Field
from terminal.readers.reader import CardMute, ReaderFault

T = TypeVar("T")
Seen = tuple[CardImage, KnownCard, Secure | None]
"""What was read, what is known of the card, and the session in which a write may follow (None: cannot be written)."""


class CardTalk:
    """The conversations that a station holds with the card on its reader; its ATR names the card's profile."""

    def __init__(
        self,
        identity: Identity,
        profiles: Mapping[str, CardProfile],
        field: Field,
        chance: Callable[[int], bytes],
    ) -> None:
        self._identity, self._profiles, self._field, self._chance = identity, profiles, field, chance

    def look(self, snapshot: Snapshot, key_no: int) -> Seen | Refusal:
        """Identify, open and read a family's card: one authenticated session, in which the write may follow."""
        return self._attempt(lambda: self._read(snapshot, key_no))

    def owner(self, snapshot: Snapshot) -> KnownCard | Refusal | None:
        """The staff card that lies there, by its UID, which proves nothing yet; None for any other card."""
        return self._attempt(lambda: run(self._staff_card(snapshot), self._field.transmit))

    def proves(self, snapshot: Snapshot, card: KnownCard) -> Refusal | None:
        """Why a staff card does not stand for its owner: blocked, owner not here, or it cannot authenticate."""
        if card.card_no in snapshot.hot.cards:
            return Refusal(Problem.CARD_HOT, card.card_no)
        if snapshot.staff(card.staff_no) is None:
            return Refusal(Problem.STAFF_UNKNOWN, card.staff_no or "")
        return self._attempt(lambda: run(self._prove(card), self._field.transmit))

    def write(self, image: CardImage, change: CardWrite, secure: Secure) -> Written | Refusal:
        """Commit a change in the session in which the image was read."""
        profile, reader_id = self._profiles[image.profile], bytes.fromhex(self._identity.journal_id)
        done = self._attempt(lambda: run(profile.write(change, reader_id, secure), self._field.transmit))
        return done if isinstance(done, Refusal) else done[0]

    def _attempt(self, act: Callable[[], T]) -> T | Refusal:
        """Talk to the card; what goes wrong is a refusal with its own sentence."""
        try:
            return act()
        except CardGone:
            return Refusal(Problem.CARD_TORN)
        except CardMute:
            return Refusal(Problem.CARD_MUTE)
        except CardForeign:
            return Refusal(Problem.CARD_FOREIGN)
        except CardBlocked as error:
            return Refusal(Problem.CARD_HOT, str(error))
        except CardUnknown:
            return Refusal(Problem.CARD_UNKNOWN)
        except CardForged as error:
            return Refusal(Problem.CARD_FORGED, error.what)
        except CardRefused as error:
            return Refusal(Problem.CARD_FORGED, error.meaning)
        except ReaderFault as error:
            return Refusal(Problem.CARD_TORN, error.fault)

    def _read(self, snapshot: Snapshot, key_no: int) -> Seen | Refusal:
        """Identify, open and read: one authenticated session. Raises CardError."""
        found = run(self._open_and_read(snapshot, key_no), self._field.transmit)
        if isinstance(found, Refusal) or found[2] is None:
            return found
        check_trail(found[0], snapshot.trail_key, found[1].counter)
        return found

    def _open_and_read(self, snapshot: Snapshot, key_no: int) -> Script[Seen | Refusal]:
        profile = self._profile()
        uid = yield from profile.identify()
        card = _of_its_kind(snapshot.card_by_uid(uid), profile)
        if card is not None and card.card_no in snapshot.hot.cards:
            raise CardBlocked(card.card_no)
        if card is not None and card.staff_no is not None:
            return Refusal(Problem.STAFF_CARD, card.card_no)
        if card is not None and not profile.writable:
            return CardImage(profile.name, uid, None, None), card, None
        if card is None or key_no not in card.sealed_keys:
            yield from profile.claims()
            raise CardUnknown("ours, but not known here")
        session = yield from profile.open(self._key(card, key_no), key_no, self._chance(16))
        image, session = yield from profile.read(uid, session)
        return image, card, session

    def _staff_card(self, snapshot: Snapshot) -> Script[KnownCard | None]:
        profile = self._profile()
        uid = yield from profile.identify()
        card = _of_its_kind(snapshot.card_by_uid(uid), profile)
        return card if card is not None and card.staff_no is not None else None

    def _prove(self, card: KnownCard) -> Script[None]:
        """Authenticate, and read the identity. Raises CardForged when it is another card's."""
        profile = self._profile()
        session = yield from profile.open(self._key(card, KEY_READ), KEY_READ, self._chance(16))
        identity = yield from profile.read_identity(session)
        if (identity.home, identity.card_no, identity.case_no) != (self._identity.here.home_id, card.card_no, None):
            raise CardForged("the identity is not this card's")

    def _key(self, card: KnownCard, key_no: int) -> SoftwareKey:
        sealed = base64.b64decode(card.sealed_keys[key_no])
        purpose = sealing.card_key_purpose(card.card_no, key_no)
        return SoftwareKey(sealing.unseal(self._identity.sealing, purpose, sealed))

    def _profile(self) -> CardProfile:
        """The profile of the card that lies there. Raises CardForeign for a kind that we do not know."""
        atr = self._field.atr
        for profile in self._profiles.values():
            if profile.recognises(atr):
                return profile
        raise CardForeign("no profile has this answer to reset")


def _of_its_kind(card: KnownCard | None, profile: CardProfile) -> KnownCard | None:
    """The known card with this UID. Raises CardForged when that one is another kind of chip: a copy of its UID."""
    if card is not None and card.profile != profile.name:
        raise CardForged("a UID that belongs to a card of another kind")
    return card
