# SPDX-License-Identifier: Apache-2.0
"""The state of an optimizer of Keras 3 in the files of @optim/exchange, and back; see exchange.md."""
import json
import numpy


def write_keras(path, optimizer, model):
    store = {}
    optimizer.save_own_variables(store)
    numpy.savez(f"{path}.npz", **{key: numpy.ascontiguousarray(x).reshape(x.shape) for key, x in store.items()})
    paths = {"variables": [v.path for v in optimizer.variables], "parameters": [v.path for v in model.trainable_variables]}
    with open(f"{path}.json", "w") as file:
        json.dump({"config": optimizer.get_config(), **paths}, file, default=float)


def read_keras(path, optimizer_class, model):
    with open(f"{path}.json") as file:
        optimizer = optimizer_class.from_config(json.load(file)["config"])
    optimizer.build(model.trainable_variables)
    with numpy.load(f"{path}.npz") as store:
        optimizer.load_own_variables(dict(store))
    return optimizer
