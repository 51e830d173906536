"""What a person types into a field, or has in a cell of a sheet, as a value; or why it is none."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from unicodedata import decimal

from stdnum import luhn
from stdnum.cn import uscc

from cardsvc.core.local_time import CHINA, local
from cardsvc.core.money import in_yuan, yuan
from cardsvc.core.records import Column, Fault, Kind, Record, Value, Values, Wrong
from cardsvc.core.words import Language, say
from cardsvc.naming.identity import valid_id_no
from cardsvc.naming.names import digits

MOST = {Kind.TEXT: 200, Kind.NOTE: 4000}
"""The longest texts, in characters."""
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
UNHELD = re.compile(r"[\x00\ud800-\udfff]")
"""What a database cannot hold, and so cannot be asked for: NUL, and halves of characters."""
PHONE = re.compile(r"\+?[0-9][0-9 \-]{4,19}")
POINT = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,7})?)\s*[,，]\s*(-?[0-9]{1,3}(?:\.[0-9]{1,7})?)")
WHOLE = re.compile(r"-?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})")
DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})")
CLOCK = re.compile(r"(?:日\s*|\s+|T)([0-9]{1,2}):([0-9]{2}.*)")
SPACED = re.compile(r"[0-9](?:[\s\-]*[0-9])*(?:[\s\-]*[Xx])?")
"""Digits, however they are parted."""
MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
ACCOUNT = re.compile(r"[0-9]{8,32}")
"""Accounts of companies and old passbooks have no check digit that all banks agree on; 32 is what payments carry."""
LONG, MASK = 15, "****"
"""So many digits in a row are a person's number, whatever they say; and what stands in place of one."""
CITIZEN = re.compile(r"[0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]")
"""An ID number by its looks: one with a slip of the pen tells of somebody too."""
YES, NO = frozenset({"yes", "y", "true", "1", "是", "有"}), frozenset({"no", "n", "false", "0", "否", "无"})


def read(column: Column, text: str) -> Value | Wrong:
    """The value of a text; None for an empty one. A choice may be named by its code or by either of its labels."""
    text = text.strip()
    if not text:
        return Wrong.MISSING if column.needed else None
    match column.kind:
        case Kind.TEXT | Kind.NOTE | Kind.LINK:
            return _text(column.kind, text)
        case Kind.NUMBER:
            return _within(column, int(text.replace(",", ""))) if WHOLE.fullmatch(text) else Wrong.NOT_A_NUMBER
        case Kind.MONEY:
            return _money(column, text)
        case Kind.DATE:
            return _date(text)
        case Kind.MOMENT:
            return _moment(text)
        case Kind.CHOICE:
            return _choice(column, text)
        case Kind.YES_NO:
            low = text.lower()
            return low in YES if low in YES | NO else Wrong.NOT_YES_OR_NO
        case Kind.POINT:
            return _point(text)
        case _:
            return _numbered(column.kind, text)


def _text(kind: Kind, text: str) -> str | Wrong:
    if UNPRINTABLE.search(text):
        return Wrong.UNPRINTABLE
    return text if len(text) <= MOST.get(kind, 200) else Wrong.TOO_LONG


def _within(column: Column, number: int) -> int | Wrong:
    if column.low is not None and number < column.low:
        return Wrong.TOO_SMALL
    return Wrong.TOO_LARGE if column.high is not None and number > column.high else number


def _money(column: Column, text: str) -> int | Wrong:
    try:
        return _within(column, yuan(text.removeprefix("¥")))
    except ValueError:
        return Wrong.NOT_AN_AMOUNT


def _date(text: str) -> date | Wrong:
    day, rest = _parted(text)
    try:
        return date.fromisoformat(day) if rest in ("", "日") else Wrong.NOT_A_DATE
    except ValueError:
        return Wrong.NOT_A_DATE


def _parted(text: str) -> tuple[str, str]:
    """A day as people write it, as YYYY-MM-DD, and the text after it; "" where there is no day."""
    match = DAY.match(text)
    if match is None:
        return "", text
    year, month, day = (one for one in match.groups() if one is not None)
    return f"{year}-{month:0>2}-{day:0>2}", text[match.end() :]


def _moment(text: str) -> datetime | Wrong:
    day, rest = _parted(text)
    clock = CLOCK.fullmatch(rest)
    plain = f"{day}T{clock[1]:0>2}:{clock[2]}" if clock is not None else day + rest.removeprefix("日")
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return Wrong.NOT_A_MOMENT
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=CHINA)


def _choice(column: Column, text: str) -> str | Wrong:
    if text in column.choices:
        return text
    named = [code for code, label in column.choices.items() if text in (label.zh, label.en)]
    return named[0] if len(named) == 1 else Wrong.NOT_A_CHOICE


def _point(text: str) -> str | Wrong:
    match = POINT.fullmatch(text)
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        return Wrong.NOT_A_POINT
    return f"{match[1]},{match[2]}"


