"""A clip's name is read by the pattern, in one way or not at all."""

import pytest

from sportsgpt_lib.session.file_names import (
    NameFacts,
    NameMisfit,
    NameRule,
    parse_pattern,
    read_name,
)

WORDS = {
    "athlete": ("runner-07", "runner-7"),
    "movement": ("drop_landing", "drop", "walking_stride"),
    "view": ("sagittal", "frontal"),
    "camera": ("side", "landing_side"),
}
USUAL = "{athlete}_{movement}_{view}_{take}"


def read(name, pattern=USUAL):
    return read_name(name, NameRule(pattern, WORDS))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("runner-07_drop_landing_sagittal_3b.mp4", USUAL),
        ("morning/Runner-07_Drop_Landing_SAGITTAL_3b.MOV", USUAL),
        (
            "runner-07 drop_landing (sagittal)3b.mp4",
            "{athlete} {movement} ({view}){take}",
        ),
        (
            "day/runner-07/sagittal-drop_landing-3b.mp4",
            "{athlete}/{view}-{movement}-{take}",
        ),
        (
            "trial-3b,drop_landing,sagittal,runner-07.mp4",
            "trial-{take},{movement},{view},{athlete}",
        ),
    ],
)
def test_name_of_the_pattern_tells_all(name, pattern):
    assert read(name, pattern) == NameFacts(
        athlete="runner-07",
        movement="drop_landing",
        view="sagittal",
        take="3b",
    )


@pytest.mark.parametrize(
    ("name", "found", "allowed"),
    [
        ("runner-08_drop_sagittal_1.mp4", "'runner-08_drop_sagittal_1'", "runner-07"),
        (
            "runner-07_walking_strid_sagittal_1.mp4",
            "at 'walking_strid_",
            "nearest: walk",
        ),
        ("runner-07_jump_sagittal_1.mp4", "no known movement", "walking_stride"),
        ("runner-07_drop_side_1.mp4", "no known view", "sagittal, frontal"),
        ("runner-07_drop_sagittal.mp4", "'_' is missing", USUAL),
        ("runner-07_drop_sagittal_.mp4", "the take is missing", "letters and digits"),
        ("runner-07_drop_sagittal_1_2.mp4", "'_2' is left over", USUAL),
        ("IMG_1234.mp4", "'IMG_1234' no known athlete", "runner-07, runner-7"),
    ],
)
def test_name_that_does_not_fit_says_where_and_what_may_stand_there(
    name, found, allowed
):
    misfit = read(name)
    assert isinstance(misfit, NameMisfit)
    assert found in misfit.found
    assert allowed in misfit.allowed


def test_name_that_can_be_read_in_two_ways_is_not_guessed():
    misfit = read("drop_landing_side.mp4", "{movement}_{camera}")
    assert isinstance(misfit, NameMisfit)
    assert "two ways" in misfit.found
    assert "drop_landing + side" in misfit.found
    assert "drop + landing_side" in misfit.found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("clip", "no placeholder"),
        ("{athlet}_{take}", "did you mean {athlete}"),
        ("{athlete}{movement}", "need a separator"),
        ("{athlete}_{athlete}", "only once"),
        ("{athlete}_{}", "no name"),
        ("{athlete_{take}", "brace"),
        ("{athlete}*{take}", "may stand only"),
        ("{athlete}\\{take}", "may stand only"),
        ("", "no placeholder"),
    ],
)
def test_pattern_that_means_nothing_is_refused(pattern, expected):
    with pytest.raises(ValueError, match=expected):
        parse_pattern(pattern)
