import pytest

from orchestration.clock import utc_now

CLIP = "runner-07_walking_stride_sagittal.mp4"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "footage"
    folder.mkdir()
    (folder / CLIP).write_bytes(b"x")
    return folder


def test_new_manifest_passes_its_check_once_it_is_filled_in(call, folder):
    made = call("session", "new", str(folder), "--team", "blue", "--day", "2026-01-15")
    assert made.exit_code == 0
    assert f"sportsgpt session check {folder}" in made.stdout
    unfilled = call("session", "check", str(folder))
    assert unfilled.exit_code == 1
    assert "lawful_basis" in unfilled.stderr
    assert "Fix:" in unfilled.stderr
    path = folder / "session.toml"
    path.write_text(path.read_text().replace('basis = ""', 'basis = "consent"'))
    checked = call("session", "check", str(folder))
    assert checked.exit_code == 0
    assert "blue on 2026-01-15: 1 recording(s) of 1 athlete(s)" in checked.stdout


def test_day_of_a_new_manifest_is_today_unless_it_is_said(call, folder):
    call("session", "new", str(folder))
    assert f"day = {utc_now().date()}" in (folder / "session.toml").read_text()


def test_second_new_manifest_is_refused(call, folder):
    call("session", "new", str(folder))
    again = call("session", "new", str(folder))
    assert again.exit_code == 1
    assert "there is a manifest already" in again.stderr


def test_check_without_a_manifest_says_how_to_write_one(call, folder):
    result = call("session", "check", str(folder))
    assert result.exit_code == 1
    assert f"sportsgpt session new {folder}" in result.stderr


def test_day_that_is_none_is_a_mistake_of_usage(call, folder):
    result = call("session", "new", str(folder), "--day", "15.1.2026")
    assert result.exit_code == 2
    assert not (folder / "session.toml").exists()


def test_check_tells_what_would_be_stopped(call, folder):
    call("session", "new", str(folder), "--team", "blue", "--day", "2026-01-15")
    path = folder / "session.toml"
    text = path.read_text().replace('basis = ""', 'basis = "consent"')
    path.write_text(text.replace('"walking_stride"', '"walking_strid"'))
    (folder / "spare.mp4").touch()
    checked = call("session", "check", str(folder))
    assert checked.exit_code == 1
    printed = " ".join(checked.stdout.split())
    assert "set movement = 'walking_stride'" in printed
    assert "spare.mp4 would be stopped" in printed


def put_into_inbox(home, place):
    folder = home / "inbox" / place
    folder.mkdir(parents=True)
    (folder / CLIP).write_bytes(b"x")
    return folder


def fill_in(folder, **changes):
    path = folder / "session.toml"
    text = path.read_text().replace('basis = ""', 'basis = "consent"')
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def test_new_manifest_takes_team_and_day_from_the_folder(call, home):
    folder = put_into_inbox(home, "blue/2026-11-20")
    made = call("session", "new", str(folder))
    assert "for blue on 2026-11-20" in made.stdout
    fill_in(folder)
    checked = call("session", "check", str(folder))
    assert checked.exit_code == 0
    assert "The manifest is in order." in checked.stdout


def test_what_is_said_counts_more_than_the_folder(call, home):
    folder = put_into_inbox(home, "blue/2026-11-20")
    call("session", "new", str(folder), "--team", "green", "--day", "2026-11-19")
    text = (folder / "session.toml").read_text()
    assert 'team = "green"\nday = 2026-11-19\n' in text


@pytest.mark.parametrize("wrong", [{"blue": "green"}, {"2026-11-20": "2026-11-19"}])
def test_check_refuses_team_or_day_that_the_run_would_refuse(call, home, wrong):
    folder = put_into_inbox(home, "blue/2026-11-20")
    call("session", "new", str(folder))
    fill_in(folder, **wrong)
    checked = call("session", "check", str(folder))
    assert checked.exit_code == 1
    assert "its folder is blue/2026-11-20" in checked.stderr
    assert "Fix: correct team and day" in checked.stderr


def test_check_of_a_folder_elsewhere_says_where_a_run_looks(call, folder, home):
    call("session", "new", str(folder), "--team", "blue", "--day", "2026-01-15")
    fill_in(folder)
    checked = call("session", "check", str(folder))
    assert checked.exit_code == 0
    assert str(home / "inbox/blue/2026-01-15") in checked.stdout.replace("\n", "")


def test_check_finds_the_empty_clip(call, folder):
    (folder / "runner-07_walking_stride_sagittal_2.mp4").touch()
    call("session", "new", str(folder))
    fill_in(folder)
    checked = call("session", "check", str(folder))
    assert checked.exit_code == 1
    shown = checked.stdout.splitlines()
    assert "runner-07_walking_stride_sagittal_2.mp4 would be stopped" in shown
    assert "  found: the file is empty" in shown


def test_check_names_athletes_that_are_in_no_clip(call, folder):
    call("session", "new", str(folder), "--team", "blue", "--day", "2026-01-15")
    path = folder / "session.toml"
    text = path.read_text().replace('basis = ""', 'basis = "consent"')
    absent = '\n[[athletes]]\nid = "absent-01"\ngroups = ["child"]\n'
    path.write_text(text + absent)
    checked = call("session", "check", str(folder))
    assert checked.exit_code == 0
    assert "In no recording: absent-01." in checked.stdout


def test_new_manifest_offers_the_groups_and_they_may_be_filled_in(call, folder):
    call("session", "new", str(folder), "--team", "blue", "--day", "2026-01-15")
    path = folder / "session.toml"
    text = path.read_text().replace('basis = ""', 'basis = "consent"')
    assert "# groups = []  # of: child, youth, adult, older_adult, untrained" in text
    path.write_text(text.replace("# groups = []", 'groups = ["youth", "trained"]'))
    assert call("session", "check", str(folder)).exit_code == 0
