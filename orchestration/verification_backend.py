"""Builds what the verifier of guidance may ask, from the settings."""

from orchestration.knowledge_backend import build_embedder
from orchestration.model_backend import build_judge_model
from orchestration.settings import Settings
from sportsgpt_lib.guidance.verification.judge import EntailmentJudge
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means, SimilarityMeter
from sportsgpt_lib.model_service.token_budget import TokenBudget


def build_means(settings: Settings) -> Means:
    """Build the verifier's means; nothing but rules where no model writes.

    The deterministic writer only quotes, so nothing of its would be asked about.

    Raises
    ------
    SettingError
        A server is named without its model.
    """
    if settings.model_url is None:
        return RULES_ONLY
    judge = build_judge_model(settings)
    return Means(
        SimilarityMeter(build_embedder(settings)),
        None
        if judge is None
        else EntailmentJudge(judge, TokenBudget(settings.model_token_budget)),
    )
