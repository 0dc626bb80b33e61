"""What the documents say of rules and constants is what the code does."""

import re
from pathlib import Path
from typing import get_args

import pytest

from sportsgpt_lib.kismam import aggregation, score, season, signals
from sportsgpt_lib.sports import rules
from sportsgpt_lib.sports.definition import OWN_RECORDS
from sportsgpt_lib.sports.loader import load_movement, movement_names

DOCS = Path(__file__).resolve().parents[2] / "docs"
ADR = (DOCS / "adr" / "0005-kismam-first-rules.md").read_text(encoding="utf-8")
CONSTANT_ROWS = dict(re.findall(r"^\| `([A-Z_]+)` \| ([0-9.]+) \|", ADR, re.MULTILINE))
MODULES = (aggregation, score, season, signals)
CHOSEN = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if re.fullmatch(r"[A-Z][A-Z_]+", name) and isinstance(value, int | float)
}
DERIVED = {"UNMEASURED_ERROR_POINTS"}


def test_the_record_lists_every_constant() -> None:
    assert set(CONSTANT_ROWS) == set(CHOSEN) - DERIVED


@pytest.mark.parametrize("name", sorted(CONSTANT_ROWS))
def test_the_record_states_the_constants_value(name: str) -> None:
    assert float(CONSTANT_ROWS[name]) == CHOSEN[name]


def test_the_guide_names_every_measure() -> None:
    guide = (DOCS / "sports.md").read_text(encoding="utf-8")
    union = get_args(rules.Rule)[0]
    measures = {
        measure
        for rule in get_args(union)
        for measure in get_args(rule.model_fields["measure"].annotation)
    }
    assert len(measures) == 18
    assert {name for name in measures if f"`{name}`" not in guide} == set()


OWN_RECORD = (DOCS / "adr" / OWN_RECORDS["adr_0014"]).read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", OWN_RECORD, re.M | re.S))
SPRINTS = "Sprint acceleration, top speed, late phase"
TITLES = {
    "standing_long_jump": "Standing long jump",
    "countermovement_jump": "Countermovement jump",
    "squat": "Squat",
    "running_stride": "Running stride",
    "sprint_start": "Sprint start",
    "javelin_delivery": "Javelin delivery",
    **dict.fromkeys(
        ("sprint_acceleration", "sprint_max_velocity", "sprint_late_phase"), SPRINTS
    ),
}


@pytest.mark.parametrize("name", sorted(TITLES))
def test_the_record_states_every_limit_that_is_ours(name: str) -> None:
    written = {
        float(text) for text in re.findall(r"\d+(?:\.\d+)?", SECTIONS[TITLES[name]])
    }
    missing = {
        (indicator.name, end)
        for indicator in load_movement(name).indicators
        if indicator.target is not None
        for end, given in indicator.target.limit_sources().items()
        if given.source == "adr_0014"
        and abs(getattr(indicator.target, end)) not in written
    }
    assert missing == set()


def test_every_movement_of_the_record_has_a_section() -> None:
    own = {
        name
        for name in movement_names()
        if load_movement(name).own_record == "adr_0014"
    }
    assert own == set(TITLES)
