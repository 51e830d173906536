"""A place as it is compared: province and city, spaces and punctuation put aside, numbers as digits."""

import re
import unicodedata

from cardsvc.naming.names import simple

_ABOVE = re.compile(r"^(?:\w{2,3}省)?(?:\w{2,3}市(?=\w{1,4}[区县市]))?")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def place(address: str) -> str:
    """The form that an address shares with other ways of writing it; "" for one that says nothing."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", address).casefold() if one.isalnum())
    return _ABOVE.sub("", "".join(simple(one) for one in plain)).translate(_DIGITS)
