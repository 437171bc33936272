"""The texts of the site, most of them to agree to: a file for each kind and day, the newest in force."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from pillnuts.accounts.shapes import ConsentKind

KINDS: Final[tuple[ConsentKind, ...]] = ("terms", "privacy", "health")
TextKind = ConsentKind | Literal["policy"]
"""The privacy policy (개인정보 처리방침) is told, not agreed to."""
REQUIRED: Final[frozenset[ConsentKind]] = frozenset({"terms", "privacy"})
OPTIONAL: Final[frozenset[ConsentKind]] = frozenset({"health"})


@dataclass(frozen=True)
class Block:
    """`items`: one for a heading and a paragraph, several for a list."""

    kind: Literal["heading", "paragraph", "list"]
    items: tuple[str, ...]


@dataclass(frozen=True)
class ConsentText:
    kind: TextKind
    version: str
    """The day it is of."""
    title: str
    markdown: str
    required: bool

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What a template shows, without the title."""
        return tuple(_block(part) for part in self.markdown.split("\n\n") for part in _parts(part))


@cache
def versions(kind: TextKind) -> tuple[ConsentText, ...]:
    """Every text of a kind there ever was, oldest first."""
    found = []
    for file in (files("pillnuts.accounts") / "texts").iterdir():
        name, _, version = file.name.removesuffix(".md").partition("-")
        if name == kind:
            title, _, body = file.read_text(encoding="utf-8").partition("\n")
            text = ConsentText(kind, version, title.removeprefix("# "), body.strip(), kind in REQUIRED)
            found.append(text)
    return tuple(sorted(found, key=lambda text: text.version))


def current(kind: TextKind) -> ConsentText:
    """The text in force."""
    return versions(kind)[-1]


def _parts(part: str) -> list[str]:
    """A heading stands right above what it heads."""
    head, _, rest = part.partition("\n")
    return [one for one in (head, rest) if one] if head.startswith("## ") else [part]


def _block(part: str) -> Block:
    if part.startswith("## "):
        return Block("heading", (part.removeprefix("## "),))
    if part.startswith("- "):
        return Block("list", tuple(line.removeprefix("- ") for line in part.splitlines()))
    return Block("paragraph", (part,))
