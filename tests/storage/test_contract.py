import pytest

from sportsgpt_lib.storage.tables import TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_names_are_unique_and_the_key_exists_and_is_never_null(table):
    assert len(set(table.column_names)) == len(table.columns)
    for name in table.key:
        assert not table.column(name).nullable


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_nullable_column_says_what_null_stands_for(table):
    silent = [
        column.name
        for column in table.columns
        if column.nullable and "null" not in column.meaning
    ]
    assert silent == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_unit_in_the_name_is_the_unit_of_the_column(table):
    suffixes = {
        "_m_per_px": "m/px",
        "_body_heights_s": "body_heights/s",
        "_per_s": "unit/s",
        "_deg": "deg",
        "_s": "s",
        "_px": "px",
        "_m": "m",
        "_hz": "Hz",
    }
    for column in table.columns:
        if column.type != "text":
            units = [suffixes[end] for end in suffixes if column.name.endswith(end)]
            assert units[:1] in ([], [column.unit]), column.name


def test_an_unknown_column_is_a_key_error():
    with pytest.raises(KeyError):
        TABLES[0].column("none")
