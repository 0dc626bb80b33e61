"""A manifest is accepted whole or refused with every problem named."""

from datetime import date

import pytest

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.manifest import load_manifest, parse_manifest

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
    [(b"team = ", "not TOML"), (b"\xff\xfe\x00", "not UTF-8"), (b"", "problem")],
)
def test_unreadable_manifest_is_refused(content, expected):
    with pytest.raises(SessionError, match=expected):
        parse_manifest(content, "session.toml")


def test_missing_manifest_names_the_command_that_writes_one(tmp_path):
    with pytest.raises(SessionError, match="sportsgpt session new"):
        load_manifest(tmp_path)


def test_byte_order_mark_is_no_problem():
    assert parse_manifest(b"\xef\xbb\xbf" + GOOD, "session.toml").team == "blue"
