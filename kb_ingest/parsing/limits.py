"""How much a file from outside may ask for before it is refused.

Numbers and the refusals that need nothing but them. What each format does within them
is in its own module.
"""

from dataclasses import dataclass

from sportsgpt_lib.errors import DocumentError

MIB = 1024 * 1024


@dataclass(frozen=True)
class ParseLimits:
    """Chosen, see docs/knowledge.md ("What a file may ask for").

    ``most_expansion_ratio`` counts from ``free_expanded_bytes`` on: a small file of one
    repeated letter is no bomb.
    """

    most_file_bytes: int = 512 * MIB
    most_expanded_bytes: int = 512 * MIB
    free_expanded_bytes: int = 16 * MIB
    most_expansion_ratio: int = 100
    most_members_count: int = 20_000
    most_pages_count: int = 5_000
    most_line_bytes: int = 4 * MIB
    most_nesting_count: int = 200
    memory_bytes: int = 3072 * MIB
    time_s: int = 900


def validate_file_bytes(name: str, file_bytes: int, limits: ParseLimits) -> None:
    """Refuse an empty file, and one that is larger than anything we parse."""
    if file_bytes == 0:
        raise DocumentError(name, "the file is empty", "copy it again from its owner")
    if file_bytes > limits.most_file_bytes:
        raise DocumentError(
            name,
            f"{file_bytes // MIB} MiB; at most {limits.most_file_bytes // MIB} MiB are "
            "read from one file",
            "split it into parts, and admit each as a source",
        )


def validate_expansion(
    name: str, packed_bytes: int, expanded_bytes: int, limits: ParseLimits
) -> None:
    """Refuse an archive that unpacks to far more than it is (a "zip bomb")."""
    ratio = expanded_bytes / max(packed_bytes, 1)
    is_suspicious = (
        expanded_bytes > limits.free_expanded_bytes
        and ratio > limits.most_expansion_ratio
    )
    if expanded_bytes > limits.most_expanded_bytes or is_suspicious:
        raise DocumentError(
            name,
            f"unpacks to at least {expanded_bytes // MIB} MiB, {ratio:.0f} times its "
            f"size; at most {limits.most_expanded_bytes // MIB} MiB and "
            f"{limits.most_expansion_ratio} times are unpacked",
            "check where it comes from; if it is honest, admit its files one by one",
        )


def validate_line_lengths(name: str, data: bytes, limits: ParseLimits) -> None:
    """Refuse text with a line that no writer makes: a dump, or an attack."""
    start = 0
    number = 1
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if end - start > limits.most_line_bytes:
            raise DocumentError(
                name,
                f"line {number} is {(end - start) / MIB:.1f} MiB long; a line of text "
                f"has at most {limits.most_line_bytes // MIB} MiB",
                "break the text into lines or paragraphs, or convert what it was "
                "exported from in another way",
            )
        start = end + 1
        number += 1
