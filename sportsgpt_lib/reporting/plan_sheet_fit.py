"""How tightly a plan sheet has to be set to fit one page, and what is left out first.

What goes on the sheet at all is chosen in ``plan_sheet_views.py``.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import fields, replace

from sportsgpt_lib.reporting.plan_sheet_parts import (
    PlanSheet,
    SheetExercise,
    SheetFinding,
    SheetSentence,
    SheetValue,
)

# Chosen by printing the 192 sheets of all evaluation cases in both languages, with a
# picture of every finding, in a wide font (DejaVu Sans): letters, a Chinese one as two,
# up to which each setting was one page of A4.
_DENSITIES = (("", 3600), ("dense", 5300), ("densest", 6400))
# The left column has two parts of the width, the right one three.
_NARROWER = 1.5
# Chosen: a picture and the boxes take as much room as so many letters.
_LETTERS_OF_A_FINDING = 300
# Chosen: findings without exercises fill their column at half a page's letters.
_FINDINGS_ALONE = 2.0


def fit_one_page(sheet: PlanSheet) -> PlanSheet:
    """Set a sheet as widely as fits, and leave out what matters least if none does."""
    for density, most in _DENSITIES:
        if (
            max(_count_letters(sheet), _FINDINGS_ALONE * _measure_findings(sheet))
            <= most
        ):
            return replace(sheet, density=density)
    density, most = _DENSITIES[-1]
    tight = replace(sheet, density=density)
    for leave_out in _LEAST_IMPORTANT:
        if _count_letters(tight) > most and _is_left_longer(tight):
            tight = _drop_uncited(replace(leave_out(tight), is_shortened=True))
    return tight


def _count_letters(sheet: PlanSheet) -> int:
    """Count the letters that a sheet prints; an ideograph is as wide as two."""
    shown = replace(sheet, warnings=(), movements=(), provenance=())
    return sum(map(_measure, _walk([getattr(shown, f.name) for f in fields(shown)])))


def _drop_uncited(sheet: PlanSheet) -> PlanSheet:
    """Drop the sources of what was left out."""
    parts: tuple[SheetExercise | SheetSentence, ...] = (
        *sheet.exercises,
        *(one for finding in sheet.findings for one in finding.why),
        *(*sheet.strengths, *sheet.close_to_limit),
    )
    used = {number for part in parts for number in part.sources}
    return replace(sheet, sources=tuple(one for one in sheet.sources if one[0] in used))


def _is_left_longer(sheet: PlanSheet) -> bool:
    """Whether the findings may reach further down than the exercises do."""
    trained = (sheet.exercises, sheet.plan_note or "", sheet.withheld)
    left, boxes = _measure_findings_text(sheet), _measure_boxes(sheet)
    right = sum(map(_measure, _walk(trained)))
    return _NARROWER * left + boxes > right


def _measure_findings(sheet: PlanSheet) -> int:
    """Measure the left column, its pictures and boxes in letters as well."""
    return _measure_findings_text(sheet) + _measure_boxes(sheet)


def _measure_boxes(sheet: PlanSheet) -> int:
    return _LETTERS_OF_A_FINDING * (len(sheet.findings) + len(sheet.more_findings))


def _measure_findings_text(sheet: PlanSheet) -> int:
    found = (
        sheet.findings,
        sheet.more_findings,
        sheet.strengths,
        sheet.close_to_limit,
        sheet.film_next,
        sheet.not_judged,
    )
    return sum(map(_measure, _walk(found)))


_LEAST_IMPORTANT: tuple[Callable[[PlanSheet], PlanSheet], ...] = (
    lambda sheet: replace(sheet, film_next=()),
    lambda sheet: replace(sheet, not_judged=()),
    lambda sheet: replace(sheet, close_to_limit=()),
    lambda sheet: replace(sheet, strengths=()),
    lambda sheet: replace(
        sheet, findings=tuple(replace(part, why=()) for part in sheet.findings)
    ),
)


def _walk(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _walk(inner)
    elif isinstance(part, SheetFinding | SheetExercise | SheetValue | SheetSentence):
        yield from _walk([getattr(part, field.name) for field in fields(part)])


def _measure(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide
