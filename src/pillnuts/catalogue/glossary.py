"""Plain words for classes and substances, and everyday words for searching, written for this project."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Glossary:
    """Plain words by name; names are compared without blanks and punctuation."""

    substances: Mapping[str, str] = field(default_factory=dict)
    """Name of a substance → what it is for, one short sentence without its full stop."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """약효분류 → the same."""
    class_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """약효분류 → everyday words by which people ask for it."""
    symptoms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Everyday word for a complaint → the words labels use for it."""
    makers: Mapping[str, str] = field(default_factory=dict)
    """Everyday name of a maker → its official name."""

    def substance(self, *names: str) -> str | None:
        """Give the plain words of the first name that has any."""
        return next((plain for name in names if (plain := self.substances.get(key(name)))), None)

    def class_(self, name: str | None) -> str | None:
        return self.classes.get(key(name)) if name else None


def key(name: str) -> str:
    return re.sub(r"[\s·ㆍ.,]", "", name).casefold()
