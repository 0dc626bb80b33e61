"""A manifest is accepted whole or refused with every problem named."""

import os
import pickle
from datetime import date

import pytest

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session import manifest_checks
from sportsgpt_lib.session.manifest import load_manifest, parse_manifest
from tests.privileges import without_privileges

GOOD = b"""
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
[[athletes]]
id = "runner-07"
height_m = 1.82
[[recordings]]
file = "clips/a.mp4"
athlete = "runner-07"
movement = "walking_stride"
view = "sagittal"
at = [0.5, 0.6]
"""


def test_good_manifest_is_read():
    manifest = parse_manifest(GOOD, "session.toml")
    assert manifest.team == "blue"
    assert manifest.day == date(2026, 1, 15)
    assert manifest.height_m("runner-07") == 1.82
    assert manifest.recordings[0].at == (0.5, 0.6)
    assert manifest.recordings[0].role == "athlete"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b'"consent"', b'"because"', "lawful_basis"),
        (b'view = "sagittal"', b'view = "side"', "view"),
        (b'team = "blue"', b'team = "Blue Team"', "Blue Team"),
        (b"height_m = 1.82", b"height_m = 182", "182"),
        (b'athlete = "runner-07"', b'athlete = "runner-08"', "runner-08"),
        (b'"clips/a.mp4"', b'"../../etc/passwd"', "inside the session folder"),
        (b'"clips/a.mp4"', b'"/etc/passwd"', "inside the session folder"),
        (b"at = [0.5, 0.6]", b"start_s = 5.0\nend_s = 4.0", "later than start_s"),
        (b"at = [0.5, 0.6]", b"tall_m = 3", "tall_m"),
        (b"view = ", b"veiw = ", "write view instead of veiw"),
        (b'"sagittal"', b'"sagital"', 'write view = "sagittal"'),
        (b"height_m = 1.82", b'height_m = "1.82"', "leave the quotes away"),
        (b"height_m = 1.82", b"height_m = true", "found true"),
        (b"height_m = 1.82", b"height_m = nan", "found nan"),
        (b"day = 2026-01-15", b'day = "2026-01-15"', "day = 2026-01-15"),
        (b"day = 2026-01-15", b"day = 2026-01-15T09:00:00", "a day without quotes"),
        (b'athlete = "runner-07"', b'athlete = "runner-7"', 'athlete = "runner-07"'),
        (b'athlete = "runner-07"', b"", "athlete: it is missing"),
        (b"at = [0.5, 0.6]", b"at = [0.5]", "found [0.5]"),
        (b"at = [0.5, 0.6]", b"at = [50, 60]", "found [50, 60]"),
        (b"at = [0.5, 0.6]", b'camera = "side"', "[[cameras]]"),
        (b"[[athletes]]", b"[athletes]", "[[athletes]]"),
        (b'"clips/a.mp4"', b"'clips\\a.mp4'", 'write file = "clips/a.mp4"'),
        (b'"clips/a.mp4"', rb'"a\nb.mp4"', "control character"),
        (b'"clips/a.mp4"', b'""', "inside the session folder"),
    ],
)
def test_wrong_value_is_named_with_file_and_fix(old, new, expected):
    assert old in GOOD
    with pytest.raises(SessionError) as caught:
        parse_manifest(GOOD.replace(old, new), "blue/session.toml")
    message = str(caught.value)
    assert "blue/session.toml" in message
    assert expected in message
    assert "Fix:" in message


