"""Benchmarks: what a thing costs, beside its aim.

A benchmark is a module with a function ``measure``; a package of them is one, too.
"""
