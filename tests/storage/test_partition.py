from datetime import date

import pytest

from sportsgpt_lib.errors import SessionError
from sportsgpt_lib.storage.partition import PartitionKey


def test_text_form_is_day_then_team_and_is_read_back():
    key = PartitionKey("u19-blue", date(2026, 1, 15))
    assert str(key) == "2026-01-15|u19-blue"
    assert PartitionKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "text",
    ["", "2026-01-15", "blue|2026-01-15", "20260115|blue", "2026-02-30|blue"],
)
def test_text_that_is_no_key_says_how_to_write_one(text):
    with pytest.raises(SessionError, match=r"YYYY-MM-DD\|team"):
        PartitionKey.parse(text)


@pytest.mark.parametrize("team_id", ["", "../etc", "a|b", "a/b", ".hidden", "x" * 64])
def test_team_that_could_not_be_a_folder_is_refused(team_id):
    with pytest.raises(SessionError, match="cannot name a team"):
        PartitionKey(team_id, date(2026, 1, 15))
