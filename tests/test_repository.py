"""The project's own files: links lead somewhere, locks name no address, commits carry no secret place."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from pillnuts.kernel.web import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def anchors(markdown: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", tracked("*.md"), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for groups in LINK.findall(page.read_text()):
        link = groups[0] or groups[1]
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            dead.append(link)

    assert dead == []


@pytest.mark.parametrize("lock", LOCKS)
def test_python_locks_hold_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.MULTILINE)
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert packages
    assert all("==" in package and "--hash=sha256:" in package for package in packages)


def test_the_npm_lock_holds_hashes_and_no_address() -> None:
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]

    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)


def test_the_locks_agree_with_each_other() -> None:
    pinned = [
        set(re.findall(r"^[a-z0-9\-\[\]]+==\S+", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS
    ]

    assert pinned[0] <= pinned[1]


def test_no_file_names_a_place_of_one_machine() -> None:
    private = re.compile(r"/(?:home|root|work|Users)/[a-z]")
    naming = []
    for file in tracked():
        try:
            if private.search(file.read_text()) and file != Path(__file__):
                naming.append(file.relative_to(ROOT).as_posix())
        except UnicodeDecodeError:
            continue

    assert naming == []
