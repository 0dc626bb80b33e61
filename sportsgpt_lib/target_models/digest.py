"""The digest that seals a target model, over both of its files."""

import hashlib
import json
from collections.abc import Mapping

_UNSEALED = ("version", "content_sha256")
# What a file says that was never sealed.
NOT_SEALED = "0" * 64


def compute_content_sha256(tables: Mapping[str, object], csv_text: str) -> str:
    """Compute the digest of a target model: all it says, but version and digest.

    Parameters
    ----------
    tables
        What its TOML file says. Comments and the order of keys do not count.
    csv_text
        Its CSV file, without a byte order mark. How lines end does not count.
    """
    said = {key: value for key, value in tables.items() if key not in _UNSEALED}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    rows = "\n".join(csv_text.splitlines())
    return hashlib.sha256(f"{text}\n{rows}".encode()).hexdigest()
