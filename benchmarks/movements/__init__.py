"""Benchmarks of what the movement folders say, on recordings of known kinds."""
