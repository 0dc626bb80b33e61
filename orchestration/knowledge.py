"""The code location ``knowledge``: definitions of the knowledge graph."""

from collections.abc import Mapping

import dagster as dg

import kb_ingest.assets
import kb_ingest.checks
from orchestration.jobs import KNOWLEDGE_JOB
from orchestration.resources import knowledge_resources
from orchestration.settings import Settings, load_settings


def build_defs(
    settings: Settings,
    *,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
    **overrides: object,
) -> dg.Definitions:
    """Assemble the location; ``overrides`` replaces resources by name, for tests."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([kb_ingest.assets]),
        asset_checks=dg.load_asset_checks_from_modules([kb_ingest.checks]),
        jobs=[KNOWLEDGE_JOB],
        loggers=loggers,
        resources={**knowledge_resources(settings), **overrides},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Definitions as the code server loads them."""
    return build_defs(load_settings())
