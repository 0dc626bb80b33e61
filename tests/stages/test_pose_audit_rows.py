from sportsgpt_lib.kinematics.camera_geometry import (
    FilmingFacts,
    estimate_camera_geometry,
)
from sportsgpt_lib.stages.pose_audit_rows import build_camera_rows
from sportsgpt_lib.storage.tables import CAMERA_GEOMETRY
from tests.oracles.subjects import build_subject
from tests.oracles.walking import HEIGHT_PX, WIDTH_PX, build_walk


def test_the_cameras_row_holds_all_that_was_found() -> None:
    sequence = build_walk(noise_px=1.0).sequence
    geometry = estimate_camera_geometry(
        sequence.times_s,
        sequence.positions_px,
        FilmingFacts(WIDTH_PX, HEIGHT_PX, "sagittal", 1.80),
    )
    row = build_camera_rows(build_subject(), geometry).row(0, named=True)
    found = {name for name in CAMERA_GEOMETRY.column_names if hasattr(geometry, name)}
    assert {name: row[name] for name in found} == {
        name: getattr(geometry, name) for name in found
    }
    assert row["is_camera_moving"] is False
