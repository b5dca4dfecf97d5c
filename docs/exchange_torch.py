# SPDX-License-Identifier: Apache-2.0
"""The state of an optimizer of PyTorch in a file of @optim/exchange, and back; see exchange.md."""
import json
import torch
from safetensors import safe_open
from safetensors.torch import save_file


def _names(optimizer, model):
    name_of = {id(p): name for name, p in model.named_parameters()}
    return [name_of[id(p)] for group in optimizer.param_groups for p in group["params"]]


def write_torch(path, optimizer, model):
    own = optimizer.state_dict()
    kept = [(f"state.{i}.{key}", x) for i, state in own["state"].items() for key, x in state.items() if x is not None]
    save_file({name: torch.as_tensor(x).detach().cpu().contiguous().clone() for name, x in kept}, path, {
        "format": "pt", "optimizer": type(optimizer).__name__, "names": json.dumps(_names(optimizer, model)),
        "param_groups": json.dumps(own["param_groups"], default=float)})


def read_torch(path, optimizer, model):
    own, names = optimizer.state_dict(), _names(optimizer, model)
    with safe_open(path, "pt") as file:
        tensors, metadata = {key: file.get_tensor(key) for key in file.keys()}, file.metadata()
    index = [names.index(name) for name in json.loads(metadata.get("names", json.dumps(names)))]
    fields = {index[i]: group for group in json.loads(metadata["param_groups"]) for i in group["params"]}
    for group in own["param_groups"]:
        group.update({k: v for i in group["params"][:1] for k, v in fields.get(i, {}).items() if k != "params"})
    own["state"] = {}
    for name, tensor in tensors.items():
        _, i, key = name.split(".", 2)
        own["state"].setdefault(index[int(i)], {})[key] = tensor
    optimizer.load_state_dict(own)
