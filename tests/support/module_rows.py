"""Rows of modules made by chance from their declarations alone; every one passes its record's own rules."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from cardsvc import invented
from cardsvc.core.ids import StaffNo
from cardsvc.core.records import Column, Kind, Move, Record, Value, Values
from cardsvc.modules import Module
from cardsvc.rows import keeping
from cardsvc.rows.counties import CODES
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import Connection, transact
from tests.support.home import Service

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
BORDERS = (date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
TRIES = 4_000
NOON = time(12, tzinfo=UTC)
MADE = tuple(
    datetime(year, 6, 30, hour, 30, tzinfo=UTC) for year, hour in ((2024, 1), (2025, 15), (2025, 16), (2026, 16))
)
"""When rows were made: some of them half an hour before a half-year ended, or after it."""
CHANGED = 0.4
"""How many rows changed since they were made."""
OFTEN = 0.8
"""How often a column that may be empty has something."""


def random_rows(module: Module, random: Random, count: int) -> Iterator[tuple[Record, str, Values]]:
    """`count` rows of each record, with ids, states of their flows and derived values; links lead to these rows."""
    ids = {one.name: [f"{random.getrandbits(128):032x}" for _ in range(count)] for one in module.records}
    for record in module.records:
        made = ((row_id, one_row(record, ids, random, number)) for number, row_id in enumerate(ids[record.name]))
        yield from ((record, *one) for one in apart(record, made))


def apart(record: Record, rows: Iterable[tuple[str, Values]]) -> Iterator[tuple[str, Values]]:
    """Ids and rows without those that are alike where no two may be."""
    alike: set[tuple[Value, ...]] = set()
    for row_id, row in rows:
        keys = {(*names, *(row[one] for one in names)) for names in record.together}
        if not keys & alike:
            yield row_id, row
        alike |= {one for one in keys if None not in one}


def fill(service: Service, module: Module, random: Random, count: int) -> int:
    """Put them into the module's tables, past the handlers, and let many change since; how many they are."""
    made: dict[str, list[tuple[str, Values]]] = {}
    for record, row_id, values in random_rows(module, random, count):
        made.setdefault(record.name, []).append((row_id, values))
    context, ids = service.context, {name: [row_id for row_id, _ in rows] for name, rows in made.items()}

    def act(connection: Connection) -> None:
        for name, rows in made.items():
            where = Where(context.home_id, module.name, module.record(name))
            for number, now in enumerate((*MADE, service.clock.now)):
                some = rows[number :: len(MADE) + 1]
                chance = [random.randbytes(12 * len(where.record.columns)) for _ in some]
                keeping.insert(connection, context.vault, where, some, StaffNo("1051"), now, chance)
            for row in keeping.find_all(connection, where, [one for one in ids[name] if random.random() < CHANGED]):
                for on in sorted(day(random) for _ in range(random.randint(1, 3))):
                    become_another(connection, service, where, row.id, ids, on, random)

    transact(context.engine, act)
    return sum(map(len, made.values()))


def become_another(
    connection: Connection,
    service: Service,
    where: Where,
    row_id: str,
    ids: Mapping[str, list[str]],
    on: date,
    random: Random,
) -> None:
    """Change a row, on a day, into another of its record, but for what no two rows have alike."""
    vault, record = service.context.vault, where.record
    before = keeping.find(connection, where, row_id, None)
    assert before is not None
    own = {one.name for one in record.columns if one.unique} | {name for names in record.together for name in names}
    kept = {name: value for name, value in keeping.opened(vault, where, before).items() if name in own}
    after = {**one_row(record, ids, random, 0), **kept}
    bits, now = random.randbytes(12 * len(record.columns)), service.clock.now
    after |= record.derived(after)
    if any(after[name] != value for name, value in kept.items()):
        return  # derived from what another row may have too
    assert keeping.change(connection, vault, where, before, after, StaffNo("1051"), now, bits, 1, day=on)


