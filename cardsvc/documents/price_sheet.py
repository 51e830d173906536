"""A price list as a spreadsheet: what is exported can be imported, and every cell that cannot be read is named.

The first rows hold the list's own version, basis and days; then one row of headings, each with its code in brackets,
in any order; then a row for each item. Amounts are yuan there, fen here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from pydantic import ValidationError

from cardsvc.core import money
from cardsvc.core.price_rules import Fault, Wrong, item_faults, list_faults
from cardsvc.core.prices import PriceBook, PriceItem, Regime, Tier, Trigger
from cardsvc.core.words import CATALOGUES, Language, say
from cardsvc.documents import safe_xlsx
from cardsvc.documents.safe_xlsx import Unsafe

HEAD = ("version", "legal_basis", "valid_from", "valid_to")
COLUMNS = (
    *("item", "name_zh", "name_en", "unit", "regime", "trigger", "price_fen", "cap_fen", "low_fen", "high_fen"),
    *("why_outside", "legal_basis", "includes", "default", "waiver_fen", "waiver_units", "included", "extra_fen"),
    *("floors_included", "floor_fen", "period_days", "within_hours"),
)
NEEDED = ("item", "name_zh", "name_en", "unit", "regime", "trigger", "price_fen", "legal_basis")
TIERS = 10
SHOWN_TIERS = 3
CODE = re.compile(r"(?:.*\[)?(\w+)\]?\s*", re.DOTALL)
WIDE = {"name_zh": 30, "name_en": 34, "legal_basis": 36, "why_outside": 30, "trigger": 16, "regime": 18, "item": 18}


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of a file: the list, or what is wrong with it; `lines` are the sheet's row numbers of the items."""

    book: PriceBook | None
    faults: tuple[Fault, ...]
    lines: tuple[int, ...]
    names: tuple[str, ...]
    "The item of each row as it stands there, for who looks for it."


def read(raw: bytes, today: date, taken: Sequence[str]) -> Read | Unsafe:
    """Read a file of a person; `taken` are the versions that there are."""
    found = safe_xlsx.rows(raw)
    if isinstance(found, Unsafe):
        return found
    at = next((n for n, row in enumerate(found) if "item" in map(_code, row)), None)
    if at is None:
        return Read(None, (Fault(None, "item", Wrong.COLUMN_MISSING),), (), ())
    columns = [_code(text) for text in found[at]]
    faults = [Fault(None, one, Wrong.COLUMN_MISSING) for one in NEEDED if one not in columns]
    known = {*COLUMNS, *(f"tier{n}_{part}" for n in range(1, TIERS + 1) for part in ("from", "fen"))}
    faults += [Fault(None, "column", Wrong.COLUMN_UNKNOWN, one) for one in columns if one and one not in known]
    faults += [Fault(None, one, Wrong.TWICE) for one in sorted(set(columns)) if one and columns.count(one) > 1]
    filled = [(n, row) for n, row in enumerate(found[at + 1 :], at + 2) if any(row)]
    lines = tuple(n for n, _ in filled)
    texts = [dict(zip(columns, (*row, *("",) * (len(columns) - len(row))), strict=False)) for _, row in filled]
    spilt = [
        Fault(n, "column", Wrong.COLUMN_UNKNOWN, row[-1])
        for n, (_, row) in enumerate(filled)
        if len(row) > len(columns)
    ]
    names = tuple(one.get("item", "")[:40] for one in texts)
    if faults or spilt:
        return Read(None, (*faults, *spilt), lines, names)
    items: dict[int, PriceItem] = {}
    for row, cells in enumerate(texts):
        made, wrong = _item(row, cells)
        faults += wrong
        if made is not None:
            items[row] = made
    unread = [name for row, name in enumerate(names) if row not in items]
    faults += item_faults(items, unread)
    book, wrong = _book({_code(row[0]): row[1] if len(row) > 1 else "" for row in found[:at] if row}, items)
    faults += wrong
    if book is not None:
        faults += [one for one in list_faults(book, today, taken) if one.why is not Wrong.NO_ITEMS or not texts]
    ordered = sorted(faults, key=lambda one: -1 if one.row is None else one.row)
    return Read(None if faults else book, tuple(ordered), lines, names)


