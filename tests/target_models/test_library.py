import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.loader import (
    REFERENCES_FOLDER,
    SPORTS_FOLDER,
    load_movement,
)
from sportsgpt_lib.target_models.building import build_reference
from sportsgpt_lib.target_models.library import (
    ReferenceLibrary,
    load_reference,
)
from tests.target_models.recorded_stride import annotate, record_walk

STORED = SPORTS_FOLDER / "walking_stride" / REFERENCES_FOLDER
WALKING = load_movement("walking_stride")


@pytest.fixture
def library(tmp_path):
    return ReferenceLibrary(tmp_path / "own")


@pytest.fixture
def built(tmp_path):
    return build_reference(annotate(tmp_path), WALKING, record_walk())


def _put(library, name="mine"):
    folder = library.own_folder / "walking_stride"
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (".toml", ".csv"):
        shutil.copy(STORED / f"schwartz2008_free{suffix}", folder / f"{name}{suffix}")
    return folder / f"{name}.toml"


def test_without_own_ones_the_packaged_ones_are_used(library):
    loaded = library.load(WALKING)
    assert [one.reference_id for one in loaded] == list(WALKING.references)
    assert len(loaded) == 3


def test_own_ones_are_used_besides_the_packaged_ones(library):
    path = _put(library)
    assert library.load(WALKING)[-1].reference_id == "mine"
    assert library.is_own(path)
    assert not library.is_own(library.find_files("walking_stride")[0])


def test_two_of_one_id_are_refused_with_both_places(library):
    _put(library, "schwartz2008_free")
    with pytest.raises(MovementFileError) as caught:
        library.load(WALKING)
    (problem,) = caught.value.problems
    assert "'schwartz2008_free' stands for 2 target models" in problem
    assert str(library.own_folder) in problem


def test_problems_of_all_files_are_listed_together(library):
    _put(library, "one").write_text("kind = 1", encoding="utf-8")
    _put(library, "Two")
    with pytest.raises(MovementFileError) as caught:
        library.load(WALKING)
    text = "\n".join(caught.value.problems)
    assert "one.toml" in text
    assert "Two.toml: the name is no id" in text


def test_the_digest_follows_own_files(library):
    before = library.compute_sha256("walking_stride")
    assert before == ReferenceLibrary().compute_sha256("walking_stride")
    path = _put(library)
    added = library.compute_sha256("walking_stride")
    path.with_suffix(".csv").write_text("x", encoding="utf-8")
    changed = library.compute_sha256("walking_stride")
    assert len({before, added, changed}) == 3
    assert library.compute_sha256("drop_landing") == (
        ReferenceLibrary().compute_sha256("drop_landing")
    )


def test_what_no_run_looks_at_is_told(library):
    _put(library)
    own = library.own_folder
    (own / "walking_strid").mkdir()
    (own / "lost.toml").touch()
    (own / "walking_stride" / "alone.csv").touch()
    lost, folder, alone = library.list_unused()
    assert f"{own}/lost.toml lies in no movement's folder" in lost
    assert "walking_strid/ is no movement" in folder
    assert "nearest is 'walking_stride'" in folder
    assert "walking_stride/alone.csv has no .toml file" in alone


def test_without_an_own_folder_nothing_is_unused(library):
    assert library.list_unused() == []
    assert ReferenceLibrary().list_unused() == []


def test_a_folder_that_cannot_be_listed_is_an_error_and_not_an_empty_one(library):
    library.own_folder.mkdir()
    (library.own_folder / "walking_stride").touch()
    with pytest.raises(MovementFileError, match="it cannot be used: Not a directory"):
        library.load(WALKING)


def test_a_changed_one_gets_the_next_version_and_the_old_one_is_kept(library, built):
    add = (WALKING, "club_stride")
    first = library.add(*add, built.toml_text, built.csv_text)
    assert first.versioned_id == "club_stride@1"
    same = library.add(*add, built.toml_text, built.csv_text)
    assert same.version == 1
    changed = built.toml_text.replace('"recreational"', '"elite"')
    assert library.add(*add, changed, built.csv_text).version == 2
    folder = library.own_folder / "walking_stride"
    assert {path.name for path in (folder / "former").iterdir()} == {
        "club_stride@1.csv",
        "club_stride@1.toml",
    }
    assert [one.versioned_id for one in library.load(WALKING)][-1] == "club_stride@2"
    assert {path.name for path in folder.iterdir()} == {
        "club_stride.csv",
        "club_stride.toml",
        "former",
    }


