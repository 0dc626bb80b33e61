import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import sportsgpt_lib
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS
from sportsgpt_lib.kismam.camera_errors import CameraErrors
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.kismam.missing_keyframes import describe_film_end
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition
from sportsgpt_lib.language import ENGLISH_ONLY_MARK
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from sportsgpt_lib.sports.reasons import (
    REASONS_PATH,
    word_reason,
    word_reason_code,
)
from sportsgpt_lib.translated_numbers import find_number_differences

PLACE = re.compile(r"\{\w+\}")
PACKAGE = Path(sportsgpt_lib.__file__).parent
IN_VERDICT = re.compile(r'"(?:WARN|QUARANTINE|REJECT)",\s*"([a-z_]+)"')
NAMED = re.compile(r'reason_code(?:: str)? ?= ?"([a-z_]+)"')


def list_reasons_of_file(movement: Movement) -> Iterator[str]:
    for indicator in movement.indicators:
        yield from indicator.limited_views.values()
        if indicator.limited_far_leg:
            yield indicator.limited_far_leg
    for condition in movement.limited_when:
        yield condition.reason


def list_reasons_of_repetitions(movement: Movement) -> Iterator[str]:
    """Say why nothing of repetitions was measured: no view, no keyframes, no pose."""
    keyframes = {
        (part.name, side): KeyframeTime(0.2 * number, 0.01)
        for number, part in enumerate(movement.keyframes)
        for side in part.sides
    }
    repetitions = [
        Repetition(own_side=side, keyframes=found, signals={})
        for side in ("left", "both")
        for found in ({}, keyframes)
    ]
    camera = CameraErrors(scale_reason="the scale is not known")
    for repetition in repetitions:
        for view in ("sagittal", "frontal", "oblique", "unknown"):
            for result in assess_repetition(
                movement, repetition, view, load_measurement_errors(), camera
            ):
                if result.reason:
                    yield result.reason


@pytest.mark.parametrize("name", movement_names())
def test_every_reason_of_a_movement_has_chinese_words(name: str):
    movement = load_movement(name)
    reasons = {*list_reasons_of_file(movement), *list_reasons_of_repetitions(movement)}
    assert len(reasons) > 3
    for reason in reasons:
        said = word_reason(reason, name, "zh")
        assert ENGLISH_ONLY_MARK not in said, reason
        assert find_number_differences(reason, said) == [], reason


def test_every_reason_code_of_the_library_has_chinese_words():
    codes = {
        code
        for path in PACKAGE.rglob("*.py")
        for pattern in (IN_VERDICT, NAMED)
        for code in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert len(codes) > 40
    untold = {c for c in codes if ENGLISH_ONLY_MARK in word_reason_code(c, "zh")}
    assert untold == set()


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        (
            "the camera view is frontal; it can be measured from: sagittal, oblique",
            "拍摄方向为正面；可以测量的拍摄方向：侧面、斜向",
        ),
        (
            "not found in this repetition: take-off, landing of the other leg",
            "这次动作中没有找到：起跳离地、另一条腿的落地",
        ),
        (
            "not seen well enough: left knee flexion, trunk lean",
            "看得不够清楚：左侧膝屈曲角、躯干倾角",
        ),
        (
            "right hip flexion was not seen, the other side was; "
            "the error of 12 deg is larger than the tolerance of 8 deg",
            "没有看到右侧髋屈曲角，只看到另一侧；误差 12 度，大于容差 8 度",
        ),
        (
            "there are no metres: the scale's error would be 17%; allowed: at most 15%",
            "没有以米为单位的数值：比例尺的误差将为 17%；最多允许 15%",
        ),
        (
            "the error of 0.3 is larger than the tolerance of 0.25 body heights/s",
            "误差 0.3，大于容差 0.25 倍身高/秒",
        ),
    ],
)
def test_a_reason_reads_in_chinese_with_its_names_and_numbers(
    reason: str, chinese: str
):
    assert word_reason(reason, "standing_long_jump", "zh") == chinese


def test_what_the_ends_of_a_film_cut_off_reads_in_chinese():
    movement = load_movement("standing_long_jump")
    found = describe_film_end(
        movement, {"take_off": 0.5}, (0.3, 0.6), ["stand", "landing"]
    )
    said = word_reason(
        f"not found in this repetition: landing; {found}", movement.name, "zh"
    )
    assert said == (
        "这次动作中没有找到：落地；可能被截断：视频在起跳离地之前 0.20 秒开始，"
        "且视频在起跳离地之后 0.10 秒结束"
    )


def test_a_part_without_words_stays_english_and_is_marked():
    reason = "the camera view is frontal; somebody stood in the way"
    assert word_reason(reason, "squat", "zh") == (
        f"拍摄方向为正面；{ENGLISH_ONLY_MARK}somebody stood in the way"
    )
    assert word_reason("not seen well enough: left ear", "squat", "zh") == (
        f"{ENGLISH_ONLY_MARK}not seen well enough: left ear"
    )
    assert word_reason_code("new_code", "zh") == f"{ENGLISH_ONLY_MARK}new code"


def test_english_reasons_stay_as_they_are():
    assert word_reason("somebody stood in the way", "squat", "en") == (
        "somebody stood in the way"
    )
    assert word_reason_code("too_dark", "en") == "too dark"


def test_patterns_and_quantities_are_whole():
    content = tomllib.loads(REASONS_PATH.read_text(encoding="utf-8"))
    for pattern in content["patterns"]:
        places = [sorted(PLACE.findall(text)) for text in pattern.values()]
        assert places[0] == places[1], pattern["english"]
    names = {
        name.removeprefix("left_").removeprefix("right_") for name in QUANTITY_UNITS
    }
    assert content["quantities"].keys() == {name.replace("_", " ") for name in names}
