"""Finding one's way among modules: which are mine, which record, whose rows; shared by all pages of modules."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from cardsvc.api.access import Signed
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.figures import EMPTY, FILLED
from cardsvc.core.permissions import EVERY_MODULE
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import CITY, Column, Kind, Record
from cardsvc.core.words import Language, say
from cardsvc.modules import Module
from cardsvc.rows import grants
from cardsvc.rows.counties import CODES
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.matching import Wanted
from cardsvc.rows.paging import sorts


@dataclass(frozen=True, slots=True)
class At:
    """A record of a module that somebody may see."""

    module: Module
    record: Record
    where: Where

    @property
    def path(self) -> str:
        """Its list's path below the console."""
        return f"modules/{self.module.name}/{self.record.name}"

    @property
    def links(self) -> dict[str, Where]:
        """Where its links lead, by column, as far as something is searched there."""
        to = {one.name: self.module.record(one.of) for one in self.record.columns if one.kind is Kind.LINK}
        return {
            name: Where(self.where.home_id, self.module.name, record)
            for name, record in to.items()
            if any(one.searched for one in record.columns)
        }


def mine(context: Context, signed: Signed) -> dict[str, Module]:
    """The modules that somebody works in, by name."""
    if EVERY_MODULE & set(signed.roles):
        return dict(context.modules)
    with context.engine.connect() as connection:
        granted = grants.of(connection, context.home_id, signed.staff_no)
    return {name: one for name, one in context.modules.items() if name in granted}


def module_at(context: Context, signed: Signed, name: str) -> Module:
    """A module that somebody works in. Raises Refused."""
    module = mine(context, signed).get(name)
    if module is None:
        raise Refused(Refusal(Problem.NOT_FOUND))
    return module


def at(context: Context, signed: Signed, module: str, record: str) -> At:
    """A record of a module that somebody works in. Raises Refused."""
    found = module_at(context, signed, module)
    one = next((one for one in found.records if one.name == record), None)
    if one is None:
        raise Refused(Refusal(Problem.NOT_FOUND))
    return At(found, one, Where(context.home_id, found.name, one))


def county_names(language: Language) -> dict[str, str]:
    """What the counties, and the city itself, are called."""
    return {CITY: say(language, "records.city"), **{one: say(language, f"county.{one}") for one in CODES}}


def whose(row: Kept, language: Language) -> str:
    """A row's county in words; in a list of another day with the county that has it now, where that is another."""
    names = county_names(language)
    said = names.get(row.county, row.county)
    now = say(language, "records.now_in", county=names.get(row.now_in, row.now_in)) if row.now_in else ""
    return f"{said}{now}"


def opens(row: Kept, county: str | None) -> bool:
    """Whether the page of a row of a list is there for somebody of this county: it is of who has the row now."""
    return county is None or row.now_in in ("", county)


def wanted_of(at: At, signed: Signed, asked: QueryParams) -> Wanted:
    """What an address asks of a list.

    It says `q`, `county`, `from`, `to`, `as_of`, `sort`, `down`, `after`, `back`, and `f.COLUMN` for filters.
    What it asks and the record does not declare is not asked. A county's clerk sees theirs, whatever the address says.
    """
    record, only = at.record, {}
    for column in record.columns:
        said = tuple(one for one in asked.getlist(f"f.{column.name}") if one)
        if said:
            only[column.name] = said
    sort = asked.get("sort", "")
    return Wanted(
        county=signed.county or asked.get("county") or None,
        only=only,
        text=asked.get("q", "").strip()[:100],
        first=_day(asked.get("from", "")),
        last=_day(asked.get("to", "")),
        as_of=_day(asked.get("as_of", "")) if record.dated else None,
        sort=sort if sort in sorts(record) else "",
        down=asked.get("down") == "yes",
        after=asked.get("after", "")[:2000],
        back=asked.get("back") == "yes",
        links=at.links,
        sees=signed.county,
    )


def address_of(wanted: Wanted, signed: Signed) -> str:
    """The address of what is wanted, but for the page that it stands on."""
    said = [(f"f.{name}", one) for name, values in wanted.only.items() for one in values]
    plain = {
        "q": wanted.text,
        "county": wanted.county or "" if signed.county is None else "",
        "from": wanted.first.isoformat() if wanted.first else "",
        "to": wanted.last.isoformat() if wanted.last else "",
        "as_of": wanted.as_of.isoformat() if wanted.as_of else "",
        "sort": wanted.sort,
        "down": "yes" if wanted.down else "",
    }
    return urlencode([*((name, value) for name, value in plain.items() if value), *said])


def chosen(wanted: Wanted, name: str) -> str:
    """What a filter of one choice shows as chosen."""
    said = wanted.only.get(name, ("",))
    return said[0] if len(said) == 1 else FILLED


def controls(record: Record, wanted: Wanted) -> list[Column]:
    """The filters of a list that have a field: not those of which the address says more than a field can."""

    def fits(column: Column) -> bool:
        said = wanted.only.get(column.name, ())
        return bool(column.choices) or (len(said) < 2 and not {FILLED, EMPTY} & set(said))

    return [one for one in record.columns if one.filtered and fits(one)]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
