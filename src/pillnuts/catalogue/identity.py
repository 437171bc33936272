"""Which names are the same substance: spellings, salts, water, grades, codes; what is a mixture of what.

Pure. Three kinds of evidence are put together, each with its own limits:

1. the rules of `spelling` and `salts`: a name may be stripped down to a base that is itself a known name;
2. the ministry's table of ingredients: two rows with the same English name are two spellings;
3. the ministry's DUR groups (ORI_INGR). They gather what one caution concerns, which is mostly the salts and
   grades of one substance, but also mixtures that contain it (`니트로글리세린10%유당` in 유당) and relatives
   (every insulin in 인슐린). A member joins the group's substance only when it is neither; else it is its own
   substance and keeps the link in `contains` or `related`.

A group joins substances to its own one and never to each other's, so no chain of groups can grow.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pillnuts.catalogue.mixtures import CARRIERS, OTHERS, differ, dye, mixed_word, parts, words
from pillnuts.catalogue.salts import Form, forms, is_element
from pillnuts.catalogue.spelling import SAME, modern, name_key
from pillnuts.catalogue.substances import Entry, Group, Identity, Role, Sighting, Substance, hash_id

__all__ = ["Group", "Identity", "Role", "Sighting", "Substance", "gather", "name_key"]

# English names that are shared across strains, hosts and strengths.
_NO_ENGLISH = re.compile(
    r"virus|toxoid|antigen|vaccine|strain|extract|gonadotropin|coccus|bacill|hormone|host|insulin|sulfase", re.IGNORECASE
)
_NOTE = re.compile(r"\s*\(.*\)\s*$| 및 .*$")
_NO_BASE = frozenset({"과립", "가루", "분말", "캡슐", "색소", "용액", "정제", "분말형", "유상"})


@dataclass
class _Name:
    name: str
    codes: set[str] = field(default_factory=set)
    english: Counter[str] = field(default_factory=Counter)
    roles: set[Role] = field(default_factory=set)
    count: int = 0


class _Union:
    """Union-find whose representative is the smallest member: the order of joining changes nothing."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, item: str) -> str:
        while (up := self._parent.get(item, item)) != item:
            item = up
        return item

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.find(one), self.find(other)))
        if low != high:
            self._parent[high] = low


class _Reader:
    """Reads names down to bases, given which names are known."""

    def __init__(self, names: Iterable[str]) -> None:
        self.known = {key for name in names if len(key := name_key(name)) > 1} - _NO_BASE
        self.known |= {other for one, other in SAME.items() if one in self.known}
        self._salted = {(form.base, salt) for key in self.known for form in forms(key) for salt in form.salts}
        self._readings: dict[str, Form] = {}

    def read(self, name: str) -> Form:
        """The name read down to a known base; where none is known, its base and salts stay together."""
        if name not in self._readings:
            form = self._read(name)
            self._readings[name] = replace(form, base=SAME.get(form.base, form.base))
        return self._readings[name]

    def _read(self, name: str) -> Form:
        *stripped, whole = (self._salts_for_esters(form) for form in forms(name))
        for form in stripped:
            if form.base in self.known and not form.esters:
                below = self.read(form.base)
                return Form(
                    below.base,
                    tuple(sorted({*form.salts, *below.salts})),
                    below.esters,
                    form.water or below.water,
                    tuple(sorted({*form.grades, *below.grades})),
                )
        if not stripped:
            return whole
        most = next((form for form in stripped if not form.grades), whole)
        if most is whole:
            return whole
        return replace(most, base="+".join((most.base, *sorted(most.salts + most.esters))), salts=(), esters=())

    def _salts_for_esters(self, form: Form) -> Form:
        """인산코데인 could be an ester, but 코데인인산염 is written somewhere: a salt."""
        salts = {acid for acid in form.esters if (form.base, acid) in self._salted}
        if not salts:
            return form
        esters = tuple(acid for acid in form.esters if acid not in salts)
        return replace(form, salts=tuple(sorted({*form.salts, *salts})), esters=esters)

    def known_base(self, word: str) -> str | None:
        base = self.read(word).base
        return base if base in self.known or name_key(word) in self.known else None


