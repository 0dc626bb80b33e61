"""Starts the two networks inside mediapipe's wheel through mediapipe's own graphs.

mediapipe's public ``Pose`` class sees one person and keeps state between pictures.
Its parts do not: the detector graph returns every person it finds, and the landmark
graph takes the region to look at from us. Both are started here without a state, so a
picture gives the same answer whenever it is shown. Nothing is downloaded: the weights
lie in the wheel (0.10.14 is the last one that carries them).
"""

import hashlib
import importlib.util
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sportsgpt_lib.errors import SettingError

_STDERR = 2

DETECTOR_WEIGHTS = "modules/pose_detection/pose_detection.tflite"
LANDMARK_WEIGHTS = "modules/pose_landmark/pose_landmark_full.tflite"

DETECTOR_GRAPH = """
input_stream: "image"
output_stream: "detections"
node {
  calculator: "PoseDetectionCpu"
  input_stream: "IMAGE:image"
  output_stream: "DETECTIONS:detections"
}
"""
# The model loader inside PoseLandmarkByRoiCpu picks the "full" network by itself.
LANDMARK_GRAPH = """
input_stream: "image"
input_stream: "roi"
output_stream: "landmarks"
node {
  calculator: "PoseLandmarkByRoiCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:roi"
  output_stream: "LANDMARKS:landmarks"
}
"""
DETECTOR_THRESHOLD = "posedetectioncpu__TensorsToDetectionsCalculator.min_score_thresh"
LANDMARK_THRESHOLD = (
    "poselandmarkbyroicpu__tensorstoposelandmarksandsegmentation"
    "__ThresholdingCalculator.threshold"
)


class NetworkGraph:
    """One running graph, started when it is first needed, once in every process.

    Parameters
    ----------
    graph_text
        The graph in mediapipe's text form.
    parameters
        Values of single calculators, by ``calculator.option``.
    """

    def __init__(self, graph_text: str, parameters: dict[str, float]) -> None:
        self.seconds = 0.0
        self._graph_text = graph_text
        self._parameters = parameters
        self._graph: Any = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the running graph behind when the object goes to another process."""
        return {**self.__dict__, "_graph": None}

    def run(self, inputs: Mapping[str, Any]) -> Any:
        """Run the graph on its input streams; outputs are attributes of the result."""
        # protobuf 4 warns, at every answer, of its own old style inside mediapipe.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if self._graph is None:
                with _native_messages_hidden():
                    self._graph = self._start()
                    return self._run_timed(inputs)
            return self._run_timed(inputs)

    def _run_timed(self, inputs: Mapping[str, Any]) -> Any:
        started = time.perf_counter()
        result = self._graph.process(inputs)
        self.seconds += time.perf_counter() - started
        return result

    def _start(self) -> Any:
        from mediapipe.python import solution_base

        return solution_base.SolutionBase(
            graph_config=self._graph_text, calculator_params=self._parameters
        )


@contextmanager
def _native_messages_hidden() -> Iterator[None]:
    """Keep the networks' start-up notes off the terminal.

    They come from compiled code that has no switch for them; what goes wrong arrives as
    an exception all the same.
    """
    kept = os.dup(_STDERR)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)


def compute_weights_sha256(weights: str) -> str:
    """Compute the SHA-256 of one of the wheel's weight files.

    Raises
    ------
    SettingError
        mediapipe is not installed, or its wheel holds no weights.
    """
    spec = importlib.util.find_spec("mediapipe")
    folder = None if spec is None or spec.origin is None else Path(spec.origin).parent
    if folder is None or not (folder / weights).is_file():
        raise SettingError(
            "SPORTSGPT_POSE_BACKEND",
            f"mediapipe is asked for, but {weights} is not in its installed package",
            "install the locked version, mediapipe==0.10.14",
        )
    return hashlib.sha256((folder / weights).read_bytes()).hexdigest()
