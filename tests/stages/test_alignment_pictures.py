import polars as pl
import pytest

from sportsgpt_lib.stages.alignment_pictures import (
    LARGEST_PICTURE_COUNT,
    AlignmentFolder,
    choose_repetitions,
)

RECORDING = {
    "recording_id": "rec-1",
    "athlete_id": "walker-01",
    "movement": "walking_stride",
    "clip_file": "walk.mp4",
}


def build_tables(repetition_count=2, *, time_error_s=0.02):
    keyframes = [
        {
            "recording_id": "rec-1",
            "movement": "walking_stride",
            "athlete_id": "walker-01",
            "repetition_idx": index,
            "keyframe": "foot_strike",
            "side": "left",
            "time_s": 1.0 + index,
            "time_error_s": time_error_s,
            "alignment_cost": 0.1 + 0.01 * index,
            "reference_id": "model",
        }
        for index in range(repetition_count)
    ]
    paths = [
        {
            "recording_id": "rec-1",
            "repetition_idx": index,
            "quantity": "left_knee_flexion",
            "point_idx": point,
            "time_s": 1.0 + index + 0.2 * point,
            "reference_value": 10.0 * point,
            "value": None if point == 0 else 9.0 * point,
            "unit": "deg",
        }
        for index in range(repetition_count)
        for point in range(4)
    ]
    costs = [
        {
            "recording_id": "rec-1",
            "side": "left",
            "sample_idx": sample,
            "time_s": 0.5 * sample,
            "cost": None if sample == 0 else 0.3,
            "highest_cost": 0.4,
            "repetition_idx": None,
        }
        for sample in range(6)
    ]
    return {
        "keyframes": pl.DataFrame(keyframes, infer_schema_length=None),
        "alignment_paths": pl.DataFrame(paths, infer_schema_length=None),
        "alignment_costs": pl.DataFrame(costs, infer_schema_length=None),
    }


def names(view):
    return [str(picture.file) for picture in view.pictures]


def test_a_recording_has_its_search_and_every_repetition(tmp_path):
    view = AlignmentFolder(tmp_path).write_recording(RECORDING, build_tables())
    assert [name.rsplit("-", 1)[0] for name in names(view)] == [
        "costs-rec-1",
        "alignment-rec-1-1",
        "alignment-rec-1-2",
    ]
    assert view.left_out is None
    for picture in view.pictures:
        assert (tmp_path / picture.file).is_file()
        assert picture.width_px > picture.height_px / 2 > 50
        assert "walker-01" in picture.words


def test_only_what_changed_is_drawn_again(tmp_path):
    first = AlignmentFolder(tmp_path).write_recording(RECORDING, build_tables())
    stamps = {name: (tmp_path / name).stat().st_mtime_ns for name in names(first)}
    tables = build_tables()
    is_second = pl.col("repetition_idx") == 1
    tables["alignment_paths"] = tables["alignment_paths"].with_columns(
        pl.when(is_second).then(50.0).otherwise(pl.col("value")).alias("value")
    )
    folder = AlignmentFolder(tmp_path)
    second = folder.write_recording(RECORDING, tables)
    assert names(second)[:2] == names(first)[:2]
    assert names(second)[2] != names(first)[2]
    for name in names(second)[:2]:
        assert (tmp_path / name).stat().st_mtime_ns == stamps[name]
    assert [path.name for path in folder.files] == names(second)


def test_another_uncertainty_is_another_picture(tmp_path):
    views = [
        AlignmentFolder(tmp_path).write_recording(
            RECORDING, build_tables(time_error_s=error_s)
        )
        for error_s in (0.02, 0.03)
    ]
    assert names(views[0])[1] != names(views[1])[1]


def test_a_renamed_clip_is_drawn_with_its_new_name(tmp_path):
    views = [
        AlignmentFolder(tmp_path).write_recording(
            RECORDING | {"clip_file": file}, build_tables()
        )
        for file in ("walk.mp4", "walk-2.mp4")
    ]
    assert set(names(views[0])).isdisjoint(names(views[1]))


def test_of_many_repetitions_those_that_cost_most_are_shown(tmp_path):
    tables = build_tables(LARGEST_PICTURE_COUNT + 3)
    shown = choose_repetitions(tables["keyframes"])
    assert shown == list(range(3, LARGEST_PICTURE_COUNT + 3))


def test_a_recording_without_a_search_has_no_pictures(tmp_path):
    tables = {name: rows.clear() for name, rows in build_tables().items()}
    assert AlignmentFolder(tmp_path).write_recording(RECORDING, tables) is None
    assert list(tmp_path.iterdir()) == []


def test_a_search_that_found_nothing_still_shows_its_curve(tmp_path):
    tables = build_tables()
    for name in ("keyframes", "alignment_paths"):
        tables[name] = tables[name].clear()
    view = AlignmentFolder(tmp_path).write_recording(RECORDING, tables)
    assert view.repetitions == ()
    assert "0 repetitions found" in view.costs.words


def test_a_recording_that_could_not_be_searched_has_words_without_numbers(tmp_path):
    tables = build_tables()
    tables["alignment_costs"] = tables["alignment_costs"].with_columns(
        pl.lit(None, dtype=pl.Float64).alias("cost"), pl.lit(0.0).alias("highest_cost")
    )
    for name in ("keyframes", "alignment_paths"):
        tables[name] = tables[name].clear()
    words = AlignmentFolder(tmp_path).write_recording(RECORDING, tables).costs.words
    assert "left not searched" in words
    assert "nan" not in words.lower()


@pytest.mark.parametrize("count", [1, 3])
def test_the_words_count_what_was_found(tmp_path, count):
    view = AlignmentFolder(tmp_path).write_recording(RECORDING, build_tables(count))
    word = "repetition" if count == 1 else "repetitions"
    assert f"{count} {word} found" in view.costs.words
