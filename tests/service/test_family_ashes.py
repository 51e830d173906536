"""The family's page about the ashes: until when they are kept, and what is needed to collect them."""

import pytest

from cardsvc.core.facts import Step
from tests.service.test_family import OURS, link, look_in
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_STORAGE, go, opened, stored

pytestmark = pytest.mark.one_engine


def test_the_family_reads_until_when_the_ashes_are_kept_only_with_its_second_factor(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, *FIRE, Step.SEAL)
    phone = look_in(service, link(service, case_no))
    assert phone.get("/family/status").json()["needs"] == ["领取骨灰时带上本卡和身份证", "承办人手机（领取时收验证码）"]
    go(service, case_no, card, Step.SHELVE)
    assert "ashes_until" not in phone.get("/family/status").json()
    assert phone.post("/family/confirm", json={"digits": "0000"}, headers=OURS).status_code == 204

    shown = phone.get("/family/status").json()

    until = stored(service, case_no).storage_until
    assert until is not None and shown["ashes_until"] == until.isoformat(timespec="minutes")
    assert "S-01" not in str(shown)
    go(service, case_no, card, Step.UNSHELVE)
    assert "ashes_until" not in phone.get("/family/status").json()