def one_row(record: Record, ids: Mapping[str, list[str]], random: Random, number: int) -> Values:
    """A row by chance; links lead to one of `ids` by record, what is unique is made from `number`."""
    values: dict[str, Value] = {"county": random.choice(CODES)}
    passed, state = _way(record, random)
    fixed = {**dict.fromkeys(one.stamps for one in _moves(record) if one.stamps), **state}
    filled = {name for one in passed for name in one.fills}
    columns = [one for one in record.columns if not one.derived and one.name not in fixed]
    values |= fixed
    for column in columns:
        values[column.name] = _made(column, filled, ids, random, number)
    for tried in range(TRIES):
        values |= _stamped(record, passed, values, random)
        faults = list(record.check(values)) if record.check is not None else []
        if not faults:
            return {**values, **(record.derive(values) if record.derive is not None else {})}
        # What a move need not fill may be empty. Where a column alone does not help, the others change with it.
        wrong, others = {one.column for one in faults}, 0.3 if tried % 8 == 7 else 0
        for column in columns:
            if column.name in wrong or random.random() < others:
                values[column.name] = _made(column, set(), ids, random, number)
    raise AssertionError(f"{record.name}: no row by chance passes its check; the last one failed {faults}")


def _moves(record: Record) -> tuple[Move, ...]:
    return record.flow.moves if record.flow is not None else ()


def _way(record: Record, random: Random) -> tuple[list[Move], dict[str, Value]]:
    """Moves that a row went through by chance, and the state that it came to."""
    state, passed = dict(record.start), []
    while record.flow is not None and random.random() < OFTEN:
        open_ = [one for one in record.flow.moves if state[record.flow.column] in one.since]
        if not open_:
            break
        passed.append(random.choice(open_))
        state[record.flow.column] = passed[-1].leads(str(state[record.flow.column]))
    return passed, state


def _stamped(record: Record, passed: list[Move], values: Values, random: Random) -> Values:
    """When the moves were made: one after the other, from the row's own day on."""
    own = values.get(record.dated) if record.dated not in {one.stamps for one in passed} else None
    at = own if isinstance(own, datetime) else datetime.combine(own if isinstance(own, date) else day(random), NOON)
    found: dict[str, Value] = {}
    for one in passed:
        at += timedelta(minutes=random.randrange(60 * 24 * 60))
        if one.stamps:
            found[one.stamps] = at if record.column(one.stamps).kind is Kind.MOMENT else at.date()
    return found


def _made(column: Column, filled: set[str], ids: Mapping[str, list[str]], random: Random, number: int) -> Value:
    """A value; what nobody had to fill in may be empty."""
    if not column.needed and column.name not in filled and random.random() > OFTEN:
        return None
    return _value(column, ids, random, number)


def _value(column: Column, ids: Mapping[str, list[str]], random: Random, number: int) -> Value:
    low = column.low if column.low is not None else -50
    match column.kind:
        case Kind.NUMBER | Kind.MONEY:
            most = low + random.choice((3, 60 if column.kind is Kind.NUMBER else 1_000_000))
            return random.randint(low, min(most, column.high if column.high is not None else most))
        case Kind.DATE:
            return day(random)
        case Kind.MOMENT:
            return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(730 * 24 * 60))
        case Kind.CHOICE:
            return random.choice(list(column.choices))
        case Kind.YES_NO:
            return random.random() < 0.5
        case Kind.POINT:
            return f"{27 + random.random():.5f},{120 + random.random():.5f}"
        case Kind.LINK:
            return random.choice(ids[column.of])
        case Kind.ID_NO:
            # Few, so that people are found more than once.
            person = number if column.unique else random.randrange(12)
            return invented.id_no(Random(person), "330302", date(1940, 1, 1) + timedelta(days=person))
        case Kind.PHONE:
            return f"1380000{number:04d}" if column.unique else invented.phone(random)
        case Kind.BANK_ACCOUNT:
            return invented.bank_account(random)
        case Kind.CREDIT_CODE:
            return invented.credit_code("51", "330302", number if column.unique else random.randrange(12))
        case _:
            # Names of places, numbers of papers, months: what a rule does not take, it gets another time.
            paper, month = f"N-{random.randrange(1_000)}", f"{random.choice((2025, 2026))}-{random.randint(1, 12):02d}"
            said = random.choice((invented.place(random), paper, month))
            return f"{said}{number}" if column.unique else said


def day(random: Random) -> date:
    """A day of two years; the borders of half-years come often."""
    if random.random() < 0.2:
        return random.choice(
            [date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)]
        )
    return invented.day(random, FIRST, LAST)
