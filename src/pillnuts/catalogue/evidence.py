"""Every name that is known, read by the rules: what `identity` starts from. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pillnuts.catalogue.mixtures import AMINO_ACIDS, CARRIERS, dye, parts, premix, words
from pillnuts.catalogue.reading import Reader
from pillnuts.catalogue.salts import Form
from pillnuts.catalogue.shapes import Role
from pillnuts.catalogue.spelling import name_key
from pillnuts.catalogue.substances import Group, Sighting

_NOTE = re.compile(r"\s*\(.*\)\s*$| 및 .*$")
# A radioactive form is no form of the plain salt, whatever its English name says: 플루오르화나트륨(18F).
_ISOTOPE = re.compile(
    r"(\d{2,3})m?(?:f|i|c|n|y|ga|tc|tl|ti|in|lu|sr|sm|rb|ra|cr|co|xe|re|ho)(?![a-z])"
    r"|(?<![a-z])(?:f|i|tc|in)(\d{2,3})"
)


@dataclass
class Name:
    name: str
    codes: set[str] = field(default_factory=set)
    english: Counter[str] = field(default_factory=Counter)
    roles: set[Role] = field(default_factory=set)
    count: int = 0


class Evidence:
    """All names with what stood beside them, their readings, and what is inside of them."""

    def __init__(self, sightings: Iterable[Sighting], groups: Iterable[Group]) -> None:
        self.names: dict[str, Name] = {}
        self.groups = sorted(set(map(_clean, groups)), key=_order)
        for seen in sightings:
            self._see(seen)
        for group in self.groups:
            self._name(plain_name(group), group.code, group.name_en)
            for code, name in group.members:
                self._name(name, code)
        self.reader = Reader(self.names)
        self.forms: dict[str, Form] = {}
        self.inside: dict[str, set[str]] = defaultdict(set)
        self.mixed: dict[str, tuple[str, ...]] = {}
        keys: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.names):
            keys[name_key(name)].append(name)
        for key, names in sorted(keys.items()):
            self._read(key, names)

    def _see(self, seen: Sighting) -> None:
        if one := self._name(seen.name, seen.code, seen.name_en, max(seen.count, 1)):
            one.count += seen.count
            one.roles.add(seen.role)

    def _name(self, text: str, code: str | None, english: str | None = None, count: int = 1) -> Name | None:
        if not (text := text.strip()):
            return None
        one = self.names.setdefault(text, Name(text))
        if code:
            one.codes.add(code)
        if english and english.strip():
            one.english[english.strip()] += count
        return one

    def _read(self, key: str, names: list[str]) -> None:
        """Names with one key get one reading, so that the key alone finds the substance."""
        form = min((self.reader.read(name) for name in names), key=lambda form: (len(form.base), form.base))
        found, complete = max((parts(name, self.reader.known_base) for name in names), key=_most)
        active = [part for part in found if part not in CARRIERS]
        if colour := dye(names[0]):
            form = Form(colour, grades=("알루미늄레이크",) if "레이크" in key else ())
        elif complete and len(found) > 1 and len(active) == 1 and active[0] not in AMINO_ACIDS:
            form = self._carried(names[0], active[0], set(found) - set(active))
        elif self._is_taken(names) and (word := premix(names[0], found, self.reader.known_base)):
            below = self.reader.read(word)
            form = replace(below, grades=tuple(sorted({*below.grades, *found} - {below.base})))
        elif found:
            self.mixed.update(dict.fromkeys(names, found))
            form = form if form.base in self.reader.known and not form.salts else Form(key)
        for name in names:
            self.forms[name] = form
            self.inside[name] = set(found) - {form.base}

    def _is_taken(self, names: list[str]) -> bool:
        return any("active" in self.names[name].roles for name in names)

    def _carried(self, name: str, active: str, carriers: set[str]) -> Form:
        """메로페넴수화물·건조탄산나트륨: the form of the medicine itself, with the carrier as its grade."""
        readings = (self.reader.read(word) for word in words(name))
        form = next((form for form in readings if form.base == active), Form(active))
        return replace(form, grades=tuple(sorted({*form.grades, *carriers})))

    def base(self, name: str) -> str:
        return self.forms[name].base


def _clean(group: Group) -> Group:
    members = tuple((code, text) for code, name in group.members if (text := name.strip()))
    return replace(group, name=group.name.strip(), members=members)


def _order(group: Group) -> tuple[str, ...]:
    return (group.code, group.name, group.name_en or "", *(name for _, name in group.members))


def _most(parts: tuple[tuple[str, ...], bool]) -> tuple[int, tuple[tuple[str, ...], bool]]:
    return len(parts[0]), parts


def plain_name(group: Group) -> str:
    """`황색5호(선셋옐로우 FCF, …)` → `황색5호`; `벤조산 및 벤조산나트륨` → `벤조산`; an isotope stays."""
    name = group.name
    if not group.code.startswith("D") or isotopes(name):
        return name
    return _NOTE.sub("", _NOTE.sub("", name)) or name


def isotopes(name: str) -> frozenset[str]:
    return frozenset(before or after for before, after in _ISOTOPE.findall(name_key(name)))
