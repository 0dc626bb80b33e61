"""One page of paper for one athlete: what to train this week, and the coach's answers.

Drawn from a report alone, in the report's language. The page loads nothing from
elsewhere; its one script saves the answers as a file, and nothing else needs it. What
stands on the sheet is chosen in ``plan_sheet_views.py``.
"""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from sportsgpt_lib.guidance.report import GuidanceReport
from sportsgpt_lib.language import LANGUAGE_TAGS, Language
from sportsgpt_lib.reporting.anchors import build_anchor
from sportsgpt_lib.reporting.figures import PagePicture
from sportsgpt_lib.reporting.page_rows import MetricKey
from sportsgpt_lib.reporting.page_templates import render_page
from sportsgpt_lib.reporting.plan_sheet_views import SheetWords, build_sheet
from sportsgpt_lib.storage.feedback_tables import EXERCISE_REASONS, FINDING_REASONS

_TEMPLATE = "plan_sheet.html.j2"
_STYLE_SHEET = "plan_sheet.css"
_SCRIPT = "plan_sheet.js"
_WORDS = "templates/plan_sheet_words.toml"


def name_plan_sheet(athlete_id: str) -> str:
    """Name the file of an athlete's sheet, safely whatever the pseudonym holds.

    Examples
    --------
    >>> name_plan_sheet("runner-07")
    'plan.runner-07.html'
    """
    return f"{build_anchor('plan', athlete_id)}.html"


def render_plan_sheet(
    report: GuidanceReport, report_id: str, pictures: Mapping[MetricKey, PagePicture]
) -> str:
    """Render the sheet of one athlete and session.

    Parameters
    ----------
    report
        What was found and what is proposed.
    report_id
        The id that answers are given to; of an old report it is not that of its text.
    pictures
        Keyframe pictures by the metric that they show, beside the sheet or in it.

    Returns
    -------
    A whole HTML document for one page of A4. Names and retrieved text appear as text,
    whatever they hold.
    """
    words = load_sheet_words(report.language)
    has_items = bool(report.findings or report.plan)
    return render_page(
        _TEMPLATE,
        style=_STYLE_SHEET,
        script_file=_SCRIPT if has_items else None,
        language_tag=LANGUAGE_TAGS[report.language],
        words=words,
        sheet=build_sheet(report, report_id, pictures, words),
        finding_reasons=FINDING_REASONS,
        exercise_reasons=EXERCISE_REASONS,
    )


@functools.cache
def load_sheet_words(language: Language) -> SheetWords:
    """Load the sheet's fixed words in one language."""
    package = resources.files("sportsgpt_lib.reporting")
    content: dict[str, Any] = tomllib.loads((package / _WORDS).read_text("utf-8"))
    words: SheetWords = content[language]
    return words
