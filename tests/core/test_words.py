"""Every word exists in every language, and every value that a person may meet has one."""

import re
from enum import StrEnum

import pytest

from cardsvc.core import facts, terms
from cardsvc.core.card_life import Act, CardState
from cardsvc.core.day_close import Check
from cardsvc.core.figures import Unit
from cardsvc.core.hot import HotReason
from cardsvc.core.indicated import Relation, Span
from cardsvc.core.permissions import Action, Role
from cardsvc.core.price_rules import Change, DraftState, Wrong
from cardsvc.core.prices import Regime, Trigger
from cardsvc.core.problems import Problem
from cardsvc.core.registers import RegisterFault
from cardsvc.core.reporting import Age, Every
from cardsvc.core.review import Rule
from cardsvc.core.reviewing import Because, Decision, FlagState
from cardsvc.core.rules import RULES
from cardsvc.core.statements import Handed, ReturnedWhy, StatementState
from cardsvc.core.station import ENTRIES
from cardsvc.core.uploads import UploadState
from cardsvc.core.wire import Outcome, RevokedWhy
from cardsvc.core.words import CATALOGUES, LANGUAGES, Language, say
from cardsvc.documents.safe_xlsx import Unsafe
from terminal.readers.reader import Fault

TABLES: dict[str, type[StrEnum]] = {
    "stage": facts.Stage,
    "step": facts.Step,
    "place": facts.PlaceKind,
    "station": facts.StationKind,
    "reason": terms.Reason,
    "skip": terms.Skip,
    "case_kind": terms.CaseKind,
    "cause_class": terms.CauseClass,
    "means": terms.Means,
    "destination": terms.Destination,
    "paper": terms.Paper,
    "issuer": terms.Issuer,
    "signer": terms.Signer,
    "origin": terms.Origin,
    "approval": terms.Approval,
    "implants": terms.Implants,
    "condition": terms.Condition,
    "alert": terms.AlertWhy,
    "belonging": terms.Belonging,
    "notice": terms.Notice,
    "role": Role,
    "action": Action,
    "payer": terms.Payer,
    "regime": Regime,
    "trigger": Trigger,
    "wrong": Wrong,
    "change": Change,
    "draft_state": DraftState,
    "unsafe": Unsafe,
    "upload_state": UploadState,
    "review_rule": Rule,
    "every": Every,
    "report_age": Age,
    "flag_state": FlagState,
    "review_decision": Decision,
    "review_because": Because,
    "outcome": Outcome,
    "revoked": RevokedWhy,
    "reader": Fault,
    "hot_reason": HotReason,
    "card_state": CardState,
    "card_act": Act,
    "check": Check,
    "statement_state": StatementState,
    "handed": Handed,
    "returned_why": ReturnedWhy,
    "register_fault": RegisterFault,
    "card_act_hint": Act,
    "unit": Unit,
    "unit_number": Unit,
    "figure_span": Span,
    "figure_relation": Relation,
}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_both_catalogues_have_the_same_keys_and_placeholders() -> None:
    first, *others = (CATALOGUES[language] for language in LANGUAGES)
    for other in others:
        assert set(first) == set(other)
        assert [key for key in first if placeholders(first[key]) != placeholders(other[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_every_value_has_a_word(table: str, language: Language) -> None:
    for value in TABLES[table]:
        assert say(language, f"{table}.{value}").strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_says_what_and_what_to_do(language: Language) -> None:
    for problem in Problem:
        assert say(language, f"problem.{problem}.say").strip()
        assert say(language, f"problem.{problem}.do").strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_and_milestone_has_a_word(language: Language) -> None:
    for name in ENTRIES:
        assert say(language, f"field.{name}").strip()
    for step, rule in RULES.items():
        if rule.milestone:
            assert say(language, f"milestone.{step}").strip()


def test_no_two_stages_read_alike() -> None:
    for language in LANGUAGES:
        words = [say(language, f"stage.{stage}") for stage in facts.Stage]
        assert len(set(words)) == len(words)
