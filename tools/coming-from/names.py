# SPDX-License-Identifier: Apache-2.0
"""Writes the names of other libraries, with their arguments and defaults, to docs/site/data/names.

    pip download --no-deps torch==2.13.0 keras==3.15.1 optax==0.2.8 timm==1.0.29 -d wheels
    python3 tools/coming-from/names.py wheels

Nothing is imported: only signatures are read. A default that is no literal is left out.
"""

import ast
import datetime
import json
import pathlib
import sys
import zipfile

OUT = pathlib.Path(__file__).parents[2] / "docs/site/data/names"


class Wheel:
    def __init__(self, folder, name):
        (self.path,) = folder.glob(f"{name}-*.whl")
        self.version = self.path.name.split("-")[1].split("+")[0]
        self.files = zipfile.ZipFile(self.path)

    def tree(self, file):
        return ast.parse(self.files.read(file))

    def names(self, file):
        """What a module imports or lists for others."""
        for node in self.tree(file).body:
            if isinstance(node, ast.ImportFrom):
                yield from ((alias.asname or alias.name, node.module) for alias in node.names)

    def public(self, file):
        for node in self.tree(file).body:
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            if any(getattr(each, "id", "") == "__all__" for each in targets):
                return ast.literal_eval(node.value)

    def signatures(self, file):
        """Of each class and function of a file: its arguments, with their defaults where these are literals."""
        found = {}
        for node in self.tree(file).body:
            made = node
            if isinstance(node, ast.ClassDef):
                made = next((each for each in node.body if getattr(each, "name", "") == "__init__"), None)
            if isinstance(made, ast.FunctionDef):
                found[node.name] = arguments(made)
            call = getattr(node, "value", None)
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and ast.unparse(getattr(call, "func", node)) == "functools.partial":
                target = getattr(node, "target", None) or node.targets[0]
                settled = {each.arg: {"default": literal(each.value)} for each in call.keywords}
                found[target.id] = found[call.args[0].id] | settled
        return found


def literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ...


# What says where and how, not what is computed.
TECHNICAL = {"self", "cls", "kwargs", "name", "foreach", "fused", "capturable", "differentiable", "maximize", "verbose"}
OBJECTS = {"params", "parameters", "tensors", "tree", "optimizer", "base_optimizer", "mu_dtype", "state_dtype", "accumulator_dtype"}


def arguments(function):
    every = function.args.posonlyargs + function.args.args
    defaults = [...] * (len(every) - len(function.args.defaults)) + function.args.defaults
    pairs = [*zip(every, defaults), *zip(function.args.kwonlyargs, function.args.kw_defaults)]
    found = {}
    for argument, default in pairs:
        if argument.arg in TECHNICAL | OBJECTS:
            continue
        value = literal(default) if isinstance(default, ast.AST) else ...
        found[argument.arg] = {} if value is ... else {"default": list(value) if isinstance(value, tuple) else value}
    return found



def constants(pairs):
    return {key: list(value) if isinstance(value, tuple) else value for key, value in pairs.items()}


def without_base(found, names):
    return {name: found[name] for name in names if name in found}


def torch(folder):
    wheel = Wheel(folder, "torch")
    found = {}
    for file in sorted(wheel.files.namelist()):
        if file.startswith("torch/optim/") and file.count("/") == 2 and file.endswith(".py"):
            found |= wheel.signatures(file)
    public = lambda file: wheel.public(f"torch/{file}.py")
    bases = {"Optimizer", "LRScheduler", "swap_in_optimizer_params_and_state"}
    chosen = lambda names: without_base(found, [name for name in names if name not in bases])
    clip = wheel.signatures("torch/nn/utils/clip_grad.py")
    clipping = [name for name, module in wheel.names("torch/nn/utils/__init__.py") if module == "clip_grad"]
    return wheel.version, "torch/optim, torch/nn/utils/clip_grad.py", {
        "optimizer": chosen(public("optim/__init__")),
        "schedule": chosen(public("optim/lr_scheduler")),
        "clipping": {name: clip.get(name) or clip[f"_{name}"] for name in clipping},
        "averaging": chosen(public("optim/swa_utils")),
    }


def keras(folder):
    wheel = Wheel(folder, "keras")
    found = {}
    for file in sorted(wheel.files.namelist()):
        if file.startswith(("keras/src/optimizers/", "keras/src/callbacks/", "keras/src/constraints/")) and not file.endswith("_test.py"):
            found |= wheel.signatures(file)
    base = found["BaseOptimizer"]
    exported = lambda file: [name for name, _ in wheel.names(f"keras/{file}/__init__.py")]
    classes = [name for name in exported("optimizers") if name[0].isupper() and name != "Optimizer"]
    arguments_of = lambda *names: {name: {name: base[name]} for name in names}
    own = lambda name: {key: value for key, value in found[name].items() if key in ("learning_rate", "weight_decay") or key not in base}
    return wheel.version, "keras/src/optimizers, keras/src/callbacks, keras/src/constraints", {
        "optimizer": {name: own(name) for name in classes if name in found} | {"OptimizerMap": {}},
        "schedule": {name: found[name] for name in exported("optimizers/schedules") if name[0].isupper() and name != "LearningRateSchedule"}
        | {name: found[name] for name in ("LearningRateScheduler", "ReduceLROnPlateau")},
        "clipping": arguments_of("clipnorm", "global_clipnorm", "clipvalue"),
        "averaging": arguments_of("use_ema", "ema_momentum", "ema_overwrite_frequency", "gradient_accumulation_steps")
        | {"SwapEMAWeights": found["SwapEMAWeights"]},
        "callback": without_base(found, ["EarlyStopping", "ModelCheckpoint", "OrbaxCheckpoint", "BackupAndRestore", "TerminateOnNaN"]),
        "constraint": {name: found.get(name, {}) for name in exported("constraints") if name[0].isupper() and name != "Constraint"},
    }


