"""Measures KISMAM: its cost, and whether it finds faults that are known."""
