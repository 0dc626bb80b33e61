"""Measures the deterministic writer: reports a second, and what is in them.

Over the fixed cases of ``sportsgpt_lib/evaluation/cases.py`` in each language. What is
measured of a report does not ask the verifier: numbers are found in the sentences and
looked up in the cited facts and passages here, by text.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.figures import Figure
from sportsgpt_lib.evaluation.cases import build_cases
from sportsgpt_lib.guidance.assembly import assemble_report, list_sentences
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import Fact, GuidanceReport, PlanItem, Sentence
from sportsgpt_lib.guidance.report_text import ReportText, WrittenText
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.language import Language
from sportsgpt_lib.sports.number_format import format_number, format_value

_KNOWLEDGE = Path(__file__).parents[2] / "kb_ingest" / "starter"
_RUNS = 5
_LEAST_PER_S = 200.0
_NUMBER = re.compile(r"\N{MINUS SIGN}?\d+(?:\.\d+)?")
# Units in which the writer prints shares and counts beside those of the fact.
_UNITS = ("pct", "repetitions", "points", "s")


def measure() -> list[Figure]:
    """Measure both languages; processor time, the median of five runs."""
    figures = []
    for language in get_args(Language):
        cases = [one.case for one in build_cases(_KNOWLEDGE, language=language)]
        figures += _measure_speed(cases, language)
        figures += _measure_content(cases, language)
    return figures


def _measure_speed(cases: list[GuidanceCase], language: Language) -> list[Figure]:
    writer = DeterministicWriter()
    written = [writer.write(case) for case in cases]
    note = f"{len(cases)} cases"
    return [
        Figure(
            f"{language}: reports written",
            len(cases) / _time(lambda: [writer.write(case) for case in cases]),
            "1/s of processor time",
            must=_LEAST_PER_S,
            is_at_least=True,
            note=note,
        ),
        Figure(
            f"{language}: reports written, verified and assembled",
            len(cases)
            / _time(
                lambda: [
                    _assemble(case, writer.write(case)).to_json() for case in cases
                ]
            ),
            "1/s of processor time",
            note=f"{note}, as JSON",
        ),
        Figure(
            f"{language}: reports verified and assembled",
            len(cases)
            / _time(
                lambda: [
                    _assemble(case, text)
                    for case, text in zip(cases, written, strict=True)
                ]
            ),
            "1/s of processor time",
            note=note,
        ),
    ]


def _measure_content(cases: list[GuidanceCase], language: Language) -> list[Figure]:
    reports = [_assemble(case, DeterministicWriter().write(case)) for case in cases]
    numbers = [
        is_known
        for case, report in zip(cases, reports, strict=True)
        for is_known in _check_numbers(case, report)
    ]
    items = [item for report in reports for item in report.plan]
    cited = [_is_cited(item, report) for report in reports for item in report.plan]
    quantified = [_is_quantified(item) for item in items]
    return [
        _share(f"{language}: numbers that a cited fact or passage holds", numbers),
        _share(f"{language}: exercises with a publication", cited),
        _share(f"{language}: exercises with a whole dose and progression", quantified),
        Figure(
            f"{language}: exercises with a change to expect beyond error",
            100.0
            * float(
                np.mean(
                    [
                        item.measure is not None
                        and item.measure.expected_change is not None
                        for item in items
                    ]
                )
            ),
            "%",
            note=f"of {len(items)}; the others' medians lie inside the target, or no "
            "change could be told from error",
        ),
        Figure(
            f"{language}: sentences that the verifier took out",
            float(sum(len(report.dropped) for report in reports)),
            "",
            must=0.0,
        ),
    ]


def _assemble(case: GuidanceCase, written: WrittenText) -> GuidanceReport:
    return assemble_report(
        case, written, knowledge_version="0" * 64, embedding_model="none"
    )


def _time(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_RUNS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return float(np.median(seconds))


def _share(name: str, outcomes: list[bool]) -> Figure:
    return Figure(
        name,
        100.0 * float(np.mean(outcomes)),
        "%",
        must=100.0,
        is_at_least=True,
        note=f"of {len(outcomes)}",
    )


def _check_numbers(case: GuidanceCase, report: GuidanceReport) -> Iterator[bool]:
    """Tell of each number of a report's sentences whether what is cited holds it."""
    for sentence in list_sentences(_read_text(report)):
        known = set(_list_known(case, sentence))
        yield from (number in known for number in _NUMBER.findall(sentence.text))


def _read_text(report: GuidanceReport) -> ReportText:
    return ReportText.model_validate(
        {
            **{name: getattr(report, name) for name in ("summary", "strengths")},
            "close_to_limit": report.close_to_limit,
            "findings": [
                {
                    name: getattr(part, name)
                    for name in ("issue", "movement", "seen", "why", "cause")
                }
                for part in report.findings
            ],
            "plan": report.plan,
        }
    )


def _list_known(case: GuidanceCase, sentence: Sentence) -> Iterator[str]:
    """List the numbers of what a sentence cites, as they would be written."""
    texts = [
        str(case.passages[name].payload) + case.passages[name].text
        for name in sentence.passages
    ]
    for name in sentence.facts:
        fact = case.facts[name]
        texts += [fact.label, fact.reason or ""]
        texts += _write_fact(fact)
    for text in texts:
        yield from _NUMBER.findall(text)


def _write_fact(fact: Fact) -> Iterator[str]:
    if fact.value is not None:
        yield format_value(fact.value, fact.unit, fact.error)
    for number in (
        *(fact.value, fact.error, fact.target_low, fact.target_high, fact.margin),
        *(fact.detectable_change, fact.wanted_change),
        *(fact.share_low_pct, fact.share_high_pct),
    ):
        if number is not None:
            yield from (format_number(number, unit) for unit in (fact.unit, *_UNITS))
    yield f"{fact.total} {fact.repetition_no}"


def _is_cited(item: PlanItem, report: GuidanceReport) -> bool:
    sources = {source.passage: source for source in report.sources}
    source = sources.get(item.passage)
    return source is not None and bool(source.citations)


def _is_quantified(item: PlanItem) -> bool:
    """Whether sets, repetitions, load, rest, frequency, weeks and progression stand."""
    dose = item.dose
    has_numbers = (
        min(dose.sets, dose.repetitions, dose.sessions_per_week, dose.weeks) >= 1
    )
    return has_numbers and bool(dose.load) and bool(item.progression)
