"""The JSON Schema of reports, published for readers in any language.

``python -m sportsgpt_lib.guidance.report_schema`` in the checkout writes it anew; a
test keeps the committed file equal to the models of ``report.py``. Files of earlier
versions stay.
"""

import json
from pathlib import Path
from typing import Any

from sportsgpt_lib.guidance.report import SCHEMA_VERSION, GuidanceReport

SCHEMAS_FOLDER = Path(__file__).parent / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build_report_schema() -> dict[str, Any]:
    """Build the schema of what ``GuidanceReport.to_json`` writes."""
    schema = GuidanceReport.model_json_schema(mode="serialization")
    return {"$schema": _DIALECT, **schema}


def name_schema_file(version: str = SCHEMA_VERSION) -> Path:
    """Name the published file of a version."""
    return SCHEMAS_FOLDER / f"guidance_report_{version}.json"


def write_report_schema() -> Path:
    """Write the published file of the current version; returns its path."""
    path = name_schema_file()
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(build_report_schema(), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    write_report_schema()
