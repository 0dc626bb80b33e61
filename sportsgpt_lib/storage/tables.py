"""The one contract of every table of the training graph.

Parquet schemas, DuckDB and Postgres tables, Great Expectations suites, the column
schemas in the Dagster UI and ``docs/tables.md`` are all generated from here. The
columns are in ``pose_tables.py``, ``pose_audit_tables.py``, ``alignment_tables.py``,
``assessment_tables.py``, ``report_tables.py``, ``sentence_tables.py`` and
``feedback_tables.py``. What does not belong here: SQL text, I/O, computation on rows.
"""

from sportsgpt_lib.storage.alignment_tables import (
    ALIGNMENT_COSTS,
    ALIGNMENT_PATHS,
    KEYFRAMES,
)
from sportsgpt_lib.storage.assessment_tables import (
    FINDINGS,
    KISMAM_METRICS,
    TECHNIQUE_SCORES,
)
from sportsgpt_lib.storage.feedback_tables import COACH_FEEDBACK, FINDING_MARGINS
from sportsgpt_lib.storage.pose_audit_tables import (
    CAMERA_GEOMETRY,
    POSE_QUALITY,
    POSE_REPAIRS,
)
from sportsgpt_lib.storage.pose_tables import (
    ATHLETE_POSES,
    JOINT_KINEMATICS,
    PERSON_SIGHTS,
    POSE_TRACKS,
    RECORDINGS,
)
from sportsgpt_lib.storage.report_tables import (
    GUIDANCE_REPORTS,
    QUALITY_VERDICTS,
    SEASON_REPORTS,
    SESSION_FINDINGS,
)
from sportsgpt_lib.storage.sentence_tables import GUIDANCE_SENTENCES
from sportsgpt_lib.storage.table_parts import CAMERA_VIEWS, SIDES, STAGES, VERDICTS

__all__ = [
    "ALIGNMENT_COSTS",
    "ALIGNMENT_PATHS",
    "ATHLETE_POSES",
    "CAMERA_GEOMETRY",
    "CAMERA_VIEWS",
    "COACH_FEEDBACK",
    "DATABASE_TABLES",
    "FINDINGS",
    "FINDING_MARGINS",
    "GUIDANCE_REPORTS",
    "GUIDANCE_SENTENCES",
    "JOINT_KINEMATICS",
    "KEPT_TABLES",
    "KEYFRAMES",
    "KISMAM_METRICS",
    "PERSON_SIGHTS",
    "POSE_QUALITY",
    "POSE_REPAIRS",
    "POSE_TRACKS",
    "QUALITY_VERDICTS",
    "RECORDINGS",
    "SEASON_REPORTS",
    "SESSION_FINDINGS",
    "SIDES",
    "STAGES",
    "TABLES",
    "TABLES_BY_NAME",
    "TECHNIQUE_SCORES",
    "VERDICTS",
]

TABLES = (
    RECORDINGS,
    POSE_TRACKS,
    PERSON_SIGHTS,
    ATHLETE_POSES,
    POSE_REPAIRS,
    CAMERA_GEOMETRY,
    POSE_QUALITY,
    JOINT_KINEMATICS,
    KEYFRAMES,
    ALIGNMENT_COSTS,
    ALIGNMENT_PATHS,
    KISMAM_METRICS,
    FINDINGS,
    TECHNIQUE_SCORES,
    SESSION_FINDINGS,
    FINDING_MARGINS,
    GUIDANCE_REPORTS,
    GUIDANCE_SENTENCES,
    SEASON_REPORTS,
    QUALITY_VERDICTS,
)
KEPT_TABLES = (COACH_FEEDBACK,)
"""Tables that people write: Postgres keeps them, no run makes or replaces them."""

DATABASE_TABLES = (*(table.served for table in TABLES if table.is_mart), *KEPT_TABLES)
"""Tables that DuckDB and Postgres hold; frame tables stay in the lake."""

TABLES_BY_NAME = {table.name: table for table in (*TABLES, *KEPT_TABLES)}
