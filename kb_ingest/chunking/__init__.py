"""From a parsed document to passages: cut, compared with others, and looked through.

``documents.py`` cuts; ``duplicates.py`` finds what another source holds already;
``instructions.py`` finds what reads like instructions to a model.
"""
