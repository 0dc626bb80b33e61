"""The gates: one contract check per table, and a few plausibility checks.

Contract checks are blocking: a table that breaks its contract stops its run. The
publisher reads the verdicts as well, since a blocking check gates only its own run.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import polars as pl

from assets.partitions import DAY_BY_TEAM, partition_of
from assets.previews import accepted_previews
from assets.table_keys import training_key
from sportsgpt_lib.stages.guidance_sentences import find_mismatches
from sportsgpt_lib.stages.publishing import measure_completeness
from sportsgpt_lib.storage.audit_log import AuditLog
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.tables import (
    GUIDANCE_REPORTS,
    GUIDANCE_SENTENCES,
    QUALITY_VERDICTS,
    TABLES,
)


def _partitioned_check(
    table: Table, name: str, description: str, *, blocking: bool = False
) -> Callable[[Callable[..., Any]], dg.AssetChecksDefinition]:
    def declare(function: Callable[..., Any]) -> dg.AssetChecksDefinition:
        with accepted_previews():
            return dg.asset_check(
                asset=training_key(table.name),
                name=name,
                description=description,
                blocking=blocking,
                partitions_def=DAY_BY_TEAM,
            )(function)

    return declare


def build_contract_check(table: Table) -> dg.AssetChecksDefinition:
    """Build the blocking check of one table: Great Expectations on its contract."""

    @_partitioned_check(
        table,
        "contract",
        "Great Expectations: columns, types, nulls, ranges, allowed words and the key "
        f"of {table.qualified_name}.",
        blocking=True,
    )
    def contract(
        context: dg.AssetCheckExecutionContext, audit_log: dg.ResourceParam[AuditLog]
    ) -> dg.AssetCheckResult:
        audit = audit_log.audit(table, partition_of(context))
        return dg.AssetCheckResult(
            passed=audit.success,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "problems": dg.MetadataValue.json(list(audit.problems)),
                "statistics": dg.MetadataValue.json(dict(audit.statistics)),
                "keys_of_failing_rows": dg.MetadataValue.json(
                    _list_keys(table, audit.failing_rows)
                ),
            },
        )

    return contract


def _list_keys(table: Table, rows: pl.DataFrame) -> list[dict[str, object]]:
    """Name rows by their key; whole rows are personal, and stay in the Data Docs."""
    keys = [name for name in table.key if name in rows.columns and name != "clip_file"]
    found: list[dict[str, object]] = json.loads(rows.select(keys).write_json())
    return found


@_partitioned_check(
    QUALITY_VERDICTS, "completeness", "Every recording handed in came through."
)
def completeness(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Warn, without stopping anything, when recordings were stopped by a verdict."""
    verdicts = lake.read(QUALITY_VERDICTS, partition_of(context))
    figure = measure_completeness(verdicts)
    return dg.AssetCheckResult(
        passed=figure.published_count == figure.total_count,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "published_recordings": figure.published_count,
            "recordings_handed_in": figure.total_count,
            "completeness_ratio": figure.ratio,
        },
    )


@_partitioned_check(
    GUIDANCE_REPORTS,
    "every_sentence_verified",
    "Every sentence of every report passed the verifier.",
    blocking=True,
)
def every_sentence_verified(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Stop the run when a report holds a sentence that the verifier did not pass."""
    reports = lake.read(GUIDANCE_REPORTS, partition_of(context))
    unverified = reports.filter(~reports["is_verified"])
    return dg.AssetCheckResult(
        passed=unverified.is_empty(),
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "unverified_reports": dg.MetadataValue.json(
                unverified["report_id"].to_list()
            ),
            "dropped_sentences": int(reports["dropped_count"].sum()),
        },
    )


@_partitioned_check(
    GUIDANCE_SENTENCES,
    "sentences_match_reports",
    "Every sentence of every report has its verdict, and it passed.",
    blocking=True,
)
def sentences_match_reports(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Stop the run when verdicts and reports are not of the same sentences."""
    partition = partition_of(context)
    sentences = lake.read(GUIDANCE_SENTENCES, partition)
    wrong = find_mismatches(lake.read(GUIDANCE_REPORTS, partition), sentences)
    failed = sentences.filter(pl.col("failed_check").is_not_null())
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "reports_that_do_not_match": dg.MetadataValue.json(wrong),
            "sentences": sentences.height,
            "taken_out_by_check": dg.MetadataValue.json(
                dict(failed["failed_check"].value_counts().sort("failed_check").rows())
            ),
        },
    )


def _list_checks() -> Iterator[dg.AssetChecksDefinition]:
    yield from map(build_contract_check, TABLES)
    yield completeness
    yield every_sentence_verified
    yield sentences_match_reports


CHECKS = tuple(_list_checks())
