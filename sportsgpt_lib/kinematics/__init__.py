"""Angles, heights, distances and events of one athlete, on numpy arrays."""
