"""Explaining a substance from open facts, each with its source (pure).

What is said of a substance is counted over the products that hold it alone: their class, their ATC code and
what e약은요 says they are for. The most frequent answer speaks.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.identity import Substance
from pillnuts.catalogue.merge import Facts
from pillnuts.catalogue.shapes import FactKind, IngredientFact
from pillnuts.catalogue.statements import DailyLimit

_OWN_WORDS = "필넛츠 풀이"
_COUNTED = "식약처 자료를 필넛츠가 셈"
_MOST_LIMITS, _MOST_FORMS = 3, 2


TOLD_BY = ("class_name", "easy.efficacy", "atc")
"""The fields of a product that tell what its one substance is."""

Stated = Counter[tuple[str, str, str | None]]
"""Value, source and date → how often."""


@dataclass
class Tally:
    """What the products of one substance have in common."""

    active: int = 0
    additive: int = 0
    classes: Stated = field(default_factory=Counter)
    atc: Stated = field(default_factory=Counter)
    uses: Stated = field(default_factory=Counter)

    def single(self, facts: Facts) -> None:
        """Count a product that holds the substance alone."""
        for name, counter in (("class_name", self.classes), ("easy.efficacy", self.uses)):
            if name in facts:
                fact = facts[name]
                counter[str(fact.value), fact.source, fact.date] += 1
        if "atc" in facts:
            fact = facts["atc"]
            counter_values = fact.value if isinstance(fact.value, tuple) else ()
            for code in counter_values:
                self.atc[code, fact.source, fact.date] += 1


@dataclass(frozen=True)
class Explanation:
    """Plain words, facts, and the facts as running text."""

    plain: str | None
    facts: tuple[IngredientFact, ...]
    text: str


@dataclass(frozen=True)
class About:
    """What is said of a substance where it is active, and where it is an additive."""

    active: Explanation
    additive: Explanation


def limits_by_id(limits: Iterable[DailyLimit], id_of: Mapping[str, str]) -> dict[str, list[DailyLimit]]:
    """Sort daily limits by substance, each in one order whatever file came first."""
    found: dict[str, list[DailyLimit]] = defaultdict(list)
    for limit in limits:
        if limit.code in id_of:
            found[id_of[limit.code]].append(limit)
    for values in found.values():
        values.sort(key=lambda limit: (limit.form or "", limit.text, limit.date or "", limit.source))
    return found


def about(substance: Substance, tally: Tally, limits: Iterable[DailyLimit], glossary: Glossary) -> About:
    """Say what is known of a substance, the plainest first."""
    does = glossary.plain("active", substance.name, *substance.names)
    said = [_fact("role", f"{does}.", _OWN_WORDS, None)] if does else []
    if tally.classes:
        said.append(_counted("class", "이 성분만 든 제품은 주로 ‘{}’로 분류됩니다.", tally.classes))
    if tally.atc:
        said.append(_counted("atc", "국제 분류(ATC) 코드는 {}입니다.", tally.atc))
    if tally.uses:
        said.append(_counted("used_for", "이 성분만 든 제품의 설명: “{}”", _first_sentences(tally.uses)))
    said += _daily(substance, limits)
    if tally.active:
        text = f"제품 {tally.active:,}개에 주성분으로 들어 있습니다(허가가 끝난 제품은 세지 않음)."
        said.append(_fact("products", text, _COUNTED, None))
    why = glossary.plain("additive", substance.name, *substance.names)
    added = [_fact("role", f"{why}.", _OWN_WORDS, None)] if why else []
    if tally.additive:
        text = f"제품 {tally.additive:,}개에 첨가제로 들어 있습니다(허가가 끝난 제품은 세지 않음)."
        added.append(_fact("products", text, _COUNTED, None))
    return About(_explanation(does, said), _explanation(why, added))


def _explanation(plain: str | None, said: list[IngredientFact]) -> Explanation:
    return Explanation(plain, tuple(said), " ".join(fact.text for fact in said))


def _daily(substance: Substance, limits: Iterable[DailyLimit]) -> list[IngredientFact]:
    """Give the daily limits of the DUR notices; those of the dosage table only where there is none."""
    every = list(limits)
    stated = [limit for limit in every if limit.date] or _unambiguous(every)
    by_amount: dict[str, list[DailyLimit]] = defaultdict(list)
    for limit in stated:
        by_amount[_bare(limit.text, substance)].append(limit)
    return [_limit(same) for same in list(by_amount.values())[:_MOST_LIMITS]]


def _unambiguous(limits: Iterable[DailyLimit]) -> list[DailyLimit]:
    """Leave out forms with several limits: they go by strength or route, which one sentence cannot tell."""
    texts: dict[str | None, set[str]] = defaultdict(set)
    for limit in (every := list(limits)):
        texts[limit.form].add(limit.text)
    return [limit for limit in every if limit.form and len(texts[limit.form]) == 1]


def _bare(text: str, substance: Substance) -> str:
    """Give the number and unit alone, so that `아세트아미노펜 4,000밀리그램` and `4000밀리그램` are one."""
    for name in sorted(substance.names, key=len, reverse=True):
        text = text.replace(name, "")
    return re.sub(r"[\s,]", "", text)


def _limit(same: list[DailyLimit]) -> IngredientFact:
    """Say one amount in the words of its newest notice, with the forms it holds for."""
    newest = max(same, key=lambda limit: limit.date or "")
    forms = list(dict.fromkeys(form for limit in same for form in (limit.form or "").split("/")))
    more = " 등" if len(forms) > _MOST_FORMS else ""
    said = f"({', '.join(forms[:_MOST_FORMS])}{more})" if all(forms) else ""
    return _fact("max_daily", f"하루 최대 투여량{said}: {newest.text}.", newest.source, newest.date)


def _fact(kind: FactKind, text: str, source: str, date: str | None) -> IngredientFact:
    return IngredientFact(kind=kind, text=text, source=source, date=date)


def _counted(kind: FactKind, sentence: str, counter: Stated) -> IngredientFact:
    value, source, date = _most(counter)
    return _fact(kind, sentence.format(value), source, date)


def _most(counter: Stated) -> tuple[str, str, str | None]:
    """Give the most frequent value with the newest date it was stated on; ties go to the first in order."""
    totals: Counter[str] = Counter()
    for (value, _, _), count in counter.items():
        totals[value] += count
    best = min(totals, key=lambda value: (-totals[value], value))
    _, source, date = max((key for key in counter if key[0] == best), key=lambda key: (key[2] or "", key[1]))
    return best, source, date


def _first_sentences(texts: Stated) -> Stated:
    firsts: Stated = Counter()
    for (text, source, date), count in texts.items():
        firsts[_first_sentence(text), source, date] += count
    return firsts


def _first_sentence(text: str) -> str:
    line = " ".join(text.split())
    end = line.find("다.")
    return line if end < 0 else line[: end + 2]
