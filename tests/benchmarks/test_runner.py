from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.runner import list_benchmarks, run_benchmark

_MEASURE = "def measure():\n    return []\n"


def test_a_package_runs_every_module_that_measures(tmp_path: Path) -> None:
    (tmp_path / "area").mkdir()
    for name, source in {
        "one.py": _MEASURE,
        "area/__init__.py": "",
        "area/slow.py": _MEASURE,
        "area/fast.py": _MEASURE,
        "area/footage.py": "def make_clip():\n    return None\n",
    }.items():
        (tmp_path / name).write_text(source)
    assert list_benchmarks(tmp_path) == {
        "area": ("area.fast", "area.slow"),
        "area.fast": ("area.fast",),
        "area.slow": ("area.slow",),
        "one": ("one",),
    }


def test_the_checkouts_benchmarks_are_found() -> None:
    found = list_benchmarks()
    assert "platform" in found
    assert {"pose.backends", "pose.pipeline"} <= set(found["pose"])


def test_figures_of_several_modules_carry_their_modules_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from benchmarks.figures import Figure
    from benchmarks.pose import backends, pipeline

    monkeypatch.setattr(backends, "measure", lambda: [Figure("a", 1.0, "s")])
    monkeypatch.setattr(pipeline, "measure", lambda: [Figure("a", 2.0, "s")])
    both = run_benchmark(("pose.backends", "pose.pipeline"))
    assert [figure.name for figure in both] == ["backends: a", "pipeline: a"]
    assert [f.name for f in run_benchmark(("pose.backends",))] == ["a"]


@pytest.mark.parametrize("arguments", [[], ["no-such"], ["pose", "platform"]])
def test_without_a_name_every_benchmark_is_listed(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments) == 2
    printed = capsys.readouterr().out
    assert "  platform\n" in printed
    assert "  pose.backends\n" in printed
