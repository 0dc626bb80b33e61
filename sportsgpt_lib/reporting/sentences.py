"""Sentences of a guidance report with the marks that lead to what they rest on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sportsgpt_lib.guidance.report import Fact, GuidanceReport, Sentence
from sportsgpt_lib.language import LANGUAGE_TAGS
from sportsgpt_lib.reporting.anchors import (
    finding_anchor,
    indicator_anchor,
    metric_anchor,
    score_anchor,
    scores_anchor,
    source_anchor,
)
from sportsgpt_lib.reporting.page_rows import MetricKey, Row, metric_key
from sportsgpt_lib.reporting.wording import write_quantity


@dataclass(frozen=True)
class Mark:
    """A short sign after a sentence; ``href`` None = nothing on the page to lead to."""

    label: str
    title: str
    href: str | None
    kind: str


@dataclass(frozen=True)
class MarkedSentence:
    """A sentence and its marks; ``language_tag`` None = in the page's own language."""

    text: str
    marks: tuple[Mark, ...]
    language_tag: str | None = None


@dataclass(frozen=True)
class SourceView:
    """One entry of a list of sources; ``links`` pairs a citation with its address."""

    label: str
    anchor: str
    title: str
    details: tuple[str, ...]
    links: tuple[tuple[str, str | None], ...]


def find_language_tag(report: GuidanceReport) -> str | None:
    """Find what names a report's language on a page in English; None = English."""
    return None if report.language == "en" else LANGUAGE_TAGS[report.language]


class SentenceMarker:
    """Puts marks on the sentences of one report.

    Parameters
    ----------
    report
        The report whose facts and sources are meant.
    metrics
        Rows of ``kismam_metrics`` that the page shows; a fact on another one gets no
        link. A median, or a count of an indicator, leads to its first line of values.
    """

    def __init__(self, report: GuidanceReport, metrics: Sequence[Row]) -> None:
        self._report = report
        self._facts: Mapping[str, Fact] = {fact.id: fact for fact in report.facts}
        self._known_metrics = set(map(metric_key, metrics))
        self._lines: dict[tuple[str, str], str] = {}
        for row in metrics:
            line = indicator_anchor(row["recording_id"], row["indicator"])
            self._lines.setdefault((row["movement"], row["indicator"]), line)
        self._findings = {(part.movement, part.issue) for part in report.findings}
        self._numbers = {
            source.passage: number
            for number, source in enumerate(report.sources, start=1)
        }

    def mark(self, sentences: Iterable[Sentence]) -> tuple[MarkedSentence, ...]:
        """Put marks on sentences: first the facts, then the sources."""
        return tuple(
            MarkedSentence(
                sentence.text,
                (
                    *(self._mark_fact(name) for name in sentence.facts),
                    *(self.mark_source(passage) for passage in sentence.passages),
                ),
                find_language_tag(self._report),
            )
            for sentence in sentences
        )

    def mark_source(self, passage: str) -> Mark:
        """Make the numbered mark of a passage; a question mark where it is unknown."""
        number = self._numbers.get(passage)
        if number is None:
            return Mark("?", f"unknown passage {passage}", None, "source")
        entry = self._report.sources[number - 1]
        anchor = source_anchor(self._report.athlete_id, str(number))
        return Mark(
            str(number), f"Source {number}: {entry.title}", f"#{anchor}", "source"
        )

    def list_fact_labels(self) -> dict[MetricKey, str]:
        """Map the metrics that the report speaks of to the ids of their facts."""
        return {
            key: fact.id
            for fact in self._report.facts
            if (key := find_metric_key(fact)) is not None
        }

    def list_sources(self) -> tuple[SourceView, ...]:
        """List the report's sources in the order of their numbers."""
        return tuple(
            SourceView(
                str(number),
                source_anchor(self._report.athlete_id, str(number)),
                source.title,
                (
                    source.source_title,
                    f"licence {source.licence}",
                    f"trust: {source.trust_level.replace('_', ' ')}",
                    f"evidence: {source.evidence_level.replace('_', ' ')}",
                ),
                tuple(
                    (citation.text, link_publication(citation.doi))
                    for citation in source.citations
                ),
            )
            for number, source in enumerate(self._report.sources, start=1)
        )

    def _mark_fact(self, name: str) -> Mark:
        fact = self._facts.get(name)
        if fact is None:
            return Mark("?", f"unknown fact {name}", None, "fact")
        return Mark(name, f"{name}: {_describe(fact)}", self._link_fact(fact), "fact")

    def _link_fact(self, fact: Fact) -> str | None:
        key = find_metric_key(fact)
        if key is not None:
            return f"#{metric_anchor(*key)}" if key in self._known_metrics else None
        if fact.kind == "score" and fact.recording_id and fact.repetition_no:
            return f"#{score_anchor(fact.recording_id, fact.repetition_no - 1)}"
        athlete_id, movement = self._report.athlete_id, fact.movement or ""
        if fact.issue:
            if (movement, fact.issue) not in self._findings:
                return None
            return f"#{finding_anchor(athlete_id, movement, fact.issue)}"
        if fact.indicator:
            line = self._lines.get((movement, fact.indicator))
            return f"#{line}" if line else None
        is_shown = any(shown == movement for shown, _ in self._lines)
        return f"#{scores_anchor(athlete_id, movement)}" if is_shown else None


def find_metric_key(fact: Fact) -> MetricKey | None:
    """Find the row of ``kismam_metrics`` a fact was copied from; None for others."""
    if fact.kind != "metric":
        return None
    if not fact.recording_id or not fact.repetition_no or not fact.indicator:
        return None
    return fact.recording_id, fact.repetition_no - 1, fact.indicator


def link_publication(doi: str | None) -> str | None:
    """Write the address of a publication; None without a DOI."""
    return f"https://doi.org/{quote(doi, safe='/')}" if doi else None


def _describe(fact: Fact) -> str:
    if fact.value is None:
        return f"{fact.label}, not measurable"
    if fact.kind == "count":
        return f"{fact.label}, {fact.value:.0f} of {fact.total}"
    number = write_quantity(fact.value, fact.unit, fact.error)
    where = f", repetition {fact.repetition_no}" if fact.repetition_no else ""
    return f"{fact.label}, {number}{where}"
