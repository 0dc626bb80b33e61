"""What docs/references.md says of keys, limits and the worked example is true."""

import re
from pathlib import Path

import pytest

from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.target_models import annotation_checks as limits
from sportsgpt_lib.target_models.annotation import (
    AnnotatedKeyframe,
    AnnotatedRecording,
    Annotation,
    load_annotation,
)
from sportsgpt_lib.target_models.checks import LARGEST_OPENING_DEG
from sportsgpt_lib.target_models.reference import (
    SCHEMA_VERSION,
    CyclicFile,
    OnceFile,
    RecordedKeyframe,
)
from sportsgpt_lib.target_models.reference_motion import CONTEXT_SHARE

PAGE = (Path(__file__).parents[2] / "docs" / "references.md").read_text("utf-8")


@pytest.mark.parametrize(
    "schema",
    [
        Annotation,
        AnnotatedKeyframe,
        AnnotatedRecording,
        CyclicFile,
        OnceFile,
        RecordedKeyframe,
    ],
)
def test_the_page_names_every_key(schema):
    named = set(re.findall(r"`\[*([a-z0-9_]+)\]*`", PAGE))
    assert set(schema.model_fields) - named == set()


def test_the_page_states_the_limits():
    for text in (
        f"more than {limits.LARGEST_MISSING_SHARE:.0%} of the frames".replace(
            "%", " %"
        ),
        f"more than {limits.LONGEST_GAP_S:.2f} s",
        f"more than {limits.LONGEST_BLIND_S:.2f} s",
        f"more than {LARGEST_OPENING_DEG:g}°",
        f"up to {CONTEXT_SHARE:.0%} of its duration".replace("%", " %"),
        f"| `schema_version` | {SCHEMA_VERSION} |",
    ):
        assert text in " ".join(PAGE.split()), text


def test_the_worked_example_is_an_annotation(tmp_path):
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (example,) = [block for block in blocks if "recorded_by" in block]
    path = tmp_path / "landing.toml"
    path.write_text(re.sub(r"^   ", "", example, flags=re.MULTILINE), "utf-8")
    annotated = load_annotation(path)
    movement = load_movement(annotated.annotation.movement)
    assert limits.list_annotation_problems(annotated, movement) == []