def test_a_version_is_never_given_twice(library, built):
    add = (WALKING, "club_stride")
    library.add(*add, built.toml_text, built.csv_text)
    changed = built.toml_text.replace('"recreational"', '"elite"')
    library.add(*add, changed, built.csv_text)
    folder = library.own_folder / "walking_stride"
    for suffix in (".toml", ".csv"):
        (folder / f"club_stride{suffix}").rename(
            folder / "former" / f"club_stride@2{suffix}"
        )
    assert library.add(*add, built.toml_text, built.csv_text).version == 3


def test_one_changed_by_hand_is_put_right_by_adding_it_again(library, built):
    add = (WALKING, "club_stride", built.toml_text, built.csv_text)
    first = library.add(*add)
    place = library.own_folder / "walking_stride" / "club_stride.toml"
    place.write_text(place.read_text().replace("0.6000", "0.6100"))
    again = library.add(*add)
    assert again.sha256 == first.sha256
    assert library.load(WALKING)[-1].versioned_id == "club_stride@3"
    # The changed one is kept, but not as the version that rows of results name.
    kept = place.parent / "former" / "club_stride@2.toml"
    assert "0.6100" in kept.read_text()


def test_one_half_replaced_is_refused_until_it_is_added_again(library, built):
    """What is left when the process dies between the two renames."""
    library.add(WALKING, "club_stride", built.toml_text, built.csv_text)
    place = library.own_folder / "walking_stride" / "club_stride.toml"
    changed = built.csv_text.replace("0.0000,", "0.0001,", 1)
    assert changed != built.csv_text
    place.with_suffix(".csv").write_text(changed)
    with pytest.raises(MovementFileError) as caught:
        library.load(WALKING)
    assert "changed after version 1" in caught.value.problems[0]
    library.add(WALKING, "club_stride", built.toml_text, changed)
    assert library.load(WALKING)[-1].versioned_id == "club_stride@3"


def test_what_a_killed_process_left_is_no_obstacle(library, built):
    left = library.own_folder / "walking_stride" / ".club_stride.making"
    left.mkdir(parents=True)
    (left / "club_stride.toml").write_text("half a f", encoding="utf-8")
    made = library.add(WALKING, "club_stride", built.toml_text, built.csv_text)
    assert made.version == 1
    assert not left.exists()


def test_writers_of_one_id_wait_for_each_other(library, built):
    texts = [
        built.toml_text.replace('"recreational"', f'"level {number}"')
        for number in range(6)
    ]
    with ThreadPoolExecutor(6) as pool:
        made = list(
            pool.map(
                lambda text: library.add(WALKING, "club_stride", text, built.csv_text),
                texts,
            )
        )
    assert sorted(one.version for one in made) == [1, 2, 3, 4, 5, 6]
    assert library.load(WALKING)[-1].version == 6


def test_no_reader_sees_one_half_replaced(library, built):
    def add(number):
        angles = built.csv_text.replace("0.0000,", f"0.000{number % 10},", 1)
        library.add(WALKING, "club_stride", built.toml_text, angles)

    add(1)
    with ThreadPoolExecutor(1) as pool:
        writing = [pool.submit(add, number) for number in range(2, 30)]
        while not writing[-1].done():
            library.load(WALKING)
    for one in writing:
        one.result()
    assert library.load(WALKING)[-1].version == 29


@pytest.mark.parametrize("name", ["../roof", "", "Roof", "a/b", ".hidden", "roof\n"])
def test_an_id_that_leads_elsewhere_is_refused(library, built, name):
    with pytest.raises(MovementFileError, match="this is no id"):
        library.add(WALKING, name, built.toml_text, built.csv_text)
    assert not library.own_folder.exists()


def test_what_cannot_be_used_changes_nothing(library, built):
    with pytest.raises(MovementFileError):
        library.add(WALKING, "club_stride", built.toml_text, "time_s\n0\n")
    assert list((library.own_folder / "walking_stride").iterdir()) == []


@pytest.mark.parametrize("has_folder", [True, False])
def test_an_own_one_takes_no_packaged_id(library, built, has_folder):
    chosen = library if has_folder else ReferenceLibrary()
    with pytest.raises(MovementFileError, match=r"another id|SPORTSGPT_REF"):
        chosen.add(WALKING, "schwartz2008_free", built.toml_text, built.csv_text)


def test_an_unknown_reference_is_told_with_the_known_ones():
    with pytest.raises(MovementFileError, match="nearest is 'schwartz2008_free'"):
        load_reference("walking_stride", "schwarz2008_free")
