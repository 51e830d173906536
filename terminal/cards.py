"""Talking to a card: what goes wrong becomes a refusal with a sentence of its own."""

import base64
from collections.abc import Callable, Mapping
from typing import TypeVar

from cardsvc.core import sealing
from cardsvc.core.card.channel import Session as Secure
from cardsvc.core.card.errors import CardBlocked, CardForeign, CardForged, CardGone, CardRefused, CardUnknown
from cardsvc.core.card.image import CardImage, CardWrite, Written, check_trail
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import CardProfile
from cardsvc.core.card.script import Script, run
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import KnownCard, Snapshot
from terminal.identity import Identity
from terminal.readers.reader import CardMute, Reader, ReaderFault

T = TypeVar("T")
Seen = tuple[CardImage, KnownCard, Secure]


class CardTalk:
    """The conversations that a station holds with the card on its reader."""

    def __init__(
        self,
        identity: Identity,
        profiles: Mapping[str, CardProfile],
        reader: Reader,
        chance: Callable[[int], bytes],
    ) -> None:
        self._identity, self._profiles, self._reader, self._chance = identity, profiles, reader, chance

    def look(self, snapshot: Snapshot, key_no: int) -> Seen | Refusal:
        """Identify, open and read: one authenticated session, in which the write may follow."""
        return self._attempt(lambda: self._read(snapshot, key_no))

    def write(self, image: CardImage, change: CardWrite, secure: Secure) -> Written | Refusal:
        """Commit a change in the session in which the image was read."""
        profile, reader_id = self._profiles[image.profile], bytes.fromhex(self._identity.journal_id)
        done = self._attempt(lambda: run(profile.write(change, reader_id, secure), self._reader.transmit))
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

    def _read(self, snapshot: Snapshot, key_no: int) -> Seen:
        """Identify, open and read: one authenticated session. Raises CardError."""
        talk = self._open_and_read(snapshot, key_no)
        image, card, secure = run(talk, self._reader.transmit)
        check_trail(image, snapshot.trail_key, card.counter)
        return image, card, secure

    def _open_and_read(self, snapshot: Snapshot, key_no: int) -> Script[Seen]:
        profile = self._profiles["desfire_ev2"]
        uid = yield from profile.identify()
        card = snapshot.card_by_uid(uid)
        if card is not None and card.card_no in snapshot.hot.cards:
            raise CardBlocked(card.card_no)
        if card is None or key_no not in card.sealed_keys:
            yield from profile.claims()
            raise CardUnknown("ours, but not known here")
        sealed = base64.b64decode(card.sealed_keys[key_no])
        purpose = sealing.card_key_purpose(card.card_no, key_no)
        key = SoftwareKey(sealing.unseal(self._identity.sealing, purpose, sealed))
        session = yield from profile.open(key, key_no, self._chance(16))
        image, session = yield from profile.read(uid, session)
        return image, card, session
