"""A manifest is accepted whole or refused with every problem named."""

import os
from datetime import date

import pytest

from sportsgpt_lib.errors import SessionError
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
