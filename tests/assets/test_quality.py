import polars as pl

from assets.quality import quality_verdicts
from sportsgpt_lib.stages.verdict_rows import verdict_table

WORDS = {"recordings": ["PASS", "REJECT"], "keyframes": ["WARN"]}


def test_verdicts_of_all_stages_become_one_table(context, lake, partition, build_rows):
    for stage, words in {
        "recordings": ["PASS", "REJECT"],
        "keyframes": ["WARN"],
    }.items():
        rows = build_rows("quality_verdicts", partition, len(words)).with_columns(
            verdict=pl.Series(words),
            stage=pl.lit(stage),
            subject_id=pl.Series([f"r-{idx}" for idx in range(len(words))]),
            clip_file=pl.Series([f"{idx}.mp4" for idx in range(len(words))]),
            reason_code=pl.Series([None if w == "PASS" else "dark" for w in words]),
        )
        lake.write(verdict_table(stage), partition, rows)
    metadata = quality_verdicts(context, lake).metadata
    assert lake.read("quality_verdicts", partition).height == 3
    assert metadata["dagster/row_count"] == 3
    assert metadata["published_recordings"] == 1
    assert metadata["recordings_handed_in"] == 2
    assert metadata["completeness_ratio"] == 0.5
    assert metadata["stopped_because"].value == [{"reason_code": "dark", "count": 1}]
