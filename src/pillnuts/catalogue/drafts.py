"""A product on the way to its document: little enough of each to hold all of them in memory (pure)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from sys import intern
from typing import Final

from pillnuts.catalogue.contents import Contents, english_names, own_amount
from pillnuts.catalogue.explain import TOLD_BY, Tally
from pillnuts.catalogue.identity import Identity, Sighting
from pillnuts.catalogue.merge import Common, Fact, Facts, Told
from pillnuts.catalogue.shapes import ProductRef, Role
from pillnuts.catalogue.statements import CodeKind

ON_MARKET: Final = {"정상", "알 수 없음"}
_MOST_SAME: Final = 12
_CODED: Final[tuple[tuple[CodeKind, str, str], ...]] = (
    ("class", "class_code", "class_name"),
    ("form", "form_code", "form"),
)

Named = tuple[str, str | None]
"""A name of an ingredient with its code."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What other documents than its own need of a product."""

    item_seq: str
    name: str
    maker: str
    etc_otc: str | None
    form: str | None
    amounts: str | None
    withdrawn: bool
    recalled: bool
    to_take: bool
    """On the market, and a medicine rather than what one is made from."""
    complete: bool
    active: tuple[Named, ...]
    additives: tuple[Named, ...]
    telling: Facts
    """What explains its substance, should it hold only one."""
    active_ids: tuple[str, ...] = ()

    def ref(self) -> ProductRef:
        return ProductRef(
            item_seq=self.item_seq,
            name=self.name,
            maker=self.maker,
            etc_otc=self.etc_otc,
            form=self.form,
            amounts=self.amounts,
            withdrawn=self.withdrawn,
            recalled=self.recalled,
        )


def draft(told: Told, inside: Contents, same: Callable[[Named], Named]) -> Draft:
    """Take what is needed of a product; `same` gives the one copy of a name that many products hold."""
    facts = told.facts
    withdrawn = status(facts) not in ON_MARKET
    to_take = not withdrawn and not ("raw_material" in facts and facts["raw_material"].value)
    return Draft(
        item_seq=told.item_seq,
        name=text(facts, "name") or "",
        maker=intern(text(facts, "maker") or ""),
        etc_otc=_interned(text(facts, "etc_otc")),
        form=_interned(text(facts, "form")),
        amounts=_interned(_amounts(inside)),
        withdrawn=withdrawn,
        recalled=bool(told.recalls),
        to_take=to_take,
        complete=inside.complete,
        active=tuple(same((e.name, e.code)) for e in inside.active),
        additives=tuple(same((e.name, e.code)) for e in inside.additives),
        telling={name: facts[name] for name in TOLD_BY if name in facts}
        if to_take and inside.complete
        else {},
    )


def identified(drafts: Iterable[Draft], identity: Identity) -> Iterator[Draft]:
    """Give the drafts with the substances of their active ingredients."""
    for one in drafts:
        ids = dict.fromkeys(intern(identity.id_of(*named)) for named in one.active)
        yield replace(one, active_ids=tuple(ids))


def _interned(word: str | None) -> str | None:
    """Hold one copy of what many products say."""
    return None if word is None else intern(word)


def status(facts: Facts) -> str:
    return text(facts, "status") or "알 수 없음"


def text(facts: Facts, name: str) -> str | None:
    fact = facts.get(name)
    return None if fact is None else str(fact.value)


def _amounts(inside: Contents) -> str | None:
    """Give the active amounts in one line, where every one is known and there is one formulation."""
    found = [own_amount(entry) for entry in inside.active]
    known = [a for a in found if a is not None]
    if inside.formulations or not known or len(known) < len(found):
        return None
    return " / ".join(f"{a.value}\u2009{a.unit}" for a in known)


# ── what the names in all products say together ───────────────────────────────────────────────


def name_codes(facts: Facts, common: Common) -> None:
    """Put names in place of class and form codes where a file gives only the code."""
    for kind, code, name in _CODED:
        fact = facts.get(code)
        if fact and name not in facts and (known := common.code_name(kind, str(fact.value))):
            facts[name] = Fact(known, fact.source, fact.date, fact.weight)


class Sightings:
    """Which names stood in how many products, with which codes and English names."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str | None, str | None, Role]] = Counter()
        self._named: dict[Named, Named] = {}

    def same(self, named: Named) -> Named:
        """Give one and the same object for equal names: products hold half a million of them."""
        return self._named.setdefault(named, named)

    def see(self, facts: Facts, inside: Contents, known: Callable[[str], bool]) -> None:
        english = english_names(facts.get("active"), known)
        for entry in (*inside.active, *inside.additives):
            name_en = english.get(entry.name) if entry.role == "active" else None
            self._seen[entry.name, entry.code, name_en, entry.role] += 1

    def __iter__(self) -> Iterator[Sighting]:
        for (name, code, name_en, role), count in self._seen.items():
            yield Sighting(name, code, name_en, role, count)


# ── what products have in common ──────────────────────────────────────────────────────────────


def tally(drafts: Sequence[Draft], identity: Identity) -> dict[str, Tally]:
    """Count by substance what is said of the products that hold it."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for one in drafts:
        for id_ in one.active_ids:
            tallies[id_].active += one.to_take
        for id_ in {identity.id_of(*named) for named in one.additives}:
            tallies[id_].additive += one.to_take
        if one.to_take and len(one.active_ids) == 1 and one.complete:
            tallies[one.active_ids[0]].single(one.telling)
    return tallies


@dataclass(frozen=True)
class Siblings:
    """Products on the market with exactly the same active substances, by name."""

    drafts: Sequence[Draft]
    by_amounts: Mapping[str | None, Sequence[Draft]]

    def of(self, one: Draft) -> tuple[ProductRef, ...]:
        """Give some of the others, those with the same amounts first."""
        same = self.by_amounts.get(one.amounts, ()) if one.amounts else ()
        others = (other for other in self.drafts if other.amounts != one.amounts or one.amounts is None)
        found = (other for other in chain(same, others) if other.item_seq != one.item_seq)
        return tuple(other.ref() for other in islice(found, _MOST_SAME))


def siblings(drafts: Iterable[Draft]) -> dict[frozenset[str], Siblings]:
    groups: dict[frozenset[str], list[Draft]] = defaultdict(list)
    for one in drafts:
        if one.complete and one.active_ids and one.to_take:
            groups[frozenset(one.active_ids)].append(one)
    found = {}
    for ids, group in groups.items():
        group.sort(key=lambda one: one.name)
        by_amounts: dict[str | None, list[Draft]] = defaultdict(list)
        for one in group:
            by_amounts[one.amounts].append(one)
        found[ids] = Siblings(group, by_amounts)
    return found