class _Gathering:
    """One run of `gather`: names, then rules, then English names, then groups."""

    def __init__(self, sightings: Iterable[Sighting], groups: Iterable[Group]) -> None:
        self.names: dict[str, _Name] = {}
        self.groups = sorted(set(groups), key=lambda group: (group.code, group.name, group.members))
        for seen in sightings:
            self._see(seen.name, seen.code, seen.name_en, seen.role, seen.count)
        for group in self.groups:
            self._see(_plain(group.name), group.code, group.name_en)
            for code, name in group.members:
                self._see(name, code)
        self.reader = _Reader(self.names)
        self.forms: dict[str, Form] = {}
        self.inside: dict[str, set[str]] = defaultdict(set)
        self.mixed: dict[str, tuple[str, ...]] = {}
        for name in sorted(self.names):
            self._read(name)
        self.union = _Union()
        self.spelled = _Union()
        self.related: dict[str, set[str]] = defaultdict(set)
        self.blends: dict[str, set[str]] = defaultdict(set)
        self.star: dict[str, str] = {}

    def _see(self, name: str, code: str | None, english: str | None = None, role: Role | None = None, count: int = 0) -> None:
        if not (name := name.strip()):
            return
        one = self.names.setdefault(name, _Name(name))
        one.count += count
        if code:
            one.codes.add(code)
        if english and english.strip():
            one.english[english.strip()] += max(count, 1)
        if role:
            one.roles.add(role)

    def _read(self, name: str) -> None:
        found = parts(name, self.reader.known_base)
        if colour := dye(name):
            self.forms[name] = Form(colour, grades=("알루미늄레이크",) if "레이크" in name else ())
            return
        active = tuple(part for part in found if part not in CARRIERS)
        form = self.reader.read(name)
        if len(found) > 1 and len(active) == 1:  # a medicine with its carrier
            form = Form(active[0], grades=(modern(name).replace(active[0], "", 1),))
            self.inside[name] = set(found) - set(active)
        elif len(found) > 1:
            self.mixed[name] = found
            form = Form(name_key(name))
            self.inside[name] = set(found)
        self.forms[name] = form

    def base(self, name: str) -> str:
        return self.forms[name].base

    # --- the ministry's own tables ------------------------------------------------------------------------

    def join_tables(self) -> None:
        """Names with one code, and rows of the ministry's table with one English name, are spellings."""
        same: dict[str, set[str]] = defaultdict(set)
        for one in self.names.values():
            for code in one.codes:
                same[code].add(one.name)
        for group in self.groups:
            english = re.sub(r"[^a-z0-9]", "", (group.name_en or "").lower())
            if english and not _NO_ENGLISH.search(group.name_en or ""):
                same[english].add(_plain(group.name))
        for _, names in sorted(same.items()):
            first, *others = sorted(names)
            for other in others:
                self._join_spellings(first, other)

    def _join_spellings(self, one: str, other: str) -> None:
        if one in self.mixed or other in self.mixed or differ(self.base(one), self.base(other)):
            return
        self.union.join(self.base(one), self.base(other))
        self.spelled.join(_label(self.forms[one]), _label(self.forms[other]))

    def join_groups(self) -> None:
        """Members of DUR groups join the group's own substance, unless they are mixtures or other medicines."""
        groups = [group for group in self.groups if group.code.startswith("D")]
        homes = {group.code: self.union.find(self.base(_plain(group.name))) for group in groups}
        taken = frozenset(homes.values())
        claims: dict[str, dict[str, int]] = defaultdict(dict)
        for group in groups:
            home = homes[group.code]
            for _, name in group.members:
                base = self.union.find(self.base(name.strip()))
                if self._joins(name.strip(), base, home, taken):
                    claims[base][home] = min(len(group.members), claims[base].get(home, len(group.members)))
        for base, wanted in sorted(claims.items()):
            home = min(wanted, key=lambda one: (wanted[one], one))  # the narrowest group
            self.star[base] = home
            self.related[base] |= wanted.keys() - {home}

    def _joins(self, name: str, base: str, home: str, taken: frozenset[str]) -> bool:
        if base == home:
            return False
        if home in {self.union.find(one) for one in self.inside[name]}:
            return False
        if name in self.mixed or self._hides_other(name, home) or self._is_part(name, home):
            self.inside[name].add(home)
            self.blends[base].add(home)
            return False
        if any(home.endswith(salt) for salt in self.forms[name].salts) or (base in taken and self.forms[name].salts):
            self.inside[name].add(home)  # 이부프로펜아르기닌 is ibuprofen, with arginine
            return False
        if base in taken or differ(base, home) or ((other := OTHERS.get(home)) and other.search(modern(name))):
            self.related[base].add(home)
            return False
        return True

    def _is_part(self, name: str, home: str) -> bool:
        return home in {self.union.find(self.reader.read(word).base) for word in words(name)}

    def _hides_other(self, name: str, home: str) -> bool:
        """셀룰로오스유당분말: the group's substance and another known one, written in one word."""
        key = name_key(name)
        if home not in key:
            return False
        rest = mixed_word(key.replace(home, "", 1))
        return len(rest) > 2 and rest in self.reader.known and not is_element(rest)  # noqa: PLR2004

    # --- substances ----------------------------------------------------------------------------------------

    def component(self, base: str) -> str:
        found = self.union.find(base)
        return self.star.get(found, found)

    def identity(self) -> Identity:
        members: dict[str, list[_Name]] = defaultdict(list)
        for name in sorted(self.names):
            members[self.component(self.base(name))].append(self.names[name])
        ids = _ids(members)
        substances = [self._substance(root, ids, found) for root, found in sorted(members.items())]
        entries = {
            one.name: Entry(
                ids[root],
                self.forms[one.name],
                self.spelled.find(_label(self.forms[one.name])),
                self._ids_of(self.inside[one.name], ids, root),
            )
            for root, found in members.items()
            for one in found
        }
        return Identity(substances, entries)

    def _ids_of(self, bases: Iterable[str], ids: dict[str, str], root: str) -> tuple[str, ...]:
        roots = {self.component(base) for base in bases} - {root}
        return tuple(sorted(ids[one] for one in roots if one in ids))

    def _substance(self, root: str, ids: dict[str, str], found: list[_Name]) -> Substance:
        contained = set().union(*(self.mixed.get(one.name, ()) for one in found), *(self.blends[self.union.find(self.base(one.name))] for one in found))
        related = set().union(*(self.related[self.union.find(self.base(one.name))] for one in found))
        best = min(found, key=self._plainness)
        english: Counter[str] = sum((one.english for one in found), Counter())
        return Substance(
            id=ids[root],
            name=best.name,
            name_en=_first(best.english) or _first(english),
            names={one.name: tuple(sorted(one.codes)) for one in found},
            names_en=tuple(sorted(english)),
            codes=tuple(sorted(set().union(*(one.codes for one in found)))),
            roles=tuple(role for role in ("active", "additive") if any(role in one.roles for one in found)),
            contains=self._ids_of(contained, ids, root),
            related=self._ids_of(related, ids, root),
        )

    def _plainness(self, one: _Name) -> tuple[bool, int, bool, int, int, str]:
        """Smallest for the name that should stand for the substance: plain, the DUR group's, seen most."""
        form = self.forms[one.name]
        distance = len(form.salts) + len(form.grades) + bool(form.water) + ("+" in form.base)
        group = any(code.startswith("D") for code in one.codes)
        return (form.base != self.component(form.base) and not group, distance, not group, -one.count, len(one.name), one.name)


