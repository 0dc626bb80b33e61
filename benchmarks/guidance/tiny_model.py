"""Makes a tiny Qwen3 with random weights, and serves it with ``transformers serve``.

It answers noise, at once and on any machine: what is tested with it is the wire. No
weights are downloaded.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sportsgpt_lib.torch_runtime import prepare_torchvision

_ROOT = Path(__file__).parents[2]
_VOCABULARY = 2000
_START_TIMEOUT_S = 180.0
_CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}"
    "<think>\n\n</think>\n\n{% endif %}"
)


def can_serve() -> bool:
    """Tell whether the packages that ``transformers serve`` needs are there."""
    return all(map(importlib.util.find_spec, ("fastapi", "accelerate")))


def make_tiny_model(folder: Path, texts: Sequence[str]) -> None:
    """Make model and tokenizer; the tokenizer learns its words from ``texts``."""
    import torch

    prepare_torchvision()
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = _train_tokenizer(texts)
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=32_768,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a model from its folder; gives the address that clients use."""
    port = _find_free_port()
    command = [
        *(sys.executable, "-m", "benchmarks.guidance.tiny_model"),
        *("serve", str(folder), "--port", str(port), "--device", "cpu"),
        *("--log-level", "error"),
    ]
    process = subprocess.Popen(
        command,
        cwd=_ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _train_tokenizer(texts: Sequence[str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    end, padding = "<|im_end|>", "<|pad|>"
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=["<|im_start|>", end, padding],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=end,
        pad_token=padding,
        chat_template=_CHAT_TEMPLATE,
    )


def _find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end_s = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < end_s and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = "transformers serve did not start"
    raise RuntimeError(message)


def main() -> None:
    """Run the command line of transformers where torchvision cannot stop it."""
    prepare_torchvision()
    from transformers.cli.transformers import main as run_transformers

    run_transformers()


if __name__ == "__main__":
    main()
