"""Storage: the table contract, the lake, the stage cache, both databases, the audit."""
