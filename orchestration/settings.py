"""Every setting of the platform, read from ``SPORTSGPT_*`` variables and ``.env``.

This is the one way to configure. Each field is explained in ``.env.example``.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.language import DEFAULT_LANGUAGE, Language
from sportsgpt_lib.model_service.settings import StructuredOutput
from sportsgpt_lib.pose.network_files import BATCH_SIZE
from sportsgpt_lib.storage.partition import PartitionKey

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENV_PREFIX = "SPORTSGPT_"


class Settings(BaseSettings):
    """All settings. Lengths of time are in seconds, paths are local unless said."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_file=PROJECT_ROOT / ".env",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    home: Path = PROJECT_ROOT / "var"
    inbox: str | None = None
    lake: str | None = None
    references: Path | None = None
    postgres_url: SecretStr | None = None
    postgres_pipeline_url: SecretStr | None = None
    postgres_dagster_url: SecretStr | None = None
    inbox_quiet_s: float = Field(default=120.0, ge=0)
    nightly_cron: str = "30 2 * * *"
    workers: int = Field(default=1, ge=1)
    pose_backend: Literal["mediapipe", "mmpose", "rtmpose_onnx"] = "mediapipe"
    pose_config: str | None = None
    pose_checkpoint: str | None = None
    pose_device: str = "cpu"
    pose_batch_size: int = Field(default=BATCH_SIZE, ge=1)
    pose_half_precision: bool = False
    pose_flip_test: bool = False
    pose_threads: int = Field(default=0, ge=0)
    detector_config: str | None = None
    detector_checkpoint: str | None = None
    knowledge: str | None = None
    embedding_model: str | None = None
    embedding_url: str | None = None
    embedding_key: SecretStr | None = None
    embedding_revision: str = "1"
    embedding_dimension: int | None = Field(default=None, ge=1, le=4000)
    embedding_languages: str | None = None
    embedding_batch_size: int = Field(default=64, ge=1)
    embedding_requests_per_minute: float | None = Field(default=None, gt=0)
    reranker: str | None = None
    language: Language = DEFAULT_LANGUAGE
    model_url: str | None = None
    model_name: str | None = None
    model_key: SecretStr | None = None
    model_timeout_s: float = Field(default=120.0, gt=0)
    model_attempts: int = Field(default=3, ge=1)
    model_patience_s: float = Field(default=60.0, ge=0)
    model_concurrency: int = Field(default=8, ge=1, le=256)
    model_token_budget: int | None = Field(default=None, ge=1)
    model_answer_tokens: int = Field(default=4096, ge=1)
    model_temperature: float = Field(default=0.0, ge=0, le=2)
    model_seed: int = Field(default=0, ge=0)
    model_structured_output: StructuredOutput = "json_schema"
    model_thinking: bool | None = None
    judge_url: str | None = None
    judge_name: str | None = None
    judge_key: SecretStr | None = None

    @field_validator("home")
    @classmethod
    def _resolve_home(cls, home: Path) -> Path:
        """Read a relative path from the checkout, wherever a command is called."""
        return (PROJECT_ROOT / home).resolve()

    @field_validator("embedding_url", "model_url", "judge_url")
    @classmethod
    def _check_address(cls, address: str | None) -> str | None:
        """Refuse an address that no request could be sent to; it is not repeated."""
        if address is None:
            return None
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(
                "it does not begin with http:// or https:// and a host; "
                "write it such as http://localhost:8000/v1"
            )
        return address

    @cached_property
    def inbox_root(self) -> str:
        """Root of session folders; a local folder or an object-store URL."""
        return self.inbox or str((self.home / "inbox").resolve())

    @cached_property
    def lake_root(self) -> str:
        """Root of the Parquet lake; a local folder or an object-store URL."""
        return self.lake or str((self.home / "lake").resolve())

    @cached_property
    def references_folder(self) -> Path:
        """Folder of one's own target models, with a folder for each movement."""
        folder = self.references or self.home / "references"
        return (PROJECT_ROOT / folder).resolve()

    @cached_property
    def knowledge_folders(self) -> tuple[Path, ...]:
        """Folders of knowledge of one's own, each with its manifest."""
        named = (self.knowledge or "").split(os.pathsep)
        return tuple(
            (PROJECT_ROOT / part.strip()).resolve() for part in named if part.strip()
        )

    @cached_property
    def duckdb_file(self) -> Path:
        """The analysts' database."""
        return (self.home / "published" / "sportsgpt.duckdb").resolve()

    @cached_property
    def reports_folder(self) -> Path:
        """Folder of session pages, overlay videos and pictures."""
        return (self.home / "reports").resolve()

    @cached_property
    def evaluation_folder(self) -> Path:
        """Folder of evaluation runs, one folder each."""
        return (self.home / "evaluation").resolve()

    @cached_property
    def knowledge_docs_folder(self) -> Path:
        """Folder of the Data Docs on the knowledge base's tables."""
        return self.reports_folder / "knowledge" / "data_docs"

    def report_folder(self, partition: PartitionKey) -> Path:
        """Find the folder of a partition's pages, videos and pictures."""
        return (
            self.reports_folder / partition.team_id / partition.session_day.isoformat()
        )


def load_settings() -> Settings:
    """Read the settings.

    Raises
    ------
    SettingError
        A variable has a value that cannot be used; every such variable is listed.
        Values are not repeated, since they may be secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            f"{_name_variable(e['loc'], e['type'])}: {e['msg']}"
            for e in error.errors(include_input=False)
        ]
        raise SettingError(
            "settings",
            f"{len(problems)} variable(s) cannot be used",
            "set them as .env.example shows",
            problems=problems,
        ) from None


def _name_variable(place: tuple[int | str, ...], kind: str) -> str:
    name = "_".join(map(str, place)).upper()
    # A name of .env that is no setting's comes as it was written there.
    return name if kind == "extra_forbidden" else ENV_PREFIX + name