def _numbered(kind: Kind, text: str) -> str | Wrong:
    bare = re.sub(r"[\s\-]", "", text).upper()
    match kind:
        case Kind.ID_NO:
            return bare if valid_id_no(bare) else Wrong.ID_NO
        case Kind.CREDIT_CODE:
            return bare if uscc.is_valid(bare) else Wrong.CREDIT_CODE
        case Kind.BANK_ACCOUNT:
            return bare if ACCOUNT.fullmatch(bare) else Wrong.BANK_ACCOUNT
        case _:
            return text if PHONE.fullmatch(text) else Wrong.PHONE


def doubtful(kind: Kind, clear: str) -> bool:
    """Whether an account that may be right looks like a slip: a card's check digit fails, or it is somebody's number.

    Cards have 16 to 19 digits and a check digit (ISO/IEC 7812-1); the account of a company may have as many and none.
    """
    card = 16 <= len(clear) <= 19
    return kind is Kind.BANK_ACCOUNT and (
        (card and not luhn.is_valid(clear)) or bool(CITIZEN.fullmatch(clear) or MOBILE.fullmatch(clear))
    )


def number_in(text: str) -> Kind | None:
    """The kind of the first number in a text by which somebody is known: an ID card's, a bank card's, a mobile's."""
    for match in SPACED.finditer(text):
        for one in (match[0], *re.split(r"[\s\-]+", match[0])):
            bare = re.sub(r"[\s\-]", "", one).upper()
            if CITIZEN.fullmatch(bare):
                return Kind.ID_NO
            if 16 <= len(bare) <= 19 and luhn.is_valid(bare):
                return Kind.BANK_ACCOUNT
            if MOBILE.fullmatch(bare):
                return Kind.PHONE
    return None


def unnumbered(text: str) -> str:
    """A text with each number in it masked by which somebody may be known, whatever else it says: a file's name.

    Digits of any alphabet are digits; so many of them as an ID number has, the old one of 15 too, are masked unread.
    """
    plain = "".join(str(decimal(one)) if one.isdecimal() else one for one in text)

    def piece(match: re.Match[str]) -> str:
        bare = match[0].rstrip("Xx")
        return MASK if len(bare) >= LONG or number_in(match[0]) or number_in(bare) else match[0]

    def run(match: re.Match[str]) -> str:
        parts = re.split(r"[\s\-]+", match[0])
        some = ("".join(parts[n:m]) for n in range(len(parts)) for m in range(n + 2, len(parts) + 1))
        joined = any(map(number_in, some)) and all(number_in(one) is None for one in parts)
        return MASK if joined else re.sub(r"[0-9]+[Xx]?", piece, match[0])

    return SPACED.sub(run, plain)


def written(column: Column, value: Value, language: Language | None = None) -> str:
    """A value as text: as it can be read again, or with `language` as people of it read it."""
    if value is None:
        return ""
    match column.kind:
        case Kind.MONEY if isinstance(value, int):
            return in_yuan(value) if language is not None else in_yuan(value).replace(",", "")
        case Kind.YES_NO:
            return (
                say(language, f"yes_no.{'yes' if value else 'no'}")
                if language is not None
                else ("yes" if value else "no")
            )
        case Kind.CHOICE if language is not None:
            label = column.choices.get(str(value))
            return label.said(language) if label is not None else str(value)
        case Kind.MOMENT if isinstance(value, datetime):
            at = local(value)
            return at.strftime("%Y-%m-%d %H:%M") if language is not None else at.isoformat(timespec="seconds")
        case _:
            return value.isoformat() if isinstance(value, date) else str(value)


def masked(kind: Kind, clear: str) -> str:
    """A secret as it is shown to who may not see it: enough to recognise what one knows already."""
    match kind:
        case Kind.ID_NO:
            return f"{clear[:3]}***********{clear[-4:]}"
        case Kind.PHONE if len(digits(clear)) < 11:
            return f"****{digits(clear)[-2:]}"
        case Kind.PHONE:
            return f"{clear[:3]}****{clear[-4:]}"
        case _:
            return f"**** {clear[-4:]}"


def ends(kind: Kind, clear: str) -> str:
    """What of a secret tells two people of one name apart: year of birth and end of an ID number, the end of others."""
    if not clear:
        return ""
    return f"{clear[6:10]}…{clear[-4:]}" if kind is Kind.ID_NO else f"…{clear[-4:]}"


def row(
    record: Record, texts: Mapping[str, str], counties: Iterable[str], present: Values | None = None
) -> tuple[dict[str, Value], tuple[Fault, ...]]:
    """The values of a typed row with what is derived from them, and every fault of it; `county` is among the texts.

    `present` is the row as it stands: what no form asks (its state, what moves filled) counts for rules too.
    """
    values: dict[str, Value] = {**record.start, **(present or {})}
    faults = []
    county = texts.get("county", "").strip()
    if county not in set(counties):
        faults.append(Fault("county", Wrong.COUNTY))
    values["county"] = county
    for column in record.typed:
        found = read(column, texts.get(column.name, ""))
        if isinstance(found, Wrong):
            faults.append(Fault(column.name, found))
        else:
            values[column.name] = found
    if not faults:
        faults += list(record.check(values)) if record.check is not None else []
    if not faults and record.derive is not None:
        values |= record.derive(values)
    return values, tuple(faults)
