"""Talks to a language model behind any OpenAI-compatible server.

What a model may be asked and what it answers is in ``port.py``; limits are in
``settings.py``; the client is ``client.py``. What is asked, and whether an answer may
be believed, is decided by the callers. docs/model.md.
"""
