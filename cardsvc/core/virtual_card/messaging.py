"""The card's side of EV2 secure messaging: check what comes, protect what goes."""

from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.constant_time import bytes_eq

from cardsvc.core.card.channel import Mode, Session, answer_iv, answer_mac, command_iv, command_mac, pad
from cardsvc.core.card.keys import BLOCK


class Broken(Exception):
    """A MAC, padding or length is wrong."""


@dataclass(slots=True)
class Link:
    """An authenticated session as the card holds it."""

    session: Session

    @property
    def key_no(self) -> int:
        """The key that was authenticated."""
        return self.session.key_no

    def open(self, ins: int, raw: bytes, header: int, mode: Mode) -> bytes:
        """Check a command's MAC and give header and clear data. Raises Broken."""
        if mode is Mode.PLAIN:
            return raw
        body, mac = raw[:-8], raw[-8:]
        if len(raw) < 8 + header or not bytes_eq(mac, command_mac(self.session, ins, body)):
            raise Broken
        if mode is Mode.MAC or len(body) == header:
            return body
        cipher = body[header:]
        if len(cipher) % BLOCK:
            raise Broken
        clear = self.session.enc.decrypt(cipher, command_iv(self.session)).rstrip(b"\x00")
        if not clear.endswith(b"\x80"):
            raise Broken
        return body[:header] + clear[:-1]

    def close(self, data: bytes, mode: Mode) -> bytes:
        """Protect an answer, and count the command."""
        if mode is Mode.FULL and data:
            data = self.session.enc.encrypt(pad(data), answer_iv(self.session))
        mac = b"" if mode is Mode.PLAIN else answer_mac(self.session, 0x00, data)
        self.session = replace(self.session, counter=self.session.counter + 1)
        return data + mac
