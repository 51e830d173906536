"""What was entered at the touch page, as the details of a step."""

import json

from pydantic import ValidationError

from cardsvc.core.facts import Details, Step
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.typed import typed
from terminal.session import Session


def details_of(session: Session, step: Step) -> Details:
    """The entered text as details. Raises ValidationError or ValueError for what cannot be."""
    raw = typed(session.entered)
    if step is Step.LOAD and session.permit is not None:
        raw["permit"] = session.permit.permit
    return Details.model_validate_json(json.dumps(raw))


def entered(session: Session, step: Step) -> Details | Refusal:
    """The entered text as details, or which fields cannot be."""
    try:
        return details_of(session, step)
    except ValidationError as error:
        return Refusal(Problem.FIELD_INVALID, ", ".join(str(one["loc"][0]) for one in error.errors()))
    except ValueError:
        return Refusal(Problem.FIELD_INVALID)
