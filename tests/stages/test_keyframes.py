import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.alignment_rows import find_low_place
from sportsgpt_lib.stages.contract import StageInput
from sportsgpt_lib.stages.joint_kinematics import JointKinematicsStage
from sportsgpt_lib.stages.keyframes import KeyframesStage, find_in_recording
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import ALIGNMENT_COSTS, ALIGNMENT_PATHS, KEYFRAMES
from sportsgpt_lib.target_models.library import ReferenceLibrary
from tests.oracles.landing import build_drop
from tests.oracles.subjects import (
    build_camera_rows,
    build_pose_rows,
    build_subject,
)
from tests.oracles.throwing import (
    MARKS,
    build_kinematics_rows,
    film_throws,
    write_throw_folder,
)
from tests.oracles.walking import build_walk

ADDED_BY_RUNNER = {"team_id", "session_day", "code_version"}


def _kinematics(sequence, subject):
    tables = {
        "athlete_poses": build_pose_rows(sequence),
        "camera_geometry": build_camera_rows(),
    }
    return JointKinematicsStage().compute(StageInput(subject, None, tables)).rows


def _run(sequence, **subject_facts):
    subject = build_subject(**subject_facts)
    rows = _kinematics(sequence, subject)
    return KeyframesStage().compute(
        StageInput(subject, None, {"joint_kinematics": rows})
    )


def _within_contract(rows, table=KEYFRAMES):
    assert rows.columns == [
        name for name in table.column_names if name not in ADDED_BY_RUNNER
    ]
    for column in table.columns:
        if column.name in ADDED_BY_RUNNER:
            continue
        values = rows[column.name]
        assert column.nullable or values.null_count() == 0, column.name
        if column.allowed:
            assert set(values.drop_nulls()) <= set(column.allowed), column.name
        if column.minimum is not None:
            assert (values.drop_nulls() >= column.minimum).all(), column.name


def test_a_walk_gives_the_strides_of_both_legs_inside_the_contract():
    output = _run(build_walk(noise_px=2.0, duration_s=5.0).sequence)
    assert output.verdict.word == "PASS"
    rows = output.rows
    _within_contract(rows)
    keys = rows.select("recording_id", "repetition_idx", "keyframe", "side")
    assert keys.is_unique().all()
    assert rows["movement_sha256"].unique().to_list() == [
        load_movement("walking_stride").sha256
    ]
    starts = (
        rows.group_by("repetition_idx")
        .agg(pl.col("time_s").min())
        .sort("repetition_idx")
    )
    assert starts["time_s"].is_sorted()
    assert set(rows.filter(pl.col("keyframe") == "foot_strike")["side"]) == {
        "left",
        "right",
    }


def test_every_keyframe_is_one_that_the_movement_names():
    rows = _run(build_walk(noise_px=2.0).sequence).rows
    named = {keyframe.name for keyframe in load_movement("walking_stride").keyframes}
    assert set(rows["keyframe"]) == named


def test_a_landing_has_its_events_and_no_alignment():
    drop = build_drop(noise_px=1.0)
    output = _run(drop.sequence, movement="drop_landing")
    assert output.verdict.word == "PASS"
    _within_contract(output.rows)
    times_s = dict(zip(output.rows["keyframe"], output.rows["time_s"], strict=True))
    assert times_s["initial_contact"] == pytest.approx(drop.contact_s, abs=0.034)
    assert times_s["take_off"] < times_s["initial_contact"] < times_s["deepest_flexion"]
    for name in ("alignment_cost", "reference_id", "vote_count", "speed_ratio"):
        assert output.rows[name].null_count() == output.rows.height
    assert all(rows.is_empty() for rows in output.side_rows.values())


def test_slow_motion_keyframes_are_in_clip_time():
    walk = build_walk(rate_hz=120.0, duration_s=4.0)
    sequence = walk.sequence
    slowed = type(sequence)(
        times_s=sequence.times_s * 4.0,
        positions_px=sequence.positions_px,
        confidence=sequence.confidence,
        positions_m=None,
        width_px=4000,
        height_px=1000,
    )
    rows = _run(slowed, capture_rate_hz=120.0).rows
    strikes = rows.filter(
        (pl.col("keyframe") == "foot_strike") & (pl.col("side") == "left")
    )["time_s"].to_numpy()
    distances_s = np.abs(strikes[:, np.newaxis] - 4.0 * walk.left_strikes_s).min(axis=1)
    assert distances_s.max() < 4.0 * 0.05


def test_what_is_said_of_a_slow_clip_is_in_its_own_seconds():
    drop = build_drop(noise_px=1.0).sequence
    slowed = type(drop)(
        times_s=drop.times_s * 4.0,
        positions_px=drop.positions_px,
        confidence=drop.confidence,
        positions_m=None,
        width_px=2000,
        height_px=1000,
    )
    verdict = _run(slowed, capture_rate_hz=120.0).verdict
    assert f"in {4.0 * np.ptp(drop.times_s):.1f} s of film" in verdict.reason


