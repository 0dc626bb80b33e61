"""Takes out of a report's text whatever its facts and passages do not bear out.

Runs after every writer, in either language. Each check is in a module of
``verification``; what a model may be asked to do better is in ``model_writer.py``.
docs/verification.md says what is caught, and how much of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import DroppedSentence, Sentence
from sportsgpt_lib.guidance.report_text import ReportText
from sportsgpt_lib.guidance.verification.exercises import find_exercise_fault
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Claim, Means
from sportsgpt_lib.guidance.verification.scope import (
    Scope,
    scope_of_exercise,
    scope_of_finding,
    scope_of_report,
)
from sportsgpt_lib.guidance.verification.sentences import check_sentence, list_evidence
from sportsgpt_lib.guidance.verification.verdicts import (
    CheckResult,
    Fault,
    SentenceVerdict,
)

_SECTIONS = ("summary", "strengths", "close_to_limit")
_FINDING_PARTS = ("seen", "why", "cause")
_PLAN_PARTS = (
    *("how", "progression", "cue", "contraindications", "age_limits", "success"),
)
_CARD = CheckResult(passed_by="card", support_ratio=1.0)


@dataclass(frozen=True)
class VerifiedText:
    """The text that may stay, what was taken out, and the verdict on each sentence."""

    text: ReportText
    dropped: tuple[DroppedSentence, ...]
    verdicts: tuple[SentenceVerdict, ...] = ()


def verify_text(
    text: ReportText, case: GuidanceCase, means: Means = RULES_ONLY
) -> VerifiedText:
    """Verify all sentences and exercises of a text against its case.

    Parameters
    ----------
    text, case
        What was written, and what it was to be written from.
    means
        An embedding model and a judge, where there are any.

    Returns
    -------
    The verdicts are in the order of the text, those on an exercise before those on its
    sentences. The sentences of what had to go as a whole have none of their own.
    """
    return _Verification(case, means).verify(text)


class _Verification:
    """One run over one text: collects verdicts in the order of the text."""

    def __init__(self, case: GuidanceCase, means: Means) -> None:
        self._case = case
        self._means = means
        self._verdicts: list[SentenceVerdict] = []

    def verify(self, text: ReportText) -> VerifiedText:
        self._judge_text(text)
        if self._means.judge is not None:
            self._ask_judge()
        return VerifiedText(
            _keep(text, self._case, iter(self._verdicts)),
            tuple(_list_dropped(self._verdicts)),
            tuple(self._verdicts),
        )

    def _judge_text(self, text: ReportText) -> None:
        case = self._case
        for name in _SECTIONS:
            self._judge_all(scope_of_report(case, name), getattr(text, name))
        known = {(issue.issue, issue.movement): issue for issue in case.issues}
        for finding in text.findings:
            issue = known.get((finding.issue, finding.movement))
            for name in _FINDING_PARTS:
                sentences = getattr(finding, name)
                if issue is None:
                    section = f"finding {finding.issue}: {name}"
                    self._refuse(section, sentences, "this finding was not reported")
                else:
                    scope = scope_of_finding(case, issue).part(name)
                    self._judge_all(scope, sentences)
        for item in text.plan:
            scope = scope_of_exercise(case, item)
            fault = find_exercise_fault(item, case)
            result = _CARD if fault is None else CheckResult(fault)
            self._verdicts.append(
                SentenceVerdict(
                    scope.section, item.exercise, (), (item.passage,), result
                )
            )
            for name in _PLAN_PARTS if fault is None else ():
                self._judge_all(scope.part(name), getattr(item, name))

    def _judge_all(self, scope: Scope, sentences: Sequence[Sentence]) -> None:
        said: set[str] = set()
        for sentence in sentences:
            result = check_sentence(sentence, self._case, scope, self._means)
            if result.fault is None and sentence.text in said:
                result = CheckResult(Fault("other", "it was said just before"))
            elif result.fault is None:
                said.add(sentence.text)
            self._add(scope.section, sentence, result)

    def _refuse(self, section: str, sentences: Sequence[Sentence], reason: str) -> None:
        for sentence in sentences:
            self._add(section, sentence, CheckResult(Fault("finding", reason)))

    def _add(self, section: str, sentence: Sentence, result: CheckResult) -> None:
        self._verdicts.append(
            SentenceVerdict(
                section, sentence.text, sentence.facts, sentence.passages, result
            )
        )

    def _ask_judge(self) -> None:
        """Ask the judge about what only the rules on passages let through."""
        judge = self._means.judge
        places = [
            place
            for place, verdict in enumerate(self._verdicts)
            if verdict.result.passed_by == "passage"
        ]
        if judge is None or not places:
            return
        claims = [
            Claim(
                self._verdicts[place].text,
                list_evidence(self._verdicts[place], self._case),
            )
            for place in places
        ]
        for place, answer in zip(places, judge.judge(claims), strict=True):
            result = self._verdicts[place].result
            if answer is True:
                result = replace(result, passed_by="judge")
            elif answer is False:
                fault = Fault("judge", "the judge finds it not borne out")
                result = replace(result, fault=fault, passed_by=None)
            self._verdicts[place] = replace(self._verdicts[place], result=result)


def _keep(
    text: ReportText, case: GuidanceCase, verdicts: Iterator[SentenceVerdict]
) -> ReportText:
    """Keep what passed; the verdicts are in the order in which they were given."""

    def select(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        return tuple(one for one in sentences if next(verdicts).is_kept)

    sections = {name: select(getattr(text, name)) for name in _SECTIONS}
    known = {(issue.issue, issue.movement) for issue in case.issues}
    findings = []
    for finding in text.findings:
        parts = {name: select(getattr(finding, name)) for name in _FINDING_PARTS}
        if (finding.issue, finding.movement) in known:
            findings.append(finding.model_copy(update=parts))
    plan = []
    for item in text.plan:
        if next(verdicts).is_kept:
            parts = {name: select(getattr(item, name)) for name in _PLAN_PARTS}
            plan.append(item.model_copy(update=parts))
    return text.model_copy(
        update={**sections, "findings": tuple(findings), "plan": tuple(plan)}
    )


def _list_dropped(verdicts: Sequence[SentenceVerdict]) -> list[DroppedSentence]:
    return [
        DroppedSentence(
            section=verdict.section,
            text=verdict.text,
            reason=verdict.result.fault.reason,
            check=verdict.result.fault.check,
        )
        for verdict in verdicts
        if verdict.result.fault is not None
    ]
