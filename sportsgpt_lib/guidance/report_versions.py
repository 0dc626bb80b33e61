"""Reads stored reports of any schema version that was ever written.

``docs/guidance.md`` says what changed between versions. A report is upgraded only where
nothing has to be guessed; what cannot be upgraded is said in an error, never shown in
part. Shapes are in ``report.py``.
"""

import json
from typing import Any

from pydantic import ValidationError

from sportsgpt_lib.errors import ReportVersionError
from sportsgpt_lib.guidance.report import SCHEMA_VERSION, GuidanceReport

_WHERE = "training.guidance_reports"
_WRITE_AGAIN = "run the session's day again, which writes its reports anew"
# Of 1.0 a finding said neither in how many repetitions it was seen nor whether it is a
# habit.
_NEW_IN_1_1 = (
    *("pattern", "shown_count", "repetition_count"),
    *("shown_low_ratio", "shown_high_ratio", "side_pattern"),
)


def read_report(text: str) -> GuidanceReport:
    """Read a stored report, and upgrade it to the current schema where it is older.

    Parameters
    ----------
    text
        ``training.guidance_reports.report``.

    Returns
    -------
    The report. Of an upgraded one ``report_id`` is no longer that of the table's row.

    Raises
    ------
    ReportVersionError
        It is of a later version, of an earlier one with findings that today's schema
        asks more of, or no report at all.
    """
    content = _parse(text)
    version = content.get("schema_version")
    if version == "1.0":
        content = _upgrade_1_0(content)
    if content.get("schema_version") == "1.1":
        content = _upgrade_1_1(content)
    if content.get("schema_version") != SCHEMA_VERSION:
        raise ReportVersionError(
            _WHERE,
            f"the report is of schema version {version!r}; this release reads versions "
            f"up to {SCHEMA_VERSION}",
            f"update the platform, or {_WRITE_AGAIN}",
        )
    try:
        return GuidanceReport.model_validate(content)
    except ValidationError as error:
        raise ReportVersionError(
            _WHERE,
            f"the report does not keep schema version {version!r}",
            _WRITE_AGAIN,
            problems=[
                f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
                for one in error.errors(include_input=False)
            ],
        ) from error


def _parse(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ReportVersionError(
            _WHERE, f"the report is no JSON ({error})", _WRITE_AGAIN
        ) from error
    if not isinstance(content, dict):
        raise ReportVersionError(
            _WHERE, f"the report is a JSON {type(content).__name__}", _WRITE_AGAIN
        )
    return content


def _upgrade_1_0(content: dict[str, Any]) -> dict[str, Any]:
    """Upgrade to 1.1: possible where there is no finding that would have to be judged.

    Raises
    ------
    ReportVersionError
        There is one.
    """
    findings = content.get("findings", [])
    if findings:
        raise ReportVersionError(
            _WHERE,
            "the report is of schema version '1.0', whose findings say nothing of "
            f"{', '.join(_NEW_IN_1_1)}",
            _WRITE_AGAIN,
        )
    return {**content, "schema_version": "1.1"}


def _upgrade_1_1(content: dict[str, Any]) -> dict[str, Any]:
    """Upgrade to 2.0: what is new there was not known, and may be left out."""
    named = [
        *content.get("movements", []),
        *(part.get("movement") for part in content.get("findings", [])),
        *(part.get("movement") for part in content.get("absent", [])),
        *(part.get("movement") for part in content.get("not_judged", [])),
    ]
    names = {name: name.replace("_", " ") for name in named if name}
    return {
        **content,
        "schema_version": "2.0",
        "movement_names": dict(sorted(names.items())),
    }
