"""Where a model is and how it may be asked: one number for each limit."""

from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

StructuredOutput = Literal["json_schema", "json_object", "off"]
"""How a server is told the shape of an answer, the strictest first."""


@dataclass(frozen=True)
class ModelSettings:
    """Settings of a model behind an OpenAI-compatible server.

    Parameters
    ----------
    timeout_s
        From connecting to the last byte of an answer.
    attempts
        How often a question is sent at most. A server that cannot be reached costs
        none: see ``patience_s``.
    first_wait_s
        Wait before the second attempt; doubled before each further one.
    patience_s
        How long questions wait for a server that is away, counted for all together.
    concurrency
        Questions under way at the same time.
    most_answer_tokens
        Length of an answer, thoughts included.
    structured_output
        How the answer's shape is asked for; a server that refuses it is asked for less.
    is_thinking
        Switches a model's thinking on or off by its chat template (vLLM, SGLang); None
        = nothing is said.
    most_answer_bytes
        An answer that is longer on the wire is not read to its end.
    """

    base_url: str
    model: str
    api_key: SecretStr
    timeout_s: float = 120.0
    attempts: int = 3
    first_wait_s: float = 1.0
    patience_s: float = 60.0
    concurrency: int = 8
    most_answer_tokens: int = 4096
    temperature: float = 0.0
    seed: int = 0
    structured_output: StructuredOutput = "json_schema"
    is_thinking: bool | None = None
    most_answer_bytes: int = 1_000_000

    @property
    def fingerprint(self) -> str:
        """What of the settings decides an answer; no address and no key."""
        return (
            f"{self.model} temperature={self.temperature:g} seed={self.seed} "
            f"tokens={self.most_answer_tokens} output={self.structured_output} "
            f"thinking={self.is_thinking}"
        )
