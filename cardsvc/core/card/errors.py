"""What can go wrong between a reader and a card, split by what to do next."""


class CardError(Exception):
    """The world broke between reader and card; the tap is over."""


class CardGone(CardError):
    """The card left the field: ask again; a write in progress is torn."""


class CardForged(CardError):
    """A proof is wrong: keep the card and call someone. `what` names the proof, never a key."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class CardForeign(CardError):
    """Not a card of this system."""


class CardUnknown(CardError):
    """A card of this system that this station has no key for: it came after the last news, or was taken out."""


class CardBlocked(CardError):
    """A card on the hot list: it is not opened. Its number is in the message."""


class CardRefused(CardError):
    """The card said no. `status` is the status word (two bytes), `meaning` the standard's name of it."""

    def __init__(self, status: int, meaning: str) -> None:
        super().__init__(f"{status:04X} {meaning}")
        self.status = status
        self.meaning = meaning
