"""The knowledge graph: from an admitted source to embedded passages.

``assets.py`` is thin; ``ingest.py`` holds the steps; ``starter`` the knowledge base
that comes with the platform. Store and search are in ``sportsgpt_lib/knowledge``.
"""
