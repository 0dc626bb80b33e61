import shutil
from pathlib import Path

import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.definition import OWN_RECORDS
from sportsgpt_lib.sports.loader import (
    SPORTS_FOLDER,
    load_movement,
    load_movement_folder,
    movement_names,
)

FALL_TIME_RULE = (
    'rule = { measure = "duration", start = "take_off", end = "initial_contact"'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "drop_landing"
    shutil.copytree(SPORTS_FOLDER / "drop_landing", copy)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def find_problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(MovementFileError) as caught:
        load_movement_folder(folder)
    return caught.value.problems


@pytest.mark.parametrize("name", movement_names())
def test_every_movement_of_the_package_loads(name: str) -> None:
    movement = load_movement(name)
    assert movement.name == name
    assert len(movement.sha256) == 64
    assert len(movement.issue_map) == len(movement.indicators)


def test_the_two_movements_of_the_demo_are_there() -> None:
    assert {"walking_stride", "drop_landing"} <= set(movement_names())


def test_an_unknown_movement_names_the_nearest() -> None:
    with pytest.raises(MovementFileError, match="nearest is 'drop_landing'"):
        load_movement("drop_landings")


def test_an_untouched_copy_loads_with_the_same_digest(folder: Path) -> None:
    original = load_movement("drop_landing")
    assert load_movement_folder(folder).sha256 == original.sha256


@pytest.mark.parametrize(
    "file", ["movement.toml", "issue_map.csv", "joint_weights.csv"]
)
def test_any_changed_file_changes_the_digest(folder: Path, file: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert load_movement_folder(folder).sha256 != load_movement("drop_landing").sha256


def test_all_problems_are_listed_at_once(folder: Path) -> None:
    edit(folder / "movement.toml", 'phase = "absorption"', 'phase = "absorption_"')
    edit(folder / "movement.toml", "{side}_hip_flexion", "{side}_hip_flection")
    edit(folder / "issue_map.csv", "peak_knee_flexion", "peak_knee_flex")
    edit(folder / "joint_weights.csv", "{side}_thigh_angle,1.0", "{side}_thigh,-1")
    problems = find_problems(folder)
    for words in (
        "movement.toml: indicators.peak_knee_flexion.rule.phase = 'absorption_'",
        "nearest is 'absorption'",
        "nearest is '{side}_hip_flexion'",
        "issue_map.csv: row peak_knee_flex is not in movement.toml",
        "issue_map.csv: row peak_knee_flexion is missing",
        "joint_weights.csv: quantity = '{side}_thigh' is not known",
        "joint_weights.csv: weight of {side}_thigh = '-1'",
    ):
        assert any(words in problem for problem in problems), words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title = "Fall time"', 'titel = "Fall time"', "nearest is 'title'"),
        (
            'dimension = "torso_core"',
            'dimension = "torso"',
            "nearest is 'torso_core'",
        ),
        (
            'measure = "at_keyframe"',
            'measure = "at_keyframes"',
            "nearest is 'at_keyframe'",
        ),
        ("tolerance = 13.0", "tolerance = -13.0", "peak_knee_flexion.target.tolerance"),
        ('unit = "deg"', 'unit = "s"', "allowed for {side}_knee_flexion: 'deg'"),
        ("low = 10.0\nhigh = 60.0", "low = 60.0\nhigh = 10.0", "lies above high"),
        (
            'source = "devita_1992"',
            'source = "devita"',
            "nearest is 'devita_1992'",
        ),
        (
            'keyframe = "deepest_flexion"',
            'keyframe = "deepest_flexion/others"',
            "'keyframe/other'",
        ),
        (
            'start = "take_off", end = "initial_contact"',
            'start = "take_of", end = "initial_contact"',
            "nearest is 'take_off'",
        ),
        (', sides = "mean" }', " }", "belong to both sides"),
        ('name = "fall_time"', 'name = "absorption_time"', "names 'absorption_time' 2"),
        ("not_assessed = ", "# not_assessed = ", "say in not_assessed why"),
        ("event_model = ", "event_model = 3 # ", "event_model = 3"),
        (
            "[sources.blackburn_2009]",
            "[sources.blackburn]",
            "sources.blackburn is used nowhere",
        ),
        (
            'indicator = "drop_height"',
            'indicator = "drop_hight"',
            "limited_when.drop_hight = 'drop_hight' is not known",
        ),
        (
            '  "hip_flexion_at_contact",',
            '  "hip_flexion_at_contact", "trunk_lean",',
            "limited_when.drop_height = 'trunk_lean' is not known",
        ),
        ("above = 0.5\n", "", "limited_when.drop_height has neither above nor below"),
        (
            'source = "adr_0005"\nsupport = ["devita_1992", "padua_2009"]',
            'source = "adr_5"',
            "limited_when.drop_height.source = 'adr_5' is not known",
        ),
        (
            'valid_views = ["sagittal"]\n',
            'valid_views = ["sagittal"]\nlimited_far_leg = "hidden"\n',
            "limited_far_leg is given, but the rule is not of",
        ),
        ('title = "Take-off"\n', "", "keyframes.take_off.title is missing"),
        (
            "\nholds_for = ",
            "\n# ",
            "indicators.knee_flexion_at_contact.target.holds_for is missing. Fix: add",
        ),
        (
            'source = "padua_2009"\n',
            "",
            "knee_flexion_at_contact.target.source is missing. Fix: add source = ",
        ),
        (
            'locator = "item 1 of the scoring system"\n',
            "",
            "knee_flexion_at_contact.target.low comes from 'padua_2009', without",
        ),
        (
            'locator = "item 1 of the scoring system"\n',
            'locator = "item 1"\nhigh_source = "adr_0005"\n',
            "high_source is given, but the target has no high",
        ),
        (
            'locator = "item 1 of the scoring system"\n',
            'low_source = "padua"\n',
            "target.low_source = 'padua' is not known",
        ),
        (
            "\n[indicators.target]\nlow = 30.0",
            '\nnot_judged = { reason = "r", source = "adr_0005" }\n'
            "[indicators.target]\nlow = 30.0",
            "has a target and not_judged",
        ),
        (
            'event_model = "landing"\n',
            'event_model = "landing"\nown_record = "adr_5"\n',
            "own_record = 'adr_5' is not known",
        ),
        (
            'indicator = "drop_height"\nabove = 0.5\n',
            'frame_rate_below_hz = 60.0\ngroups = ["child"]\n',
            "names 2 kinds of condition",
        ),
        (
            'indicator = "drop_height"\n',
            'groups = ["child"]\n',
            "limited_when.groups has above or below without indicator",
        ),
        (
            FALL_TIME_RULE,
            'rule = { measure = "rate_at_keyframe", quantity = "flight", '
            'keyframe = "take_off"',
            "fall_time.rule.quantity = 'flight' has no rate",
        ),
        (
            FALL_TIME_RULE,
            'rule = { measure = "direction_at_keyframe", up = "hip_height", '
            'forward = "trunk_lean", keyframe = "take_off"',
            "joins quantities in body_heights and deg",
        ),
        (
            FALL_TIME_RULE,
            'rule = { measure = "height_by_flight", start = "take_off", '
            'end = "initial_contact"',
            "unit = 's'; allowed for height_by_flight: 'm'",
        ),
    ],
)
def test_a_mistake_in_the_movement_file_is_named(
    folder: Path, old: str, new: str, words: str
) -> None:
    edit(folder / "movement.toml", old, new)
    assert any(words in problem for problem in find_problems(folder)), words