def test_half_a_stride_is_said_to_be_cut_off():
    walk = build_walk(noise_px=2.0, duration_s=6.0).sequence
    is_kept = (walk.times_s >= 1.0) & (walk.times_s <= 2.3)
    part = type(walk)(
        times_s=walk.times_s[is_kept],
        positions_px=walk.positions_px[is_kept],
        confidence=walk.confidence[is_kept],
        positions_m=None,
        width_px=4000,
        height_px=1000,
    )
    output = _run(part)
    assert output.rows is None
    assert output.verdict.reason_code == "no_whole_repetition"


@pytest.mark.parametrize(
    ("costs", "start_idx", "low_idx"),
    [
        ([0.9, 0.3, 0.1, 0.2, 0.5], 3, 2),
        ([0.9, 0.3, 0.1, 0.2, 0.5], 0, 2),
        ([0.9, 0.1, 0.1, 0.4, 0.0], 1, 2),
        ([np.inf, np.inf, 0.3, 0.2], 2, 3),
        ([0.2], 0, 0),
    ],
)
def test_a_repetition_is_marked_at_the_low_place_beside_its_end(
    costs, start_idx, low_idx
):
    assert find_low_place(np.array(costs), start_idx) == low_idx


def test_another_movement_is_set_aside_with_reason_and_fix():
    for sequence, movement, reason_code in (
        (build_drop(noise_px=1.0).sequence, "walking_stride", "not_in_recording"),
        (build_walk(noise_px=1.0).sequence, "drop_landing", "no_repetition_found"),
    ):
        output = _run(sequence, movement=movement)
        assert output.rows is None
        assert output.verdict.word == "QUARANTINE"
        assert output.verdict.reason_code == reason_code
        assert "window" in output.verdict.fix


def test_a_search_without_a_find_leaves_its_curve_to_look_at():
    output = _run(build_drop(noise_px=1.0).sequence)
    assert "limit 0." in output.verdict.reason
    costs = output.side_rows["alignment_costs"]
    assert set(costs["side"]) == {"left", "right"}
    assert costs["repetition_idx"].null_count() == costs.height
    assert output.side_rows["alignment_paths"].is_empty()


def test_side_tables_hold_the_search_and_the_paths_of_every_repetition():
    output = _run(build_walk(noise_px=2.0, duration_s=5.0).sequence)
    costs, paths = (output.side_rows[n] for n in ("alignment_costs", "alignment_paths"))
    _within_contract(costs, ALIGNMENT_COSTS)
    _within_contract(paths, ALIGNMENT_PATHS)
    aligned = set(output.rows.drop_nulls("reference_id")["repetition_idx"])
    assert set(costs.drop_nulls("repetition_idx")["repetition_idx"]) == aligned
    assert set(paths["repetition_idx"]) == aligned
    ends = costs.drop_nulls("repetition_idx")
    assert (ends["cost"] <= ends["highest_cost"]).all()
    for rows in costs.partition_by("side"):
        of_search = rows.sort("sample_idx")["cost"].fill_null(np.inf).to_numpy()
        for index in rows.drop_nulls("repetition_idx")["sample_idx"]:
            assert of_search[index] <= of_search[max(index - 1, 0) : index + 2].min()
    for rows in paths.partition_by("repetition_idx", "quantity"):
        assert rows["time_s"].is_sorted()
        assert rows["reference_time_s"].is_sorted()
    near = paths.filter(pl.col("quantity").str.ends_with("knee_flexion")).drop_nulls()
    deviation_deg = (near["value"] - near["reference_value"]).abs()
    assert deviation_deg.median() < 5.0


def test_a_once_only_movement_needs_a_folder_and_no_code(tmp_path):
    movement, references = write_throw_folder(tmp_path)
    times_s, values = film_throws((1.5, 5.0), own_side="left", speed=1.2)
    subject = build_subject(movement="overhand_throw", capture_rate_hz=60.0)
    slow_motion = build_kinematics_rows(2.0 * times_s, values)
    stage_input = StageInput(subject, None, {"joint_kinematics": slow_motion})
    output = find_in_recording(stage_input, movement, references)
    assert output.verdict.word == "PASS"
    rows = output.rows
    _within_contract(rows)
    assert rows["repetition_idx"].unique().to_list() == [0, 1]
    assert rows["is_mirrored"].all()
    assert rows["speed_ratio"].to_numpy() == pytest.approx(1.2, abs=0.2)
    released = rows.filter(pl.col("keyframe") == "release")
    assert set(released["side"]) == {"left"}
    expected_s = [2.0 * (start_s + MARKS["release"][1] / 1.2) for start_s in (1.5, 5.0)]
    assert released["time_s"].to_numpy() == pytest.approx(expected_s, abs=0.1)
    versions = {reference.reference_id: reference for reference in references}
    for row in rows.iter_rows(named=True):
        assert row["reference_sha256"] == versions[row["reference_id"]].sha256
        assert row["reference_version"] == 1
    costs = output.side_rows["alignment_costs"]
    assert set(costs["side"]) == {"both"}
    assert 15.0 < costs["time_s"].max() <= 16.0


