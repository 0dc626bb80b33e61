import json

import pytest

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.session.manifest import parse_manifest

MANIFEST = """
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
[[athletes]]
id = "runner-07"
spare = {spare}
[[athletes]]
id = "runner-08"
[[recordings]]
file = "a.mp4"
athlete = "runner-07"
movement = "squat"
"""


def parse(spare: str):
    return parse_manifest(MANIFEST.format(spare=spare).encode(), "session.toml")


def test_regions_to_spare_are_read_and_none_where_none_is_said():
    manifest = parse('["knee", "lower_back"]')
    assert manifest.spared_regions("runner-07") == ("knee", "lower_back")
    assert manifest.spared_regions("runner-08") == ()
    assert manifest.spared_regions("nobody") == ()


@pytest.mark.parametrize(
    ("spare", "fix"),
    [
        ('["kne"]', 'spare = ["knee"]'),
        ('"knee"', 'spare = ["knee"]'),
        ('["knee", "knee"]', "spare"),
        ('["torn meniscus since May"]', 'spare = ["knee"]'),
    ],
)
def test_anything_but_regions_is_refused_with_a_fix(spare, fix):
    with pytest.raises(SessionError) as raised:
        parse(spare)
    assert fix in str(raised.value)


@pytest.mark.parametrize("spare", ['["torn elbow"]', '"elbw"', '["elbow", "elbow"]'])
def test_what_is_refused_is_not_repeated(spare):
    with pytest.raises(SessionError) as raised:
        parse(spare)
    said = str(raised.value).replace("elbow, wrist", "")
    assert "personal" in said
    assert "elb" not in said


def test_no_repr_shows_what_is_spared():
    assert "knee" not in repr(parse('["knee"]').athletes)
    assert json.dumps("knee") not in repr(parse('["knee"]'))