def test_all_problems_are_listed_at_once():
    bad = GOOD.replace(b'"consent"', b'"because"').replace(b'"sagittal"', b'"side"')
    with pytest.raises(SessionError) as caught:
        parse_manifest(bad, "session.toml")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"team = ", "not TOML"),
        (b"\xe4", "not UTF-8"),
        (b"\xff\xfe\x00", "UTF-16"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (GOOD.decode().encode("utf-16-le"), "UTF-16"),
        (b"", "problem"),
        (b" " * 10_000_000, "10,000,000 bytes"),
        (b"a = " + b"[" * 100_000, "too deep"),
        (b".".join([b"a"] * 100_000) + b" = 1", "too deep"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_unreadable_manifest_is_refused(content, expected):
    with pytest.raises(SessionError, match=expected):
        parse_manifest(content, "session.toml")


def test_missing_manifest_names_the_command_that_writes_one(tmp_path):
    with pytest.raises(SessionError, match="sportsgpt session new"):
        load_manifest(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"day = ", b'team = "red"\nday = ', ["there twice", 'team = "red"', "line 3"]),
        (b'"blue"', b"blue", ["quotation marks", "line 2"]),
        (b'"clips/a.mp4"', rb'"clips\q.mp4"', ["write /", "line 9"]),
        (b"1.82", b"1,82", ["with a point", "line 7"]),
        (b"[[recordings]]", b"[[recordings]", ["close the brackets", "line 8"]),
    ],
)
def test_wrong_toml_names_its_line_and_the_usual_mistake(old, new, expected):
    with pytest.raises(SessionError) as caught:
        parse_manifest(GOOD.replace(old, new, 1), "session.toml")
    for words in expected:
        assert words in str(caught.value)


def test_problem_names_line_entry_value_and_what_is_allowed():
    second = b'[[recordings]]\nfile = "b.mp4"\nathlete = "runner-07"\nmovement = "x"\n'
    bad = GOOD + second + b'view = "side"\n'
    with pytest.raises(SessionError) as caught:
        parse_manifest(bad, "session.toml")
    assert caught.value.problems == (
        "line 18, [[recordings]] no. 2 ('b.mp4'), view: found 'side' (text); allowed: "
        "one of sagittal, frontal, oblique, unknown. Fix: write it as "
        'view = "sagittal"',
    )


def test_contradictions_are_told_together_with_wrong_values():
    bad = GOOD.replace(b'"consent"', b'"because"')
    bad = bad.replace(b"at = [0.5, 0.6]", b"start_s = 5.0\nend_s = 4.0")
    bad = bad.replace(b'athlete = "runner-07"', b'athlete = "runner-08"')
    with pytest.raises(SessionError) as caught:
        parse_manifest(bad, "session.toml")
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 3
    for words in ("lawful_basis", "later than start_s", "runner-08"):
        assert words in told


@pytest.mark.parametrize("name", ["athletes", "recordings"])
def test_empty_list_is_no_session(name):
    whole = {
        "athletes": '[{id = "a-1"}]',
        "recordings": '[{file = "a.mp4", athlete = "a-1", movement = "x"}]',
    }
    lists = "\n".join(f"{k} = {v}" for k, v in {**whole, name: "[]"}.items())
    head = 'team = "blue"\nday = 2026-01-15\nlawful_basis = "consent"\n'
    with pytest.raises(SessionError, match=f"{name}.*at least one") as caught:
        parse_manifest((head + lists).encode(), "session.toml")
    assert "Fix:" in caught.value.problems[0]


def test_thousands_of_problems_are_not_all_printed():
    with pytest.raises(SessionError, match="and 9951 more") as caught:
        parse_manifest(GOOD + b"[[cameras]]\n" * 10_000 + b"x = 1", "session.toml")
    assert len(caught.value.problems) == 51


@pytest.mark.parametrize("doubled", ["athletes", "cameras"])
def test_id_that_is_there_twice_is_refused(doubled):
    entry = f'\n[[{doubled}]]\nid = "runner-07"'.encode()
    with pytest.raises(SessionError, match=r"'runner-07'.*listed twice"):
        parse_manifest(GOOD + entry + entry, "session.toml")


