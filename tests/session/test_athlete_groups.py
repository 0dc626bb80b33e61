"""Groups of athletes: said in the manifest, one of each kind, and nothing else."""

import pytest

from sportsgpt_lib.athlete_groups import (
    describe_groups,
    describe_unknown_groups,
)
from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.manifest import parse_manifest

MANIFEST = """
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
[[athletes]]
id = "runner-07"
groups = {groups}
[[athletes]]
id = "runner-08"
[[recordings]]
file = "a.mp4"
athlete = "runner-07"
movement = "walking_stride"
"""


def parse(groups: str):
    return parse_manifest(MANIFEST.format(groups=groups).encode(), "session.toml")


def test_groups_are_read_and_are_unknown_where_they_are_not_said():
    manifest = parse('["youth", "untrained"]')
    assert manifest.groups("runner-07") == ("youth", "untrained")
    assert manifest.groups("runner-08") == ()


@pytest.mark.parametrize(
    ("groups", "found", "fix"),
    [
        ('["yuoth"]', "['yuoth']", 'write it as groups = ["youth"]'),
        ('["Trained", "Adult"]', "'Trained'", 'groups = ["trained", "adult"]'),
        ('"youth"', "'youth' (text)", 'write it as groups = ["youth"]'),
        ('["youth", "adult"]', "nobody is youth and adult at once", "keep those"),
        ('["untrained", "trained"]', "untrained and trained at once", "keep those"),
        ('["youth", "youth"]', "a group is there twice", "keep those that are true"),
        ('["yuoth", "adult"]', "['yuoth', 'adult']", '["youth", "untrained"]'),
        ('["veteran of 1961-02-03"]', "veteran", "write it as groups"),
        ("[16]", "[16]", 'write it as groups = ["youth", "untrained"]'),
        ("16", "found 16", 'write it as groups = ["youth", "untrained"]'),
    ],
)
def test_wrong_groups_name_line_value_what_is_allowed_and_the_fix(groups, found, fix):
    with pytest.raises(SessionError) as refused:
        parse(groups)
    (problem,) = refused.value.problems
    assert problem.startswith("line 7, [[athletes]] no. 1 ('runner-07'), groups: ")
    assert found in problem
    assert "one of child, youth, adult, older_adult, and" in problem
    assert fix in problem


def test_groups_are_written_age_first_and_unknown_ones_once_for_all():
    assert describe_groups(["trained", "child"]) == "child, trained"
    assert describe_unknown_groups([]) is None
    assert "runner-07, runner-08" in describe_unknown_groups(["runner-07", "runner-08"])
