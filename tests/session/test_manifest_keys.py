"""The words for every key, the schema and the reference say the same."""

import re
from pathlib import Path

import pytest

from sportsgpt_lib.session.calibration import Calibration
from sportsgpt_lib.session.entries import (
    AthleteEntry,
    CameraEntry,
    FileNames,
    RecordingEntry,
    SessionManifest,
)
from sportsgpt_lib.session.manifest import parse_manifest
from sportsgpt_lib.session.manifest_keys import KEYS, TOP

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
SCHEMAS = {
    TOP: SessionManifest,
    "athletes": AthleteEntry,
    "cameras": CameraEntry,
    "recordings": RecordingEntry,
    "calibration": Calibration,
    "file_names": FileNames,
}


@pytest.mark.parametrize("table", SCHEMAS)
def test_every_key_of_the_schema_has_its_words(table):
    fields = SCHEMAS[table].model_fields
    assert list(KEYS[table]) == [f.alias or name for name, f in fields.items()]


@pytest.mark.parametrize("table", SCHEMAS)
def test_reference_documents_every_key(table):
    text = OPERATIONS.read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `\[*([a-z_]+)\]*` \|", text, re.MULTILINE))
    assert set(KEYS[table]) <= documented


def test_manifest_of_the_reference_is_in_order():
    text = OPERATIONS.read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    manifest = parse_manifest(example.encode(), "docs/operations.md")
    assert manifest.camera("side").calibration.is_plumb
    assert manifest.file_names is not None


def test_reason_codes_of_the_reference_exist_and_none_is_missing():
    library = OPERATIONS.parents[1] / "sportsgpt_lib"
    sources = "".join(
        (library / name).read_text(encoding="utf-8")
        for name in (
            "session/folder_files.py",
            "session/recording_plan.py",
            "stages/recording_verdicts.py",
            "stages/clip_probe.py",
        )
    )
    raised = set(re.findall(r'"(?:REJECT|QUARANTINE|WARN)",\s+"([a-z_]+)"', sources))
    text = OPERATIONS.read_text(encoding="utf-8")
    lists = re.findall(r"^\| (.*) \| (?:REJECT|QUARANTINE|WARN) \|", text, re.MULTILINE)
    documented = set(re.findall(r"`([a-z_]+)`", " ".join(lists)))
    assert raised - documented <= {"stage_failed"}
    assert len(raised) > 10
