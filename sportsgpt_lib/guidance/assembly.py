"""Verifies a text and puts it, its facts and its sources together into the report."""

from collections.abc import Mapping

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import (
    Citation,
    FindingSection,
    GuidanceReport,
    PlanItem,
    Sentence,
    SourceEntry,
    Versions,
)
from sportsgpt_lib.guidance.report_text import FindingText, ReportText, WrittenText
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.knowledge.retrieval import EvidencePassage

_NOTHING_FOUND = "No technique fault was reported, so no exercise is proposed."
_SLIPS_ONLY = "No exercise is proposed: what was seen were slips, no habits."
_NO_MOVEMENT = "Nothing could be judged in this session, so no exercise is proposed."


def assemble_report(
    case: GuidanceCase,
    written: WrittenText,
    *,
    knowledge_version: str,
    embedding_model: str,
) -> GuidanceReport:
    """Verify what was written and assemble the report around it.

    Every issue of the case is in the report, answered or not.
    """
    verified = verify_text(written.text, case)
    texts = {(part.issue, part.movement): part for part in verified.text.findings}
    findings = tuple(
        _assemble_finding(issue, texts.get((issue.issue, issue.movement)), case)
        for issue in case.issues
    )
    plan = verified.text.plan
    return GuidanceReport(
        team_id=case.team_id,
        session_day=case.session_day,
        athlete_id=case.athlete_id,
        movements=tuple(part.movement for part in case.movements),
        summary=verified.text.summary,
        strengths=verified.text.strengths,
        findings=findings,
        absent=case.absent,
        plan=plan,
        plan_note=_describe_gaps(case, plan),
        not_judged=case.not_judged,
        facts=tuple(case.facts.values()),
        sources=_list_sources(case.passages, verified.text),
        dropped=(*written.dropped, *verified.dropped),
        writer=written.writer,
        versions=Versions(
            knowledge_version=knowledge_version,
            embedding_model=embedding_model,
            movement_sha256=dict(sorted(case.movement_sha256.items())),
            pose_models=case.pose_models,
        ),
    )


def is_verified(report: GuidanceReport, case: GuidanceCase) -> bool:
    """Verify the finished report once more: nothing in it may have to go."""
    text = ReportText(
        summary=report.summary,
        strengths=report.strengths,
        findings=tuple(
            FindingText(
                issue=part.issue,
                movement=part.movement,
                seen=part.seen,
                why=part.why,
                cause=part.cause,
            )
            for part in report.findings
        ),
        plan=report.plan,
    )
    return not verify_text(text, case).dropped


def _assemble_finding(
    issue: IssueCase, text: FindingText | None, case: GuidanceCase
) -> FindingSection:
    pictures = [case.facts[name].picture for name in issue.metrics]
    session = issue.session
    counts = (issue.count, issue.left_count, issue.right_count)
    return FindingSection(
        issue=issue.issue,
        issue_name=issue.issue_name,
        movement=issue.movement,
        dimension=issue.dimension,
        probability_ratio=issue.probability_ratio,
        severity_ratio=issue.severity_ratio,
        pattern=session.pattern,
        shown_count=session.shown_count,
        repetition_count=session.repetition_count,
        shown_low_ratio=session.low_ratio,
        shown_high_ratio=session.high_ratio,
        side_pattern=session.side_pattern,
        seen=text.seen if text else (),
        why=text.why if text else (),
        cause=text.cause if text else (),
        facts=(*filter(None, counts), *issue.metrics, *issue.medians),
        picture=next((picture for picture in pictures if picture), None),
        is_answered=bool(issue.passages),
    )


def _describe_gaps(case: GuidanceCase, plan: tuple[PlanItem, ...]) -> str | None:
    if not case.movements:
        return _NO_MOVEMENT
    if not case.issues:
        return _NOTHING_FOUND
    trained = [issue for issue in case.issues if issue.is_trained]
    if not trained:
        return _SLIPS_ONLY
    planned = {name for item in plan for name in item.issues}
    notes = (
        (
            "Habit or slip? Too few repetitions to tell for: {}. Film more of them "
            "before training long on it.",
            [
                issue
                for issue in trained
                if issue.issue in planned and issue.session.pattern == "undecided"
            ],
        ),
        (
            "No exercise is proposed for slips: {}.",
            [issue for issue in case.issues if not issue.is_trained],
        ),
        (
            "The knowledge base holds nothing close enough on: {}. Nothing is proposed "
            "for it.",
            [issue for issue in trained if not issue.passages],
        ),
        (
            "Left for a later plan: {}.",
            [i for i in trained if i.passages and i.issue not in planned],
        ),
    )
    said = [
        words.format("; ".join(issue.issue_name for issue in issues))
        for words, issues in notes
        if issues
    ]
    return " ".join(said) or None


def _list_sources(
    passages: Mapping[str, EvidencePassage], text: ReportText
) -> tuple[SourceEntry, ...]:
    """List what the text cites, in the order in which it is cited first."""
    cited: dict[str, None] = {}
    for sentence in _list_sentences(text):
        cited.update(dict.fromkeys(sentence.passages))
    return tuple(_describe_source(passages[name]) for name in cited)


def _list_sentences(text: ReportText) -> list[Sentence]:
    sentences = [*text.summary, *text.strengths]
    for finding in text.findings:
        sentences += [*finding.seen, *finding.why, *finding.cause]
    for item in text.plan:
        sentences += [*item.how, *item.progression, *item.cue, *item.contraindications]
        sentences += [*item.age_limits, *item.success]
    return sentences


def _describe_source(passage: EvidencePassage) -> SourceEntry:
    return SourceEntry(
        passage=passage.passage_id,
        title=passage.title,
        source_id=passage.source_id,
        source_title=passage.source_title,
        licence=passage.licence,
        trust_level=passage.trust_level,
        evidence_level=passage.payload["evidence_level"],
        citations=tuple(
            Citation.model_validate(citation)
            for citation in passage.payload["citations"]
        ),
    )