def test_a_part_of_a_wrong_shape_hides_no_other_problem(folder: Path) -> None:
    edit(folder / "movement.toml", 'source = "padua_2009"\n', "")
    edit(folder / "movement.toml", "{side}_hip_flexion", "{side}_hip_flection")
    edit(folder / "movement.toml", "low = 10.0\nhigh = 60.0", "low = 60.0\nhigh = 10.0")
    edit(folder / "movement.toml", 'title = "Fall time"', 'titel = "Fall time"')
    edit(folder / "issue_map.csv", "absorption_time", "absorbtion_time")
    problems = find_problems(folder)
    for words in (
        "movement.toml: indicators.knee_flexion_at_contact.target.source is missing",
        "nearest is '{side}_hip_flexion'",
        "lies above high = 10; allowed: low up to high. Fix: exchange them",
        "indicators.fall_time.titel is not a known key",
        "issue_map.csv: row absorbtion_time is not in movement.toml",
    ):
        assert any(words in problem for problem in problems), words
    assert len(problems) == 7
    text = (folder / "movement.toml").read_text(encoding="utf-8").splitlines()
    line = text.index('name = "knee_flexion_at_contact"') + 1
    missing = next(problem for problem in problems if "source is missing" in problem)
    assert missing.endswith(f"(line {line})")
    row = next(problem for problem in problems if "row absorbtion_time" in problem)
    assert row.endswith("(line 5)")
    assert not any("is used nowhere" in problem for problem in problems)


@pytest.mark.parametrize("name", movement_names())
def test_every_number_of_the_package_says_where_it_comes_from(name: str) -> None:
    movement = load_movement(name)
    known = {*OWN_RECORDS, *movement.sources}
    for indicator in movement.indicators:
        if indicator.target is None:
            assert indicator.not_judged is not None, indicator.name
            assert indicator.not_judged.source in known
            continue
        for end in indicator.target.limit_sources().values():
            assert end.source in OWN_RECORDS or end.locator, indicator.name
    assert movement.own_record in OWN_RECORDS


