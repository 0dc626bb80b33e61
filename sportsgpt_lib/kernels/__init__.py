"""Compiled kernels: numpy and numba only, each with a slow oracle in the tests."""
