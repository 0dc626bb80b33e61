"""Both code locations load, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

CHECKOUT = Path(__file__).parents[2]
DAGSTER = Path(sys.executable).with_name("dagster")


def test_dagster_validates_both_locations_in_a_fresh_checkout(tmp_path):
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SPORTSGPT_", "DAGSTER_"))
    }
    done = subprocess.run(
        [str(DAGSTER), "definitions", "validate", "-w", "workspace.yaml"],
        cwd=CHECKOUT,
        env={**own, "TMPDIR": str(tmp_path), "DAGSTER_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    for location in ("training", "knowledge"):
        assert f"Validation successful for code location {location}" in printed
