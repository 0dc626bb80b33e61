"""The knowledge base: what is known, where it is stored, how it is found.

Data lives in ``kb_ingest/starter``, SQL in ``sql/knowledge``. What an athlete is told
is decided in ``sportsgpt_lib/guidance``.
"""
