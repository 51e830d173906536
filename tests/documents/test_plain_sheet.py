"""Lists for others' programs: what stands in a cell is read back as text and never run."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from cardsvc.documents.plain_sheet import csv_of, xlsx_of

BAD = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']
HEADS = ["项目", "金额"]


@pytest.mark.parametrize("text", BAD)
def test_a_cell_that_begins_like_a_formula_is_text(text: str) -> None:
    [_, [read, amount]] = csv.reader(
        io.StringIO(csv_of(HEADS, [[text, Decimal("-80.50")]]).decode("utf-8-sig"), newline="")
    )
    assert (read, amount) == (f"'{text}", "-80.50")

    sheet = load_workbook(io.BytesIO(xlsx_of(HEADS, [[text, Decimal("-80.50")]]))).worksheets[0]
    assert (sheet["A2"].data_type, sheet["B2"].value) == ("s", Decimal("-80.50"))
    assert str(sheet["A2"].value).startswith("'")


def test_ordinary_cells_stay_as_they_are() -> None:
    sheet = load_workbook(io.BytesIO(xlsx_of(HEADS, [["遗体冷藏", 80]]))).worksheets[0]

    assert [[cell.value for cell in row] for row in sheet] == [HEADS, ["遗体冷藏", 80]]
    assert csv_of(HEADS, []).startswith(b"\xef\xbb\xbf")
