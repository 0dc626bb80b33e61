from pathlib import Path

import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS, UNITS_WITH_RATES
from sportsgpt_lib.sports.measurement_errors import (
    MEASUREMENT_ERRORS_PATH,
    load_measurement_errors,
    name_rate,
    parse_measurement_errors,
)
from sportsgpt_lib.sports.quantities import RULE_QUANTITY_UNITS, fill_side


def test_every_quantity_of_the_kinematics_has_an_error() -> None:
    errors = load_measurement_errors()
    own = {name for name in errors if name in RULE_QUANTITY_UNITS}
    filled = {fill_side(name, side) for name in own for side in ("left", "right")}
    assert filled == set(QUANTITY_UNITS)
    rates = {
        name_rate(name)
        for name, unit in RULE_QUANTITY_UNITS.items()
        if unit in UNITS_WITH_RATES
    }
    assert set(errors) == set(RULE_QUANTITY_UNITS) | rates


def test_walking_angles_follow_from_the_published_mean_absolute_errors() -> None:
    errors = load_measurement_errors()
    for name, mean_absolute_error_deg in (
        ("{side}_hip_flexion", 4.0),
        ("{side}_knee_flexion", 5.6),
        ("{side}_ankle_dorsiflexion", 7.4),
    ):
        expected = mean_absolute_error_deg * (3.14159265 / 2.0) ** 0.5
        assert errors[name] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("trunk_lean", "trunk_lena", "nearest is 'trunk_lean'"),
        ('unit = "ratio"', 'unit = "deg"', "is in ratio, not deg"),
        ('source = "stenum_2021"', 'source = "stenum"', "nearest is 'stenum_2021'"),
        ('"hip_height"', '"trunk_lean"', "stands there twice"),
        ("rate_error = 46.0\n", "", "trunk_lean: rate_error is missing"),
        (
            'rate_source = "adr_0014"',
            'rate_source = "adr_12"',
            "rate_source = 'adr_12'",
        ),
        ("rate_error = 46.0\n", "rate_error = 46.0\n# ", "go together"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = MEASUREMENT_ERRORS_PATH.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "measurement_errors.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MovementFileError) as caught:
        parse_measurement_errors(path)
    assert any(words in problem for problem in caught.value.problems)


@pytest.mark.parametrize("content", ["x = ", "[[quantities]]\nnames = []\n"])
def test_a_file_that_breaks_the_schema_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "measurement_errors.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MovementFileError, match="breaks its schema"):
        parse_measurement_errors(path)
