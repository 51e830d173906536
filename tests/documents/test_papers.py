"""Every paper at the real office: what it says, its fonts, its size, its codes, and that each copy is told."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cardsvc.core.certificate_code import code_of, key_of
from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.local_time import local
from cardsvc.core.terms import Belonging, Reason
from cardsvc.core.words import LANGUAGES, Language, say
from cardsvc.store import tables as t
from tests.core.story import DETAILS
from tests.service.conftest import hall_item
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.paper import Held
from tests.support.telling import ARRANGED, DRESSED, FAREWELL, FIRE, READY, TO_SHELF, TO_STORAGE, Told, collected

__all__ = ["hall_item"]
A4, A4_ACROSS, LABEL = (210, 297), (297, 210), (100, 60)
NAME, ID_NO, PHONE = "王守义", "330302194001010010", "13800000000"
TIDY = re.compile(r'inline; filename="WZ-2026-\d{6}-[a-z_]+\.pdf"')


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    yield running
    running.close()


@lru_cache(maxsize=4)
def desk_of(service: Service, who: str, at: datetime) -> Desk:
    """Somebody at a desk; signed in anew when time has passed."""
    return Desk(service, who)


def asked(one: Told, paper: str, of: str = "", language: Language = "zh_CN", who: str = "1015") -> Any:
    desk = desk_of(one.service, who, one.service.clock.now)
    desk.http.cookies.set("language", language)
    return desk.api("POST", f"cases/{one.case_no}/papers/{paper}.pdf?of={of}")


def held(one: Told, folder: Path, paper: str, of: str = "", language: Language = "zh_CN") -> Held:
    answer = asked(one, paper, of, language)
    assert answer.status_code == 200, answer.text
    assert TIDY.fullmatch(answer.headers["content-disposition"])
    return Held(answer.content, folder, f"{paper}{of}-{language}")


def offers(one: Told) -> dict[str, dict[str, Any]]:
    return {row["paper"]: row for row in Desk(one.service, "1015").api("GET", f"cases/{one.case_no}/papers").json()}


def log(service: Service) -> list[tuple[str, str, str]]:
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.audit_link.select().order_by(t.audit_link.c.log_no))
        return [(row.what, row.subject, row.staff_no) for row in rows]


def rounded(paper: Held, size: tuple[int, int], language: Language) -> str:
    """What holds for every paper: fonts, page number, print time, who printed, which copy; gives its words."""
    words = paper.words()
    assert paper.size_mm() == size
    assert paper.fonts() and all(embedded and "NotoSansCJK" in name for name, embedded in paper.fonts())
    assert f"1/{paper.pages()}" in words
    assert re.search(say(language, "sheet.printed") + r"2026-11-\d\d\d\d:\d\d", words)
    assert "罗某" in words
    return words


def arranged(service: Service) -> Told:
    one = Told.begun(service)
    one.go(*TO_STORAGE, *ARRANGED)
    return one


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quote_is_a_draft_until_it_is_signed_and_the_contract_is_not_there_before(
    service: Service, tmp_path: Path, language: Language
) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE)
    assert asked(one, "quote").status_code == 409
    one.go(Step.QUOTE)

    draft = held(one, tmp_path, "quote", language=language)
    refused = asked(one, "contract", language=language)
    one.go(Step.SIGN_QUOTE)
    quote = held(one, tmp_path, "quote", language=language)
    contract = held(one, tmp_path, "contract", language=language)

    words = rounded(draft, A4, language)
    mark, note = say(language, "quote.draft"), "".join(say(language, "quote.draft_note").split())
    assert mark in words and note in words and draft.scanned() == [one.case_no]
    assert refused.status_code == 409
    assert refused.json()["title"] == say(language, "problem.paper_not_yet.say")
    assert refused.json()["detail"] == Step.SIGN_QUOTE
    assert note not in quote.words() and "".join(say(language, "quote.signed_note").split()) in quote.words()
    words = rounded(contract, A4, language)
    assert NAME in words and PHONE in words and ID_NO not in words
    assert "2026-11-01" in words and "黄某" in words and say(language, "sheet.observed") in words
    assert "1,560.00" in words and "360.00" in words
    assert contract.scanned() == [one.case_no]


def test_a_contract_says_price_waiver_who_bears_it_due_payer_basis_times_plan_and_statements(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tuple(Quantity(item=item, count=1) for item in ("furnace_better", "hall_large"))
    monkeypatch.setitem(DETAILS, Step.QUOTE, Details(items=chosen))
    one = Told.begun(service, resident=True)
    one.go(*TO_STORAGE, *ARRANGED)
    one.does(Step.RESERVE_FURNACE, starts=datetime(2026, 11, 4, 1, 0, tzinfo=UTC))

    words = rounded(held(one, tmp_path, "contract"), A4, "zh_CN")

    for said in ("拣灰炉火化", "900.00", "−330.00", "财政承担", "570.00", "家属", "减免额冲抵", "1,770.00"):
        assert said in words, said
    for said in ("思源厅", "2026-11-03", "2026-11-0409:00", "公墓", "体内植入物无", "手表×1", "甲方", "乙方", "签署"):
        assert said in words, said
    assert "遗体冷藏（日）" in words and "80.00×3" in words, "what is charged as it happens"


def test_forty_lines_go_over_pages_with_their_header_and_a_long_name_stays_on_its_paper(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("flowers", "mourning_band", "hall_large", "furnace_better", "ash_storage")
    lines = tuple(Quantity(item=names[at % 5], count=1 + at) for at in range(40))
    monkeypatch.setitem(DETAILS, Step.QUOTE, Details(items=lines))
    long = "买买提·阿卜杜热合曼·吐尔逊江·艾合买提·努尔买买提"
    one = Told.begun(service, deceased_name=long, applicant_name=f"{long}之子")
    one.go(*TO_STORAGE, *ARRANGED)

    contract = held(one, tmp_path, "contract")

    assert contract.pages() >= 2 and contract.words().count("付款方") >= contract.pages() - 1
    assert f"{contract.pages()}/{contract.pages()}" in contract.words()
    assert long in contract.words() and f"{long}之子" in contract.words()
    assert contract.scanned() == [one.case_no]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_authorisation_waits_for_death_and_applicant_and_says_whether_it_is_signed(
    service: Service, tmp_path: Path, language: Language
) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE)
    assert asked(one, "authorisation").json()["detail"] == Step.VERIFY_DEATH
    one.go(Step.VERIFY_DEATH)
    assert asked(one, "authorisation").json()["detail"] == Step.VERIFY
    one.go(Step.VERIFY)

    before = held(one, tmp_path, "authorisation", language=language).words()
    one.go(Step.AUTHORISE)
    after = held(one, tmp_path, "authorisation", language=language)

    words = rounded(after, A4, language)
    assert NAME in words and ID_NO in words and "DC0001" in words
    for said in ("title", "statement"):
        assert "".join(say(language, f"authorisation.{said}").split()) in words
    unsigned, signed = ("".join(say(language, f"authorisation.{one}_note").split()) for one in ("unsigned", "signed"))
    assert unsigned in before and signed not in before
    assert signed in words and unsigned not in words
    assert after.scanned() == [one.case_no]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_belongings_list_names_things_and_who_gave_and_received(
    service: Service, tmp_path: Path, language: Language
) -> None:
    one = Told.begun(service)
    one.go(Step.DISPATCH, Step.COLLECT)
    assert asked(one, "belongings").json()["code"] == "paper_not_yet"
    things = tuple(Quantity(item=item, count=2) for item in Belonging if item is not Belonging.NOTHING)
    one.does(Step.LIST_BELONGINGS, things=things)

    before = held(one, tmp_path, "belongings", language=language).words()
    one.go(Step.ARRIVE, Step.HAND_BELONGINGS)
    after = held(one, tmp_path, "belongings", language=language)

    words = rounded(after, A4, language)
    for thing in things:
        assert "".join(say(language, f"belonging.{thing.item}").split()) in words
    assert "".join(say(language, "belongings.open").split()) in before
    assert "B1" in words and "王某" in words and NAME not in words
    assert after.scanned() == [one.case_no]


def test_labels_come_after_their_scan_and_not_when_they_are_past(service: Service, tmp_path: Path) -> None:
    one = Told.begun(service, infectious=True)
    one.go(Step.DISPATCH)
    assert asked(one, "body_tag").json()["detail"] == Step.COLLECT
    one.go(Step.COLLECT)
    tag = held(one, tmp_path, "body_tag", "7Q2F", "en")
    assert asked(one, "coffin_label").json()["detail"] == Step.ARRIVE
    one.go(Step.ARRIVE, Step.STORE)
    code = offers(one)["coffin_label"]["of"]
    coffin = held(one, tmp_path, "coffin_label", code)
    one.does(Step.REPLACE_TAG, replacement="7Q2G", reason=Reason.TAG_LOST)
    unscanned = asked(one, "coffin_label", code)

    for label, scanned, language in ((tag, "7Q2F", LANGUAGES[1]), (coffin, code, LANGUAGES[0])):
        words = rounded(label, LABEL, language)
        assert label.scanned() == [scanned] and scanned in words and one.case_no in words
        assert "王某" in words and NAME not in words and "传染防护" in words and "Infectious" in words
    assert "识别腕带" in tag.words() and "棺签" in coffin.words()
    assert (unscanned.status_code, unscanned.json()["detail"]) == (409, "tag"), "the new tag was not scanned yet"


def test_ash_labels_follow_the_closed_furnace_and_every_box_has_its_own(service: Service, tmp_path: Path) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, *READY, *FIRE[:-1])
    assert asked(one, "coffin_label", "K0001").json()["code"] == "paper_over"
    assert asked(one, "body_tag", "7Q2F").json()["code"] == "paper_over"
    assert asked(one, "ash_label").json()["detail"] == Step.CLOSE_FURNACE
    one.go(Step.CLOSE_FURNACE)
    assert asked(one, "ash_label", "L0001").json()["detail"] == Step.SEAL
    one.go(Step.SEAL, Step.SPLIT)

    first, second = held(one, tmp_path, "ash_label", "L0001"), held(one, tmp_path, "ash_label", "L0002", "en")
    assert asked(one, "ash_label", "L0009").status_code == 404

    assert "1,600g" in rounded(first, LABEL, "zh_CN") and "1/2" in first.words() and "骨灰标签" in first.words()
    assert "800g" in rounded(second, LABEL, "en") and "2/2" in second.words() and "D0001" in second.words()
    assert second.scanned() == ["L0002"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_certificate_comes_when_it_is_drawn_and_its_code_verifies(
    service: Service, tmp_path: Path, language: Language
) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, *READY, *FIRE)
    assert asked(one, "certificate").json()["detail"] == Step.CERTIFY
    one.go(Step.CERTIFY)
    number = str(one.case.certificate)

    paper = held(one, tmp_path, "certificate", number, language)
    again = held(one, tmp_path, "certificate", number, language).words()

    home = service.context.home_id
    code = code_of(key_of(service.context.vault.blind, home), home, number)
    assert paper.scanned() == [f"{service.context.family_url}certificate?number={number}&code={code}"]
    page = service.http.get(f"{paper.scanned()[0].removeprefix('http://127.0.0.1:8700')}&lang={language}").text
    assert say(language, "check.valid") in page and NAME not in page, "anybody who holds it may ask"
    words = rounded(paper, A4, language)
    for said in ("火化证明", "CremationCertificate", number, NAME, ID_NO, "D0001", "温州市殡仪馆", code[:5], code[5:]):
        assert said in words, said
    assert "补打" not in words and "补打·第2份" in again and "Reprint·copy2" in again


def test_clearances_say_every_precondition_with_its_evidence_in_words_and_their_signature(
    service: Service, tmp_path: Path
) -> None:
    one = Told.begun(service)
    assert asked(one, "clearance").json()["code"] == "paper_not_yet"
    one.go(*TO_STORAGE, *ARRANGED, *DRESSED, *FAREWELL, Step.DEPOSIT, *FIRE, *TO_SHELF)
    collected(service, one.case_no, one.card)
    one.go(Step.RELEASE)
    with service.context.engine.connect() as connection:
        kept = connection.execute(t.clearance.select().order_by(t.clearance.c.log_no)).all()
    assert [row.step for row in kept] == ["arm", "release"]

    for (row, count), language in product(zip(kept, (27, 12), strict=True), LANGUAGES):
        paper = held(one, tmp_path, "clearance", str(row.log_no), language)
        words = rounded(paper, A4, language)
        assert "".join(say(language, "clearance.count", number=count).split()) in words
        assert "".join(say(language, "clearance.whole").split()) in words
        assert paper.scanned() == [one.case_no]
        for check in re.findall(r'"name":"(\w+)"', row.body):
            assert "".join(say(language, f"check.{check}").split()) in words, check
        codes = re.findall(r"[0-9a-f]{32}:\d+|office:\d+|cemetery|applicant\b", words)
        assert codes == [], "evidence in words"


def test_a_clearance_that_was_changed_says_so(service: Service, tmp_path: Path) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, *READY, Step.QUEUE, Step.ARM)
    of = offers(one)["clearance"]["of"]
    with service.context.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER clearance_no_update")
        connection.exec_driver_sql("UPDATE clearance SET body = replace(body, 'D0001', 'D0002')")

    words = held(one, tmp_path, "clearance", of).words()

    assert "签名不符" in words and "签名核对无误" not in words


def test_every_print_is_in_the_log_and_a_reprint_says_which_copy(service: Service, tmp_path: Path) -> None:
    one = arranged(service)

    words = [held(one, tmp_path, "contract").words() for _ in range(3)]
    assert asked(one, "ash_label", who="1004").status_code == 409

    assert "第1份" in words[0] and "补打" not in words[0]
    assert "补打·第2份" in words[1] and "补打·第3份" in words[2]
    told = [row for row in log(service) if row[0].startswith(("printed", "refused"))]
    assert told == [
        *((f"printed contract copy {number}", one.case_no, "1015") for number in (1, 2, 3)),
        ("refused paper_not_yet ash_label", one.case_no, "1004"),
    ]
    assert offers(one)["contract"]["copies"] == 3


def test_who_may_not_reveal_a_name_prints_no_paper_with_one(service: Service) -> None:
    one = arranged(service)
    for paper in ("contract", "authorisation"):
        assert asked(one, paper, who="1016").status_code == 403, "the auditor"
    assert asked(one, "quote", who="1016").status_code == 200
    assert asked(one, "belongings", who="1018").status_code == 404, "another county"
    stranger = Desk(service)
    assert stranger.api("POST", f"cases/{one.case_no}/papers/quote.pdf").status_code == 401


def test_a_home_edits_a_template_and_is_told_when_it_broke_it(service: Service, tmp_path: Path) -> None:
    from dataclasses import replace

    own = tmp_path / "templates"
    own.mkdir()
    service.context = replace(service.context, templates=own)
    one = arranged(service)
    own.joinpath("belongings.typ").write_text('#import "paper.typ": *\n#show: sheet.with("本馆清单")\n#data.name\n')
    words = held(one, tmp_path, "belongings").words()
    assert "本馆清单" in words and "王某" in words and "随身物品清单" not in words

    own.joinpath("belongings.typ").write_text("#nothing-like-this")
    refused = asked(one, "belongings")
    assert (refused.status_code, refused.json()["code"]) == (409, "template_broken")
    assert "belongings.typ" in refused.json()["detail"]
    assert "报价" in held(one, tmp_path, "quote").words(), "the others are as they were"


def test_the_furnace_log_of_a_day_lies_across_in_both_languages(service: Service, tmp_path: Path) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, *READY, *FIRE)
    loaded = one.case.last(Step.LOAD)
    assert loaded is not None
    day = local(loaded.at).date().isoformat()
    desk = Desk(service, "1015")
    for language in LANGUAGES:
        desk.http.cookies.set("language", language)

        answer = desk.post("furnaces.pdf", day=day)

        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"] == f'inline; filename="furnaces-{day}.pdf"'
        words = rounded(Held(answer.content, tmp_path, f"furnace_log-{language}"), A4_ACROSS, language)
        for said in (one.case_no, "D0001", "高某", "何某", say(language, "furnace_sheet.disc")):
            assert said in words, said
    assert ("printed furnace_log copy 1", day, "1015") in log(service)
    assert Desk(service, "1004").post("furnaces.pdf", day=day).status_code == 403
