"""``sportsgpt kb calibrate``: when a search by the active model returns nothing."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.console import CONSOLE
from orchestration.settings import load_settings


def calibrate(
    questions: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="TOML with the lists answered and unanswered; default: those on the "
            "starter.",
        ),
    ] = None,
) -> None:
    """Fit when a search returns nothing, for the model of the settings.

    Every question is searched; the limits that are wrong least often are kept with the
    model. They are those of this knowledge base: fit them again when it has changed
    much.
    """
    from orchestration.environment import prepare
    from orchestration.knowledge_backend import (
        CALIBRATION_FILE,
        build_retriever,
        build_store,
    )
    from sportsgpt_lib.knowledge.calibration import (
        fit_rule,
        load_calibration_questions,
        measure_closeness,
        validate_searched,
    )
    from sportsgpt_lib.knowledge.embedding_models import ModelRegistry

    settings = load_settings()
    asked = load_calibration_questions(questions or CALIBRATION_FILE)
    prepare(settings)
    retriever = build_retriever(settings)
    model = retriever.embedding_model
    registry = ModelRegistry(build_store(settings).url)
    validate_searched(registry, model)
    fitted = fit_rule(
        measure_closeness(retriever, asked.answered),
        measure_closeness(retriever, asked.unanswered),
    )
    registry.save_rule(model, fitted.rule)
    CONSOLE.print(
        f"{model} answers from a similarity of {fitted.rule.least_similarity:.2f} on, "
        f"less {fitted.rule.word_relief:.2f} times the share of the question's words. "
        f"On these questions {fitted.wrongly_empty_ratio:.0%} of the answered ones get "
        f"nothing, and {fitted.wrongly_answered_ratio:.0%} of the others get passages.",
        markup=False,
        highlight=False,
    )
