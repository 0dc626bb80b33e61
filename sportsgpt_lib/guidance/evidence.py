"""Asks the knowledge base for what a report may quote; goes without where it is down.

A night's reports are written either way. What was written without is marked, and
written again when the knowledge base answers.
"""

import logging
from dataclasses import replace

from sportsgpt_lib.errors import DatabaseError, ModelServiceError, MovementFileError
from sportsgpt_lib.guidance.case import IssueCase
from sportsgpt_lib.guidance.report_text import select_quotable
from sportsgpt_lib.knowledge.retrieval import Retriever, build_issue_question
from sportsgpt_lib.sports.loader import load_movement

_IS_DOWN = (DatabaseError, ModelServiceError)
_LOGGER = logging.getLogger(__name__)


def ask_knowledge_version(retriever: Retriever) -> str | None:
    """Ask for the version of the knowledge base; None = it does not answer."""
    try:
        return retriever.compute_knowledge_version()
    except _IS_DOWN as error:
        _tell_operators(error)
        return None


def find_evidence(
    retriever: Retriever, issues: tuple[IssueCase, ...]
) -> tuple[IssueCase, ...] | None:
    """Find what may be quoted on each issue; None = the knowledge base was lost.

    Evidence is whole or not there at all: which issues were asked before the failure is
    chance.
    """
    try:
        return tuple(_add_evidence(retriever, issue) for issue in issues)
    except _IS_DOWN as error:
        _tell_operators(error)
        return None


def _tell_operators(error: Exception) -> None:
    _LOGGER.warning("reports go without the knowledge base: %s", error)


def _add_evidence(retriever: Retriever, issue: IssueCase) -> IssueCase:
    found = retriever.retrieve(
        _build_question(issue), movement=issue.movement, issue=issue.issue
    )
    return replace(issue, passages=select_quotable(found))


def _build_question(issue: IssueCase) -> str:
    """Build the question from the issue's own words, or its name if undefined."""
    try:
        return build_issue_question(load_movement(issue.movement).issue(issue.issue))
    except (MovementFileError, KeyError):
        return issue.issue_name
