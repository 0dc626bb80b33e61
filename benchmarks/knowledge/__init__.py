"""Benchmarks of the knowledge base: chunks, embedding, index, quality of retrieval."""
