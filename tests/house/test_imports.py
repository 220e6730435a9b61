"""Who may import whom: data flows one way, and heavy packages stay where they belong."""

import ast
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIGHT = (
    "fusion",
    "fusion.__main__",
    "fusion.emoji.catalog",
    "fusion.errors",
    "fusion.cli.app",
    "fusion.cli.kitchen",
    "fusion.service.app",
    "fusion.views.bundle",
    "fusion.views.pictures",
)
"""Modules that must come up without torch, gradio or matplotlib."""


def module_name(path: Path) -> str:
    """``fusion/model/unet.py`` -> ``fusion.model.unet``; a package goes by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST, module: str, package: bool) -> set[str]:
    """All that a file imports, wherever in it, as full dotted names; not what is for type checkers only."""
    found = set()
    for node in runtime_nodes(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: len(module.split(".")) - node.level + package] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            found.add(origin)
            found.update(f"{origin}.{alias.name}" for alias in node.names)
    return found


def runtime_nodes(node: ast.AST):
    """Every node below ``node`` except the body of ``if TYPE_CHECKING:``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from runtime_nodes(child)


def files() -> list[Path]:
    return [*sorted((ROOT / "fusion").rglob("*.py")), ROOT / "app.py"]


def offences(banned: tuple[str, ...], module: str, imported: set[str]) -> list[str]:
    """What of ``imported`` falls under one of ``banned``: the package itself or anything in it."""
    return sorted(f"{module} imports {name}" for name in imported for ban in banned if within(name, ban))


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


LEARNING = ("fusion.data", "fusion.training", "fusion.evaluation", "fusion.kitchen")
SHOWING = ("fusion.pipeline", "fusion.views", "fusion.ui", "fusion.cli", "gradio", "app")

RULES = {
    "fusion.emoji*": ("torch", "fusion.model", "fusion.recipes", *LEARNING, *SHOWING),
    "fusion.recipes*": ("fusion.model", *LEARNING, *SHOWING),
    "fusion.model*": ("fusion.emoji", "fusion.recipes", *LEARNING, *SHOWING),
    "fusion.data*": ("fusion.model", "fusion.training", "fusion.evaluation", *SHOWING),
    "fusion.evaluation*": ("fusion.training", "fusion.views", "fusion.ui", "fusion.cli", "gradio"),
    "fusion.training*": SHOWING,
    "fusion.pipeline*": (*LEARNING, "fusion.views", "fusion.ui", "fusion.cli", "gradio"),
    "fusion.packs*": ("torch", "fusion.recipes", "fusion.service", "fusion.ui", "fusion.cli", "gradio", *LEARNING),
    "fusion.service*": ("torch", "fusion.recipes", "fusion.ui", "fusion.cli", "gradio", *LEARNING),
    "fusion.web*": ("torch", "fusion.model", "fusion.recipes", "fusion.cli", "gradio", *LEARNING),
    "fusion.views*": ("torch", "fusion.model", "fusion.pipeline", "fusion.ui", "fusion.cli", "gradio", *LEARNING),
}
"""Pattern of module names -> what they may not import. Data flows one way: emoji, recipes, data, training and
evaluation on one side; emoji, model, pipeline, trace, views, page on the other."""

GROUND = (
    "fusion.frame",
    "fusion.geometry",
    "fusion.colour",
    "fusion.errors",
    "fusion.trace",
    "fusion.files",
    "fusion.cache",
    "fusion.names",
    "fusion.turns",
)


@pytest.mark.parametrize("module", GROUND)
def test_shared_ground_stands_on_nothing(module):
    path = ROOT / (module.replace(".", "/") + ".py")
    imported = imports(ast.parse(path.read_text(encoding="utf-8")), module, False)
    inside = {name.rpartition(".")[0] if name.count(".") > 1 else name for name in imported if within(name, "fusion")}
    assert inside <= {"fusion", "fusion.errors", "fusion.frame", "fusion.geometry"}


@pytest.mark.parametrize("path", files(), ids=module_name)
def test_imports_follow_the_data(path):
    module = module_name(path)
    imported = imports(ast.parse(path.read_text(encoding="utf-8")), module, path.name == "__init__.py")
    found = [
        row
        for pattern, banned in RULES.items()
        if fnmatch(module, pattern)
        for row in offences(banned, module, imported)
    ]
    if not (module == "app" or within(module, "fusion.ui")):
        found += offences(("gradio",), module, imported)
    assert not found


@pytest.mark.parametrize("path", sorted((ROOT / "fusion/model").glob("*.py")), ids=module_name)
def test_the_model_imports_only_itself_and_shared_arithmetic(path):
    allowed = (
        "fusion.model",
        "fusion.assets",
        "fusion.files",
        "fusion.frame",
        "fusion.geometry",
        "fusion.colour",
        "fusion.errors",
        "fusion.names",
    )
    imported = imports(ast.parse(path.read_text(encoding="utf-8")), module_name(path), path.name == "__init__.py")
    strangers = {name for name in imported if within(name, "fusion") and name != "fusion"}
    assert not [name for name in strangers if not any(within(name, package) for package in allowed)]


def test_the_walk_sees_every_way_to_import():
    source = """
import torch.nn as nn
from .head import Head
from .. import data
def later():
    from fusion.emoji.catalog import Catalog
if TYPE_CHECKING:
    import gradio
"""
    found = imports(ast.parse(source), "fusion.model.unet", package=False)
    assert {"torch.nn", "fusion.model.head", "fusion.data", "fusion.emoji.catalog"} <= found
    assert "gradio" not in found
    assert offences(LEARNING, "fusion.model.unet", found)
    assert "fusion.model.head" in imports(ast.parse("from .head import Head"), "fusion.model", package=True)


@pytest.mark.parametrize("module", LIGHT)
def test_light_modules_stay_light(module):
    code = f"import sys, {module}; print(*{{'torch', 'gradio', 'matplotlib'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == ""


def test_nothing_is_loaded_or_built_at_import():
    """Opening a file of the project or building a network while a module comes up would slow every command."""
    names = [module_name(path) for path in files() if path.name != "__main__.py"]
    code = f"""
import importlib, io, sys
import torch, numpy, PIL.Image
made = []
build = torch.nn.Parameter.__new__
torch.nn.Parameter.__new__ = staticmethod(lambda *a, **k: made.append("parameter") or build(*a, **k))
def watch(event, args):
    if event == "open" and str(args[0]).startswith({str(ROOT / "assets")!r}):
        made.append(args[0])
sys.addaudithook(watch)
for name in {names!r}:
    importlib.import_module(name)
print(*made)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == ""
