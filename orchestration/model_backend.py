"""Builds the language model and the writer of guidance that the settings choose.

Which settings there are is in ``settings.py``; Dagster's resources are in
``resources.py``.
"""

from collections.abc import Callable

from pydantic import SecretStr

from kb_ingest.chunking.instructions import find_instructions
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.guidance.model_writer import ModelWriter
from sportsgpt_lib.guidance.prompt import PROMPT_VERSION
from sportsgpt_lib.guidance.report_text import Writer
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.model_service.client import ModelClient
from sportsgpt_lib.model_service.settings import ModelSettings
from sportsgpt_lib.model_service.token_budget import TokenBudget


def build_model_client(settings: Settings) -> ModelClient:
    """Build the client of the language model; nothing is sent before a question.

    Raises
    ------
    SettingError
        A server is named without its model.
    """
    return ModelClient(build_model_settings(settings))


def build_model_settings(settings: Settings) -> ModelSettings:
    """Build the settings of the client of the model that writes.

    Raises
    ------
    SettingError
        A server is named without its model.
    """
    return _build_limits(
        settings,
        base_url=_require("SPORTSGPT_MODEL_URL", settings.model_url),
        model=_require("SPORTSGPT_MODEL_NAME", settings.model_name),
        key=settings.model_key,
    )


def build_judge_model(settings: Settings) -> ModelClient | None:
    """Build the client of the model that judges; None where none is named.

    Its limits are those of the model that writes.

    Raises
    ------
    SettingError
        A server is named without its model.
    """
    if settings.judge_url is None:
        return None
    return ModelClient(
        _build_limits(
            settings,
            base_url=settings.judge_url,
            model=_require("SPORTSGPT_JUDGE_NAME", settings.judge_name),
            key=settings.judge_key,
        )
    )


def _build_limits(
    settings: Settings, *, base_url: str, model: str, key: SecretStr | None
) -> ModelSettings:
    return ModelSettings(
        base_url=base_url,
        model=model,
        api_key=key or SecretStr("none"),
        timeout_s=settings.model_timeout_s,
        attempts=settings.model_attempts,
        patience_s=settings.model_patience_s,
        concurrency=settings.model_concurrency,
        most_answer_tokens=settings.model_answer_tokens,
        temperature=settings.model_temperature,
        seed=settings.model_seed,
        structured_output=settings.model_structured_output,
        is_thinking=settings.model_thinking,
    )


def build_writers(
    settings: Settings, means: Means = RULES_ONLY
) -> Callable[[], Writer]:
    """Build what gives each run over a session its writer: a model where one is named.

    All of them share one client, and so its limits; each has a token budget of its own.
    ``means`` is what the verifier may ask besides its rules.

    Raises
    ------
    SettingError
        A server is named without its model.
    """
    if settings.model_url is None:
        return DeterministicWriter
    client = build_model_client(settings)
    return lambda: ModelWriter(
        client,
        DeterministicWriter(),
        TokenBudget(settings.model_token_budget),
        find_instructions,
        means,
    )


def describe_writer(settings: Settings) -> str:
    """Name what decides a report's text, besides its facts."""
    if settings.model_url is None:
        return "deterministic"
    return f"{build_model_settings(settings).fingerprint} {PROMPT_VERSION}"


def _require(variable: str, value: str | None) -> str:
    if value is None:
        raise SettingError(
            variable,
            "it is not set, though a language model is to be asked",
            "set the server's address and the model that it serves; docs/model.md",
        )
    return value
