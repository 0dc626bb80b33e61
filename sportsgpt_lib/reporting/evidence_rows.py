"""The rows behind a finding: measured values as ``kismam_metrics`` has them, and SQL.

Of the repetition that shows the finding most; the query gives all repetitions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.reporting.anchors import metric_anchor
from sportsgpt_lib.reporting.metric_tables import TargetSources
from sportsgpt_lib.reporting.page_rows import MetricKey, RepetitionKey, Row, parse_json
from sportsgpt_lib.reporting.sentences import Mark
from sportsgpt_lib.reporting.wording import (
    write_name,
    write_percent,
    write_quantity,
    write_target,
)
from sportsgpt_lib.sports.definition import Indicator
from sportsgpt_lib.sports.rules import PhaseRule, keyframe_texts

_COLUMNS = (
    *("recording_id", "repetition_idx", "indicator", "keyframe_time_s", "value"),
    *("error", "unit", "target_low", "target_high", "deviation", "validity"),
)


@dataclass(frozen=True)
class EvidenceRow:
    """One row of ``kismam_metrics`` behind a finding; ``href`` leads to it."""

    href: str
    title: str
    clip_file: str
    repetition: str
    instant: str
    value: str
    target: str
    tolerance: str
    contribution: str
    mark: Mark | None


@dataclass(frozen=True)
class EvidenceBook:
    """Where the rows behind findings are looked up, for one athlete.

    ``clips`` maps recordings to their file.
    """

    metrics: Mapping[MetricKey, Row]
    repetitions: Mapping[RepetitionKey, str]
    clips: Mapping[str, str]
    targets: TargetSources


def build_evidence_rows(finding: Row, book: EvidenceBook) -> tuple[EvidenceRow, ...]:
    """Build the rows behind one row of ``findings``, the largest share first.

    An indicator without a row is left out: there is nothing to lead to.
    """
    repetition = finding["recording_id"], finding["repetition_idx"]
    shares = {
        part["indicator"]: part["contribution_ratio"]
        for part in parse_json(finding["evidence"])
    }
    return tuple(
        _build_row(book.metrics[(*repetition, name)], share, book)
        for name, share in sorted(shares.items(), key=lambda part: -part[1])
        if (*repetition, name) in book.metrics
    )


def write_query(findings: Sequence[Row]) -> str:
    """Write the query of the rows behind an issue of one athlete, all repetitions."""
    first = findings[0]
    names = sorted(
        {part["indicator"] for row in findings for part in parse_json(row["evidence"])}
    )
    day = first["session_day"].isoformat()
    wanted = (
        f"team_id = {_quote(first['team_id'])} and session_day = {_quote(day)}\n"
        f"  and athlete_id = {_quote(first['athlete_id'])}\n"
        f"  and movement = {_quote(first['movement'])}\n"
        f"  and indicator in ({', '.join(map(_quote, names)) or 'null'})"
    )
    return (
        f"select {', '.join(_COLUMNS)}\nfrom training.kismam_metrics\n"
        f"where {wanted}\norder by recording_id, repetition_idx, indicator"
    )


def _build_row(metric: Row, share: float, book: EvidenceBook) -> EvidenceRow:
    movement, name = metric["movement"], metric["indicator"]
    key = metric["recording_id"], metric["repetition_idx"]
    indicator = book.targets.find_indicator(movement, name)
    target = indicator.target if indicator else None
    unit = metric["unit"]
    value = (
        metric["reason"] or "not measurable"
        if metric["value"] is None
        else write_quantity(metric["value"], unit, metric["error"])
    )
    return EvidenceRow(
        href=f"#{metric_anchor(*key, name)}",
        title=metric["indicator_name"],
        clip_file=book.clips.get(metric["recording_id"], metric["recording_id"]),
        repetition=book.repetitions.get(key, str(metric["repetition_idx"] + 1)),
        instant=_write_instant(metric, indicator),
        value=value,
        target=write_target(metric["target_low"], metric["target_high"], unit),
        tolerance=write_quantity(target.tolerance, unit) if target else "–",
        contribution=write_percent(share),
        mark=book.targets.mark(movement, name),
    )


def _write_instant(metric: Row, indicator: Indicator | None) -> str:
    """Write keyframes or phase of a rule, and the time in the clip."""
    parts = []
    if indicator is not None:
        rule = indicator.rule
        texts = [rule.phase] if isinstance(rule, PhaseRule) else []
        texts += dict.fromkeys(keyframe_texts(rule))
        parts.append(" – ".join(write_name(text.replace("/", ", ")) for text in texts))
    if metric["keyframe_time_s"] is not None:
        parts.append(f"{metric['keyframe_time_s']:.3f} s")
    return ", ".join(parts) or "–"


def _quote(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
