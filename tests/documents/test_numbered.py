"""Numbered receipts on A5 and on the strip of a receipt printer: words, capitals, codes, copies, void ones."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag

import pytest

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.money import in_yuan
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.words import Language, say
from cardsvc.documents.capitals import capitals
from tests.service.test_family import look_in
from tests.service.test_receipts import SECOND, burnt, given, pay
from tests.support.accounts import owes
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.paper import Held
from tests.support.telling import Told

A5, STRIP_MM = (148, 210), 80


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    yield running
    running.close()


def held(one: Told, folder: Path, number: str, language: Language = "zh_CN", form: str = "numbered_receipt") -> Held:
    desk = Desk(one.service, "1010")
    desk.http.cookies.set("language", language)
    family = "fiscal" if number.startswith("PJ") else "invoice"
    answer = desk.api("POST", f"cases/{one.case_no}/receipts/{family}/{number}.pdf?form={form}")
    assert answer.status_code == 200, answer.text
    return Held(answer.content, folder, f"{form}-{number}-{language}")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_receipt_says_its_lines_its_amount_twice_who_paid_how_and_who_took_it(
    service: Service, tmp_path: Path, language: Language
) -> None:
    one = burnt(service)
    pay(one, owes(service, one.case_no, Payer.FAMILY), receipt="R-77")
    for form in ("numbered_receipt", "receipt_strip"):
        for receipt in given(one):
            paper = held(one, tmp_path, receipt.number, language, form)
            words = paper.words()
            said = (
                *(receipt.number, one.case_no, f"¥{in_yuan(receipt.amount_fen)}", capitals(receipt.amount_fen), "朱某"),
                *(say(language, f"numbered.title_{receipt.family}"), say(language, "payer.family")),
                *(say(language, "means.cash"), say(language, "numbered.slip", number="R-77")),
                *(line.name_zh if language == "zh_CN" else line.name_en for line in receipt.lines),
                *(in_yuan(line.fen) for line in receipt.lines),
            )
            assert [each for each in said if "".join(each.split()) not in words] == []
            assert all(embedded and "NotoSansCJK" in name for name, embedded in paper.fonts())
            width, height = paper.size_mm()
            assert (width, height) == A5 if form == "numbered_receipt" else width == STRIP_MM and height > 100
            code = paper.scanned()
            assert len(code) == 1 and paper.pages() == 1
            assert look_in(service, urldefrag(code[0]).fragment).get("/family/status").json()["name"] == "王某"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_part_payment_says_that_it_is_a_part_and_its_quantity_is_none(
    service: Service, tmp_path: Path, language: Language
) -> None:
    one = burnt(service)
    owed = owes(service, one.case_no, Payer.FAMILY)
    pay(one, 100)
    pay(one, owed - 100)
    lines = sorted(
        ((receipt.number, line) for receipt in given(one) for line in receipt.lines if line.of_fen is not None),
        key=lambda row: row[1].fen,
    )
    whole = lines[0][1].of_fen or 0
    assert [(line.fen, line.of_fen, line.open_fen) for _, line in lines] == [
        (100, whole, whole - 100),
        (whole - 100, whole, 0),
    ]
    for (number, line), key in zip(lines, ("part_of", "part_last"), strict=True):
        amounts = {"of": in_yuan(line.of_fen or 0), "fen": in_yuan(line.fen), "open": in_yuan(line.open_fen or 0)}
        said = "".join(say(language, f"numbered.{key}", **amounts).split())
        for form in ("numbered_receipt", "receipt_strip"):
            words = held(one, tmp_path, number, language, form).words()
            assert said in words and say(language, "numbered.part") in words
    assert "部分" in Desk(service, "1010").get(f"cases/{one.case_no}/receipts").text


def test_a_reprint_says_which_copy_it_is_whatever_it_is_printed_on(service: Service, tmp_path: Path) -> None:
    one = burnt(service)
    pay(one, 100)
    first = held(one, tmp_path, "FP-000001").words()
    again = held(one, tmp_path, "FP-000001", form="receipt_strip").words()
    assert "".join(say("zh_CN", "sheet.copy", number=1).split()) in first
    assert "".join(say("zh_CN", "sheet.reprint", number=2).split()) in again


def test_a_void_one_says_so_and_a_third_partys_opens_no_familys_page(service: Service, tmp_path: Path) -> None:
    one = burnt(service)
    pay(one, 100)
    path = f"cases/{one.case_no}/receipts/invoice/FP-000001/void"
    assert Desk(service, "1010").post(path, reason="misprint", **SECOND).status_code == 303
    void = held(one, tmp_path, "FP-000001", form="receipt_strip")
    assert "■作废" in void.words() and void.scanned() == [one.case_no]

    one.does(Step.SWITCH_PAYER, item="cold_storage", payer=Payer.POLICE, reason=Reason.POLICE)
    details = Details(amount_fen=owes(service, one.case_no, Payer.POLICE), means=Means.TRANSFER, payer=Payer.POLICE)
    assert service.station(StationKind.CASHIER).take(one.case_no, Step.PAY, details).outcome == "accepted"
    police = next(row for row in given(one) if row.payer is Payer.POLICE)
    assert held(one, tmp_path, police.number).scanned() == [one.case_no]
