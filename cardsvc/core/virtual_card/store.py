"""A virtual card as JSON, so that it survives its process."""

import json
from typing import Any

from cardsvc.core.card.channel import Mode
from cardsvc.core.virtual_card.card import Chance, VirtualCard
from cardsvc.core.virtual_card.files import (
    Access,
    Application,
    BackupFile,
    CardFile,
    CyclicFile,
    StandardFile,
    TransactionMacFile,
)

FORMAT = 1


def dump(card: VirtualCard) -> str:
    """Everything that is committed on the card."""
    applications = {aid.hex(): _application(one) for aid, one in card.applications.items()}
    return json.dumps({"format": FORMAT, "uid": card.uid.hex(), "applications": applications}, indent=1)


def load(text: str, chance: Chance) -> VirtualCard:
    """The card that was dumped. Raises ValueError for another format."""
    raw = json.loads(text)
    if raw.get("format") != FORMAT:
        raise ValueError("not a virtual card of this version")
    card = VirtualCard(bytes.fromhex(raw["uid"]), chance)
    for aid, one in raw["applications"].items():
        card.applications[bytes.fromhex(aid)] = Application(
            [bytes.fromhex(key) for key in one["keys"]],
            one["versions"],
            one["settings"],
            {int(number): _file(file) for number, file in one["files"].items()},
        )
    return card


def _application(one: Application) -> dict[str, Any]:
    return {
        "keys": [key.hex() for key in one.keys],
        "versions": one.versions,
        "settings": one.settings,
        "files": {number: _dumped(file) for number, file in one.files.items()},
    }


def _dumped(file: CardFile) -> dict[str, Any]:
    common = {"rights": file.access.rights, "mode": file.access.mode.value}
    match file:
        case CyclicFile():
            records = [record.hex() for record in file.records]
            return common | {"kind": "cyclic", "size": file.size, "most": file.most, "records": records}
        case TransactionMacFile():
            value = {"key": file.key.hex(), "version": file.version, "counter": file.counter}
            return common | value | {"kind": "tmac", "value": file.value.hex(), "reader": file.reader_id.hex()}
        case _:
            kind = "standard" if isinstance(file, StandardFile) else "backup"
            return common | {"kind": kind, "size": file.size, "data": file.data.hex()}


def _file(raw: dict[str, Any]) -> CardFile:
    access = Access(raw["rights"], Mode(raw["mode"]))
    match raw["kind"]:
        case "cyclic":
            return CyclicFile(access, raw["size"], raw["most"], [bytes.fromhex(one) for one in raw["records"]])
        case "tmac":
            value, reader = bytes.fromhex(raw["value"]), bytes.fromhex(raw["reader"])
            return TransactionMacFile(access, bytes.fromhex(raw["key"]), raw["version"], raw["counter"], value, reader)
        case "standard":
            return StandardFile(access, raw["size"], bytes.fromhex(raw["data"]))
        case _:
            return BackupFile(access, raw["size"], bytes.fromhex(raw["data"]))
