"""Benchmarks of alignment: exactness, recall, honesty and cost of MotionDTW."""
