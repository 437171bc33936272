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
from dataclasses import replace

from pillnuts.catalogue.evidence import Evidence, Name, isotopes, plain_name
from pillnuts.catalogue.mixtures import OTHERS, differ, mixed_word, words
from pillnuts.catalogue.reading import BASES
from pillnuts.catalogue.relatives import FAMILIES
from pillnuts.catalogue.salts import Form, forms, is_element
from pillnuts.catalogue.spelling import modern, name_key, tidy
from pillnuts.catalogue.substances import Entry, Group, Identity, Sighting, Substance, hash_id

__all__ = ["Group", "Identity", "Sighting", "Substance", "gather", "name_key"]

# English names that are shared across strains, hosts and strengths.
_NO_ENGLISH = re.compile(
    r"virus|toxoid|antigen|vaccine|strain|extract|gonadotropin|coccus|bacill|hormone|host|insulin|sulfase",
    re.IGNORECASE,
)


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


class _Gathering(Evidence):
    """One run of `gather`: the names, then the ministry's table, then its groups."""

    def __init__(self, sightings: Iterable[Sighting], groups: Iterable[Group]) -> None:
        super().__init__(sightings, groups)
        self.union = _Union()
        self.spelled = _Union()
        self.star: dict[str, str] = {}
        self.related: dict[str, set[str]] = defaultdict(set)
        self.blends: dict[str, set[str]] = defaultdict(set)

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
                same[english].add(plain_name(group))
        for _, names in sorted(same.items()):
            first, *others = sorted(names)
            for other in others:
                self._join_spellings(first, other)

    def _join_spellings(self, one: str, other: str) -> None:
        if one in self.mixed or other in self.mixed or differ(self.base(one), self.base(other)):
            return
        if isotopes(one) != isotopes(other):
            return
        self.union.join(self.base(one), self.base(other))
        self.spelled.join(_label(self.forms[one]), _label(self.forms[other]))

    def join_groups(self) -> None:
        """Members of DUR groups join the group's substance, unless they are mixtures or other medicines."""
        groups = [group for group in self.groups if group.code.startswith("D")]
        homes = {group.code: self.union.find(self.base(plain_name(group))) for group in groups}
        taken = frozenset(homes.values())
        claims: dict[str, dict[str, int]] = defaultdict(dict)
        for group in groups:
            home = homes[group.code]
            keys = {name_key(name) for _, name in group.members}
            for _, name in group.members:
                base = self.union.find(self.base(name))
                if self._joins(name, base, home, taken, keys):
                    claims[base][home] = min(len(group.members), claims[base].get(home, len(group.members)))
        for base, wanted in sorted(claims.items()):
            home = min(wanted, key=lambda one: (wanted[one], one))  # the narrowest group
            self.star[base] = home
            self.related[base] |= wanted.keys() - {home}

    def _joins(self, name: str, base: str, home: str, taken: frozenset[str], keys: set[str]) -> bool:
        if home in {form.base for form in forms(name)} and home not in self.mixed.get(name, ()):
            return base != home and (name in self.mixed or base not in taken)
        if base == home or home in {self.union.find(one) for one in self.inside[name]}:
            return False
        if name in self.mixed or self._hides_other(name, home, keys) or self._is_part(name, home):
            self.inside[name].add(home)
            self.blends[base].add(home)
            return False
        if any(home.endswith(salt) for salt in self.forms[name].salts):
            self.inside[name].add(home)  # 이부프로펜아르기닌 is ibuprofen, with arginine
            return False
        if base in taken or self._is_other(name, base, home):
            self.related[base].add(home)
            return False
        return True

    def _is_other(self, name: str, base: str, home: str) -> bool:
        other = OTHERS.get(home.partition("+")[0])
        return (
            differ(base, home)
            or isotopes(name) != isotopes(home)
            or bool(other and other.search(modern(name)))
        )

    def _is_part(self, name: str, home: str) -> bool:
        return home in {self.union.find(self.reader.read(word).base) for word in words(name)}

    def _hides_other(self, name: str, home: str, keys: set[str]) -> bool:
        """셀룰로오스유당분말: the group's substance and another known one, written in one word."""
        key = name_key(name)
        if home not in key or any(self.union.find(form.base) == home for form in forms(name)):
            return False
        rest = mixed_word(key.replace(home, "", 1))
        if len(rest) <= 2 or rest.endswith("산") or is_element(rest) or rest in keys:  # noqa: PLR2004
            return False
        return rest in self.reader.known and self.union.find(self.reader.read(rest).base) != home

    # --- substances ----------------------------------------------------------------------------------------

    def link_esters(self) -> None:
        """토코페롤아세테이트: an ester that no group makes one with its base keeps a link to it."""
        for form in list(self.forms.values()):
            head, _, acids = form.base.partition("+")
            if acids and head in self.reader.known and self.component(head) != self.component(form.base):
                self.related[self.union.find(form.base)].add(head)

    def link_families(self) -> None:
        """Isomers, prodrugs and vitamers of one family know each other."""
        for family in FAMILIES:
            bases = {self.union.find(self.reader.read(name).base) for name in family}
            for base in bases:
                self.related[base] |= bases - {base}

    def component(self, base: str) -> str:
        found = self.union.find(base)
        return self.star.get(found, found)

    def identity(self) -> Identity:
        members: dict[str, list[Name]] = defaultdict(list)
        for name in sorted(self.names):
            members[self.component(self.base(name))].append(self.names[name])
        ids = _ids(members)
        substances = [self._substance(root, ids, found) for root, found in sorted(members.items())]
        entries = {
            one.name: Entry(ids[root], self.spelled.find(_label(self.forms[one.name])))
            for root, found in members.items()
            for one in found
        }
        return Identity(_both_ways(substances), entries)

    def _ids_of(self, bases: Iterable[str], ids: dict[str, str], root: str) -> tuple[str, ...]:
        roots = {self.component(base) for base in bases} - {root}
        return tuple(sorted(ids[one] for one in roots if one in ids))

    def _substance(self, root: str, ids: dict[str, str], found: list[Name]) -> Substance:
        contained = set().union(
            *(self.mixed.get(one.name, ()) for one in found),
            *(self.blends[self.union.find(self.base(one.name))] for one in found),
        )
        related = set().union(*(self.related[self.union.find(self.base(one.name))] for one in found))
        best = min(found, key=self._plainness)
        english = _spaced(found)
        return Substance(
            id=ids[root],
            name=root if root in BASES and self.forms[best.name].salts else best.name,
            name_en=_english(root, best, english),
            names={one.name: tuple(sorted(one.codes)) for one in found},
            names_en=tuple(sorted(english)),
            codes=tuple(sorted(set().union(*(one.codes for one in found)))),
            roles=tuple(role for role in ("active", "additive") if any(role in one.roles for one in found)),
            contains=self._ids_of(contained, ids, root),
            related=self._ids_of(related, ids, root),
        )

    def _plainness(self, one: Name) -> tuple[bool, int, bool, bool, int, int, str]:
        """Smallest for the name that should stand for the substance: plain, the DUR group's, seen most."""
        form = self.forms[one.name]
        distance = len(form.salts) + len(form.grades) + bool(form.water) + ("+" in form.base)
        group = any(code.startswith("D") for code in one.codes)
        old = modern(one.name) != tidy(one.name)  # 초산나트륨
        return (
            self.union.find(form.base) in self.star and not group,
            distance,
            not group,
            old,
            -one.count,
            len(one.name),
            one.name,
        )


