"""The jobs: one training day of one team, the knowledge base, and the evaluation.

One run is one process: the in-process executor costs 0.15 s a step, a process per step
4.2 s (ADR 0002). Heavy stages fan out inside themselves.
"""

import dagster as dg

TRAINING_JOB_NAME = "training_day"
KNOWLEDGE_JOB_NAME = "knowledge_base"
EVALUATION_JOB_NAME = "guidance_evaluation"

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

EVALUATION_JOB = dg.define_asset_job(
    EVALUATION_JOB_NAME,
    selection=dg.AssetSelection.key_prefixes("evaluation"),
    executor_def=dg.in_process_executor,
    description="How good the guidance is, on a fixed set of synthetic cases.",
)
