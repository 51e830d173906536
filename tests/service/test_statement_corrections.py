"""A payer is told, once, of a line that was taken back after a statement had asked for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cardsvc.core.facts import Step
from cardsvc.core.outgoing import Channel
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.statements import Statement
from cardsvc.core.terms import Payer
from cardsvc.core.words import Language, say
from cardsvc.demo import outside
from cardsvc.handlers import end_statement
from cardsvc.outbox import Sender
from cardsvc.receiver import receiver
from cardsvc.store import statements as store
from cardsvc.store.statements import STATEMENT
from tests.service.test_statements import (
    APPROVER,
    SECRET,
    TO_FAMILY,
    TO_POLICE,
    collected,
    made,
    make,
    pay,
    returns,
    sent,
    stored,
    whole,
)
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.paper import Held
from tests.support.serving import Served
from tests.support.telling import Told


@pytest.fixture
def case(service: Service) -> Told:
    """A case of which the police was asked for storage, which the family pays after all."""
    one = stored(service)
    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_POLICE)
    return one


def said(service: Service, draft_no: int) -> Statement:
    """A statement as it was sent."""
    with service.context.engine.connect() as connection:
        kept = store.one(connection, service.context.home_id, draft_no)
    assert kept is not None and kept.body is not None
    return STATEMENT.validate_json(kept.body)


def told(service: Service, draft_no: int) -> list[tuple[int, str, int]]:
    """What a statement tells: number, item and amount of what was asked for."""
    return [(one.number, one.share.line.item, one.share.amount_fen) for one in said(service, draft_no).corrections]


def test_the_next_statement_tells_of_what_was_taken_back_and_asks_for_the_rest(service: Service, case: Told) -> None:
    first = sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)
    other = stored(service, 2)
    other.office.step(other.case_no, Step.SWITCH_PAYER, TO_POLICE)

    second = sent(service, Payer.POLICE)

    assert told(service, first) == [] and "corrections" not in said(service, first).model_dump()
    assert told(service, second) == [(1, "cold_storage", 16_000)]
    assert said(service, second).total_fen == 16_000, "it takes nothing off: the first asks for nothing by itself"
    with service.context.engine.connect() as connection:
        [line] = store.lines(connection, service.context.home_id, first)
    assert (line.taken_back, line.told, line.asked_fen) == (True, 2, 0)
    assert make(service, Payer.POLICE) == Refusal(Problem.STATEMENT_EMPTY, Payer.POLICE), "told once"
    whole(service)


def test_where_nothing_is_asked_for_a_statement_only_tells_and_takes_no_money(service: Service, case: Told) -> None:
    first = sent(service, Payer.POLICE)
    assert pay(service, first, 16_000) is None
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    thrown = made(service, Payer.POLICE)
    assert end_statement.discard(service.context, thrown, APPROVER) is None
    second = sent(service, Payer.POLICE)

    assert (said(service, second).total_fen, said(service, second).shares) == (0, ())
    assert told(service, second) == [(1, "cold_storage", 16_000)], "what was thrown away has told nothing"
    assert pay(service, second, 100, "B-2") == Refusal(Problem.STATEMENT_ENDED)
    whole(service)


def test_what_the_payer_has_returned_is_no_news_and_another_payer_hears_nothing(service: Service, case: Told) -> None:
    first = sent(service, Payer.POLICE)
    assert returns(service, first) is None
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)

    for payer in (Payer.POLICE, Payer.TREASURY):
        assert make(service, payer) == Refusal(Problem.STATEMENT_EMPTY, payer)


def test_a_draft_from_which_everything_went_meanwhile_is_not_sent(service: Service, case: Told) -> None:
    sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)
    one, other = made(service, Payer.POLICE), made(service, Payer.POLICE)
    assert isinstance(end_statement.send(service.context, one, APPROVER), Statement)

    assert end_statement.send(service.context, other, APPROVER) == Refusal(Problem.STATEMENT_EMPTY, Payer.POLICE)


def test_the_payers_office_takes_what_only_tells(service: Service, case: Told) -> None:
    service.context = replace(service.context, payers=frozenset({Payer.POLICE}))
    theirs = outside.payer(SECRET, service.clock)
    served = Served(outside.create(theirs))
    to = receiver(f"{served.address}send", SECRET, patience_s=60.0)
    sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)
    sent(service, Payer.POLICE)

    assert Sender(service.context, {Channel.POLICE: to}).send_due() == {"sent": 2}

    to.client.close()
    served.close()
    last = [STATEMENT.validate_json(one.body) for one in theirs.received.values()][-1]
    assert (last.number, last.total_fen, len(last.corrections)) == (2, 0, 1)


def test_page_paper_and_spreadsheet_say_it(service: Service, case: Told, tmp_path: Path) -> None:
    first = sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)
    desk = Desk(service, "1010")
    assert "1 笔更正待告知" in desk.get("statements").text
    draft = made(service, Payer.POLICE)
    page = desk.get(f"statements/{draft}").text
    assert "前期更正" in page and "只告知更正" in page and case.case_no in page
    done = end_statement.send(service.context, draft, APPROVER)
    assert isinstance(done, Statement)

    assert "已随 2 号告知" in desk.get(f"statements/{first}").text
    page = desk.get(f"statements/{draft}").text
    assert "前期更正" in page and 'id="pay"' not in page
    assert "待告知" not in desk.get("statements").text
    paper = Held(desk.post(f"statements/{draft}/statement.pdf").content, tmp_path, "statement-corrections")
    assert "前期对账单更正" in paper.words() and "160.00" in paper.words()
    assert desk.get(f"statements/{draft}/statement.xlsx").status_code == 200
    paper.scanned()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_services_before_the_period_are_marked_and_counted_on_page_and_paper(
    service: Service, tmp_path: Path, language: Language
) -> None:
    collected(service, 1)
    service.clock.forward(days=40)
    collected(service, 2)
    draft = made(service)
    with service.context.engine.connect() as connection:
        kept = store.one(connection, service.context.home_id, draft)
    assert kept is not None
    said = say(language, "statement_sheet.earlier", count=1, fen="230.00", first=kept.first)
    desk = Desk(service, "1010")
    desk.http.cookies.set("language", language)

    page = desk.get(f"statements/{draft}").text
    paper = Held(desk.post(f"statements/{draft}/statement.pdf").content, tmp_path, f"statement-earlier-{language}")

    assert said in page and page.count("※ 2026") == 1
    words = paper.words()
    assert "".join(said.split()) in words and words.count("※2026") == 1


def test_the_database_lets_a_line_be_told_once(service: Service, case: Told) -> None:
    first = sent(service, Payer.POLICE)
    case.office.step(case.case_no, Step.SWITCH_PAYER, TO_FAMILY)
    second = sent(service, Payer.POLICE)
    for change in ("told_in = NULL", f"told_in = {first}"):
        with pytest.raises(IntegrityError), service.context.engine.begin() as connection:
            connection.execute(text(f"UPDATE statement_line SET {change} WHERE told_in = :no"), {"no": second})
