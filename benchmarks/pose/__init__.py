"""Benchmarks of pose: networks, pipeline, repair, tracking and angles."""
