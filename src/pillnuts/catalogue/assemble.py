"""From everything that was said to finished documents: products and substances (pure).

Three passes: what is in each product; which of those names are one substance, and what is known of it; the
documents themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import TypeVar

from pillnuts.catalogue import doc, explain
from pillnuts.catalogue.contents import (
    Contents,
    Entry,
    amount,
    amount_text,
    contents,
    english_names,
    equivalent,
)
from pillnuts.catalogue.explain import About, Tally
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.identity import Identity, Sighting, Substance, gather
from pillnuts.catalogue.merge import Fact, Facts, Gathered
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import (
    Caution,
    FieldSource,
    IngredientDetail,
    IngredientName,
    Pill,
    Product,
    ProductIngredient,
    ProductRef,
    Section,
    Sourced,
)
from pillnuts.catalogue.statements import CodeKind, Label, NamedList, Noted

Said = TypeVar("Said", bound=Sourced)

ON_MARKET = {"정상", "알 수 없음"}
_MOST_SAME, _MOST_PRODUCTS = 12, 24

_TITLES = {
    "efficacy": ("무엇에 쓰나요", "효능·효과"),
    "usage": ("어떻게 쓰나요", "용법·용량"),
    "warning": ("쓰기 전에 꼭 알아야 할 것", "경고"),
    "caution": ("주의할 것", "사용상의 주의사항"),
    "interaction": ("함께 쓸 때 주의할 약과 음식", "상호작용"),
    "side_effect": ("나타날 수 있는 이상반응", "이상반응"),
    "storage": ("어떻게 보관하나요", "저장 방법"),
    "caution_professional": ("", "사용상의 주의사항(전문가)"),
}
_TEXT_FIELDS = (
    "name_en maker_en etc_otc class_code class_name form appearance image_url permit_date permit_kind "
    "narcotic storage valid_term pack_unit total_content made_for origin reexam"
).split()
_CODED: tuple[tuple[CodeKind, str, str], ...] = (
    ("class", "class_code", "class_name"),
    ("form", "form_code", "form"),
)
_LIST_FIELDS = ("atc", "barcodes", "edi_codes", "changes")
_FLAGS = ("rare", "new_drug", "raw_material")


@dataclass(frozen=True)
class Catalogue:
    """A finished catalogue, products and substances in order of their keys."""

    products: tuple[Product, ...]
    ingredients: tuple[IngredientDetail, ...]
    data_date: str | None


@dataclass(frozen=True)
class _Draft:
    """A product before its document is written."""

    item_seq: str
    facts: Facts
    contents: Contents
    active_ids: tuple[str, ...]
    ref: ProductRef
    to_take: bool
    """On the market, and a medicine rather than what one is made from."""


@dataclass(frozen=True)
class _Siblings:
    """Products on the market with exactly the same active substances, by name."""

    refs: tuple[ProductRef, ...]
    by_amounts: Mapping[str | None, Sequence[ProductRef]]

    def of(self, ref: ProductRef) -> tuple[ProductRef, ...]:
        """Give some of the others, those with the same amounts first."""
        same = self.by_amounts.get(ref.amounts, ()) if ref.amounts else ()
        others = (other for other in self.refs if other.amounts != ref.amounts or ref.amounts is None)
        found = (other for other in chain(same, others) if other.item_seq != ref.item_seq)
        return tuple(islice(found, _MOST_SAME))


def assemble(
    gathered: Gathered, glossary: Glossary, report: Report, progress: Callable[[float], None]
) -> Catalogue:
    """Build every document; odd units are counted in `report`, `progress` is told the share that is done."""
    _name_codes(gathered)
    known = _coded_names(gathered).__contains__
    opened = {
        item_seq: (facts, contents(facts, gathered.quantified.get(item_seq, {}), known))
        for item_seq, facts in gathered.medicines()
    }
    identity = gather(_sightings(opened, known), gathered.groups)
    recalled = gathered.recalls.keys()
    drafts = [
        _draft(item_seq, facts, inside, identity, recalled=item_seq in recalled)
        for item_seq, (facts, inside) in opened.items()
    ]
    tallies = _tally(drafts, identity)
    id_of = {code: s.id for s in identity.substances.values() for code in s.codes}
    limits = explain.limits_by_id(gathered.limits, id_of)
    about = {
        id_: explain.about(identity.substances[id_], tally, limits.get(id_, ()), glossary)
        for id_, tally in sorted(tallies.items())
    }
    writer = _Writer(identity, glossary, about, _siblings(drafts), gathered, report)
    products = []
    for number, draft in enumerate(drafts):
        products.append(writer.product(draft))
        progress(number / len(drafts))
    ingredients = tuple(_ingredients(drafts, identity, tallies, about))
    dates = [fact.weight[0] for draft in drafts for fact in draft.facts.values() if fact.weight[0]]
    return Catalogue(tuple(products), ingredients, max(dates, default=None))


def _name_codes(gathered: Gathered) -> None:
    """Put names in place of class and form codes where a file gives only the code."""
    for facts in gathered.products.values():
        for kind, code, name in _CODED:
            fact = facts.get(code)
            if fact and name not in facts and (known := gathered.code_name(kind, str(fact.value))):
                facts[name] = Fact(known, fact.source, fact.date, fact.weight)


def _coded_names(gathered: Gathered) -> set[str]:
    """Every name that some file gives with a code: whole for certain."""
    names = {name for group in gathered.groups for _, name in group.members}
    for facts in gathered.products.values():
        for field in ("active", "additives"):
            if (fact := facts.get(field)) and isinstance(fact.value, NamedList):
                names.update(fact.value.names)
    return names


def _sightings(
    opened: Mapping[str, tuple[Facts, Contents]], known: Callable[[str], bool]
) -> Iterator[Sighting]:
    seen: Counter[tuple[str, str | None, str | None, str]] = Counter()
    for facts, inside in opened.values():
        english = english_names(facts.get("active"), known)
        for entry in (*inside.active, *inside.additives):
            name_en = english.get(entry.name) if entry.role == "active" else None
            seen[entry.name, entry.code, name_en, entry.role] += 1
    for (name, code, name_en, role), count in seen.items():
        yield Sighting(
            name=name,
            code=code,
            name_en=name_en,
            role="active" if role == "active" else "additive",
            count=count,
        )


def _draft(item_seq: str, facts: Facts, inside: Contents, identity: Identity, *, recalled: bool) -> _Draft:
    ref = ProductRef(
        item_seq=item_seq,
        name=_text(facts, "name") or "",
        maker=_text(facts, "maker") or "",
        etc_otc=_text(facts, "etc_otc"),
        form=_text(facts, "form"),
        amounts=_amounts(inside),
        withdrawn=_status(facts) not in ON_MARKET,
        recalled=recalled,
    )
    ids = tuple(dict.fromkeys(identity.id_of(e.name, e.code) for e in inside.active))
    to_take = not ref.withdrawn and not ("raw_material" in facts and facts["raw_material"].value)
    return _Draft(item_seq, facts, inside, ids, ref, to_take)


def _amounts(inside: Contents) -> str | None:
    """Give the active amounts in one line, where every one is known and there is one formulation."""
    found = [amount(entry.quantity) for entry in inside.active]
    known = [a for a in found if a is not None]
    if inside.formulations or not known or len(known) < len(found):
        return None
    return " / ".join(f"{a.value}\u2009{a.unit}" for a in known)


def _tally(drafts: Sequence[_Draft], identity: Identity) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for draft in drafts:
        for id_ in draft.active_ids:
            tallies[id_].active += draft.to_take
        for id_ in {identity.id_of(e.name, e.code) for e in draft.contents.additives}:
            tallies[id_].additive += draft.to_take
        if draft.to_take and len(draft.active_ids) == 1 and draft.contents.complete:
            tallies[draft.active_ids[0]].single(draft.facts)
    return tallies


def _siblings(drafts: Sequence[_Draft]) -> dict[frozenset[str], _Siblings]:
    groups: dict[frozenset[str], list[ProductRef]] = defaultdict(list)
    for draft in drafts:
        if draft.contents.complete and draft.active_ids and draft.to_take:
            groups[frozenset(draft.active_ids)].append(draft.ref)
    found = {}
    for ids, refs in groups.items():
        refs.sort(key=lambda ref: ref.name)
        by_amounts: dict[str | None, list[ProductRef]] = defaultdict(list)
        for ref in refs:
            by_amounts[ref.amounts].append(ref)
        found[ids] = _Siblings(tuple(refs), by_amounts)
    return found


def _status(facts: Facts) -> str:
    return _text(facts, "status") or "알 수 없음"


def _text(facts: Facts, name: str) -> str | None:
    fact = facts.get(name)
    return None if fact is None else str(fact.value)


@dataclass(frozen=True)
class _Writer:
    """Writes product documents; holds what all of them share."""

    identity: Identity
    glossary: Glossary
    about: Mapping[str, About]
    siblings: Mapping[frozenset[str], _Siblings]
    gathered: Gathered
    report: Report

    def product(self, draft: _Draft) -> Product:
        facts, inside, ref = draft.facts, draft.contents, draft.ref
        siblings = self.siblings.get(frozenset(draft.active_ids)) if inside.complete else None
        return Product(
            item_seq=draft.item_seq,
            name=ref.name,
            maker=ref.maker,
            **{name: _text(facts, name) for name in _TEXT_FIELDS},
            **{name: facts[name].value if name in facts else () for name in _LIST_FIELDS},
            **{name: name in facts and bool(facts[name].value) for name in _FLAGS},
            pill=_pill(facts),
            status=_status(facts),
            status_date=_text(facts, "status_date") if ref.withdrawn else None,
            withdrawn=ref.withdrawn,
            formulations=inside.formulations,
            ingredients=tuple(self._ingredient(e, draft) for e in (*inside.active, *inside.additives)),
            ingredients_complete=inside.complete,
            additives_known=inside.additives_known,
            sections=tuple(_sections(facts)),
            cautions=_ordered(
                map(self._caution, self.gathered.cautions.get(draft.item_seq, ())), "kind", "text"
            ),
            recalls=tuple(reversed(_ordered(self.gathered.recalls.get(draft.item_seq, ()), "date"))),
            same_ingredient=siblings.of(ref) if siblings else (),
            same_ingredient_total=len(siblings.refs) - draft.to_take if siblings else 0,
            sources=_sources(facts),
        )

    def _caution(self, noted: Noted) -> Caution:
        """Say the number of a notice too, which stands with the rule of its ingredient, if there is one."""
        caution = noted.caution
        rules = self.gathered.rules.get((caution.kind, noted.code or ""), set())
        if len(rules) != 1 or (rule := next(iter(rules))) in caution.text:  # several go by dosage form
            return caution
        return caution.model_copy(update={"text": " · ".join(filter(None, (rule, caution.text)))})

    def _ingredient(self, entry: Entry, draft: _Draft) -> ProductIngredient:
        id_ = self.identity.id_of(entry.name, entry.code)
        substance = self.identity.substances[id_]
        about = self.about[id_]
        said = about.active if entry.role == "active" else about.additive
        self.report.note_unit(entry.quantity.unit or "", draft.item_seq)
        return ProductIngredient(
            id=id_,
            name=entry.name,
            spelled=self.identity.spelled(entry.name),
            substance=substance.name,
            name_en=substance.name_en,
            role=entry.role,
            amount=amount(entry.quantity),
            amount_text=amount_text(entry.quantity),
            equivalent=equivalent(entry.equivalent),
            basis=entry.basis,
            standard=entry.standard,
            formulation=entry.formulation if draft.contents.formulations else None,
            plain=self.glossary.plain(entry.role, entry.name) or said.plain,
            explanation=said.text,
            facts=said.facts,
            source=entry.source,
            date=entry.date,
        )


def _ordered(said: Iterable[Said], *first: str) -> tuple[Said, ...]:
    """Sort what came as a set by every field, so that the same files always give the same document."""

    def key(one: Sourced) -> list[str]:
        fields = dict(one)
        values = (fields[name] for name in (*first, *fields))
        return ["" if value is None else str(value) for value in values]

    return tuple(sorted(said, key=key))


def _pill(facts: Facts) -> Pill | None:
    parts = {name: facts[key].value for name in Pill.model_fields if (key := f"pill.{name}") in facts}
    return Pill(**parts) if parts else None


def _sections(facts: Facts) -> Iterator[Section]:
    """Give plain-language texts first, then the label, each in reading order."""
    for key, (title, _) in _TITLES.items():
        if (fact := facts.get(f"easy.{key}")) and (text := doc.plain(str(fact.value))):
            yield Section(
                key=key,
                title=title,
                plain_language=True,
                html=text.html,
                text=text.text,
                source=fact.source,
                date=fact.date,
            )
    for key, (_, title) in _TITLES.items():
        if (fact := facts.get(f"label.{key}")) and isinstance(fact.value, Label):
            yield Section(
                key=key,
                title=title,
                plain_language=False,
                html=fact.value.html,
                text=fact.value.text,
                source=fact.source,
                date=fact.date,
            )


def _sources(facts: Facts) -> dict[str, FieldSource]:
    plain = {"name", "maker", "status", *_TEXT_FIELDS, *_LIST_FIELDS, *_FLAGS}
    found = {name: facts[name] for name in sorted(plain & facts.keys()) if facts[name].value is not False}
    if looks := [fact for name, fact in facts.items() if name.startswith("pill.")]:
        found["pill"] = max(looks, key=lambda fact: fact.weight)
    return {name: _field_source(f.source, f.date) for name, f in found.items()}


@cache
def _field_source(source: str, date: str | None) -> FieldSource:
    return FieldSource(source=source, date=date)


def _ingredients(
    drafts: Sequence[_Draft],
    identity: Identity,
    tallies: Mapping[str, Tally],
    about: Mapping[str, About],
) -> Iterator[IngredientDetail]:
    """Write every substance that a product holds."""
    holding: dict[str, list[tuple[int, ProductRef]]] = defaultdict(list)
    for draft in drafts:
        for id_ in draft.active_ids:
            if draft.to_take:
                holding[id_].append((len(draft.active_ids), draft.ref))
    for id_, known in about.items():
        refs = sorted(holding[id_], key=lambda pair: (pair[0], pair[1].name))
        products = tuple(ref for _, ref in refs[:_MOST_PRODUCTS])
        yield _detail(identity.substances[id_], tallies[id_], known, products)


def _detail(
    substance: Substance, tally: Tally, about: About, products: tuple[ProductRef, ...]
) -> IngredientDetail:
    said = about.active if "active" in substance.roles else about.additive
    return IngredientDetail(
        id=substance.id,
        name=substance.name,
        name_en=substance.name_en,
        roles=substance.roles,
        names=tuple(IngredientName(name=name, codes=codes) for name, codes in substance.names.items()),
        names_en=substance.names_en,
        codes=substance.codes,
        plain=said.plain,
        explanation=said.text,
        facts=said.facts,
        product_count=tally.active,
        additive_count=tally.additive,
        products=products,
    )