def gather(sightings: Iterable[Sighting], groups: Iterable[Group]) -> Identity:
    """Put all names together into substances. The order of neither input matters."""
    run = _Gathering(sightings, groups)
    run.join_tables()
    run.join_groups()
    return run.identity()


def _plain(group_name: str) -> str:
    """`황색5호(선셋옐로우 FCF, …)` → `황색5호`; `벤조산 및 벤조산나트륨(…)` → `벤조산`."""
    name = group_name.strip()
    return _NOTE.sub("", _NOTE.sub("", name)) or name


def _label(form: Form) -> str:
    return "|".join((form.base, ",".join(form.salts), form.water, ",".join(form.grades)))


def _first(counts: Counter[str]) -> str | None:
    return min(counts, key=lambda text: (-counts[text], len(text), text)) if counts else None


def _ids(members: dict[str, list[_Name]]) -> dict[str, str]:
    """A D-code, else the lowest M-code, else a hash: what the ministry keeps longest, so that addresses live on."""
    ids: dict[str, str] = {}
    used: set[str] = set()
    for root, found in sorted(members.items()):
        codes = {code for one in found for code in one.codes} - used
        ids[root] = min(codes, key=lambda code: ("DM".find(code[0]) % 3, code)) if codes else hash_id(root)
        used.add(ids[root])
    return ids
