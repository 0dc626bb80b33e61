import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.loader import (
    SPORTS_FOLDER,
    load_movement,
    load_movement_folder,
    movement_names,
)
from sportsgpt_lib.sports.translations import (
    WORDS_FILE,
    compute_words_sha256,
    load_words,
    load_words_file,
)
from sportsgpt_lib.translated_numbers import find_number_differences

GROUPS = ("keyframes", "phases", "indicators", "issues")
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture
def words_file(tmp_path: Path) -> Path:
    """A copy of the Chinese words of the squat."""
    return Path(shutil.copy(SPORTS_FOLDER / "squat" / WORDS_FILE, tmp_path))


def problems_of(path: Path) -> str:
    with pytest.raises(MovementFileError) as caught:
        load_words_file(path, load_movement("squat"))
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize("name", movement_names())
def test_every_name_of_every_movement_has_its_chinese_one(name: str):
    movement, words = load_movement(name), load_words(name, "zh")
    found = [words.movement]
    found += [words.keyframe(part.name) for part in movement.keyframes]
    found += [words.phase(part.name) for part in movement.phases]
    found += [words.indicator(part.name) for part in movement.indicators]
    for issue in movement.issues:
        said = words.issue_words(issue.name)
        found += [words.issue(issue.name), said.cause, said.consequence, said.cue]
    assert not [text for text in found if HAN.search(text) is None]


@pytest.mark.parametrize("name", movement_names())
def test_english_words_are_those_of_the_movement_file(name: str):
    movement, words = load_movement(name), load_words(name, "en")
    assert words.movement == movement.title
    for part in movement.keyframes:
        assert words.keyframe(part.name) == part.title
    for part in movement.indicators:
        assert words.indicator(part.name) == part.title
    for issue in movement.issues:
        assert words.issue(issue.name) == issue.title
        assert words.issue_words(issue.name).cue == issue.cue


@pytest.mark.parametrize("name", movement_names())
def test_chinese_wording_of_issues_says_the_same_numbers(name: str):
    words = load_words(name, "zh")
    for issue in load_movement(name).issues:
        said = words.issue_words(issue.name)
        for field in ("title", "cause", "consequence", "cue"):
            own, other = getattr(issue, field), getattr(said, field)
            assert find_number_differences(own, other) == [], (issue.name, field)


def test_a_name_that_movements_share_reads_the_same_in_all_of_them():
    chinese = defaultdict(set)
    for name in movement_names():
        movement, words = load_movement(name), load_words(name, "zh")
        for part in movement.indicators:
            chinese[part.title].add(words.indicator(part.name))
        for issue in movement.issues:
            chinese[issue.title].add(words.issue(issue.name))
    assert {title: said for title, said in chinese.items() if len(said) > 1} == {}


def test_all_wrong_names_are_listed_at_once(words_file: Path):
    text = words_file.read_text(encoding="utf-8")
    text = text.replace("bottom = ", "botom = ", 1)
    text = text.replace('descent_time = "下蹲时间"', 'descent_time = " "')
    text = text.replace('"最低点小腿角"', '"最低点大腿角"')
    words_file.write_text(text, encoding="utf-8")
    found = problems_of(words_file)
    assert "words_zh.toml: keyframes.bottom is missing" in found
    assert "words_zh.toml: keyframes.botom is no part of squat" in found
    assert "words_zh.toml: indicators.descent_time is empty" in found
    assert "indicators.shank_at_bottom = '最低点大腿角' also names another one" in found


def test_an_issue_without_its_cue_is_named(words_file: Path):
    text = words_file.read_text(encoding="utf-8")
    words_file.write_text(text.replace("cue = ", "qeu = ", 1), encoding="utf-8")
    assert "issues.too_shallow.cue" in problems_of(words_file)


def test_words_that_are_not_there_are_an_error_with_the_file_named(tmp_path: Path):
    assert "words_zh.toml: cannot be read" in problems_of(tmp_path / WORDS_FILE)


def test_an_unknown_name_has_no_words():
    with pytest.raises(KeyError):
        load_words("squat", "zh").issue("no_such_issue")


def test_a_corrected_word_measures_nothing_anew(tmp_path: Path):
    folder = shutil.copytree(SPORTS_FOLDER / "squat", tmp_path / "squat")
    path = folder / WORDS_FILE
    path.write_text(path.read_text(encoding="utf-8") + "# corrected\n", "utf-8")
    assert load_movement_folder(folder).sha256 == load_movement("squat").sha256


def test_chinese_words_have_a_version_of_their_own():
    assert compute_words_sha256("zh") != compute_words_sha256("en")
