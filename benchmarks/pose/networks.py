"""Networks of real size with random weights, made where a benchmark or a test runs.

Config files are those that mmpose's and mmdet's wheels carry. How long a network takes
does not depend on its weights; what it finds does, and is nothing here.
"""

from dataclasses import dataclass
from pathlib import Path

from sportsgpt_lib.pose.mmpose_compat import import_mmpose_apis
from sportsgpt_lib.pose.mmpose_estimator import build_network
from sportsgpt_lib.pose.openmmlab_network import find_config, load_config

RTMPOSE_T = "rtmpose-t_8xb1024-700e_body8-halpe26-256x192"
RTMPOSE_M = "rtmpose-m_8xb512-700e_body8-halpe26-256x192"
_SEED = 7
_SETTING = "config"


@dataclass(frozen=True)
class RandomNetwork:
    """A config by its name, and random weights for it, with and without ``meta``."""

    config: str
    checkpoint: Path
    bare_checkpoint: Path


def save_random_network(config: str, folder: Path) -> RandomNetwork:
    """Write checkpoints of random weights for a config that mmpose carries."""
    import torch

    apis = import_mmpose_apis(_SETTING)
    torch.manual_seed(_SEED)
    loaded = load_config(find_config(config, ("mmpose",), _SETTING), _SETTING)
    network = build_network(apis, loaded, "cpu")
    with torch.no_grad():
        # Trained statistics differ from channel to channel; fresh ones do not.
        for name, buffer in network.named_buffers():
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
    made = RandomNetwork(config, folder / "weights.pth", folder / "bare.pth")
    meta = {"dataset_meta": network.dataset_meta, "epoch": 1}
    torch.save({"state_dict": network.state_dict(), "meta": meta}, made.checkpoint)
    torch.save(network.state_dict(), made.bare_checkpoint)
    return made
