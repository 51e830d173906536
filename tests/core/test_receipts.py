"""What is paid and on no receipt yet: in two families, line by line, never twice."""

from datetime import UTC, date, datetime

import pytest

from cardsvc.core.corrections import Standing
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.prices import Line, PriceBook, PriceItem, Regime, Trigger
from cardsvc.core.receipts import Family, Receipt, ReceiptLine, outdated, unreceipted
from cardsvc.core.terms import Means, Payer
from cardsvc.documents.capitals import capitals

AT = datetime(2026, 11, 25, tzinfo=UTC)
REGIMES = {"furnace": Regime.ADMINISTRATIVE, "hall": Regime.REFERENCE, "storage": Regime.GUIDED}
BOOK = PriceBook(
    version="2026-1", legal_basis="x", valid_from=date(2026, 1, 1), valid_to=None,
    items=tuple(
        PriceItem(
            item=name, name_zh=f"{name}费", name_en=name, unit="次", regime=regime, legal_basis="x",
            trigger=Trigger.QUOTED, price_fen=1,
        )
        for name, regime in REGIMES.items()
    ),
)  # fmt: skip


def stands(number: int, item: str, fen: int, waived: int = 0, payer: Payer = Payer.FAMILY) -> Standing:
    line = Line(
        item=item, quantity=1, price_fen=fen, waiver_fen=waived, payer=payer,
        waiver_payer=Payer.TREASURY if waived else None, legal_basis="x", price_version="2026-1", at=AT,
    )  # fmt: skip
    return Standing(number, 0, f"c:{number}", line)


BILL = (stands(1, "storage", 300), stands(2, "furnace", 900, 330), stands(3, "hall", 600, payer=Payer.POLICE))


def paid(
    owed: int, given: tuple[Receipt, ...] = (), payer: Payer = Payer.FAMILY
) -> dict[Family, list[tuple[str, int]]]:
    found = unreceipted(BILL, payer, owed, given, lambda _: BOOK)
    return {family: [(one.item, one.fen) for one in lines] for family, lines in found.items()}


def receipt(*lines: tuple[int, str, int], family: Family = Family.INVOICE) -> Receipt:
    rows = tuple(
        ReceiptLine(log_no=no, line_no=0, item=item, name_zh=item, name_en=item, quantity=1, fen=fen)
        for no, item, fen in lines
    )
    return Receipt(
        family=family, number="FP-000001", case_no=CaseNo("WZ-2026-000001"), payer=Payer.FAMILY, means=Means.CASH,
        at=AT, by=StaffNo("1010"), cause="c:9", lines=rows,
    )  # fmt: skip


def test_administrative_fees_are_on_a_fiscal_receipt_and_the_rest_on_an_invoice() -> None:
    assert paid(0) == {Family.FISCAL: [("furnace", 570)], Family.INVOICE: [("storage", 300)]}
    assert paid(0, payer=Payer.POLICE) == {Family.INVOICE: [("hall", 600)]}
    assert paid(0, payer=Payer.TREASURY) == {Family.FISCAL: [("furnace", 330)]}


def test_a_part_payment_fills_the_lines_in_their_order_and_the_next_one_goes_on() -> None:
    assert paid(870) == {}
    assert paid(470) == {Family.FISCAL: [("furnace", 100)], Family.INVOICE: [("storage", 300)]}
    given = (receipt((1, "storage", 300)), receipt((2, "furnace", 100), family=Family.FISCAL))
    assert paid(470, given) == {}
    assert paid(400, given) == {Family.FISCAL: [("furnace", 70)]}


def test_a_receipt_over_a_part_says_of_how_much_it_is_and_what_is_open() -> None:
    def parts(owed: int, *given: Receipt) -> list[tuple[int, int | None, int | None]]:
        (lines,) = unreceipted(BILL[1:2], Payer.FAMILY, owed, given, lambda _: BOOK).values()
        return [(one.fen, one.of_fen, one.open_fen) for one in lines]

    first = receipt((2, "furnace", 100), family=Family.FISCAL)
    assert parts(470) == [(100, 570, 470)]
    assert parts(400, first) == [(70, 570, 400)]
    assert parts(0, first) == [(470, 570, 0)]
    assert parts(0) == [(570, None, None)]


@pytest.mark.parametrize("step", [1, 7, 69, 870])
def test_whatever_the_payments_the_receipts_come_to_what_was_paid(step: int) -> None:
    given: list[Receipt] = []
    for owed in (*range(870, 0, -step), 0):
        for family, lines in unreceipted(BILL, Payer.FAMILY, owed, given, lambda _: BOOK).items():
            given.append(receipt(*((one.log_no, one.item, one.fen) for one in lines), family=family))
        assert sum(one.amount_fen for one in given) == 870 - owed


def test_a_receipt_for_a_line_that_was_taken_back_has_to_come_back_to_the_desk() -> None:
    both = receipt((1, "storage", 300), (4, "hall", 50))
    assert outdated(both, BILL) == 50
    assert outdated(receipt((1, "storage", 300)), BILL) == 0


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (11, "壹角壹分"),
        (100, "壹元整"),
        (1_000, "壹拾元整"),
        (2_005, "贰拾元零伍分"),
        (11_000, "壹佰壹拾元整"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (100_110, "壹仟零壹元壹角整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (600_714, "陆仟零柒元壹角肆分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (10_000_001, "壹拾万元零壹分"),
        (100_000_105, "壹佰万零壹元零伍分"),
        (1_000_000_100, "壹仟万零壹元整"),
        (10_000_000_000, "壹亿元整"),
        (10_001_000_000, "壹亿零壹万元整"),
        (99_999_999_999, "玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_in_capitals_is_as_the_rules_of_vouchers_ask(fen: int, said: str) -> None:
    assert capitals(fen) == said


def test_no_two_amounts_read_alike_and_a_negative_one_is_refused() -> None:
    assert len({capitals(fen) for fen in range(30_000)}) == 30_000
    with pytest.raises(ValueError, match="-1"):
        capitals(-1)
