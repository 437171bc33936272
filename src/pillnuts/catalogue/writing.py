"""Writing documents: of products, and of the substances in them (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from pillnuts.catalogue import doc
from pillnuts.catalogue.contents import Contents, Entry, amount, amount_text, equivalent
from pillnuts.catalogue.drafts import Draft, Siblings, status, text
from pillnuts.catalogue.explain import About, Tally
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.identity import Identity, Substance
from pillnuts.catalogue.merge import Common, Facts, Told
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
from pillnuts.catalogue.statements import Label, Noted

Said = TypeVar("Said", bound=Sourced)

_MOST_PRODUCTS = 24

_TITLES = {
    "efficacy": ("무엇에 쓰는 약", "효능·효과"),
    "usage": ("쓰는 법", "용법·용량"),
    "warning": ("쓰기 전에 꼭 알아야 할 것", "경고"),
    "caution": ("주의할 것", "사용상의 주의사항"),
    "interaction": ("함께 쓸 때 주의할 약과 음식", "상호작용"),
    "side_effect": ("나타날 수 있는 이상반응", "이상반응"),
    "storage": ("보관하는 법", "저장 방법"),
    "caution_professional": ("", "사용상의 주의사항(전문가)"),
}
_TEXT_FIELDS = (
    "name_en maker_en etc_otc class_code class_name form appearance image_url permit_date permit_kind "
    "narcotic storage valid_term pack_unit total_content made_for origin reexam"
).split()
_LIST_FIELDS = ("atc", "barcodes", "edi_codes", "changes")
_FLAGS = ("rare", "new_drug", "raw_material")


@dataclass(frozen=True)
class Writer:
    """Writes product documents; holds what all of them share."""

    identity: Identity
    glossary: Glossary
    about: Mapping[str, About]
    siblings: Mapping[frozenset[str], Siblings]
    common: Common
    notices: Mapping[str, Caution]
    """Substance → the notice that holds for every product with it."""
    report: Report

    def product(self, draft: Draft, told: Told, inside: Contents) -> Product:
        facts = told.facts
        siblings = self.siblings.get(frozenset(draft.active_ids)) if inside.complete else None
        for said in inside.impossible:
            self.report.note_amount(draft.item_seq, said)
        return Product(
            item_seq=draft.item_seq,
            name=draft.name,
            maker=draft.maker,
            **{name: text(facts, name) for name in _TEXT_FIELDS},
            **{name: facts[name].value if name in facts else () for name in _LIST_FIELDS},
            **{name: name in facts and bool(facts[name].value) for name in _FLAGS},
            pill=_pill(facts),
            status=status(facts),
            status_date=text(facts, "status_date") if draft.withdrawn else None,
            withdrawn=draft.withdrawn,
            formulations=inside.formulations,
            ingredients=tuple(
                self._ingredient(entry, draft.item_seq, inside)
                for entry in (*inside.active, *inside.additives)
            ),
            ingredients_complete=inside.complete,
            additives_known=inside.additives_known,
            sections=tuple(_sections(facts)),
            cautions=_ordered(self._cautions(draft, told), "kind", "text"),
            recalls=tuple(reversed(_ordered(told.recalls, "date"))),
            same_ingredient=siblings.of(draft) if siblings else (),
            same_ingredient_total=len(siblings.drafts) - draft.to_take if siblings else 0,
            sources=_sources(facts),
        )

    def _cautions(self, draft: Draft, told: Told) -> Iterator[Caution]:
        """Give the product's own notices, and those of its substances on which it has none of its own."""
        yield from map(self._caution, told.cautions)
        said = {(noted.caution.kind, self._about(noted)) for noted in told.cautions}
        for id_ in draft.active_ids:
            if (notice := self.notices.get(id_)) and (notice.kind, id_) not in said:
                yield notice

    def _about(self, noted: Noted) -> str:
        return self.identity.id_of(noted.caution.ingredient or "", noted.code)

    def _caution(self, noted: Noted) -> Caution:
        """Say the number of a notice too, which stands with the rule of its ingredient, if there is one."""
        caution = noted.caution
        rules = self.common.rules.get((caution.kind, noted.code or ""), set())
        if len(rules) != 1 or (rule := next(iter(rules))) in caution.text:  # several go by dosage form
            return caution
        return caution.model_copy(update={"text": " · ".join(filter(None, (rule, caution.text)))})

    def _ingredient(self, entry: Entry, item_seq: str, inside: Contents) -> ProductIngredient:
        id_ = self.identity.id_of(entry.name, entry.code)
        substance = self.identity.substances[id_]
        about = self.about[id_]
        said = about.active if entry.role == "active" else about.additive
        self.report.note_unit(entry.quantity.unit or "", item_seq)
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
            formulation=entry.formulation if inside.formulations else None,
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


def ingredients(
    drafts: Sequence[Draft],
    identity: Identity,
    tallies: Mapping[str, Tally],
    about: Mapping[str, About],
) -> Iterator[IngredientDetail]:
    """Write every substance that a product holds."""
    holding: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        for id_ in draft.active_ids:
            if draft.to_take:
                holding[id_].append(draft)
    for id_, known in about.items():
        first = sorted(holding[id_], key=lambda draft: (len(draft.active_ids), draft.name))
        products = tuple(draft.ref() for draft in first[:_MOST_PRODUCTS])
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
