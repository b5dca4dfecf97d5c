# SPDX-License-Identifier: Apache-2.0
"""The other side of a real exchange: trainings in PyTorch or Keras with the scripts of docs, as python.node.test.ts asks for them.

    python there.py torch|keras write|read FOLDER NAME…

`write` trains for six steps with each class and writes the state; `read` takes the state that came back, trains for six more, and prints
how far the parameters are from those of the recording, by name.
"""
import importlib
import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parents[2] / "docs"))

import numpy as np  # noqa: E402

framework, act, folder, *names = sys.argv[1:]
exchange = importlib.import_module(f"exchange_{framework}")
found = {}


def array(recording, numbers, key):
    return np.array(numbers[key], np.float32).reshape(recording["shapes"][key])


def deviation(recording, found):
    after = recording["after"]["12"]
    return max(float(np.abs(found[key] - array(recording, after, key)).max() / np.abs(array(recording, after, key)).max()) for key in found)


def with_torch(name, recording):
    import torch

    net = torch.nn.Module()
    net.conv, net.dense = torch.nn.Conv2d(2, 4, 3), torch.nn.Linear(5, 3)
    named = dict(net.named_parameters())
    make = {
        "Adagrad": lambda p: torch.optim.Adagrad(p, lr=0.05, lr_decay=0.01),
        "Adam": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.99)),
        "AdamWamsgrad": lambda p: torch.optim.AdamW(p, lr=0.01, amsgrad=True),
        "NAdam": lambda p: torch.optim.NAdam(p, lr=0.01),
        "RAdam": lambda p: torch.optim.RAdam(p, lr=0.01),
        "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True),
        "SGD": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    }
    kernels = {"params": [p for p in named.values() if p.dim() > 1], "weight_decay": 0.1}
    others = {"params": [p for p in named.values() if p.dim() == 1], "weight_decay": 0.0}
    # The groups stand in another order where the state comes back.
    groups = [kernels, others] if act == "write" else [others, kernels]
    optimizer = torch.optim.AdamW(groups, lr=0.01) if name == "AdamW" else make[name](list(named.values()))

    def train(start, steps):
        with torch.no_grad():
            for key, p in named.items():
                p.copy_(torch.from_numpy(array(recording, start, key)))
        for step in steps:
            for key, p in named.items():
                p.grad = torch.from_numpy(array(recording, recording["gradients"][step], key))
            optimizer.step()

    path = f"{folder}/{name}.safetensors"
    if act == "write":
        train(recording["start"], range(6))
        exchange.write_torch(path, optimizer, net)
    else:
        exchange.read_torch(path, optimizer, net)
        train(recording["after"]["6"], range(6, 12))
        found[name] = deviation(recording, {key: p.detach().numpy() for key, p in named.items()})


def with_keras(name, recording):
    import keras

    image, vector = keras.Input((5, 5, 2)), keras.Input((5,))
    layers = {"conv": keras.layers.Conv2D(4, 3, name="conv"), "dense": keras.layers.Dense(3, name="dense")}
    inputs = {"conv": image, "dense": vector}
    # AdaFactor here does not factor this convolution over the same axes.
    used = ["dense"] if name == "Adafactor" else ["conv", "dense"]
    model = keras.Model([inputs[key] for key in used], [layers[key](inputs[key]) for key in used])
    variables = model.trainable_variables
    optimizer_class = getattr(keras.optimizers, name)

    def train(optimizer, start, steps):
        for v in variables:
            v.assign(array(recording, start, v.path))
        for step in steps:
            optimizer.apply([array(recording, recording["gradients"][step], v.path) for v in variables], variables)

    path = f"{folder}/{name}"
    if act == "write":
        optimizer = optimizer_class.from_config(recording["config"])
        optimizer.build(variables)
        train(optimizer, recording["start"], range(6))
        exchange.write_keras(path, optimizer, model)
        model.compile(optimizer=optimizer, loss="mse")
        model.save(f"{path}.keras")
        model.save_weights(f"{path}.weights.h5")
    else:
        train(exchange.read_keras(path, optimizer_class, model), recording["after"]["6"], range(6, 12))
        found[name] = deviation(recording, {v.path: np.asarray(v.value) for v in variables})


for name in names:
    recording = json.loads((here / "fixtures" / f"{framework}-{name}.json").read_text())
    (with_torch if framework == "torch" else with_keras)(name, recording)
print(json.dumps(found))
