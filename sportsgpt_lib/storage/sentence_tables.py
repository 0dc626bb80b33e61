"""What the verifier said of each sentence of a report: the contract of this table."""

from sportsgpt_lib.storage.contract import boolean, integer, json, real, text
from sportsgpt_lib.storage.table_parts import build_table

PASSED_BY = ("quotation", "facts", "passage", "judge", "card")
FAILED_CHECKS = (
    *("reference", "number", "unit", "repetition", "leg", "direction", "pattern"),
    *("strength", "unmeasured", "subject", "words", "support", "contradiction"),
    *("diagnosis", "judge", "finding", "exercise", "dose", "limits", "measure"),
    *("language", "other"),
)

GUIDANCE_SENTENCES = build_table(
    "guidance_sentences",
    "sentence or exercise of a guidance report",
    ("team_id", "session_day", "athlete_id", "sentence_no"),
    (
        text("athlete_id", "Pseudonym of the athlete."),
        text("report_id", "Report that it is of, as in guidance_reports."),
        integer(
            "sentence_no",
            "Number in the report, from 1: what stayed, in reading order, then what was "
            "taken out.",
            minimum=1,
        ),
        text("section", "Where in the report: summary, finding ISSUE: seen, …"),
        text("sentence", "The words; of an exercise, its name."),
        json("facts", "Ids of the facts in the report that it cites: a list."),
        json("passages", "Ids of the passages that it cites: a list."),
        boolean("is_kept", "Whether it is in the report."),
        text(
            "passed_by",
            "What bore it out: quotation = word for word a passage; facts = measured "
            "facts alone; passage = a passage in other words; judge = that, and the "
            "judge model agreed; card = an exercise with the dose of its card; null = "
            "taken out.",
            nullable=True,
            allowed=PASSED_BY,
        ),
        text(
            "failed_check",
            "Check that took it out; docs/verification.md explains each; null = kept.",
            nullable=True,
            allowed=FAILED_CHECKS,
        ),
        text("reason", "Why it was taken out, in words; null = kept.", nullable=True),
        real(
            "support_ratio",
            "Share of its words with content that the passages and facts it cites say; "
            "1 = a quotation; null = taken out before that was asked.",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        real(
            "similarity",
            "Cosine between it and the nearest sentence of a cited passage; null = no "
            "embedding model was asked.",
            nullable=True,
            minimum=-1,
            maximum=1,
        ),
    ),
)
