"""Benchmarks: what a thing costs, beside its aim. One module per benchmark."""
