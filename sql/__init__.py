"""SQL text only: roles, migrations, views and queries, loaded by name.

``sportsgpt_lib/storage/sql_text.py`` loads it; no Python lives here.
"""
