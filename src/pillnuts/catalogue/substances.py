"""What `identity` is fed with and what it answers: sightings and groups in, substances out. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pillnuts.catalogue.shapes import Role
from pillnuts.catalogue.spelling import name_key


@dataclass(frozen=True)
class Sighting:
    """A name as it stood in some file, `count` times, with the code (M040353) beside it if there was one."""

    name: str
    code: str | None
    name_en: str | None
    role: Role
    count: int


@dataclass(frozen=True)
class Group:
    """A DUR ingredient (D000147) with the members of its ORI_INGR, or one row of the ingredient table (M…).

    Groups of deleted cautions are wanted too: a caution is withdrawn for medical reasons, not because the
    names beside it were wrong. Cautions for combinations (복합) are not: their members are other substances.
    """

    code: str
    name: str
    name_en: str | None
    members: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True)
class Substance:
    id: str
    name: str
    name_en: str | None
    names: Mapping[str, tuple[str, ...]]
    """Each name as the ministry writes it → the codes that stood beside it."""
    names_en: tuple[str, ...]
    codes: tuple[str, ...]
    roles: tuple[Role, ...]
    contains: tuple[str, ...] = ()
    """Ids of the substances this one is a mixture of."""
    related: tuple[str, ...] = ()
    """Ids of other substances of its family, always both ways: the ministry counts one under the DUR code of
    the other (인슐린글라진, 인슐린), one is an ester of the other, or `relatives` has them."""


@dataclass(frozen=True)
class Entry:
    """What is known of one name."""

    substance: str
    spelled: str
    """The same text for two names that differ by spelling only."""


class Identity:
    """Every known name and its substance."""

    def __init__(self, substances: Iterable[Substance], entries: Mapping[str, Entry]) -> None:
        self.substances: Mapping[str, Substance] = {one.id: one for one in substances}
        self._entries = entries
        self._by_key = {name_key(name): entries[name] for name in sorted(entries, reverse=True)}
        self._by_code = {code: one.id for one in self.substances.values() for code in one.codes}

    def _entry(self, name: str) -> Entry | None:
        return self._entries.get(name) or self._by_key.get(name_key(name))

    def id_of(self, name: str, code: str | None = None) -> str:
        """The substance of a name; for an unknown name that of its code; else an id of its own."""
        if entry := self._entry(name):
            return entry.substance
        return self._by_code.get(code or "") or hash_id(name_key(name))

    def spelled(self, name: str) -> str:
        """Give a text that is the same for two names which differ by spelling only."""
        entry = self._entry(name)
        return entry.spelled if entry else name_key(name)


def hash_id(key: str) -> str:
    return "n-" + hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:12]
