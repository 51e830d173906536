"""Somebody at a desk of the office: signs in as the demo's people do, reads pages, sends forms."""

import re
from typing import Any

from tests.support.calling import caller
from tests.support.home import Service

BOOKING = {
    "deceased_name": "欧阳春",
    "id_no": "330302194001010010",
    "applicant_name": "欧阳小",
    "applicant_phone": "13800000001",
    "relation": "child",
    "county": "330302",
    "address": "某路 1 号",
    "floor": "2",
    "infectious": "no",
    "police": "no",
    "resident": "yes",
    "cause_class": "natural",
    "case_kind": "person",
}


class Desk:
    """One browser with its cookies."""

    def __init__(self, service: Service, staff_no: str = "") -> None:
        self.http = caller(service.app, follow_redirects=False)
        self.form_token = ""
        if staff_no:
            answer = self.http.post("/office/api/session", json={"staff_no": staff_no, "password": staff_no * 2})
            assert answer.status_code == 204, answer.text
            self.form_token = self.http.get("/office/api/me").json()["form_token"]

    def get(self, path: str) -> Any:
        return self.http.get(f"/office/{path}")

    def post(self, path: str, **form: str) -> Any:
        return self.http.post(f"/office/{path}", data={"form_token": self.form_token, **form})

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return self.http.request(method, f"/office/api/{path}", json=body, headers={"x-form-token": self.form_token})

    def numbers(self, query: str) -> list[str]:
        """The case numbers that a list shows."""
        return re.findall(r"<b>(WZ-\d{4}-\d{6})</b>", self.get(f"cases?{query}").text)
