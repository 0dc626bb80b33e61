"""Verifies a text and puts it, its facts and its sources together into the report."""

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.filming import list_filming
from sportsgpt_lib.guidance.limit_sentences import describe_close_to_limit
from sportsgpt_lib.guidance.plan_choice import list_withheld
from sportsgpt_lib.guidance.plan_note import describe_plan
from sportsgpt_lib.guidance.report import (
    Citation,
    FindingSection,
    GuidanceReport,
    Sentence,
    SourceEntry,
    Versions,
)
from sportsgpt_lib.guidance.report_text import (
    FindingText,
    ReportText,
    WrittenText,
    read_card,
)
from sportsgpt_lib.guidance.review import review_report
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.guidance.wording import load_wording
from sportsgpt_lib.knowledge.retrieval import EvidencePassage


def assemble_report(
    case: GuidanceCase,
    written: WrittenText,
    *,
    knowledge_version: str | None,
    embedding_model: str,
    means: Means = RULES_ONLY,
) -> GuidanceReport:
    """Verify what was written and assemble the report around it.

    Every issue of the case is in the report, answered or not. ``knowledge_version``
    None = the knowledge base could not be asked.
    """
    wording = load_wording(case.language)
    text = written.text.model_copy(
        update={"close_to_limit": describe_close_to_limit(case)}
    )
    verified = verify_text(text, case, means)
    texts = {(part.issue, part.movement): part for part in verified.text.findings}
    findings = tuple(
        _assemble_finding(issue, texts.get((issue.issue, issue.movement)), case)
        for issue in case.issues
    )
    plan = verified.text.plan
    return GuidanceReport(
        language=case.language,
        team_id=case.team_id,
        session_day=case.session_day,
        athlete_id=case.athlete_id,
        movements=tuple(part.movement for part in case.movements),
        movement_names=dict(case.movement_names),
        summary=verified.text.summary,
        strengths=verified.text.strengths,
        close_to_limit=verified.text.close_to_limit,
        findings=findings,
        absent=case.absent,
        plan=plan,
        plan_note=describe_plan(case, plan),
        withheld=list_withheld(case),
        not_judged=case.not_judged,
        film_next=list_filming(case),
        facts=tuple(case.facts.values()),
        sources=_list_sources(case, verified.text),
        dropped=(*written.dropped, *verified.dropped),
        knowledge_fault=None if case.has_knowledge else wording.say("knowledge.fault"),
        writer=written.writer,
        versions=Versions(
            knowledge_version=knowledge_version,
            embedding_model=embedding_model,
            movement_sha256=dict(sorted(case.movement_sha256.items())),
            pose_models=case.pose_models,
        ),
    )


def is_verified(
    report: GuidanceReport, case: GuidanceCase, means: Means = RULES_ONLY
) -> bool:
    """Verify the finished report once more: nothing in it may have to go."""
    return all(verdict.is_kept for verdict in review_report(report, case, means))


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


def _list_sources(case: GuidanceCase, text: ReportText) -> tuple[SourceEntry, ...]:
    """List what the text cites, in the order in which it is cited first."""
    cited: dict[str, None] = {}
    for sentence in list_sentences(text):
        cited.update(dict.fromkeys(sentence.passages))
    return tuple(_describe_source(case, case.passages[name]) for name in cited)


def list_sentences(text: ReportText) -> list[Sentence]:
    """List all sentences of a text, in its order."""
    sentences = [*text.summary, *text.strengths, *text.close_to_limit]
    for finding in text.findings:
        sentences += [*finding.seen, *finding.why, *finding.cause]
    for item in text.plan:
        sentences += [*item.how, *item.progression, *item.cue, *item.contraindications]
        sentences += [*item.age_limits, *item.success]
    return sentences


def _describe_source(case: GuidanceCase, passage: EvidencePassage) -> SourceEntry:
    return SourceEntry(
        passage=passage.passage_id,
        title=_title_source(case, passage),
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


def _title_source(case: GuidanceCase, passage: EvidencePassage) -> str:
    """Title a source so that a card's fault and its exercise can be told apart.

    The passage's own title does that; a translation's is the fault's for both.
    """
    card = read_card(passage, case.language)
    if card.exercise is None or card.language == "en":
        return card.title
    return load_wording(card.language).say(
        "quote.exercise", exercise=card.exercise, fault=card.title
    )
