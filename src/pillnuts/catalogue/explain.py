"""Explaining a substance from open facts, each with its source (pure).

What is said of a substance is counted over the products that hold it alone: their class, their ATC code and
what e약은요 says they are for. The most frequent answer speaks.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.identity import Substance
from pillnuts.catalogue.merge import Facts
from pillnuts.catalogue.shapes import IngredientFact
from pillnuts.catalogue.statements import DailyLimit

_OWN_WORDS = "필넛츠 풀이"
_COUNTED = "식약처 자료를 필넛츠가 셈"
_MOST_LIMITS = 3


@dataclass
class Tally:
    """What the products of one substance have in common."""

    active: int = 0
    additive: int = 0
    classes: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    atc: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    uses: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)

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


def limits_by_id(limits: Iterable[DailyLimit], id_of: Mapping[str, str]) -> dict[str, list[DailyLimit]]:
    """Sort daily limits by substance; those in the ministry's DUR wording before those by dosage form."""
    found: dict[str, list[DailyLimit]] = defaultdict(list)
    for limit in limits:
        if limit.code in id_of:
            found[id_of[limit.code]].append(limit)
    for values in found.values():
        values.sort(key=lambda limit: (limit.date is None, limit.form or "", limit.text))
    return found


def facts_about(
    substance: Substance, tally: Tally, limits: Iterable[DailyLimit], glossary: Glossary
) -> tuple[IngredientFact, ...]:
    """Say what is known of a substance, the plainest first."""
    said: list[IngredientFact] = []

    def say(kind: str, text: str, source: str, date: str | None) -> None:
        said.append(IngredientFact.model_construct(kind=kind, text=text, source=source, date=date))

    if plain := glossary.substance(substance.name, *substance.names):
        say("role", f"{plain}.", _OWN_WORDS, None)
    if tally.classes:
        name, source, date = _most(tally.classes)
        say("class", f"이 성분만 든 제품은 주로 ‘{name}’로 분류됩니다.", source, date)
    if tally.atc:
        code, source, date = _most(tally.atc)
        say("atc", f"국제 분류(ATC) 코드는 {code}입니다.", source, date)
    if tally.uses:
        text, source, date = _most(tally.uses)
        say("used_for", f"이 성분만 든 제품의 설명: “{_first_sentence(text)}”", source, date)
    for limit in list(limits)[:_MOST_LIMITS]:
        form = f"({limit.form}) " if limit.form and len(limit.form) < 40 else ""  # noqa: PLR2004 -- longer lists of forms bury the number
        say("max_daily", f"하루 최대 투여량: {form}{limit.text}.", limit.source, limit.date)
    if tally.active:
        say("products", f"판매 중인 제품 {tally.active:,}개에 주성분으로 들어 있습니다.", _COUNTED, None)
    elif tally.additive:
        say("products", f"판매 중인 제품 {tally.additive:,}개에 첨가제로 들어 있습니다.", _COUNTED, None)
    return tuple(said)


def _most(counter: Counter[tuple[str, str, str | None]]) -> tuple[str, str, str | None]:
    """Give the most frequent value with the newest date it was stated on; ties go to the first in order."""
    totals: Counter[str] = Counter()
    for (value, _, _), count in counter.items():
        totals[value] += count
    best = min(totals, key=lambda value: (-totals[value], value))
    _, source, date = max((key for key in counter if key[0] == best), key=lambda key: (key[2] or "", key[1]))
    return best, source, date


def _first_sentence(text: str) -> str:
    line = " ".join(text.split())
    end = line.find("다.")
    return line if end < 0 else line[: end + 2]
