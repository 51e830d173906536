"""The stock of certificates and the public page, on both engines."""

import pytest
from sqlalchemy import text

from cardsvc.api.family import HEADERS
from cardsvc.core.certificate_code import code_of, key_of
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.stock import FormState, Unexpected
from cardsvc.core.terms import Reason
from cardsvc.handlers import count_forms, hand_forms, receive_forms, void_forms
from cardsvc.handlers.check_certificate import Checked, Verdict
from cardsvc.handlers.check_certificate import handle as check
from cardsvc.store import stock as stocks
from cardsvc.store.stock import CERTIFICATES, Counted
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_STORAGE, Office, go, opened, stored

pytestmark = pytest.mark.one_engine
MANAGER, AUDITOR, ARRANGER = StaffNo("1015"), StaffNo("1016"), StaffNo("1006")


def certified(service: Service) -> tuple[CaseNo, str]:
    """A case that was burnt, and the number that it drew."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, Step.SEAL, Step.CERTIFY)
    number = stored(service, case_no).certificate
    assert number is not None
    return case_no, number


def code(service: Service, number: str) -> str:
    context = service.context
    return code_of(key_of(context.vault.blind, context.home_id), context.home_id, number)


def state_of(service: Service, number: str) -> FormState | None:
    with service.context.engine.connect() as connection:
        one = stocks.form(connection, CERTIFICATES, service.context.home_id, number)
    return one.state if one is not None else None


def test_a_range_is_received_handed_on_and_voided_and_every_act_is_in_the_log(service: Service) -> None:
    context, now = service.context, service.clock.now
    received = receive_forms.handle(context, CERTIFICATES, "HA-", 1, 10, MANAGER, now, ARRANGER)
    assert received == "HA-000001..HA-000010"
    assert receive_forms.handle(context, CERTIFICATES, "HA-", 10, 2, MANAGER, now) == Refusal(
        Problem.FORMS_RECEIVED, "HA-000010..HA-000011"
    )
    assert receive_forms.handle(context, CERTIFICATES, "HB-", 1, 1, MANAGER, now, StaffNo("9999")) == Refusal(
        Problem.STAFF_UNKNOWN, "9999"
    )
    assert hand_forms.handle(context, CERTIFICATES, ["HA-000001", "HA-000002"], MANAGER, AUDITOR, now) == 2

    lost = ["HA-000002", "HA-000003"]
    assert void_forms.handle(context, CERTIFICATES, lost, Reason.LOST, MANAGER, MANAGER, now) == Refusal(
        Problem.FOUR_EYES, "keep_certificates"
    )
    assert void_forms.handle(context, CERTIFICATES, lost, Reason.WEATHER, MANAGER, AUDITOR, now) == Refusal(
        Problem.FIELD_INVALID, "reason"
    )
    assert void_forms.handle(context, CERTIFICATES, lost, Reason.LOST, MANAGER, AUDITOR, now) == 2
    assert void_forms.handle(context, CERTIFICATES, lost, Reason.LOST, MANAGER, AUDITOR, now) == Refusal(
        Problem.CERTIFICATE_NOT_STOCK, "HA-000002..HA-000003"
    )
    assert hand_forms.handle(context, CERTIFICATES, lost, MANAGER, AUDITOR, now) == Refusal(
        Problem.CERTIFICATE_NOT_STOCK, "HA-000002..HA-000003"
    )

    with context.engine.connect() as connection:
        keepers = stocks.keepers(connection, CERTIFICATES, context.home_id)
        acts = [(one.what, one.subject) for one in stocks.acts(connection, CERTIFICATES, context.home_id)]
    assert [(who, count) for who, count, _, _ in keepers] == [("1006", 7), ("1015", 2_000), ("1016", 1)]
    assert acts[:3] == [
        ("certificates void, lost, second 1016", "HA-000002..HA-000003"),
        ("certificates handed to 1016", "HA-000001..HA-000002"),
        ("certificates received, kept by 1006", "HA-000001..HA-000010"),
    ]


def test_a_count_names_what_is_missing_and_what_should_not_be_there(service: Service) -> None:
    context, now = service.context, service.clock.now
    receive_forms.handle(context, CERTIFICATES, "HA-", 1, 4, MANAGER, now, ARRANGER)
    void_forms.handle(context, CERTIFICATES, ["HA-000004"], Reason.SPOILED, MANAGER, AUDITOR, now)

    counted = count_forms.handle(
        context, CERTIFICATES, ["HA-000001", "HA-000002", "HA-000004", "HX-000001"], ARRANGER, MANAGER, now
    )

    assert isinstance(counted, Counted)
    assert (counted.counted, counted.recorded) == (4, 3)
    assert counted.differences.missing == ("HA-000003",)
    assert counted.differences.unexpected == (
        Unexpected(number="HA-000004", state=FormState.VOID),
        Unexpected(number="HX-000001"),
    )
    with context.engine.connect() as connection:
        assert stocks.counts(connection, CERTIFICATES, context.home_id) == [counted]


def test_a_count_of_one_keepers_forms_names_those_of_others_and_nobody_unknown_is_counted(service: Service) -> None:
    context, now = service.context, service.clock.now
    receive_forms.handle(context, CERTIFICATES, "HA-", 1, 2, MANAGER, now, ARRANGER)

    counted = count_forms.handle(context, CERTIFICATES, ["HA-000001", "HA-000002"], AUDITOR, MANAGER, now)

    assert isinstance(counted, Counted)
    assert (counted.counted, counted.recorded) == (2, 0)
    assert [one.number for one in counted.differences.unexpected] == ["HA-000001", "HA-000002"]
    nobody = count_forms.handle(context, CERTIFICATES, ["HA-000001"], StaffNo("9999"), MANAGER, now)
    assert nobody == Refusal(Problem.STAFF_UNKNOWN, "9999")


def test_a_void_form_is_never_drawn_and_a_drawn_one_is_voided_on_its_case_alone(service: Service) -> None:
    void_forms.handle(
        service.context, CERTIFICATES, ["HZ-000001"], Reason.MISPRINT, MANAGER, AUDITOR, service.clock.now
    )
    case_no, number = certified(service)
    assert number == "HZ-000002"

    refused = void_forms.handle(
        service.context, CERTIFICATES, [number], Reason.MISPRINT, MANAGER, AUDITOR, service.clock.now
    )

    assert refused == Refusal(Problem.CERTIFICATE_NOT_STOCK, number)
    Office(service).step(case_no, Step.VOID_CERTIFICATE, Details(reason=Reason.MISPRINT))
    assert state_of(service, number) is FormState.VOID


def test_the_public_page_tells_valid_void_or_not_known_and_no_name_unasked(service: Service) -> None:
    case_no, number = certified(service)
    drawn_at = service.clock.now
    right = code(service, number)
    asked = f"/family/certificate?number={number.lower()}&code={right[:5].lower()}-{right[5:]}&lang=en"

    page = service.http.get(asked)
    assert (page.status_code, "Genuine and valid" in page.text) == (200, True)
    assert local(drawn_at).date().isoformat() in page.text and "Wenzhou Funeral Home" in page.text
    for hidden in ("王", str(case_no), "D0001", "F1", "1011", "1006"):
        assert hidden not in page.text, hidden
    assert page.headers["content-security-policy"] == HEADERS["content-security-policy"]

    assert "王某" in service.http.get(f"{asked}&surname=王").text
    wrong = service.http.get(f"{asked}&surname=李").text
    assert "The surname differs" in wrong and "王某" not in wrong

    Office(service).step(case_no, Step.VOID_CERTIFICATE, Details(reason=Reason.MISPRINT))
    assert "Void since" in service.http.get(asked).text


def test_a_wrong_code_a_blank_form_and_a_number_that_never_was_look_alike(service: Service) -> None:
    _, number = certified(service)
    wrong = code(service, "HZ-000777")
    pages = set()
    for asked, with_code in (
        (number, wrong),
        (number, ""),
        ("HZ-000777", wrong),
        ("HX-000001", code(service, "HX-000001")),
    ):
        page = service.http.get(f"/family/certificate?number={asked}&code={with_code}&lang=en")
        assert page.status_code == 200
        answer = page.text.partition('role="status"')[2].partition("</section>")[0]
        assert "Not known" in answer
        pages.add(answer)
    assert len(pages) == 1


def test_a_wrong_code_never_reads_the_database(service: Service) -> None:
    _, number = certified(service)
    with service.context.engine.begin() as connection:
        connection.execute(text("ALTER TABLE certificate RENAME TO certificate_away"))

    assert check(service.context, number, "AAAAAAAAAA", "王") == Checked(Verdict.NOT_KNOWN)
    with pytest.raises(Exception, match="certificate"):
        check(service.context, number, code(service, number), "王")


def test_who_tries_codes_is_stopped_and_an_empty_form_is_no_try(service: Service) -> None:
    for _ in range(30):
        assert service.http.get("/family/certificate").status_code == 200
    tries = [
        service.http.get(f"/family/certificate?number=HZ-000001&code={number:010d}").status_code for number in range(22)
    ]
    assert tries == [200] * 20 + [429] * 2
    service.clock.forward(minutes=11)
    assert service.http.get("/family/certificate?number=HZ-000001&code=0").status_code == 200


@pytest.mark.parametrize("typed", ["<script>", "' OR 1=1 --", "号", "\x00", "%F0%9F%95%AF", "-" * 24])
def test_whatever_is_typed_is_answered_and_never_echoed_as_markup(service: Service, typed: str) -> None:
    page = service.http.get("/family/certificate", params={"number": typed, "code": typed, "surname": typed[:20]})
    assert page.status_code == 200
    assert "<script" not in page.text
