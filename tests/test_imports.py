"""What import-linter cannot say about who imports whom."""

import ast
from pathlib import Path

import grimp
import pytest

from pillnuts.kernel.web import ROOT

FEATURES = ("accounts", "catalogue", "search", "compare", "notifications")
OPEN = {
    "auth",
    "audit",
    "consents",
    "service",
    "queries",
    "index",
    "ingest",
    "shelf",
    "shapes",
    "brief",
    "units",
    "spelling",
    "product_name",
}
"""What a feature shows to others. `units` is the arithmetic of amounts, `spelling` the one form of a name,
`product_name` what the name of a product says: they belong to no page."""
SOURCES = sorted((ROOT / "src" / "pillnuts").rglob("*.py"))


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("pillnuts", cache_dir=None)


def feature(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_features_meet_only_at_their_open_modules(graph: grimp.ImportGraph) -> None:
    crossing = {
        f"{module} → {imported}"
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if feature(module) in FEATURES
        and feature(imported) in FEATURES
        and feature(module) != feature(imported)
        and ".".join(imported.split(".")[2:]) not in OPEN
    }

    assert crossing == set()


def test_nothing_is_imported_in_circles(graph: grimp.ImportGraph) -> None:
    circles = {
        f"{module} ⇄ {imported}"
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.chain_exists(importer=imported, imported=module)
    }

    assert circles == set()


def test_no_module_is_left_over(graph: grimp.ImportGraph) -> None:
    """Everything is reached from the command line."""
    reached = graph.find_upstream_modules("pillnuts.cli.app") | {"pillnuts.cli.app"}
    left_over = {module for module in graph.modules if graph.find_children(module) == set()} - reached

    assert left_over == set()


@pytest.mark.parametrize(
    "folder",
    sorted({source.parent for source in SOURCES if source.parent.name not in {"data", "demo"}}),
    ids=lambda folder: folder.name,
)
def test_a_folder_says_in_one_sentence_what_it_is_for(folder: Path) -> None:
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))

    assert said
    assert "\n" not in said


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.relative_to(ROOT / "src").as_posix())
def test_the_environment_is_read_in_settings_only(source: Path) -> None:
    # metrics asks whether the library it uses was told to add up several processes; main tells it.
    if source.name not in {"settings.py", "metrics.py", "main.py"}:
        assert "os.environ" not in source.read_text()
        assert "getenv" not in source.read_text()
