import pytest

from sportsgpt_lib.target_models.toml_problems import TomlFile, find_line

TEXT = """\
id = "a"

[recording]
team = "blue"

[[keyframes]]
name = "one"

[[keyframes]]
name = "two"
time_s = 2.0
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("id",), 1),
        (("recording", "team"), 4),
        (("keyframes", 0, "name"), 7),
        (("keyframes", 1, "name"), 10),
        (("keyframes", 1, "time_s"), 11),
        # A key that is not there stands where its table begins.
        (("keyframes", 0, "time_s"), 6),
        (("recording", "clip"), 3),
        (("recording", "name"), 3),
        (("keyframes", 2, "name"), None),
        (("title",), None),
    ],
)
def test_a_key_is_found_in_its_own_table(place, line):
    assert find_line(TEXT, place) == line


def test_places_are_written_as_people_count():
    file = TomlFile("a.toml", TEXT, {})
    assert file.point(("keyframes", 1, "time_s")) == (
        "a.toml line 11: keyframes no. 2 time_s"
    )
    assert file.point(("title",)) == "a.toml: title"
