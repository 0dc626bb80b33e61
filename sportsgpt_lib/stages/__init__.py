"""Stages: rows of earlier tables in, rows of one table and verdicts out."""
