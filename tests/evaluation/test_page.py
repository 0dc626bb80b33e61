from collections import Counter
from pathlib import Path

import duckdb
import polars as pl

from sportsgpt_lib.evaluation.aspects import ASPECTS
from sportsgpt_lib.evaluation.plot import PAPER_POINTS
from sportsgpt_lib.evaluation.results import SUMMARY_COLUMNS, build_frame_schema
from sportsgpt_lib.evaluation.rubric import RUBRIC
from sportsgpt_lib.evaluation.rule_measures import MEASURES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "evaluation.md").read_text(
    encoding="utf-8"
)


def test_the_page_counts_the_cases_of_every_kind(cases):
    kinds = Counter(one.kind for one in cases)
    assert f"{len(cases)} cases over the 11 movements" in PAGE
    for kind, count in kinds.items():
        assert f"| `{kind}` | {count} |" in PAGE, kind


def test_the_page_explains_every_score():
    assert [name for name in MEASURES if f"`{name}`" not in PAGE] == []
    assert [name for name in RUBRIC if f"| {name} |" not in PAGE] == []
    assert [a for a in ASPECTS if a.replace("_", " ") not in PAGE] == []


def test_the_page_names_the_papers_points():
    for score in ("accuracy", "feasibility"):
        points = [value for (name, _), value in PAPER_POINTS.items() if name == score]
        assert "{} to {}".format(*points) in PAGE


def test_the_pages_query_reads_a_summary(tmp_path, monkeypatch):
    folder = tmp_path / "var" / "evaluation" / "latest"
    folder.mkdir(parents=True)
    rows = pl.DataFrame(schema=build_frame_schema(SUMMARY_COLUMNS))
    rows.write_parquet(folder / "summary.parquet")
    monkeypatch.chdir(tmp_path)
    query = PAGE[PAGE.index("    select variant") : PAGE.index("`--run NAME`")]
    assert duckdb.sql(query).columns == ["variant", "name", "mean", "low", "high"]