def test_a_second_computation_gives_the_same_rows():
    first, second = (
        _run(build_walk(noise_px=2.0, duration_s=4.0).sequence) for _ in range(2)
    )
    assert first.rows.equals(second.rows)
    for name, rows in first.side_rows.items():
        assert rows.equals(second.side_rows[name])


def test_rows_of_the_first_version_are_still_read_with_what_is_new_missing():
    rows = _run(build_walk(noise_px=2.0).sequence).rows
    new = ("event_offset_error_s", "reference_version", "reference_sha256")
    new += ("vote_count", "is_mirrored", "speed_ratio")
    assert all(KEYFRAMES.column(name).nullable for name in new)
    old = rows.with_columns(
        *(pl.lit(None).alias(name) for name in new),
        pl.lit("team").alias("team_id"),
        pl.lit(build_subject().session_day).alias("session_day"),
        pl.lit("keyframes-1").alias("code_version"),
    )
    assert conform_rows(KEYFRAMES, old)["vote_count"].null_count() == rows.height


def test_a_landing_whose_take_off_was_not_filmed_says_so():
    drop = build_drop(box_body_heights=0.6)
    late = drop.sequence.times_s > drop.take_off_s + 0.1
    sequence = type(drop.sequence)(
        times_s=drop.sequence.times_s[late],
        positions_px=drop.sequence.positions_px[late],
        confidence=drop.sequence.confidence[late],
        positions_m=None,
        width_px=2000,
        height_px=1000,
    )
    output = _run(sequence, movement="drop_landing")
    assert output.verdict.word == "WARN"
    assert output.verdict.reason.startswith("repetition 1 lacks take-off (perhaps cut")
    assert "the film begins 0." in output.verdict.reason
    assert " before first contact" in output.verdict.reason


def test_methods_that_disagree_are_reported_in_words():
    subject = build_subject()
    rows = _kinematics(build_walk(noise_px=1.0, duration_s=5.0).sequence, subject)
    toes = pl.col("quantity") == "left_toe_forward"
    first = rows.filter(toes).sort("frame_idx")
    late = first.with_columns(pl.col("value").shift(5).fill_null(0.0))
    torn = pl.concat([rows.filter(~toes), late])
    output = KeyframesStage().compute(
        StageInput(subject, None, {"joint_kinematics": torn})
    )
    assert output.verdict.word == "WARN"
    assert output.verdict.reason_code == "alignment_and_events_disagree"
    assert "toe_off" in output.verdict.reason


def test_missing_quantities_give_no_repetition_instead_of_a_guess():
    subject = build_subject()
    rows = _kinematics(build_walk().sequence, subject)
    blank = rows.with_columns(pl.lit(None, dtype=pl.Float64).alias("value"))
    output = KeyframesStage().compute(
        StageInput(subject, None, {"joint_kinematics": blank})
    )
    assert output.verdict.word == "QUARANTINE"


def test_the_fingerprint_changes_with_the_movement_definition():
    stage = KeyframesStage()
    walking = stage.fingerprint(build_subject())
    assert load_movement("walking_stride").sha256 in walking
    assert stage.fingerprint(build_subject(movement="drop_landing")) != walking


def _library_with(tmp_path, movement, name, text):
    folder = tmp_path / "own" / movement
    folder.mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    return ReferenceLibrary(own_folder=tmp_path / "own")


def test_wrong_target_models_stop_their_movement_with_a_verdict(tmp_path):
    library = _library_with(tmp_path, "drop_landing", "mine.toml", "id = 1\nkind = 2")
    subject = build_subject(movement="drop_landing")
    rows = _kinematics(build_drop().sequence, subject)
    stage_input = StageInput(subject, None, {"joint_kinematics": rows})
    output = KeyframesStage(library).compute(stage_input)
    assert output.rows is None
    assert output.verdict.reason_code == "target_model_unusable"
    assert "mine.toml" in output.verdict.reason
    assert "sportsgpt reference check" in output.verdict.fix


def test_wrong_target_models_of_one_movement_leave_the_others_alone(tmp_path):
    library = _library_with(tmp_path, "drop_landing", "mine.toml", "broken =")
    subject = build_subject()
    rows = _kinematics(build_walk(duration_s=4.0).sequence, subject)
    stage_input = StageInput(subject, None, {"joint_kinematics": rows})
    assert KeyframesStage(library).compute(stage_input).verdict.lets_go_on


def test_corrected_target_models_are_looked_at_again(tmp_path):
    library = _library_with(tmp_path, "drop_landing", "mine.toml", "broken =")
    subject = build_subject(movement="drop_landing")
    before = KeyframesStage(library).fingerprint(subject)
    (tmp_path / "own" / "drop_landing" / "mine.toml").unlink()
    assert KeyframesStage(library).fingerprint(subject) != before


def test_target_models_that_cannot_be_read_at_all_stop_the_run(tmp_path):
    (tmp_path / "own").write_text("a file where the folder should be")
    library = ReferenceLibrary(own_folder=tmp_path / "own")
    subject = build_subject()
    rows = _kinematics(build_walk(duration_s=4.0).sequence, subject)
    with pytest.raises(MovementFileError):
        KeyframesStage(library).compute(
            StageInput(subject, None, {"joint_kinematics": rows})
        )
