"""Plain words for classes and substances, and everyday words for searching, written for this project."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from pillnuts.catalogue.shapes import Role


@dataclass(frozen=True)
class Glossary:
    """Plain words by name; names are compared without blanks and punctuation."""

    substances: Mapping[str, str] = field(default_factory=dict)
    """Name of an active substance → what it does, one short sentence without its full stop."""
    additives: Mapping[str, str] = field(default_factory=dict)
    """Name of an additive → why it is put in."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """약효분류 → the same."""
    class_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """약효분류 → everyday words by which people ask for it."""
    symptoms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Everyday word for a complaint → the words labels use for it."""
    makers: Mapping[str, str] = field(default_factory=dict)
    """Everyday name of a maker → its official name."""

    def plain(self, role: Role, *names: str) -> str | None:
        """Give the plain words of the first name that has any."""
        words = self.substances if role == "active" else self.additives
        return next((plain for name in names if (plain := words.get(key(name)))), None)


@cache
def key(name: str) -> str:
    """Give the form under which two spellings are one; names are few, so each is worked out once."""
    return re.sub(r"[\s·ㆍ.,]", "", name).casefold()


def _written() -> str:
    return (files("pillnuts.catalogue") / "data" / "glossary.toml").read_text("utf-8")


def glossary_digest() -> str:
    """Name this edition of the glossary."""
    return hashlib.blake2b(_written().encode(), digest_size=4).hexdigest()


@cache
def glossary() -> Glossary:
    """Read `data/glossary.toml`, once in each process."""
    written = tomllib.loads(_written())
    return Glossary(
        substances={key(name): plain for name, plain in written["substance"].items()},
        additives={key(name): plain for name, plain in written["additive"].items()},
        classes={key(name): entry["plain"] for name, entry in written["class"].items()},
        class_words={name: tuple(entry.get("words", ())) for name, entry in written["class"].items()},
        symptoms={word: tuple(words) for word, words in written["symptom"].items()},
        makers=dict(written.get("maker", {})),
    )
