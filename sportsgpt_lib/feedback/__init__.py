"""What coaches answer to findings and exercises: read from files, and kept in Postgres.

Nothing here moves a threshold. Tables and views are SQL text; the form that makes the
files is drawn in ``sportsgpt_lib/reporting``.
"""