def test_cameras_and_calibrations_are_read():
    text = """
[recordings.calibration]
kind = "distance"
from = [0.1, 0.9]
to = [0.9, 0.9]
length_m = 5
[[cameras]]
id = "side"
view = "sagittal"
capture_rate_hz = 240
calibration = {kind = "object", from = [0, 0], to = [0, 1], length_m = 2.5, \
is_plumb = true, error_m = 0.01}
""".replace("\\\n", "")
    manifest = parse_manifest(GOOD + text.encode(), "session.toml")
    camera = manifest.camera("side")
    assert camera.calibration.is_plumb
    assert camera.calibration.start == (0.0, 0.0)
    assert manifest.recordings[0].calibration.length_m == 5.0


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ('kind = "objet"', 'write kind = "object"'),
        ("to = [0.1, 0.9]", "the same point"),
        ("to = [0.1, 1.9]", "found [0.1, 1.9]"),
        ("length_m = 0", "found 0"),
        ("length_m = 101", "found 101"),
        ("error_m = 1.0", "less than length_m"),
        ("error_m = -0.1", "found -0.1"),
        ('is_plumb = "yes"', "true or false"),
        ('kind = "distance"\nis_plumb = true', "only an object can stand plumb"),
        ("lenght_m = 2", "write length_m instead of lenght_m"),
    ],
)
def test_wrong_calibration_is_named(wrong, expected):
    good = {
        "kind": '"object"',
        "from": "[0.1, 0.9]",
        "to": "[0.3, 0.9]",
        "length_m": "1.0",
    }
    for line in wrong.split("\n"):
        key, value = line.split(" = ")
        good[key] = value
    table = "\n".join(f"{key} = {value}" for key, value in good.items())
    text = GOOD + f"[recordings.calibration]\n{table}\n".encode()
    with pytest.raises(SessionError) as caught:
        parse_manifest(text, "session.toml")
    assert expected in str(caught.value)
    assert len(caught.value.problems) == 1


def test_manifest_that_leads_out_of_the_folder_is_not_read(tmp_path):
    folder = tmp_path / "session"
    folder.mkdir()
    (tmp_path / "secret.toml").write_bytes(GOOD)
    (folder / "session.toml").symlink_to(tmp_path / "secret.toml")
    with pytest.raises(SessionError, match="leads out of the session folder"):
        load_manifest(folder)


def test_file_name_of_composed_and_decomposed_letters_is_one_name():
    decomposed = GOOD.decode().replace("clips/a", "clips/ae\u0301").encode()
    assert parse_manifest(decomposed, "x").recordings[0].file == "clips/a\u00e9.mp4"


def test_byte_order_mark_is_no_problem():
    assert parse_manifest(b"\xef\xbb\xbf" + GOOD, "session.toml").team == "blue"


def test_manifest_that_may_not_be_read_says_so(tmp_path):
    (tmp_path / "session.toml").write_bytes(GOOD)
    (tmp_path / "session.toml").chmod(0)
    with (
        without_privileges(tmp_path),
        pytest.raises(SessionError, match="cannot be read"),
    ):
        load_manifest(tmp_path)


def test_manifest_that_leads_to_itself_is_none(tmp_path):
    (tmp_path / "session.toml").symlink_to("session.toml")
    with pytest.raises(SessionError, match="there is no manifest"):
        load_manifest(tmp_path)


def test_pipe_is_no_manifest_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "session.toml")
    with pytest.raises(SessionError, match="there is no manifest"):
        load_manifest(tmp_path)


def misspell(athletes_count):
    athletes = "".join(
        f'[[athletes]]\nid = "runner-{i:04d}"\n' for i in range(athletes_count)
    )
    recordings = "".join(
        f'[[recordings]]\nfile = "{i}.mp4"\nathlete = "runer-{i:04d}"\n'
        'movement = "walking_stride"\n'
        for i in range(athletes_count)
    )
    head = 'team = "blue"\nday = 2026-01-15\nlawful_basis = "consent"\n'
    return (head + athletes + recordings).encode()


def test_nearest_word_is_looked_for_only_where_it_is_shown(monkeypatch):
    asked = []
    nearest = manifest_checks.name_nearest
    monkeypatch.setattr(
        manifest_checks,
        "name_nearest",
        lambda word, words: asked.append(word) or nearest(word, words),
    )
    with pytest.raises(SessionError, match="1200 problem") as caught:
        parse_manifest(misspell(1200), "session.toml")
    assert len(asked) == len(set(asked)) == 50
    assert 'write athlete = "runner-0000"' in caught.value.problems[0]
    assert "and 1180 more" in caught.value.problems[0]


