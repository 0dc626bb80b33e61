"""Measures the client of language models against real servers: throughput and loss.

One server is the tests' own, a process that answers truly after a fixed time, as long
as it takes a GPU; its reports are whole. The other is ``transformers serve`` with a
tiny Qwen3 of random weights: its answers are noise, so only the wire is measured, and
that every report is written all the same.
"""

import itertools
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from benchmarks.figures import Figure
from benchmarks.guidance.tiny_model import can_serve, make_tiny_model, serve
from sportsgpt_lib.evaluation.cases import build_cases
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.model_writer import ModelWriter
from sportsgpt_lib.guidance.prompt import build_question
from sportsgpt_lib.guidance.report_text import WrittenText
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.model_service.client import ModelClient
from sportsgpt_lib.model_service.port import ChatAnswer
from sportsgpt_lib.model_service.settings import ModelSettings

ROOT = Path(__file__).parents[2]
CONCURRENCIES = (1, 8, 32)
ANSWER_S = 0.5
_REPORTS = 64
_NOISE_QUESTIONS = 32
_NOISE_TOKENS = 64
_NOISE_REPORTS = 8
_MOST_TOKENS = 256
_KILLED_AT = 20
_AWAY_S = 1.0


def measure() -> list[Figure]:
    """Measure both servers, and one that is killed and started again."""
    cases = [one.case for one in build_cases(ROOT / "kb_ingest" / "starter")]
    cases = [case for case in cases if case.movements][:_REPORTS]
    return [*_measure_reports(cases), _measure_loss(cases), *_measure_noise(cases)]


def _measure_reports(cases: Sequence[GuidanceCase]) -> list[Figure]:
    figures = []
    rates = {}
    with _own_server(ANSWER_S) as (_, port):
        for concurrency in CONCURRENCIES:
            writer = _build_writer(_address(port), concurrency)
            start_s, processor_s = time.perf_counter(), time.process_time()
            written = _write_all(writer, cases, concurrency)
            rates[concurrency] = len(cases) / (time.perf_counter() - start_s)
            processor_s = time.process_time() - processor_s
            figures.append(
                Figure(
                    f"own server: reports at concurrency {concurrency}",
                    60 * rates[concurrency],
                    "1/min",
                    note=f"{len(cases)} reports, {ANSWER_S} s an answer; "
                    f"{_count_fallbacks(written)} fell back; "
                    f"{1000 * processor_s / len(cases):.0f} ms of processor time each",
                )
            )
    return figures + [
        Figure(
            f"own server: reports at concurrency {concurrency}, against one",
            rates[concurrency] / rates[1],
            "ratio",
        )
        for concurrency in CONCURRENCIES[1:]
    ]


def _measure_loss(cases: Sequence[GuidanceCase]) -> Figure:
    """Kill the server among the reports, and start it again a second later."""
    with _own_server(0.05) as (first, port):
        asked = threading.Semaphore(_KILLED_AT)
        later: list[subprocess.Popen[str]] = []
        restart = threading.Timer(_AWAY_S, lambda: later.append(_start(port, 0.05)[0]))
        is_killed = threading.Lock()

        def write(case: GuidanceCase) -> WrittenText:
            if not asked.acquire(blocking=False) and is_killed.acquire(blocking=False):
                first.kill()
                restart.start()
            return writer.write(case)

        writer = _build_writer(_address(port), 8)
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(write, cases))
        restart.join()
        for process in later:
            _stop(process)
    return Figure(
        "own server: reports lost to a server killed and started again",
        _count_fallbacks(written) + len(cases) - len(written),
        "reports",
        must=0,
        note=f"of {len(cases)}, 8 at a time; killed (SIGKILL) after {_KILLED_AT}, away "
        f"{_AWAY_S:g} s",
    )


def _measure_noise(cases: Sequence[GuidanceCase]) -> list[Figure]:
    if not can_serve():
        note = "needs the bench extra: fastapi and accelerate"
        return [Figure("tiny Qwen3: answers", None, "1/s", note=note)]
    questions = [
        replace(build_question(case), most_tokens=_NOISE_TOKENS)
        for case in itertools.islice(itertools.cycle(cases), _NOISE_QUESTIONS)
    ]
    texts = [m.content for question in questions for m in question.messages]
    figures = []
    rates = {}
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "tiny-qwen3"
        make_tiny_model(model, texts)
        with serve(model) as url:
            ModelClient(_build_settings(url, str(model), 1)).ask(questions[0])
            for concurrency in CONCURRENCIES:
                client = ModelClient(_build_settings(url, str(model), concurrency))
                start_s = time.perf_counter()
                with ThreadPoolExecutor(concurrency) as pool:
                    answers = list(pool.map(client.ask, questions))
                taken_s = time.perf_counter() - start_s
                rates[concurrency] = len(answers) / taken_s
                figures += _describe_noise(concurrency, answers, taken_s)
            writer = _build_writer(url, 1, str(model))
            written = [writer.write(case) for case in cases[:_NOISE_REPORTS]]
    figures.append(
        Figure(
            f"tiny Qwen3: answers at concurrency {CONCURRENCIES[-1]}, against one",
            rates[CONCURRENCIES[-1]] / rates[1],
            "ratio",
            note="the server writes one answer after the other",
        )
    )
    figures.append(
        Figure(
            "tiny Qwen3: reports written although its answers are noise",
            _count_fallbacks(written),
            "reports",
            must=_NOISE_REPORTS,
            is_at_least=True,
            note="each marked as written without the model",
        )
    )
    return figures


def _describe_noise(
    concurrency: int, answers: Sequence[ChatAnswer], taken_s: float
) -> list[Figure]:
    asked = sum(answer.prompt_tokens or 0 for answer in answers)
    told = sum(answer.answer_tokens or 0 for answer in answers)
    return [
        Figure(
            f"tiny Qwen3: answers at concurrency {concurrency}",
            len(answers) / taken_s,
            "1/s",
            note=f"{asked / taken_s:.0f} tokens/s read, {told / taken_s:.0f} written",
        )
    ]


def _build_settings(url: str, model: str, concurrency: int) -> ModelSettings:
    return ModelSettings(
        url,
        model,
        SecretStr("none"),
        concurrency=concurrency,
        most_answer_tokens=_MOST_TOKENS,
        is_thinking=False,
    )


def _build_writer(url: str, concurrency: int, model: str = "own") -> ModelWriter:
    client = ModelClient(_build_settings(url, model, concurrency))
    return ModelWriter(client, DeterministicWriter())


def _write_all(
    writer: ModelWriter, cases: Sequence[GuidanceCase], concurrency: int
) -> list[WrittenText]:
    with ThreadPoolExecutor(concurrency) as pool:
        return list(pool.map(writer.write, cases))


def _count_fallbacks(written: Sequence[WrittenText]) -> int:
    return sum(one.writer.fallback_reason is not None for one in written)


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1"


@contextmanager
def _own_server(answer_s: float) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    process, port = _start(0, answer_s)
    try:
        yield process, port
    finally:
        _stop(process)


def _start(port: int, answer_s: float) -> tuple["subprocess.Popen[str]", int]:
    command = [
        *(sys.executable, "tests/guidance/model_server.py"),
        *("--port", str(port), "--wait-s", str(answer_s)),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if process.stdout is None:
        raise RuntimeError(command)
    return process, int(process.stdout.readline())


def _stop(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
