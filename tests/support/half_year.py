"""Half a year of books and the same half-year before it, as rows: lines, transfers and facts as the service posts them.

The accounts and amounts are those of the core; the cases have nobody in them, and the log's links are not chained.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection

from cardsvc.core import ledger
from cardsvc.core.board import live
from cardsvc.core.facts import Details, Fact, StationKind, Step, StepTaken
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import Transfer
from cardsvc.core.local_time import CHINA
from cardsvc.core.prices import Line, PriceBook, PriceItem
from cardsvc.core.reporting import Every, period_of, year_before
from cardsvc.core.terms import Means, Payer
from cardsvc.store import tables as t
from cardsvc.store.lines import line_row, transfer_row
from tests.core.story import WHOLE_WAY, Story

HALF = period_of(Every.HALF_YEAR, date(2028, 1, 1))
ITEMS = 10
ALIKE = 3 * 7 * 2 * 11
"""After so many cases come the same lines again: all that tells bills apart divides it."""
CASHIERS = (StaffNo("1010"), StaffNo("1015"))
MEANS = tuple(Means)
Rows = dict[str, list[dict[str, Any]]]


class Books:
    """The rows, day by day."""

    def __init__(self, home_id: HomeId, cases: int, first_log_no: int) -> None:
        shipped = files("cardsvc.data").joinpath("prices_wenzhou.json").read_bytes()
        self._book = TypeAdapter(PriceBook).validate_json(shipped)
        self._home, self._cases, self.log_no = home_id, cases, first_log_no
        self._later: dict[date, list[tuple[int, Step, Details]]] = defaultdict(list)
        self._rows: Rows = defaultdict(list)
        self._case = Story().booked().bound().took(*WHOLE_WAY[:4]).case
        self._body = self._case.model_dump_json(exclude_none=True)
        self._live = live(self._case).model_dump_json(exclude_defaults=True)
        self._bills: dict[int, tuple[CaseNo, list[dict[str, Any]], list[dict[str, Any]], int]] = {}
        self.day = ""

    def days(self) -> Iterator[Rows]:
        """The rows of each day."""
        days = [
            one.first + timedelta(days=n)
            for one in (year_before(HALF), HALF)
            for n in range((one.last - one.first).days + 1)
        ]
        told = 0
        for at, day in enumerate(days, 1):
            self._rows, before = defaultdict(list), self.log_no
            while told < self._cases * at // len(days):
                told += 1
                self._charged(told, day)
            for number, step, details in self._later.pop(day, []):
                self._moved(number, step, details, day)
            if self.log_no > before:
                begins = {"home_id": self._home, "day": day.isoformat(), "from_log_no": before + 1}
                self._rows["business_day"].append(begins)
                self.day = day.isoformat()
                yield self._rows

    def _charged(self, number: int, day: date) -> None:
        fact = self._fact(number, Step.COLLECT, Details(), day)
        row: dict[str, Any] = {
            "home_id": self._home,
            "case_no": fact.case_no,
            "county": "330302",
            "stage": self._case.stage.value,
        }
        like = self._case.case_no or ""
        row |= {name: of.replace(like, fact.case_no) for name, of in (("body", self._body), ("live", self._live))}
        row |= {"opened_at": fact.at, "changed_log_no": self.log_no, "shown_name": "某", "relation": "child"}
        self._rows["funeral_case"].append(row | {"phone_blind": "x"} | dict.fromkeys(SEALED, b""))
        family = self._billed(number, fact)
        paid = Details(amount_fen=family, means=MEANS[number % len(MEANS)])
        if number % 10 and family:
            self._later[day + timedelta(days=number % 45)].append((number, Step.PAY, paid))
        if number % 5 == 1:
            held = Details(amount_fen=50_000, means=MEANS[number % 3])
            self._later[day].append((number, Step.DEPOSIT, held))
        if number % 15 == 1:
            back = Details(amount_fen=1_000 + number % 7, means=MEANS[number % 3])
            self._later[day + timedelta(days=2)].append((number, Step.REFUND, back))

    def _billed(self, number: int, fact: Fact) -> int:
        """Post a case's lines, and say what its family owes for them; every 462nd case has the same."""
        if number % ALIKE not in self._bills:
            self._bills[number % ALIKE] = self._bill(number, fact)
        like, lines, transfers, family = self._bills[number % ALIKE]
        said = {"case_no": fact.case_no, "log_no": self.log_no, "cause": fact.cause}
        for one in lines:
            reverses = None if one["reverses"] is None else self.log_no
            self._rows["bill_line"].append(one | said | {"at": fact.at, "reverses": reverses})
        for one in transfers:
            sides = {side: one[side].replace(like, fact.case_no) for side in ("debit", "credit")}
            self._rows["transfer"].append(one | said | sides | {"entry_no": len(self._rows["transfer"])})
        return family

    def _bill(self, number: int, fact: Fact) -> tuple[CaseNo, list[dict[str, Any]], list[dict[str, Any]], int]:
        """A case's lines and transfers, as the core charges them, and what its family owes for them."""
        lines, transfers, family = [], [], 0
        said = fact.case_no, self.log_no, fact.cause
        for at, item in enumerate(self._book.items[:ITEMS]):
            line = self._line(number + at, item, fact.at)
            posted = [(at, None)] + ([(ITEMS, (self.log_no, at))] if number % 11 == 5 and at == 0 else [])
            for line_no, reverses in posted:
                lines.append(line_row(self._home, line_no, *said, line, reverses))
                entries = ledger.charge(fact.case_no, line)
                entries = entries if reverses is None else ledger.reversed_(entries)
                transfers += [
                    transfer_row(self._home, 0, fact.case_no, self.log_no, fact.cause, one) for one in entries
                ]
                if line.payer is Payer.FAMILY:
                    family += line.due_fen if reverses is None else -line.due_fen
        return fact.case_no, lines, transfers, family

    def _line(self, seed: int, item: PriceItem, at: datetime) -> Line:
        price = max(100, item.price_fen)
        waived = min(price, 8_000) if seed % 3 == 0 else 0
        return Line(
            item=item.item,
            quantity=1,
            price_fen=price,
            waiver_fen=waived,
            payer=Payer.POLICE if seed % 7 == 0 else Payer.FAMILY,
            waiver_payer=Payer.TREASURY if waived else None,
            legal_basis=item.legal_basis,
            price_version=self._book.version,
            at=at,
            waiver_source=f"resident R{seed}" if waived and seed % 2 else None,
        )

    def _moved(self, number: int, step: Step, details: Details, day: date) -> None:
        fact = self._fact(number, step, details, day)
        self._transfers(fact, ledger.money_moved(fact))

    def _transfers(self, fact: Fact, entries: tuple[Transfer, ...]) -> None:
        for one in entries:
            entry_no = len(self._rows["transfer"])
            self._rows["transfer"].append(
                transfer_row(self._home, entry_no, fact.case_no, self.log_no, fact.cause, one)
            )

    def _fact(self, number: int, step: Step, details: Details, day: date) -> Fact:
        self.log_no += 1
        at = datetime.combine(day, time(8 + number % 9), CHINA)
        money = step in (Step.PAY, Step.DEPOSIT, Step.REFUND)
        fact = Fact(
            case_no=CaseNo(f"WZ-2027-{number:06d}"),
            body=StepTaken(step=step, details=details),
            at=at,
            observed=number % 13 != 0,
            staff_no=CASHIERS[number % 2] if money else StaffNo("1003"),
            station_kind=StationKind.CASHIER if money else StationKind.TRANSPORT,
            cause=f"made:{self.log_no}",
            order=(0, self.log_no),
        )
        one = {"home_id": self._home, "case_no": fact.case_no, "log_no": self.log_no, "cause": fact.cause}
        self._rows["fact"].append(one | {"body": fact.model_dump_json(exclude_none=True)})
        link = {"home_id": self._home, "log_no": self.log_no, "at": at, "what": "record", "subject": fact.cause}
        self._rows["audit_link"].append(link | {"staff_no": None, "digest": "", "prev": "", "hash": ""})
        return fact


SEALED = (
    "deceased_name_sealed",
    "applicant_name_sealed",
    "applicant_phone_sealed",
    "address_sealed",
)
ORDER = ("business_day", "audit_link", "funeral_case", "fact", "bill_line", "transfer")


def write(connection: Connection, home_id: HomeId, cases: int) -> int:
    """Write so many cases into a founded home; how many lines they have."""
    head = t.log_head.c
    last = connection.execute(t.log_head.select().where(head.home_id == home_id)).one()
    books, lines = Books(home_id, cases, last.log_no), 0
    for rows in books.days():
        lines += len(rows["bill_line"])
        for name in ORDER:
            if rows[name]:
                connection.execute(t.metadata.tables[name].insert(), rows[name])
    values = {"log_no": books.log_no, "day": books.day}
    connection.execute(t.log_head.update().where(head.home_id == home_id).values(**values))
    return lines
