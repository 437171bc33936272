from pathlib import Path

import pytest

from pillnuts.kernel.static import A_DAY, IMMUTABLE, Static
from tests.conftest import talking_to
from tests.kernel.toy import Toy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "dist").mkdir(parents=True)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "dist" / "app-1A.css").write_text("a{}")
    (folder / "dist" / "manifest.json").write_text('{"app.css": "app-1A.css"}')
    return folder


async def test_a_bundle_with_a_hash_in_its_name_is_kept_for_ever(folder: Path, tmp_path: Path) -> None:
    static = Static(folder)
    async with talking_to(Toy(tmp_path, static=static).app) as ask:
        bundle = await ask.get(static.address("app.css"))
        icon = await ask.get(static.address("favicon.svg"))
        none = await ask.get(static.address("none.js"))

    assert bundle.text == "a{}"
    assert bundle.headers["cache-control"] == IMMUTABLE
    assert icon.headers["cache-control"] == A_DAY
    assert none.status_code == 404
    assert none.headers["content-type"].startswith("text/html")


def test_a_new_bundle_is_seen_at_once_while_developing(folder: Path) -> None:
    kept, fresh = Static(folder), Static(folder, reload=True)
    assert kept.address("app.css") == fresh.address("app.css") == "/static/dist/app-1A.css"
    (folder / "dist" / "manifest.json").write_text('{"app.css": "app-2B.css"}')

    assert kept.address("app.css") == "/static/dist/app-1A.css"
    assert fresh.address("app.css") == "/static/dist/app-2B.css"


def test_without_a_bundle_names_stay_as_they_are(tmp_path: Path) -> None:
    assert Static(tmp_path).address("app.css") == "/static/app.css"


@pytest.mark.parametrize("path", ["/static/../toy.py", "/static/%2e%2e/toy.py", "/static/dist/", "/static/"])
async def test_nothing_outside_the_folder_is_given(folder: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "toy.py").write_text("secret")
    async with talking_to(Toy(tmp_path, static=Static(folder)).app) as ask:
        assert (await ask.get(path)).status_code == 404
