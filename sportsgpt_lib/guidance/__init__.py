"""From findings and evidence to a report in which every sentence can be traced.

The report's shape, its writers and the verifier. Retrieval is in
``sportsgpt_lib/knowledge``; pages are drawn in ``sportsgpt_lib/reporting``.
"""