def _code(text: str) -> str:
    """The code of a heading: ``价格（元） [price_fen]`` or the code alone."""
    match = CODE.fullmatch(text)
    return match[1] if match is not None else text[:40]


def _book(head: Mapping[str, str], items: Mapping[int, PriceItem]) -> tuple[PriceBook | None, list[Fault]]:
    values: dict[str, Any] = {"version": head.get("version", ""), "legal_basis": head.get("legal_basis", "")}
    faults = []
    for name in ("valid_from", "valid_to"):
        text = head.get(name, "")
        try:
            values[name] = date.fromisoformat(text) if text else None
        except ValueError:
            faults.append(Fault(None, name, Wrong.UNREADABLE, text[:40]))
    faults += [Fault(None, one, Wrong.MISSING) for one in ("version", "valid_from") if not head.get(one)]
    if faults:
        return None, faults
    try:
        return PriceBook(**values, items=tuple(items.values())), []
    except ValidationError as error:
        return None, [
            Fault(None, str(one["loc"][0]), Wrong.UNREADABLE, str(one["input"])[:40]) for one in error.errors()
        ]


def _item(row: int, cells: Mapping[str, str]) -> tuple[PriceItem | None, list[Fault]]:
    """An item of a row, or its cells that cannot be read."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in COLUMNS:
        text = cells.get(name, "")
        if not text:
            if name in NEEDED and name != "legal_basis":
                faults.append(Fault(row, name, Wrong.MISSING))
            continue
        try:
            values[name] = READS.get(name, _whole if PriceItem.model_fields[name].annotation is int else str)(text)
        except ValueError:
            faults.append(Fault(row, name, Wrong.UNREADABLE, text[:40]))
    tiers, wrong = _tiers(row, cells)
    faults += wrong
    if faults:
        return None, faults
    try:
        return PriceItem(**({"legal_basis": ""} | values), tiers=tiers), []
    except ValidationError as error:
        return None, [
            Fault(row, str(one["loc"][0]), Wrong.UNREADABLE, str(one["input"])[:40])
            if one["loc"]
            else Fault(row, "tier1_from", Wrong.TIERS)
            for one in error.errors()
        ]


def _tiers(row: int, cells: Mapping[str, str]) -> tuple[tuple[Tier, ...], list[Fault]]:
    tiers, faults = [], []
    for number in range(1, TIERS + 1):
        day, fen = (cells.get(f"tier{number}_{part}", "") for part in ("from", "fen"))
        if not day and not fen:
            continue
        try:
            tiers.append(Tier(from_day=_whole(day), price_fen=money.yuan(fen)))
        except ValueError:
            wrong = f"tier{number}_from" if not day.isdecimal() or not 2 <= int(day) <= 3_650 else f"tier{number}_fen"
            faults.append(Fault(row, wrong, Wrong.UNREADABLE, (day if wrong.endswith("from") else fen)[:40]))
    return tuple(tiers), faults


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)


def _word(table: str) -> Callable[[str], str]:
    """Reads a value by its code, or by its word in either language."""
    meant = {
        said.casefold(): key.removeprefix(f"{table}.")
        for words in CATALOGUES.values()
        for key, said in words.items()
        if key.startswith(f"{table}.")
    }
    return lambda text: meant.get(text.casefold(), text)


def _yes(text: str) -> bool:
    said = _word("yes_no")(text)
    if said not in ("yes", "no"):
        raise ValueError(text)
    return said == "yes"


_REGIME, _TRIGGER = _word("regime"), _word("trigger")
READS: Mapping[str, Callable[[str], Any]] = {
    **{name: money.yuan for name in COLUMNS if name.endswith("_fen")},
    "regime": lambda text: Regime(_REGIME(text)),
    "trigger": lambda text: Trigger(_TRIGGER(text)),
    "default": _yes,
    "includes": lambda text: tuple(part for part in re.split(r"[,，、;；\s]+", text) if part),
}


def write(book: PriceBook | None, language: Language) -> bytes:
    """The spreadsheet of a list; an empty one to fill in for None."""
    workbook = Workbook()
    sheet = workbook.active or workbook.create_sheet()
    sheet.title = say(language, "prices.sheet")
    head = {name: _shown(getattr(book, name), language) if book is not None else "" for name in HEAD}
    for number, name in enumerate(HEAD, 1):
        _put(sheet.cell(number, 1), _heading(name, language)).font = Font(bold=True)
        _put(sheet.cell(number, 2), head[name])
    most = max((len(one.tiers) for one in book.items), default=0) if book is not None else 0
    tiers = [f"tier{n}_{part}" for n in range(1, max(SHOWN_TIERS, most) + 1) for part in ("from", "fen")]
    top = len(HEAD) + 2
    for number, name in enumerate((*COLUMNS, *tiers), 1):
        cell = _put(sheet.cell(top, number), _heading(name, language))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E5E1D6")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(number)].width = WIDE.get(name, 13)
        _offer(sheet, name, number, top, language)
    for row, one in enumerate(book.items if book is not None else (), top + 1):
        for number, name in enumerate((*COLUMNS, *tiers), 1):
            _put(sheet.cell(row, number), _cell(one, name, language))
    sheet.freeze_panes = sheet.cell(top + 1, 3)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _heading(name: str, language: Language) -> str:
    return f"{field_word(name, language)} [{name}]"


def field_word(name: str, language: Language) -> str:
    """What a column is called."""
    tier = re.fullmatch(r"tier(\d+)_(from|fen)", name)
    if tier is not None:
        return say(language, f"price_field.tier_{tier[2]}", number=tier[1])
    return CATALOGUES[language].get(f"price_field.{name}", name)


def _offer(sheet: Any, name: str, number: int, top: int, language: Language) -> None:
    """The words that may stand in a column, to choose from."""
    tables = {"regime": Regime, "trigger": Trigger, "default": ("yes", "no")}
    if name not in tables:
        return
    table = "yes_no" if name == "default" else name
    words = ",".join(say(language, f"{table}.{one}") for one in tables[name])
    offer = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    letter = get_column_letter(number)
    offer.add(f"{letter}{top + 1}:{letter}{safe_xlsx.PRICES.rows}")
    sheet.add_data_validation(offer)


def _cell(one: PriceItem, name: str, language: Language) -> str | int | float:
    tier = re.fullmatch(r"tier(\d+)_(from|fen)", name)
    if tier is not None:
        number = int(tier[1]) - 1
        if number >= len(one.tiers):
            return ""
        known = one.tiers[number]
        return known.from_day if tier[2] == "from" else _yuan(known.price_fen)
    value = getattr(one, name)
    if value == PriceItem.model_fields[name].default:
        return ""
    if name.endswith("_fen"):
        return _yuan(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else _shown(value, language)


def _yuan(fen: int) -> int | float:
    """An amount as a spreadsheet counts it: exact for whole yuan, and to the fen for the rest."""
    return fen // 100 if fen % 100 == 0 else fen / 100


def _shown(value: object, language: Language) -> str:
    match value:
        case None:
            return ""
        case bool():
            return say(language, "yes_no.yes" if value else "yes_no.no")
        case Regime():
            return say(language, f"regime.{value}")
        case Trigger():
            return say(language, f"trigger.{value}")
        case tuple():
            return ", ".join(str(part) for part in value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _put(cell: Any, value: str | int | float) -> Any:
    """A text stays a text: what begins like a formula is not one."""
    if value != "":
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    return cell
