"""What distinguishes one form of a substance from another: salt, water, grade. Rules as tables.

`forms(name)` reads a name as the ministry writes it and says every way in which it may be taken apart,
the most stripped first: `염산세티리진`, `세티리진염산염` → base `세티리진`, salt `염산`. Whether a base is a
known substance is not decided here but by `identity`, which takes the first base it knows.

Pure. The lists are closed on purpose: what is not on them stays part of the name, and a name that is not
understood is a substance of its own. Two substances taken for one would hide an allergy or a double dose;
one substance taken for two only shows less.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pillnuts.catalogue.salt_words import (
    ACIDS,
    ATES,
    CATIONS,
    COCRYSTALS,
    COUNTS,
    ELEMENTS,
    ESTERS,
    GRADE_WORDS,
    HALIDES,
    MEDICINE_ACIDS,
    NOT_A_SALT,
    RARE_SALTS,
)
from pillnuts.catalogue.spelling import bare, modern

_ELEMENTS_ONLY = re.compile("(?:" + "|".join(ELEMENTS) + ")+")
_METAL_START = re.compile(
    "^[이삼일]?(?:알루미늄|마그네슘|칼슘|칼륨|나트륨|아연|리튬|암모늄|망간|구리|바륨|수소)"
)
_INORGANIC = re.compile(
    r"^(?:염화|브롬화|요오드화|플루오르화|산화|과산화|수산화|황화|황산|아황산|티오황산|메타|인산|탄산|질산|아질산|규산|붕산|차아염소산|폴리인산)"
)
WATER = (
    r"(?:(?:일|모노|이|디|삼|사|오|육|칠|팔|구|십이|십|반|세스퀴|헤미|\d+(?:[./]\d+)?|일점오|이점오)?"
    r"(?:수화물|하이드레이트)|(?:염)?무수(?:물|화물)|\((?:\d|일|이|삼)수염\))"
)
_WATER_END = re.compile(WATER + "$")
_WATER_START = re.compile(
    r"^(?:무수|함수|가수|일수화물|이수화물|일수화)(?!규산|황산$|아세트산$|프탈산|말레산$|숙신산$|물)"
)
_GRADE_END = re.compile(
    "(?:"
    + "|".join(GRADE_WORDS)
    + r"|\d+배산|배산|(?:과립|(?<!콜라겐)타입|분말)\d+|(?:type|타입)(?:s|sc|sd|100cws)|(?<=%)type|dc[\d/]*|"
    r"(?<=아스코르브산)9\d|(?:(?<=칼시페롤)|(?<=카르복실레이트))(?:혼합물|환)|(?<=염)(?:산|정|액|캡슐)|(?<=물)(?:산|정|액)|"
    r"\d+(?:[.·]\d+)?(?:[·/]\d+)?%(?:과립|액|용액|현탁액|에멀젼|유제|페이스트|산|분말)?|(?:과립|액|용액|현탁액|에멀젼|유제)\d+(?:\.\d+)?%)$"
)
_GRADE_START = re.compile(
    r"^(?:미분화|미세화|미분|제피된|제피형|제피|장용성|지속성|서방성|농축|희석된|희석한|희석힌|희석|묽은|건조|정제|"
    r"멸균|무균|직타용|직타|스프레이건조|분무건조|주사용|희(?=이소소르비드)|로코트|경질|합성|용성|과립상|분말|조-|"
    r"\d+(?:[.·]\d+)?%-?)"
)
# What a bracket may hold and still be the same form of the name before it, or a mere grade.
_BRACKET_END = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_BRACKET_GRADE = re.compile(
    r"^(?:.*(?:미분화|미세화|미분|과립|분말형?|유상형?|무정형|수출용|무수물|합성|발효|가용성|건조품|mesh|무수물로서|으로서.*|로서.*|메쉬|제\d법|유전자재조합|숙주.*|균주.*|벡터.*)"
    r"|v/v|w/w|\d+(?:\.\d+)?%?|(?!\d*[a-z]{1,2}$)[a-z0-9 .+#/-]*[a-z][a-z0-9 .+#/-]*)$"
)
# Blends sold under a name: the code in the bracket tells one blend from another.
_BLEND = re.compile(
    "향|색소|오파드라이|탭쉴드|캡슐|코팅(?!펠렛|과립|입자)|프리믹스|에센스|잉크|플레이버|후레바|맛|(?<![무멸])균|바이러스|항원|톡소이드|(?<!프로)엑스|추출"
)


@dataclass(frozen=True)
class Form:
    """A name taken apart: base in normal form, and what distinguishes this form of it."""

    base: str
    salts: tuple[str, ...] = ()
    esters: tuple[str, ...] = ()
    water: str = ""
    grades: tuple[str, ...] = ()


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


# Acids that make esters as often as salts: an ester until some name writes the pair as a salt (…산염).
_EITHER = frozenset({"아세트산", "인산", "숙신산"})
_ESTER_ACIDS = (*sorted(set(ESTERS.values())), "아세폰산", "카프로산")
_MAYBE_ESTERS = (*sorted(_EITHER), *_ESTER_ACIDS)
_COUNT = f"(?:{_any(COUNTS)})?"
_SALT_END = re.compile(f"({_COUNT}(?:{_any(ACIDS)}))(?:수소)?염$")
_ATE_END = re.compile(f"({_any(ATES)})$")
_ESTER_END = re.compile(f"({_any(ESTERS)}|(?:{_any(_ESTER_ACIDS)})염)$")
_HALIDE_END = re.compile("(염화물|브롬화물|요오드화물)$")
_CATION_END = re.compile(f"{_COUNT}({_any(CATIONS)})염?$")
_ACID_OF_CATION = re.compile(f"({_any((*ACIDS, *ATES, *ESTERS))})$")
_START = re.compile(
    f"^({_COUNT}(?:{_any((*ACIDS, *_ESTER_ACIDS))}))(?:수소)?-?(?=.)|^({_any(HALIDES)})-?(?=.)"
)
_CATION_START = re.compile(f"^(?:{_COUNT})(소듐|포타슘)(?=.)")
_HANGUL = re.compile("[가-힣]")
_SIGNS = "-·.,/ "
_SHORTEST = 2


_RARE_END = re.compile(f"({_any(RARE_SALTS)})염$")
_COCRYSTAL_END = re.compile(f"(?<=글리플로진)({_any(COCRYSTALS)})$")


def _salt_word(acid: str) -> str:
    return ATES.get(acid) or ESTERS.get(acid) or acid


@dataclass(frozen=True)
class _Step:
    rest: str
    kind: str
    value: str


def _grade_steps(text: str) -> "list[_Step]":
    found = []
    if (hit := _BRACKET_END.search(text)) and _BRACKET_GRADE.match(hit[1]):
        found.append(_Step(text[: hit.start()], "grade", hit[1]))
    if hit := _GRADE_END.search(text):
        found.append(_Step(text[: hit.start()], "grade", hit[0]))
    if hit := _COCRYSTAL_END.search(text):
        found.append(_Step(text[: hit.start()], "grade", f"{COCRYSTALS[hit[1]]} 공결정"))
    if hit := _GRADE_START.match(text):
        found.append(_Step(text[hit.end() :], "grade", hit[0]))
    return found


def _water_steps(text: str) -> "list[_Step]":
    return [
        _Step(text[: hit.start()] + text[hit.end() :], "water", hit[0].strip("()"))
        for hit in (_WATER_END.search(text), _WATER_START.match(text))
        if hit
    ]


def _rare_salt(text: str) -> re.Match[str] | None:
    hit = _RARE_END.search(text)
    return hit if hit and bare(text[: hit.start()]) in RARE_SALTS[hit[1]] else None


def _salt_steps(text: str) -> "list[_Step]":
    found = []
    if hit := _rare_salt(text) or _SALT_END.search(text):
        found.append(_Step(text[: hit.start()], "salt", hit[1]))
    elif hit := _ATE_END.search(text):
        found.append(_Step(text[: hit.start()], "salt", ATES[hit[1]]))
    elif hit := _ESTER_END.search(text):
        found.append(_Step(text[: hit.start()], "ester", ESTERS.get(hit[1], hit[1].removesuffix("염"))))
    elif hit := _HALIDE_END.search(text):
        found.append(_Step(text[: hit.start()], "salt", hit[1]))
    if hit := _CATION_END.search(text):
        found.extend(_cation_steps(text[: hit.start()], CATIONS[hit[1]]))
    if hit := _CATION_START.match(text):
        found.extend(_cation_steps(text[hit.end() :], CATIONS[hit[1]]))
    if hit := _START.match(text):
        acid = HALIDES.get(hit[2] or "") or _salt_word(hit[1])
        kind = "ester" if acid.endswith(_MAYBE_ESTERS) else "salt"
        found.append(_Step(text[hit.end() :], kind, acid))
    return found


def _cation_steps(rest: str, cation: str) -> "list[_Step]":
    if _INORGANIC.match(rest):
        return []
    if acid := _ACID_OF_CATION.search(rest):  # 덱사메타손인산나트륨: acid and metal together
        return [_Step(rest[: acid.start()], "ester", f"{_salt_word(acid[1])}{cation}")]
    if rest.endswith("산") and bare(rest) not in MEDICINE_ACIDS:
        return []
    return [_Step(rest, "salt", cation)]


def is_element(base: str) -> bool:
    """Whether a base is nothing but elements, ions and radicals."""
    return _ELEMENTS_ONLY.fullmatch(base) is not None


def _is_base(step: _Step) -> bool:
    base = bare(step.rest)
    if len(base) < _SHORTEST or not _HANGUL.search(base) or is_element(base) or _METAL_START.match(base):
        return False
    return base not in HALIDES and (step.kind not in {"salt", "ester"} or base not in ACIDS)


@lru_cache(maxsize=65536)
def forms(name: str) -> tuple[Form, ...]:
    """Every reading of a name, the most stripped first and the whole name last."""
    whole = modern(name)
    readings: dict[Form, None] = {}
    waiting = [(whole, Form(bare(whole)))]
    while waiting:
        text, form = waiting.pop()
        if form in readings:
            continue
        readings[form] = None
        steps = _salt_steps(text) + _water_steps(text)
        if not _BLEND.search(text):
            steps += _grade_steps(text)
        for step in steps:
            rest = step.rest.strip(_SIGNS)
            if _is_base(step):
                waiting.append((rest, _with(form, bare(rest), step)))
    return tuple(
        sorted(
            (form for form in readings if not _makes_another(form)),
            key=lambda form: (len(form.base), form.base, form.salts, form.esters, form.water, form.grades),
        )
    )


def _makes_another(form: Form) -> bool:
    words = form.salts + form.esters
    return any(acid in word and form.base in bases for word in words for acid, bases in NOT_A_SALT.items())


def _with(form: Form, base: str, step: _Step) -> Form:
    salts, esters, water, grades = form.salts, form.esters, form.water, form.grades
    match step.kind:
        case "salt":
            salts = tuple(sorted({*salts, step.value}))
        case "ester":
            esters = tuple(sorted({*esters, step.value}))
        case "water":
            water = step.value
        case _:
            grades = tuple(sorted({*grades, step.value}))
    return Form(base, salts, esters, water, grades)
