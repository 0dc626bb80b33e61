from pathlib import Path

import pytest

from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.page import PAGES_FOLDER, build_page, write_pages

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", movement_names())
def test_the_committed_page_is_the_generated_one(name: str) -> None:
    committed = (CHECKOUT / PAGES_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert committed == build_page(load_movement(name)), (
        "run: python -m sportsgpt_lib.sports.page"
    )


@pytest.mark.parametrize("name", movement_names())
def test_the_page_names_every_indicator_issue_and_source(name: str) -> None:
    movement = load_movement(name)
    page = build_page(movement)
    names = [part.name for part in movement.indicators]
    names += [part.name for part in movement.issues]
    for part_name in names:
        assert f"(`{part_name}`)" in page
    for source in movement.sources.values():
        assert source.title in page


def test_the_page_says_when_numbers_are_worth_less() -> None:
    assert "| `fall_time` above 0.70 s |" in build_page(load_movement("drop_landing"))
    walking = build_page(load_movement("walking_stride"))
    assert walking.count("- Far leg: limited (this leg is away from the camera") == 2


def test_the_page_says_from_where_an_issue_can_be_reported_and_if_it_never_can() -> (
    None
):
    squat = build_page(load_movement("squat"))
    shallow, uneven = (
        squat[squat.index(f"(`{name}`)") :].split("\n### ")[0]
        for name in ("too_shallow", "uneven_squat")
    )
    assert "- Can be reported from: sagittal, oblique (several signs" in shallow
    assert "- Can be reported from: no view; it is listed only." in uneven


def test_the_page_gives_no_sign_to_a_difference_that_has_none() -> None:
    squat = build_page(load_movement("squat"))
    assert "at `bottom`, size of the difference between left and right" in squat


def test_pages_are_written_for_all_movements(tmp_path: Path) -> None:
    names = [path.stem for path in write_pages(tmp_path / "movements")]
    assert names == list(movement_names())