def gather(sightings: Iterable[Sighting], groups: Iterable[Group]) -> Identity:
    """Put all names together into substances. The order of neither input matters."""
    run = _Gathering(sightings, groups)
    run.join_tables()
    run.join_groups()
    run.link_esters()
    run.link_families()
    return run.identity()


def _both_ways(substances: Iterable[Substance]) -> list[Substance]:
    back: dict[str, set[str]] = defaultdict(set)
    substances = list(substances)
    for one in substances:
        for other in one.related:
            back[other].add(one.id)
    return [replace(one, related=tuple(sorted({*one.related, *back[one.id]}))) for one in substances]


def _label(form: Form) -> str:
    return "|".join((form.base, ",".join(form.salts), form.water, ",".join(form.grades)))


def _spaced(names: Iterable[Name]) -> set[str]:
    """English names; of two that differ by blanks and case only the one with more blanks."""
    found: dict[str, str] = {}
    texts = {text for one in names for text in one.english}
    for text in sorted(texts, key=lambda text: (-text.count(" "), text)):
        found.setdefault("".join(text.split()).casefold(), text)
    return set(found.values())


def _english(root: str, best: Name, english: set[str]) -> str | None:
    """`Thiamine` of `Thiamine Nitrate`, `Thiamine Hydrochloride` where only salts are known."""
    first_words = {text.split()[0] for text in english}
    if root in BASES and len(first_words) == 1:
        return first_words.pop()
    return _first(best.english) or min(english, key=lambda text: (len(text), text), default=None)


def _first(counts: Counter[str]) -> str | None:
    return min(counts, key=lambda text: (-counts[text], -text.count(" "), len(text), text), default=None)


def _ids(members: dict[str, list[Name]]) -> dict[str, str]:
    """A D-code, else the lowest M-code, else a hash: the ministry keeps its codes, so addresses live on."""
    ids: dict[str, str] = {}
    used: set[str] = set()
    for root, found in sorted(members.items()):
        codes = {code for one in found for code in one.codes} - used
        ids[root] = min(codes, key=lambda code: ("DM".find(code[0]) % 3, code)) if codes else hash_id(root)
        used.add(ids[root])
    return ids
