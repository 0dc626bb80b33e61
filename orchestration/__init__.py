"""Dagster wiring: settings, resources, partitions, jobs, sensors, and the CLI.

Nothing here computes. What an asset does lies in ``assets`` and ``kb_ingest``; what it
calls lies in ``sportsgpt_lib``. This package stays free of import-time wiring.
"""