@pytest.mark.parametrize("file", OWN_RECORDS.values())
def test_every_record_of_ours_is_there(file: str) -> None:
    assert (Path(__file__).resolve().parents[2] / "docs" / "adr" / file).is_file()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("-0.3,-0.9", "-0.3,-1.9", "allowed: a number from -1 to 1"),
        ("-0.3,-0.9", "-0.3,much", "'much'; allowed: a number"),
        ("-0.3,-0.9", "-0.3,0.9", "which has no upper end"),
        ("0.8,\nknee", "-0.8,\nknee", "which has no lower end"),
        ("uneven_landing", "uneven_landings", "nearest is 'uneven_landing'"),
        (",0.8\n", ",\n", "column uneven_landing is empty"),
        ("-0.3,-0.9,,,,", "-0.3,-0.9,,,", "has 6 cells, not 7"),
        ("absorption_time,", "peak_knee_flexion,", "stands there twice"),
        ("indicator,", "indicators,", "allowed: 'indicator'"),
    ],
)
def test_a_mistake_in_the_matrix_is_named(
    folder: Path, old: str, new: str, words: str
) -> None:
    edit(folder / "issue_map.csv", old, new)
    assert any(words in problem for problem in find_problems(folder)), words


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("movement.toml", "name = ", "is no valid TOML"),
        ("issue_map.csv", "", "is empty"),
        ("joint_weights.csv", "joint,weight\n", "allowed: 'quantity,weight'"),
        ("joint_weights.csv", "quantity,weight\ntrunk_lean\n", "has 1 cells, not 2"),
    ],
)
def test_a_broken_file_is_named(
    folder: Path, file: str, content: str, words: str
) -> None:
    (folder / file).write_text(content, encoding="utf-8")
    assert any(words in problem for problem in find_problems(folder)), words


@pytest.mark.parametrize(
    "file", ["movement.toml", "issue_map.csv", "joint_weights.csv"]
)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes(range(256)), "is no UTF-8 text). Fix: save it once more"),
        ("name,1\n".encode("utf-16"), "is no UTF-8 text). Fix: save it once more"),
        (b"a=" + b"[" * 100_000, None),
        (b"a = " + b"9" * 5000, None),
        (b"", None),
    ],
    ids=["binary", "utf-16", "deep", "long number", "empty"],
)
def test_a_file_of_any_bytes_is_a_problem_and_no_crash(
    folder: Path, file: str, content: bytes, words: str | None
) -> None:
    (folder / file).write_bytes(content)
    problems = [p for p in find_problems(folder) if p.startswith(f"{file}: ")]
    assert problems
    assert words is None or (len(problems) == 1 and words in problems[0])


@pytest.mark.parametrize("file", ["issue_map.csv", "joint_weights.csv"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_cells_with_another_separator_are_one_problem(
    folder: Path, file: str, separator: str
) -> None:
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(",", separator))
    (problem,) = find_problems(folder)
    assert problem.startswith(f"{file}: its cells are separated by ")
    assert "allowed: commas" in problem


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.replace(b",", b" , "),
    ],
    ids=["byte order mark", "line ends of Windows", "spaces"],
)
def test_what_spreadsheets_add_to_a_file_is_no_problem(folder: Path, change) -> None:
    before = load_movement_folder(folder)
    for file in ("issue_map.csv", "joint_weights.csv"):
        (folder / file).write_bytes(change((folder / file).read_bytes()))
    after = load_movement_folder(folder)
    assert after.issue_map == before.issue_map
    assert after.joint_weights == before.joint_weights


def test_a_byte_order_mark_before_the_movement_file_is_no_problem(folder: Path) -> None:
    path = folder / "movement.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_movement_folder(folder).name == "drop_landing"


@pytest.mark.parametrize(
    "file", ["movement.toml", "issue_map.csv", "joint_weights.csv"]
)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert any(
        f"{file}: cannot be read" in problem for problem in find_problems(folder)
    )


def test_a_folder_must_be_named_as_its_movement(folder: Path) -> None:
    moved = folder.rename(folder.with_name("landing"))
    assert any(
        "the folder's name, 'landing'" in problem for problem in find_problems(moved)
    )


@pytest.mark.parametrize("model", ["gait", "none"])
def test_an_event_that_the_event_model_does_not_find_is_a_problem(
    folder: Path, model: str
) -> None:
    edit(
        folder / "movement.toml", 'event_model = "landing"', f'event_model = "{model}"'
    )
    problems = find_problems(folder)
    assert len(problems) == 3
    assert "keyframes.take_off.methods lists 'event'" in problems[0]
    assert f"event_model = '{model}'" in problems[0]
