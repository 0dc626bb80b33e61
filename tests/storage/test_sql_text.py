import pytest

from sportsgpt_lib.errors import MissingSqlError
from sportsgpt_lib.storage.sql_text import list_sql, load_sql


def test_every_listed_file_loads():
    for area in ("bootstrap", "migrations", "views", "queries", "queries/frames"):
        assert list_sql(area)
        assert all(load_sql(name).strip() for name in list_sql(area))


def test_a_wrong_name_says_the_full_file_and_the_nearest():
    with pytest.raises(MissingSqlError) as caught:
        load_sql("views/session_overviews.sql")
    assert "sql/views/session_overviews.sql" in str(caught.value)
    assert "sql/views/session_overview.sql" in caught.value.fix


@pytest.mark.parametrize("name", ["../pyproject.toml", "views/../../LICENSE", "nope"])
def test_nothing_outside_the_folder_is_read(name):
    with pytest.raises(MissingSqlError):
        load_sql(name)
