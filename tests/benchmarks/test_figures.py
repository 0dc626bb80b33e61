import json
from pathlib import Path

import pytest

from benchmarks import figures
from benchmarks.figures import Figure, print_figures, write_result


@pytest.mark.parametrize(
    ("value", "is_at_least", "holds"),
    [
        (1.0, False, True),
        (1.1, False, False),
        (1.0, True, True),
        (0.9, True, False),
        (float("nan"), False, False),
        (float("nan"), True, False),
        (None, False, None),
    ],
)
def test_a_limit_holds_up_to_and_with_its_own_value(
    value: float | None, is_at_least: object, holds: object
) -> None:
    figure = Figure("a", value, "s", must=1.0, is_at_least=bool(is_at_least))
    assert figure.holds is holds


def test_a_figure_without_a_limit_neither_holds_nor_fails() -> None:
    assert Figure("a", 5.0, "s", aim=1.0).holds is None


def test_the_file_names_machine_versions_and_every_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "OUT", tmp_path)
    measured = [
        Figure("recall", 0.99, "ratio", must=0.98, is_at_least=True),
        Figure("lost", float("nan"), "s", must=1.0),
        Figure("on a GPU", None, "frames/s", note="no GPU"),
    ]
    written = json.loads(write_result("a", measured).read_text())
    assert {"processor", "cores", "python"} <= written["machine"].keys()
    assert {"numpy", "av", "numba", "scipy"} <= written["versions"].keys()
    assert [f["holds"] for f in written["figures"]] == [True, False, None]
    assert [f["value"] for f in written["figures"]] == [0.99, None, None]


def test_the_table_shows_which_way_a_limit_goes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    print_figures(
        "a",
        [
            Figure("recall", 0.5, "ratio", must=0.98, is_at_least=True),
            Figure("share", 0.5, "ratio", must=0.6, aim=0.1),
        ],
    )
    printed = capsys.readouterr().out
    recall = next(line for line in printed.splitlines() if "recall" in line)
    share = next(line for line in printed.splitlines() if "share" in line)
    assert "≥ 0.98" in recall
    assert "NO" in recall
    assert "≤ 0.6" in share
    assert "≤ 0.1" in share
    assert "yes" in share
