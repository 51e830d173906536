"""The cremation authorisation, 遗体火化确认书 (A4): what the applicant confirms, and how it was signed."""

from typing import Any

from cardsvc.core.cremation_gate import KIND_PAPER, unclaimed
from cardsvc.core.facts import Step
from cardsvc.core.on_paper import OnPaper
from cardsvc.core.terms import Paper
from cardsvc.core.words import Language, say
from cardsvc.documents import saying


def content(on: OnPaper, language: Language) -> dict[str, Any]:
    """What the template of the authorisation shows."""
    case, open_ = on.case, say(language, "sheet.not_recorded")
    death = case.paper(KIND_PAPER.get(case.kind, Paper.DEATH_CERTIFICATE))
    papers = [death, *(case.paper(one) for one in (Paper.APPLICANT_IDENTITY, Paper.DELEGATION))]
    return {
        "deceased": on.personal["deceased_name"],
        "id_no": on.personal["id_no"] or open_,
        "kind": say(language, f"case_kind.{case.kind}"),
        "tag": case.tag or open_,
        "unclaimed": unclaimed(case),
        "applicant": on.personal["applicant_name"],
        "applicant_phone": on.personal["applicant_phone"],
        "relation": saying.relation(on, language),
        "papers": [
            {
                "paper": say(language, f"paper.{one.paper}"),
                "number": one.number,
                "issuer": say(language, f"issuer.{one.issuer}") if one.issuer else "",
                "at": saying.when(one.at),
            }
            for one in papers
            if one is not None
        ],
        "ash_plan": say(language, f"destination.{case.ash_plan}") if case.ash_plan else open_,
        "implants": say(language, f"implants.{case.implants}") if case.implants else open_,
        "signed_by": say(language, f"signer.{case.signed_by}") if case.authorised and case.signed_by else "",
        "signed": saying.how(on, Step.AUTHORISE, language) if case.authorised else None,
    }
