"""From findings to guidance, against the knowledge base of the other graph."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.describe import report_side_tables, report_stage
from assets.partitions import partition_of
from assets.stage_asset import table_asset
from sportsgpt_lib.stages.guidance_reports import CODE_VERSION, READS
from sportsgpt_lib.stages.session_guidance import SessionGuidance
from sportsgpt_lib.storage.tables import GUIDANCE_REPORTS, GUIDANCE_SENTENCES

KNOWLEDGE_INDEX = dg.AssetSpec(
    ["knowledge", "embeddings"],
    description="The knowledge base, made by the code location `knowledge`.",
)


@table_asset(
    GUIDANCE_REPORTS,
    group="guidance",
    reads=READS,
    code_version=CODE_VERSION,
    also_reads=[KNOWLEDGE_INDEX.key],
    side_tables=[GUIDANCE_SENTENCES],
)
def guidance_reports(
    context: dg.AssetExecutionContext,
    session_guidance: dg.ResourceParam[SessionGuidance],
) -> Iterator[dg.MaterializeResult[Any]]:
    """One row per athlete and session: the structured report, verified and cited.

    Every number equals a metric row and every exercise comes from a retrieved passage;
    what the verifier refuses is dropped and listed.
    """
    report = session_guidance.write(partition_of(context))
    yield from report_side_tables(report)
    yield report_stage(
        report,
        {
            "findings_answered": int(report.rows["finding_count"].sum()),
            "sources_cited": int(report.rows["citation_count"].sum()),
            "sentences_dropped": int(report.rows["dropped_count"].sum()),
            "writers": sorted(report.rows["writer"].unique()),
        },
        GUIDANCE_REPORTS,
    )
