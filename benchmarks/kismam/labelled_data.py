"""Reads the shared sets of labelled frames and of measured throws."""

import csv
import gzip
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Table = Mapping[str, FloatArray]

EXERCISES = "labels_exercise_errors_mit"
JAVELIN = "ref_javelin_elite_angles/analysisResults/Final"
# Landmarks are shares of width and height; the files do not say of which picture.
ASSUMED_ASPECT = 16.0 / 9.0
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_frames(
    path: Path, aspect: float = ASSUMED_ASPECT
) -> tuple[npt.NDArray[np.str_], dict[str, FloatArray]]:
    """Read labels and landmarks ``(N, 2)`` in heights of the picture."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = [name.removesuffix("_x") for name in rows[0] if name.endswith("_x")]
    points = {
        name: np.array(
            [
                (float(row[f"{name}_x"]) * aspect, float(row[f"{name}_y"]))
                for row in rows
            ]
        )
        for name in names
    }
    return np.array([row["label"] for row in rows]), points


def read_table(path: Path) -> dict[str, FloatArray]:
    """Read a table of numbers, by the names in its first row."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def read_sheet(path: Path) -> dict[str, FloatArray]:
    """Read a sheet of a workbook whose first row holds shared strings."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
        strings = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - a pinned file of ours
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    words = [part.text or "" for part in strings.iter(f"{_SHEET}t")]
    rows = [
        [float(value.text or "nan") for value in row.iter(f"{_SHEET}v")]
        for row in sheet.iter(f"{_SHEET}row")
    ]
    columns = np.array(rows[1:]).T
    return {
        words[int(key)]: column for key, column in zip(rows[0], columns, strict=True)
    }
