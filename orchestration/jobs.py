"""The two jobs: one training day of one team, and the knowledge base.

One run is one process: the in-process executor costs 0.15 s a step, a process per step
4.2 s (ADR 0002). Heavy stages fan out inside themselves.
"""

import dagster as dg

TRAINING_JOB_NAME = "training_day"
KNOWLEDGE_JOB_NAME = "knowledge_base"

TRAINING_JOB = dg.define_asset_job(
    TRAINING_JOB_NAME,
    selection=dg.AssetSelection.key_prefixes("training", "serving"),
    executor_def=dg.in_process_executor,
    description="One training day of one team, from raw videos to published reports.",
)

KNOWLEDGE_JOB = dg.define_asset_job(
    KNOWLEDGE_JOB_NAME,
    selection=dg.AssetSelection.key_prefixes("knowledge"),
    executor_def=dg.in_process_executor,
    description="Sources, passages and embeddings of the knowledge base.",
)