def optax(folder):
    wheel = Wheel(folder, "optax")
    found = {}
    for file in sorted(wheel.files.namelist()):
        if file.endswith(".py") and not file.endswith("_test.py") and "/tree_utils/" not in file:
            found |= {name: value for name, value in wheel.signatures(file).items() if name not in found or file != "optax/_src/utils.py"}
    method = lambda name: name[0].islower() and not name.startswith("scale_by_")
    aliases = [name for name, module in wheel.names("optax/__init__.py") if module == "optax._src.alias"]
    contrib = [name for name, _ in wheel.names("optax/contrib/__init__.py")]
    transforms = [*wheel.names("optax/transforms/__init__.py")]
    clipping = {name for name, module in transforms if module.endswith("_clipping")}
    others = [name for name, _ in transforms if name not in clipping and (method(name) or name == "MultiSteps")]
    outer = ["lookahead", "apply_every", "centralize", "normalize_by_update_norm", "incremental_update", "periodic_update", "scale_by_backtracking_linesearch", "scale_by_zoom_linesearch"]
    named = lambda names, prefix="": {prefix + name: found[name] for name in names if name in found}
    constraints = [name for name, _ in wheel.names("optax/projections/__init__.py")]
    return wheel.version, "optax/__init__.py, optax/contrib, optax/projections, optax/schedules, optax/transforms", {
        "optimizer": named(filter(method, aliases)) | named(filter(method, contrib), "contrib."),
        "schedule": named(name for name, _ in wheel.names("optax/schedules/__init__.py") if name[0].islower()),
        "clipping": named(sorted(clipping)),
        "averaging": named([*others, *outer]),
        "constraint": named(constraints),
    }


def timm(folder):
    wheel = Wheel(folder, "timm")
    other = Wheel(folder, "torch")
    found = {}
    for file in sorted(wheel.files.namelist()):
        if file.startswith(("timm/optim/", "timm/scheduler/", "timm/utils/")) and file.endswith(".py"):
            found |= wheel.signatures(file)
    classes = dict(found)
    for file in other.files.namelist():
        if file.startswith("torch/optim/") and file.count("/") == 2 and file.endswith(".py"):
            classes |= {f"torch.optim.{name}": value for name, value in other.signatures(file).items()}
    optimizers, same = {}, {}
    for node in ast.walk(wheel.tree("timm/optim/_optim_factory.py")):
        if not isinstance(node, ast.Call):
            continue
        given = {each.arg: each.value for each in node.keywords}
        if getattr(node.func, "id", "") == "OptimInfo" and "name" in given:
            made = literal(given["opt_class"])
            made = ast.unparse(given["opt_class"]) if made is ... else made
            settled = constants(ast.literal_eval(given["defaults"])) if "defaults" in given else {}
            if "has_momentum" in given and literal(given["has_momentum"]):
                settled.setdefault("momentum", 0.9)
            signature = classes.get(made, {})
            # The factory gives a weight decay of 0 of its own, whatever the class has.
            settled.setdefault("weight_decay", 0.0)
            optimizers[literal(given["name"])] = signature | {key: {"default": value} for key, value in settled.items()}
        if getattr(node.func, "attr", "") == "register_alias" and len(node.args) == 2 and isinstance(literal(node.args[0]), str):
            same[literal(node.args[0])] = literal(node.args[1])
    optimizers |= {alias: optimizers[name] for alias, name in same.items()}
    optimizers["lookahead_*"] = found["Lookahead"]
    schedulers = [name for name, _ in wheel.names("timm/scheduler/__init__.py") if name[0].isupper()]
    return wheel.version, "timm/optim, timm/scheduler, timm/utils", {
        "optimizer": optimizers,
        "schedule": without_base(found, schedulers),
        "clipping": without_base(found, ["dispatch_clip_grad", "adaptive_clip_grad"]),
        "averaging": without_base(found, ["ModelEma", "ModelEmaV2", "ModelEmaV3"]),
    }


if __name__ == "__main__":
    for make, library in ((torch, "torch"), (keras, "keras"), (optax, "optax"), (timm, "timm")):
        version, read, names = make(pathlib.Path(sys.argv[1]))
        record = {"version": version, "date": str(datetime.date.today()), "read": read, "names": names}
        OUT.mkdir(exist_ok=True)
        (OUT / f"{library}.json").write_text(json.dumps(record, indent=2) + "\n")
        print(library, version, {kind: len(each) for kind, each in names.items()})
