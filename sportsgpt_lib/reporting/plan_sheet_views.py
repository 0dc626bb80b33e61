"""What of a report goes on the plan sheet, and in which words.

The page itself is in ``plan_sheet.py``, how it is made to fit in ``plan_sheet_fit.py``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sportsgpt_lib.guidance.report import (
    Fact,
    FindingSection,
    GuidanceReport,
    PlanItem,
    Sentence,
)
from sportsgpt_lib.reporting.figures import PageFrame, PagePicture
from sportsgpt_lib.reporting.page_rows import MetricKey
from sportsgpt_lib.reporting.plan_sheet_fit import fit_one_page
from sportsgpt_lib.reporting.plan_sheet_parts import (
    PlanSheet,
    SheetExercise,
    SheetFinding,
    SheetSentence,
    SheetValue,
)
from sportsgpt_lib.reporting.sentences import find_metric_key
from sportsgpt_lib.reporting.wording import shorten_hash, write_day
from sportsgpt_lib.sports.number_format import format_quantity, format_range

SheetWords = Mapping[str, Any]

# Chosen: more does not fit a page that is read before training.
_MOST_FINDINGS = 3
_MOST_VALUES = 2
_MOST_REASONS = 1
_MOST_STRENGTHS = 2
_MOST_LINES = 3


def build_sheet(
    report: GuidanceReport,
    report_id: str,
    pictures: Mapping[MetricKey, PagePicture],
    words: SheetWords,
) -> PlanSheet:
    """Choose what goes on the sheet, and set it so that it fits one page.

    What does not fit beside the exercises goes in this order: what to film, what was
    not judged, what is close to its limit, strengths, why a finding matters. Exercises,
    their limits and every finding's answer boxes always stay.
    """
    cited = _list_citations(report)
    writer = _SheetWriter(report, words, cited)
    findings = [
        writer.build_finding(number, section, pictures)
        for number, section in enumerate(report.findings, start=1)
    ]
    sheet = PlanSheet(
        report_id=report_id,
        athlete_id=report.athlete_id,
        team_id=report.team_id,
        day=_write_day(report),
        iso_day=report.session_day.isoformat(),
        movements=tuple(writer.name_movement(name) for name in report.movements),
        names_movements=len(report.movements) > 1,
        warnings=writer.list_warnings(),
        findings=tuple(findings[:_MOST_FINDINGS]),
        more_findings=tuple(findings[_MOST_FINDINGS:]),
        strengths=writer.list_sentences(report.strengths[:_MOST_STRENGTHS]),
        close_to_limit=writer.list_sentences(report.close_to_limit[:_MOST_STRENGTHS]),
        film_next=report.film_next[:_MOST_STRENGTHS],
        exercises=tuple(writer.build_exercise(item) for item in report.plan),
        plan_note=report.plan_note,
        withheld=tuple(f"{part.exercise}: {part.reason}" for part in report.withheld),
        not_judged=tuple(
            f"{part.what}: {part.reason}" for part in report.not_judged[:_MOST_LINES]
        ),
        sources=tuple((number, text) for text, number in cited.items()),
        provenance=writer.list_provenance(report_id),
    )
    return fit_one_page(sheet)


class _SheetWriter:
    """Words the parts of one report."""

    def __init__(
        self, report: GuidanceReport, words: SheetWords, cited: Mapping[str, int]
    ) -> None:
        self._report = report
        self._words = words
        self._cited = cited
        self._facts = {fact.id: fact for fact in report.facts}

    def name_movement(self, name: str) -> str:
        return self._report.movement_names.get(name, name.replace("_", " "))

    def build_finding(
        self,
        number: int,
        section: FindingSection,
        pictures: Mapping[MetricKey, PagePicture],
    ) -> SheetFinding:
        facts = [self._facts[name] for name in section.facts if name in self._facts]
        measured = [
            fact for fact in facts if fact.kind == "metric" and fact.value is not None
        ]
        medians = {
            fact.indicator: fact
            for fact in facts
            if fact.kind == "median" and (fact.total or 0) > 1
        }
        return SheetFinding(
            number=number,
            item_id=f"{section.movement}/{section.issue}",
            title=section.issue_name,
            movement=self.name_movement(section.movement),
            pattern=self._words[section.pattern],
            count=f"{section.shown_count} / {section.repetition_count}",
            values=tuple(
                self._write_value(fact, medians.get(fact.indicator))
                for fact in measured[:_MOST_VALUES]
            ),
            image=_find_image(measured, pictures),
            why=self.list_sentences(section.why[:_MOST_REASONS]),
        )

    def list_sentences(
        self, sentences: Iterable[Sentence]
    ) -> tuple[SheetSentence, ...]:
        return tuple(
            SheetSentence(one.text, self._number(one.passages)) for one in sentences
        )

    def build_exercise(self, item: PlanItem) -> SheetExercise:
        return SheetExercise(
            item_id=item.passage,
            title=item.exercise,
            answers=tuple(
                number
                for number, section in enumerate(self._report.findings, start=1)
                if item.is_for(section.movement, section.issue)
            ),
            sources=self._number(_list_passages(item)),
            dose=self._write_dose(item),
            load=item.dose.load,
            how=_list_texts(item.how),
            cue=_list_texts(item.cue),
            progression=_list_texts(item.progression),
            cautions=_list_texts((*item.contraindications, *item.age_limits)),
            success=_list_texts(item.success),
        )

    def list_warnings(self) -> tuple[str, ...]:
        report, words = self._report, self._words
        warnings = []
        if report.writer.fallback_reason is not None:
            warnings.append(words["fallback"])
        if report.knowledge_fault is not None:
            warnings.append(words["knowledge_fault"])
        return tuple(warnings)

    def list_provenance(self, report_id: str) -> tuple[tuple[str, str], ...]:
        report, words = self._report, self._words
        writer, versions = report.writer, report.versions
        is_own = writer.name == "deterministic" and writer.model is None
        return (
            (words["report"], report_id),
            (words["schema"], report.schema_version),
            (words["made_by"], words["deterministic"] if is_own else writer.name),
            (words["model"], writer.model or words["none"]),
            (words["prompt"], writer.prompt_version or words["none"]),
            (
                words["knowledge"],
                shorten_hash(versions.knowledge_version)
                if versions.knowledge_version
                else words["none"],
            ),
            (words["embedding"], versions.embedding_model),
        )

    def _write_value(self, fact: Fact, median: Fact | None) -> SheetValue:
        low, high = fact.target_low, fact.target_high
        has_target = low is not None or high is not None
        target = format_range(low, high, fact.unit, language=self._report.language)
        return SheetValue(
            label=fact.label,
            value=self._write_quantity(fact),
            target=target if has_target else "",
            median=self._write_median(median),
        )

    def _write_median(self, median: Fact | None) -> str:
        if median is None or median.value is None:
            return ""
        words: str = self._words["median"]
        return words.format(count=median.total, value=self._write_quantity(median))

    def _write_quantity(self, fact: Fact) -> str:
        language = self._report.language
        return format_quantity(fact.value or 0.0, fact.unit, fact.error, language)

    def _number(self, passages: Iterable[str]) -> tuple[int, ...]:
        texts = (text for name in passages for text in _cite(self._report, name))
        return tuple(sorted({self._cited[text] for text in texts}))

    def _write_dose(self, item: PlanItem) -> tuple[tuple[str, str], ...]:
        dose, words = item.dose, self._words
        parts = [(f"{dose.sets} × {dose.repetitions}", words["sets"])]
        if dose.hold_s is not None:
            parts.append((f"{dose.hold_s} {words['seconds']}", words["hold"]))
        parts += [
            (f"{dose.rest_s} {words['seconds']}", words["rest"]),
            (f"{dose.sessions_per_week} ×", words["a_week"]),
            (str(dose.weeks), words["weeks"]),
        ]
        return tuple(parts)


def _find_image(
    measured: Sequence[Fact], pictures: Mapping[MetricKey, PagePicture]
) -> PageFrame | None:
    for fact in measured:
        key = find_metric_key(fact)
        picture = None if key is None else pictures.get(key)
        if picture is not None and picture.frames:
            return picture.frames[0]
    return None


def _list_citations(report: GuidanceReport) -> dict[str, int]:
    """List the publications behind what the sheet says, each with its number.

    Exercises first, then what may be left out, the least important last, so that the
    numbers have no gap whatever is left out.
    """
    sentences = (
        *(
            one
            for part in report.findings[:_MOST_FINDINGS]
            for one in part.why[:_MOST_REASONS]
        ),
        *report.strengths[:_MOST_STRENGTHS],
        *report.close_to_limit[:_MOST_STRENGTHS],
    )
    passages = (
        *(name for item in report.plan for name in _list_passages(item)),
        *(name for one in sentences for name in one.passages),
    )
    texts = dict.fromkeys(text for name in passages for text in _cite(report, name))
    return {text: number for number, text in enumerate(texts, start=1)}


def _list_passages(item: PlanItem) -> tuple[str, ...]:
    """List the passages behind an exercise and every sentence of it."""
    sentences = (
        *(*item.how, *item.cue, *item.progression),
        *(*item.contraindications, *item.age_limits, *item.success),
    )
    names = (name for one in sentences for name in one.passages)
    return tuple(dict.fromkeys((item.passage, *names)))


def _cite(report: GuidanceReport, passage: str) -> list[str]:
    """List the publications that a passage cites; its own title where it cites none."""
    for source in report.sources:
        if source.passage == passage:
            texts = [citation.text for citation in source.citations]
            return texts or [f"{source.title} ({source.source_title})"]
    return []


def _list_texts(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in sentences)


def _write_day(report: GuidanceReport) -> str:
    day = report.session_day
    if report.language == "zh":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return write_day(day)