@pytest.mark.parametrize(
    "number",
    ["9" * 5000, "0x" + "f" * 50_000, "-" + "9" * 30, "[[1, 1" + "0" * 99 + "]]"],
)
def test_number_beyond_all_reason_is_refused(number):
    text = GOOD.replace(b"1.82", number.encode())
    with pytest.raises(SessionError, match="whole number of more than 64 bits"):
        parse_manifest(text, "session.toml")


def test_error_can_be_told_without_what_the_team_wrote():
    text = GOOD.replace(b"runner-07", b"Max Mustermann") + b"mustermann = 1"
    with pytest.raises(SessionError, match="Max Mustermann") as caught:
        parse_manifest(text, "max-mustermann/session.toml")
    told = caught.value.without_values("blue|2026-01-15")
    assert "ustermann" not in str(told)
    assert "line 6, [[athletes]] no. 1, id" in told.problems
    assert len(told.problems) == len(caught.value.problems)
    assert "sportsgpt session check" in told.fix
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made here
    assert str(again.without_values("blue|2026-01-15")) == str(told)


def test_broken_toml_can_be_told_without_its_line():
    with pytest.raises(SessionError, match="Max Mustermann") as caught:
        parse_manifest(GOOD + b"Max Mustermann", "session.toml")
    told = str(caught.value.without_values("blue|2026-01-15"))
    assert "line 14" in told
    assert "Mustermann" not in told


def problems_of(content: bytes) -> list[str]:
    with pytest.raises(SessionError) as caught:
        parse_manifest(content, "session.toml")
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        (b'"20.11.2026"', "write it as day = 2026-11-20"),
        (b'"1. 2. 2026"', "write it as day = 2026-02-01"),
        (b'"2026/11/20"', "write it as day = 2026-11-20"),
        (b'"31.02.2026"', "write it as day = 2026-01-15"),
        (b'"11/20/2026"', "write it as day = 2026-01-15"),
    ],
)
def test_day_in_another_way_of_writing_is_given_as_toml_has_it(written, fix):
    (problem,) = problems_of(GOOD.replace(b"2026-01-15", written))
    assert problem.endswith(f"Fix: {fix}")


@pytest.mark.parametrize("text", [b'"1.8.2"', b'"."', b'"1."'])
def test_quotes_are_left_away_from_numbers_only(text):
    (problem,) = problems_of(GOOD.replace(b"1.82", text))
    assert "leave the quotes away" not in problem


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        (
            b"at = [0.5, 0.6]",
            b'calibration = {kind = "object", from = [0.1, 0.9], to = [0.3, 0.9], '
            b"length = 2.0}",
            "write length_m instead of length",
        ),
        (b"movement = ", b"movment = ", "write movement instead of movment"),
        (b"day = ", b"days = ", "write day instead of days"),
    ],
)
def test_key_that_is_spelt_wrongly_is_one_problem_and_not_missing_too(old, new, fix):
    (problem,) = problems_of(GOOD.replace(old, new))
    assert problem.endswith(f"Fix: {fix}")


def test_key_that_is_missing_is_told_beside_an_unlike_unknown_one():
    problems = problems_of(GOOD.replace(b"day = 2026-01-15", b"weather = 3"))
    assert len(problems) == 2
    assert any("day: it is missing" in problem for problem in problems)


def test_empty_movement_is_told_with_its_line():
    (problem,) = problems_of(GOOD.replace(b'"walking_stride"', b'""'))
    assert problem.startswith("line 11, [[recordings]] no. 1 ('clips/a.mp4'), movement")
    assert "it is empty" in problem


def test_athlete_that_is_listed_twice_is_told_with_its_line():
    twice = GOOD.replace(b"[[rec", b'[[athletes]]\nid = "runner-07"\n[[rec')
    (problem,) = problems_of(twice)
    assert problem.startswith("line 9, [[athletes]] no. 2 ('runner-07'), id: ")
    assert "is listed twice, first as no. 1" in problem
