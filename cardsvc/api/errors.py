"""Problems as HTTP answers: application/problem+json with a stable code, and what to do next."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.words import Language, say
from cardsvc.store.engine import StoreConflict

STATUS: Mapping[Problem, int] = {
    Problem.NOT_SIGNED_IN: 401,
    Problem.SIGN_IN_FAILED: 401,
    Problem.STATION_UNKNOWN: 401,
    Problem.SIGNATURE_WRONG: 401,
    Problem.NOT_ALLOWED: 403,
    Problem.PASSWORD_FIRST: 403,
    Problem.FORM_EXPIRED: 403,
    Problem.NOT_FOUND: 404,
    Problem.LINK_INVALID: 404,
    Problem.INPUT_INVALID: 422,
    Problem.FIELD_INVALID: 422,
    Problem.TOO_MANY: 429,
}


class Refused(Exception):
    """A refusal on its way out of a route."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.problem.value)
        self.refusal = refusal


def problem_response(refusal: Refusal, language: Language = "zh_CN", status: int | None = None) -> JSONResponse:
    """The answer for a refusal (RFC 9457)."""
    problem = refusal.problem
    body = {
        "type": f"urn:onecard:problem:{problem}",
        "code": problem.value,
        "title": say(language, f"problem.{problem}.say"),
        "detail": refusal.detail,
        "do": say(language, f"problem.{problem}.do"),
        "reasons": [{"code": one.problem.value, "detail": one.detail} for one in refusal.all()],
    }
    code = status or STATUS.get(problem, HTTPStatus.CONFLICT)
    return JSONResponse(body, code, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Every way out of this app that is not a success is a problem with a code."""

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> JSONResponse:
        return problem_response(error.refusal, language_of(request))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        where = "; ".join(".".join(str(part) for part in one["loc"]) for one in error.errors()[:20])
        return problem_response(Refusal(Problem.INPUT_INVALID, where), language_of(request))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        known = {404: Problem.NOT_FOUND, 401: Problem.NOT_SIGNED_IN, 403: Problem.NOT_ALLOWED}
        refusal = Refusal(known.get(error.status_code, Problem.INPUT_INVALID))
        return problem_response(refusal, language_of(request), error.status_code)

    @app.exception_handler(StoreConflict)
    def conflict(request: Request, error: StoreConflict) -> JSONResponse:
        return problem_response(Refusal(Problem.TOO_MANY), language_of(request), 503)


def language_of(request: Request) -> Language:
    """The language that a person chose, else what the browser prefers."""
    chosen = request.cookies.get("language") or request.headers.get("accept-language", "zh")
    return "en" if chosen.lower().startswith("en") else "zh_CN"
