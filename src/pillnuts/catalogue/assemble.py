"""From everything that was said to finished documents: products and substances (pure).

Three passes: what is in each product; which of those names are one substance, and what is known of it; the
documents themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pillnuts.catalogue import doc, explain
from pillnuts.catalogue.contents import Contents, Entry, amount, contents, english_names, equivalent
from pillnuts.catalogue.explain import Tally
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.identity import Identity, Sighting, Substance, gather
from pillnuts.catalogue.merge import Fact, Facts, Gathered
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import (
    FieldSource,
    IngredientDetail,
    IngredientFact,
    IngredientName,
    Pill,
    Product,
    ProductIngredient,
    ProductRef,
    Section,
)
from pillnuts.catalogue.statements import Label, NamedList

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
    item_seq: str
    facts: Facts
    contents: Contents
    active_ids: tuple[str, ...]
    withdrawn: bool

    @property
    def ref(self) -> ProductRef:
        return ProductRef.model_construct(
            item_seq=self.item_seq,
            name=_text(self.facts, "name") or "",
            maker=_text(self.facts, "maker") or "",
            etc_otc=_text(self.facts, "etc_otc"),
            amounts=self.amounts,
            withdrawn=self.withdrawn,
        )

    @property
    def amounts(self) -> str | None:
        """The active amounts in one line, where every one is known and there is one formulation."""
        if self.contents.formulations or not self.contents.active:
            return None
        found = [amount(entry.quantity) for entry in self.contents.active]
        if any(a is None for a in found):
            return None
        return " / ".join(f"{a.value}\u2009{a.unit}" for a in found if a)


def assemble(gathered: Gathered, glossary: Glossary, report: Report) -> Catalogue:
    """Build every document; odd units are counted in `report`."""
    _name_codes(gathered)
    known = _coded_names(gathered).__contains__
    opened = {
        item_seq: (facts, contents(facts, gathered.quantified[item_seq], gathered.quantified_origin, known))
        for item_seq, facts in gathered.medicines()
    }
    identity = gather(_sightings(opened, known), gathered.groups)
    drafts = [_draft(item_seq, facts, inside, identity) for item_seq, (facts, inside) in opened.items()]
    tallies = _tally(drafts, identity)
    id_of = {code: s.id for s in identity.substances.values() for code in s.codes}
    limits = explain.limits_by_id(gathered.limits, id_of)
    said = {
        id_: explain.facts_about(s, tallies[id_], limits.get(id_, ()), glossary)
        for id_, s in identity.substances.items()
        if id_ in tallies
    }
    writer = _Writer(identity, glossary, said, _same_ingredient(drafts), gathered, report)
    products = tuple(writer.product(draft) for draft in drafts)
    ingredients = tuple(_ingredients(drafts, identity, tallies, said, glossary))
    dates = [fact.weight[0] for draft in drafts for fact in draft.facts.values() if fact.weight[0]]
    return Catalogue(products, ingredients, max(dates, default=None))


def _name_codes(gathered: Gathered) -> None:
    """Put names in place of class and form codes where a file gives only the code."""
    for facts in gathered.products.values():
        for code, name, names in (
            ("class_code", "class_name", gathered.code_names["class"]),
            ("form_code", "form", gathered.code_names["form"]),
        ):
            fact = facts.get(code)
            if fact and name not in facts and (known := names.get(str(fact.value))):
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


def _draft(item_seq: str, facts: Facts, inside: Contents, identity: Identity) -> _Draft:
    ids = tuple(dict.fromkeys(identity.id_of(e.name, e.code) for e in inside.active))
    status = _text(facts, "status") or "알 수 없음"
    return _Draft(item_seq, facts, inside, ids, withdrawn=status not in ON_MARKET)


def _tally(drafts: Sequence[_Draft], identity: Identity) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for draft in drafts:
        additive_ids = {identity.id_of(e.name, e.code) for e in draft.contents.additives}
        for id_ in draft.active_ids:
            tallies[id_].active += not draft.withdrawn
        for id_ in additive_ids:
            tallies[id_].additive += not draft.withdrawn
        if len(draft.active_ids) == 1 and draft.contents.complete and not draft.withdrawn:
            tallies[draft.active_ids[0]].single(draft.facts)
    return tallies


def _same_ingredient(drafts: Sequence[_Draft]) -> dict[frozenset[str], list[_Draft]]:
    found: dict[frozenset[str], list[_Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.contents.complete and not draft.withdrawn:
            found[frozenset(draft.active_ids)].append(draft)
    return found


def _text(facts: Facts, name: str) -> str | None:
    fact = facts.get(name)
    return None if fact is None else str(fact.value)


@dataclass(frozen=True)
class _Writer:
    """Writes product documents; holds what all of them share."""

    identity: Identity
    glossary: Glossary
    said: Mapping[str, tuple[IngredientFact, ...]]
    same: Mapping[frozenset[str], list[_Draft]]
    gathered: Gathered
    report: Report

    def product(self, draft: _Draft) -> Product:
        facts, inside = draft.facts, draft.contents
        status = _text(facts, "status") or "알 수 없음"
        same = [d for d in self.same.get(frozenset(draft.active_ids), ()) if d is not draft]
        same.sort(key=lambda d: (d.amounts != draft.amounts, d.facts["name"].value))
        return Product(
            item_seq=draft.item_seq,
            name=_text(facts, "name") or "",
            maker=_text(facts, "maker") or "",
            **{name: _text(facts, name) for name in _TEXT_FIELDS},
            **{name: facts[name].value if name in facts else () for name in _LIST_FIELDS},
            **{name: name in facts for name in _FLAGS},
            pill=_pill(facts),
            status=status,
            status_date=_text(facts, "status_date") if draft.withdrawn else None,
            withdrawn=draft.withdrawn,
            formulations=inside.formulations,
            ingredients=tuple(self._ingredient(e, draft) for e in (*inside.active, *inside.additives)),
            ingredients_complete=inside.complete,
            additives_known=inside.additives_known,
            sections=tuple(_sections(facts)),
            cautions=tuple(
                sorted(self.gathered.cautions.get(draft.item_seq, ()), key=lambda c: (c.kind, c.text))
            ),
            recalls=tuple(
                sorted(
                    self.gathered.recalls.get(draft.item_seq, ()), key=lambda r: r.date or "", reverse=True
                )
            ),
            same_ingredient=tuple(d.ref for d in same[:_MOST_SAME]) if draft.active_ids else (),
            same_ingredient_total=len(same) if draft.active_ids else 0,
            sources=_sources(facts),
        )

    def _ingredient(self, entry: Entry, draft: _Draft) -> ProductIngredient:
        id_ = self.identity.id_of(entry.name, entry.code)
        substance = self.identity.substances[id_]
        said = self.said.get(id_, ())
        if entry.role == "additive":  # an additive's class or dose says nothing about what it does here
            said = tuple(fact for fact in said if fact.kind in {"role", "products"})
        self.report.note_unit(entry.quantity.unit or "", draft.item_seq)
        return ProductIngredient.model_construct(
            id=id_,
            name=entry.name,
            substance=substance.name,
            name_en=substance.name_en,
            role=entry.role,
            amount=amount(entry.quantity),
            amount_text=entry.quantity.text,
            equivalent=equivalent(entry.equivalent),
            basis=entry.basis,
            standard=entry.standard,
            formulation=entry.formulation if draft.contents.formulations else None,
            plain=self.glossary.substance(entry.name, substance.name, *substance.names),
            explanation=" ".join(fact.text for fact in said),
            facts=said,
            source=entry.source,
            date=entry.date,
        )


def _pill(facts: Facts) -> Pill | None:
    parts = {name: facts[key].value for name in Pill.model_fields if (key := f"pill.{name}") in facts}
    return Pill(**parts) if parts else None  # type: ignore[arg-type]  # each part was read as its field's type


def _sections(facts: Facts) -> Iterator[Section]:
    """Give plain-language texts first, then the label, each in reading order."""
    for key, (title, _) in _TITLES.items():
        if (fact := facts.get(f"easy.{key}")) and (text := doc.plain(str(fact.value))):
            yield Section.model_construct(
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
            yield Section.model_construct(
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
    found = {name: facts[name] for name in sorted(plain & facts.keys())}
    if looks := [fact for name, fact in facts.items() if name.startswith("pill.")]:
        found["pill"] = max(looks, key=lambda fact: fact.weight)
    return {name: FieldSource.model_construct(source=f.source, date=f.date) for name, f in found.items()}


def _ingredients(
    drafts: Sequence[_Draft],
    identity: Identity,
    tallies: Mapping[str, Tally],
    said: Mapping[str, tuple[IngredientFact, ...]],
    glossary: Glossary,
) -> Iterator[IngredientDetail]:
    """Write every substance that a product holds."""
    products: dict[str, list[_Draft]] = defaultdict(list)
    for draft in drafts:
        for id_ in draft.active_ids:
            products[id_].append(draft)
    for id_ in sorted(tallies):
        tally, substance = tallies[id_], identity.substances[id_]
        holding = [d for d in products.get(id_, ()) if not d.withdrawn]
        holding.sort(key=lambda d: (len(d.active_ids), d.facts["name"].value))
        yield _detail(substance, tally, said.get(id_, ()), holding, glossary)


def _detail(
    substance: Substance,
    tally: Tally,
    said: tuple[IngredientFact, ...],
    holding: Sequence[_Draft],
    glossary: Glossary,
) -> IngredientDetail:
    return IngredientDetail(
        id=substance.id,
        name=substance.name,
        name_en=substance.name_en,
        roles=("active", "additive")
        if tally.active and tally.additive
        else ("active",)
        if tally.active
        else ("additive",),
        names=tuple(IngredientName(name=name, codes=tuple(codes)) for name, codes in substance.names.items()),
        names_en=tuple(substance.names_en),
        codes=tuple(substance.codes),
        plain=glossary.substance(substance.name, *substance.names),
        explanation=" ".join(fact.text for fact in said),
        facts=said,
        product_count=tally.active,
        additive_count=tally.additive,
        products=tuple(d.ref for d in holding[:_MOST_PRODUCTS]),
    )
