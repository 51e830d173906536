"""The virtual card's chip: authentication, applications and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.constant_time import bytes_eq

from cardsvc.core.card.apdu import MORE, OK
from cardsvc.core.card.channel import Mode, Session, session_keys
from cardsvc.core.card.desfire import crc32
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.virtual_card.answer import MASTER, Answer, Failed, Handler, Logical, closed, exactly, need_key, opened
from cardsvc.core.virtual_card.files import CyclicFile, TransactionMacFile
from cardsvc.core.virtual_card.messaging import Link

if TYPE_CHECKING:
    from cardsvc.core.virtual_card.card import VirtualCard


def _authenticate(card: VirtualCard, logical: Logical, *, first: bool) -> Answer:
    if first and (len(logical.data) < 2 or len(logical.data) != 2 + logical.data[1]):
        raise Failed(0x917E)
    key_no = logical.data[0] if logical.data else 0xFF
    if not first and (len(logical.data) != 1 or card.link is None):
        raise Failed(0x91AE)
    if key_no >= len(card.application.keys):
        raise Failed(0x9140)
    before = card.link.session if card.link is not None and not first else None
    if first:
        card.select(card.selected)
    key = SoftwareKey(card.application.keys[key_no])
    rnd_b = card.chance(16)

    def prove(data: bytes) -> Answer:
        clear = key.decrypt(exactly(data, 32))
        rnd_a = clear[:16]
        if not bytes_eq(clear[16:], rnd_b[1:] + rnd_b[:1]):
            raise Failed(0x91AE)
        enc, mac = session_keys(key, rnd_a, rnd_b)
        rotated = rnd_a[1:] + rnd_a[:1]
        if before is not None:
            card.link = Link(Session(before.ti, before.counter, enc, mac, key_no))
            return key.encrypt(rotated), OK
        ti = card.chance(4)
        card.link = Link(Session(ti, 0, enc, mac, key_no))
        return key.encrypt(ti + rotated + bytes(12)), OK

    card.expect(prove)
    return key.encrypt(rnd_b), MORE


def _select(card: VirtualCard, logical: Logical) -> Answer:
    aid = exactly(logical.data, 3)
    if aid not in card.applications:
        raise Failed(0x91A0)
    card.select(aid)
    return b"", OK


def _version(card: VirtualCard, logical: Logical) -> Answer:
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    hardware = bytes.fromhex("04010112001605")
    software = bytes.fromhex("04010102011605")
    production = card.uid + bytes.fromhex("00000000002026")
    if card.link is not None:
        return closed(card, hardware + software + production, Mode.MAC)
    card.expect(lambda data: _version_software(card, data, software, production))
    return hardware, MORE


def _version_software(card: VirtualCard, data: bytes, software: bytes, production: bytes) -> Answer:
    exactly(data, 0)
    card.expect(lambda more: (production if exactly(more, 0) == b"" else b"", OK))
    return software, MORE


def _card_uid(card: VirtualCard, logical: Logical) -> Answer:
    if card.link is None:
        raise Failed(0x91AE)
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    return closed(card, card.uid, Mode.FULL)


def _create_application(card: VirtualCard, logical: Logical) -> Answer:
    if card.selected != bytes(3):
        raise Failed(0x919D)
    data = exactly(opened(card, logical, 5, Mode.MAC), 5)
    aid, count = data[:3], data[4] & 0x0F
    if data[4] & 0xC0 != 0x80 or not 1 <= count <= 14:
        raise Failed(0x919E)
    if aid in card.applications:
        raise Failed(0x91DE)
    if len(card.applications) > 32:
        raise Failed(0x910E)
    card.add_application(aid, count).settings = data[3]
    return closed(card, b"", Mode.MAC)


def _delete_application(card: VirtualCard, logical: Logical) -> Answer:
    aid = logical.data[:3]
    if card.selected != aid and card.selected != bytes(3):
        raise Failed(0x919D)
    need_key(card, MASTER)
    aid = exactly(opened(card, logical, 3, Mode.MAC), 3)
    if aid == bytes(3) or aid not in card.applications:
        raise Failed(0x91A0)
    answer = closed(card, b"", Mode.MAC)
    del card.applications[aid]
    card.select(bytes(3))
    return answer


def _format(card: VirtualCard, logical: Logical) -> Answer:
    if card.selected != bytes(3):
        raise Failed(0x919D)
    need_key(card, MASTER)
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    for aid in [aid for aid in card.applications if aid != bytes(3)]:
        del card.applications[aid]
    return closed(card, b"", Mode.MAC)


def _application_ids(card: VirtualCard, logical: Logical) -> Answer:
    if card.selected != bytes(3):
        raise Failed(0x919D)
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    return closed(card, b"".join(sorted(aid for aid in card.applications if aid != bytes(3))), Mode.MAC)


def _file_ids(card: VirtualCard, logical: Logical) -> Answer:
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    return closed(card, bytes(sorted(card.application.files)), Mode.MAC)


def _free_memory(card: VirtualCard, logical: Logical) -> Answer:
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    used = sum(
        file.size * (file.most if isinstance(file, CyclicFile) else 2)
        for application in card.applications.values()
        for file in application.files.values()
        if not isinstance(file, TransactionMacFile)
    )
    return closed(card, max(0, 8_192 - used).to_bytes(3, "little"), Mode.MAC)


def _key_settings(card: VirtualCard, logical: Logical) -> Answer:
    exactly(opened(card, logical, 0, Mode.MAC), 0)
    application = card.application
    return closed(card, bytes([application.settings, 0x80 | len(application.keys)]), Mode.MAC)


def _change_key_settings(card: VirtualCard, logical: Logical) -> Answer:
    need_key(card, MASTER)
    data = exactly(opened(card, logical, 0, Mode.FULL), 1)
    if not card.application.settings & 0x08:
        raise Failed(0x919D)
    card.application.settings = data[0]
    return closed(card, b"", Mode.MAC)


def _key_version(card: VirtualCard, logical: Logical) -> Answer:
    data = exactly(opened(card, logical, 1, Mode.MAC), 1)
    if data[0] >= len(card.application.versions):
        raise Failed(0x9140)
    return closed(card, bytes([card.application.versions[data[0]]]), Mode.MAC)


def _change_key(card: VirtualCard, logical: Logical) -> Answer:
    link = need_key(card, MASTER)
    data = opened(card, logical, 1, Mode.FULL)
    key_no = data[0] & 0x3F
    application = card.application
    if key_no >= len(application.keys):
        raise Failed(0x9140)
    if key_no == link.key_no:
        body = exactly(data[1:], 17)
        application.keys[key_no], application.versions[key_no] = body[:16], body[16]
        card.link = None
        return b"", OK
    body = exactly(data[1:], 21)
    new = bytes(one ^ two for one, two in zip(body[:16], application.keys[key_no], strict=True))
    if crc32(new) != body[17:]:
        raise Failed(0x911E)
    application.keys[key_no], application.versions[key_no] = new, body[16]
    return closed(card, b"", Mode.MAC)


CHIP: Mapping[int, Handler] = {
    0x71: Handler(lambda card, logical: _authenticate(card, logical, first=True)),
    0x77: Handler(lambda card, logical: _authenticate(card, logical, first=False)),
    0x5A: Handler(_select),
    0x60: Handler(_version),
    0x51: Handler(_card_uid),
    0x6A: Handler(_application_ids),
    0x6E: Handler(_free_memory),
    0x6F: Handler(_file_ids),
    0x45: Handler(_key_settings),
    0x54: Handler(_change_key_settings),
    0x64: Handler(_key_version),
    0xC4: Handler(_change_key),
    0xCA: Handler(_create_application),
    0xDA: Handler(_delete_application),
    0xFC: Handler(_format),
}
"""Commands by their instruction byte."""
