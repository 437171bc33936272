"""What distinguishes one form of a substance from another: salt, water, grade. Rules as tables.

`forms(name)` reads a name as the ministry writes it and says every way in which it may be taken apart,
the most stripped first: `염산세티리진`, `세티리진염산염` → base `세티리진`, salt `염산`. Whether a base is a
known substance is not decided here but by `identity`, which takes the first base it knows.

Pure. The lists are closed on purpose: what is not on them stays part of the name, and a name that is not
understood is a substance of its own. Two substances taken for one would hide an allergy or a double dose;
one substance taken for two only shows less.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pillnuts.catalogue.spelling import bare, modern

# Acids whose salt with an organic base is the same medicine. Not here, because the acid is a medicine itself:
# 살리실산, 니코틴산, 테오클산, 아세필린, 오로트산, 아미노살리실산, 글루탐산 and 아스파르트산. They follow the
# ministry's groups only.
ACIDS = (
    "브롬화수소산", "요오드화수소산", "에탄설폰산", "메탄설폰산", "톨루엔설폰산", "메틸황산", "시트르산", "타르타르산",
    "아세트산", "말레산", "푸마르산", "숙신산", "메실산", "베실산", "토실산", "에실산", "에디실산", "캄실산", "납실산",
    "파모산", "락트산", "글루콘산", "락토비온산", "옥살산", "말산", "만델산", "지나포산", "크시나포산", "아디프산", "아디핀산",
    "판토텐산", "겐티스산", "탄닌산", "탄느산", "히벤즈산", "에스톨산", "황산", "인산", "질산", "염산", "헤미푸마르산",
    "헤미숙신산", "트리플루오로아세트산", "프마르산", "피루브산", "탄산", "포름산",
)  # fmt: skip
# The same acids in the -ate spelling (transliterated English). Left out: acetate, phosphate, succinate,
# palmitate, propionate, furoate, valerate …: there they are mostly esters, see `ESTERS`.
ATES = {
    "하이드로클로라이드": "염산", "히드로클로라이드": "염산", "염산염산": "염산", "말레이트": "말레산", "시트레이트": "시트르산",
    "베실레이트": "베실산", "메실레이트": "메실산", "토실레이트": "토실산", "푸마레이트": "푸마르산", "타르트레이트": "타르타르산",
    "락테이트": "락트산", "글루코네이트": "글루콘산", "락토비오네이트": "락토비온산", "옥살레이트": "옥살산", "파모에이트": "파모산",
    "에디실레이트": "에디실산", "캄실레이트": "캄실산", "나프실레이트": "납실산", "하이클레이트": "하이클레이트",
    "브로마이드": "브롬화물", "클로라이드": "염화물", "디푸마레이트": "푸마르산", "디메실레이트": "메실산",
}  # fmt: skip
# Esters: another molecule that the body turns into the base. They are written in one way here, so that
# 초산토코페롤 and 토코페롤아세테이트 meet, but only the ministry's groups make them one with the base.
ESTERS = {
    "아세테이트": "아세트산", "포스페이트": "인산", "숙시네이트": "숙신산", "팔미테이트": "팔미트산",
    "프로피오네이트": "프로피온산", "디프로피오네이트": "디프로피온산", "발레레이트": "발레르산", "부티레이트": "부티르산",
    "푸로에이트": "푸로산", "프로에이트": "푸로산", "아세포네이트": "아세폰산", "에난테이트": "에난트산", "데카노에이트": "데칸산",
    "운데카노에이트": "운데칸산", "스테아레이트": "스테아르산", "벤조에이트": "벤조산",
    "시피오네이트": "시피온산", "니트레이트": "질산",
}  # fmt: skip
HALIDES = {"염화": "염화물", "브롬화": "브롬화물", "요오드화": "요오드화물", "취화": "브롬화물"}
CATIONS = {
    "나트륨": "나트륨", "소듐": "나트륨", "칼륨": "칼륨", "포타슘": "칼륨", "칼슘": "칼슘", "마그네슘": "마그네슘", "스트론튬": "스트론튬",
    "아연": "아연", "메글루민": "메글루민", "트로메타민": "트로메타민", "트로메타몰": "트로메타민", "콜린": "콜린",
    "리신": "리신", "리시네이트": "리신", "리지네이트": "리신", "아르기닌": "아르기닌", "엘아르기닌": "아르기닌",
    "올라민": "올라민", "디에틸아민": "디에틸아민", "디에틸암모늄": "디에틸아민", "에폴아민": "에폴아민",
    "제3부틸아민": "에르부민", "t부틸아민": "에르부민", "에르부민": "에르부민", "베타디메틸아미노에탄올": "디메틸아미노에탄올",
}  # fmt: skip
COUNTS = ("디", "이", "모노", "일", "트리", "삼", "헤미", "세스퀴", "중")
# Acids that are medicines, so that their metal salts are the same medicine. Every other name that ends in
# -산 (시트르산, 스테아르산, 글루콘산, 탄산, 에데트산 …) stays apart from its salts.
MEDICINE_ACIDS = frozenset(
    "발프로산 아스코르브산 판토텐산 알렌드론산 리세드론산 이반드론산 졸레드론산 파미드론산 에티드론산 클로드론산 "
    "미코페놀산 클라불란산 푸시딘산 히알루론산 메페남산 플루페남산 톨페남산 티아프로펜산 우르소데옥시콜산 "
    "케노데옥시콜산 데옥시콜산 크로모글리크산 폴산 레보폴린산 폴린산 트라넥삼산 에타크린산 티옥트산 알파리포산 "
    "날리딕스산 피페미드산 가도테르산 가독세트산 가도펜테트산 가도벤산 이옥시탈람산 아미도트리조산 암피실린산 "
    "글리시리진산 벤조산 로메도산 바르비탈산 클로라제프산 클로라제핀산 페노피브르산 페노피브릭산 네오데카노산 사르포그렐산 "
    "포스포마이신산 아세클로페낙산 티에닐산 콘드로이틴황산 타우로우르소데옥시콜산 오클라신산 부시라민산".split()
)
# Elements, ions and radicals: never the base of a salt (황산아연 is no form of 아연, 아세트산에틸 none of 에틸).
ELEMENTS = (
    "알루미늄", "마그네슘", "스트론튬", "제이수은", "제이구리", "제일구리", "코발트", "몰리브덴", "비스무트", "암모늄", "암모니아",
    "셀레늄", "칼슘", "칼륨", "나트륨", "아연", "리튬", "망간", "구리", "바륨", "크롬", "수은", "제일철", "제이철", "제이주석", "제일주석", "주석",
    "요오드", "수소", "이수소", "일수소", "란탄", "탈륨", "갈륨", "인듐", "루비듐", "테크네튬", "니켈", "철", "은", "금", "납", "인", "황", "염", "수",
    "에틸", "메틸", "부틸", "프로필", "비닐", "세틸", "벤질", "페닐", "라듐", "스트론티움", "물", "이", "삼", "일",
)  # fmt: skip
_ELEMENTS_ONLY = re.compile("(?:" + "|".join(ELEMENTS) + ")+")
_METAL_START = re.compile(
    "^[이삼일]?(?:알루미늄|마그네슘|칼슘|칼륨|나트륨|아연|리튬|암모늄|망간|구리|바륨|수소)"
)
_INORGANIC = re.compile(
    r"^(?:염화|브롬화|요오드화|플루오르화|산화|과산화|수산화|황화|황산|아황산|티오황산|메타|인산|탄산|질산|아질산|규산|붕산|차아염소산|폴리인산)"
)
# Salt and base that make another substance together: nitrates and phosphates that are esters, dextran
# sulfate, cellulose acetate, lysine and arginine salts of amino acids.
NOT_A_SALT = frozenset({
    ("이소소르비드", "질산"), ("글리세린", "질산"), ("만니톨", "질산"), ("펜타에리트리톨", "질산"), ("니트로글리세린", "질산"),
    ("아데노신", "인산"), ("우리딘", "인산"), ("시티딘", "인산"), ("크레아틴", "인산"), ("글루코오스", "인산"),
    ("글리세린", "인산"), ("피리독살", "인산"), ("덱스트란", "황산"), ("셀룰로오스", "아세트산"), ("셀룰로오스", "질산"),
    ("셀룰로오스", "인산"), ("전분", "인산"), ("글리세린", "아세트산"), ("티아민", "인산"), ("코카르복실라제", "인산"),
    ("자당", "황산"), ("수크로오스", "아세트산"), ("디엘카르니틴", "아세트산"), ("폴리에틸렌글리콜", "황산"),
})  # fmt: skip
WATER = (
    r"(?:(?:일|모노|이|디|삼|사|오|육|칠|팔|구|십이|십|반|세스퀴|헤미|\d+(?:[./]\d+)?|일점오|이점오)?"
    r"(?:수화물|하이드레이트)|(?:염)?무수(?:물|화물)|\((?:\d|일|이|삼)수염\))"
)
_WATER_END = re.compile(WATER + "$")
_WATER_START = re.compile(
    r"^(?:무수|함수|가수|일수화물|이수화물|일수화)(?!규산|황산$|아세트산$|프탈산|말레산$|숙신산$|물)"
)
_GRADE_WORDS = (
    "장용성제피과립 서방성제피과립 지속성제피과립 지속성제피펠렛 서방성펠렛혼합물 서방성필름코팅 서방성과립 서방성펠렛 "
    "서방형과립 서방형입자 서방소립구 서방과립 서방펠렛 서방립 장용성과립 장용과립 장용펠렛 장용피입자 장용피과립 장용성펠렛 "
    "지속성과립 지속성펠렛 지속과립 제피과립 제피세립 제피펠렛 코팅입자 코팅과립 제피립 구형과립 고체분산체 고체분산 "
    "혼합분말 농축분말 농축과립 농축물 농축액 분무건조품 분무건조 분사건조품 스프레이건조 동결건조품 건조품 "
    "과립 세립 펠렛 미분화 미세화 분말 파우더 가루 입자 현탁액 에멀젼 주사액 점비액 건조분말 유상형 분말형 분산용액 디씨 펠렛타입"
).split()
_GRADE_END = re.compile(
    "(?:"
    + "|".join(_GRADE_WORDS)
    + r"|\d+배산|배산|(?:과립|타입|분말)\d+|dc\d*|(?<=염)(?:산|정|액|캡슐)|(?<=물)(?:산|정|액)|"
    r"\d+(?:[.·]\d+)?(?:[·/]\d+)?%(?:과립|액|용액|현탁액|에멀젼|산|분말)?|(?:과립|액|용액|현탁액|에멀젼)\d+(?:\.\d+)?%)$"
)
_GRADE_START = re.compile(
    r"^(?:미분화|미세화|미분|제피된|제피|장용성|지속성|서방성|농축|희석된|희석한|희석힌|희석|묽은|건조|정제|멸균|무균|직타용|직타|"
    r"스프레이건조|분무건조|주사용|로코트|경질|합성|용성|과립상|분말|조-|조 |\d+(?:[.·]\d+)?%-?)"
)
# What a bracket may hold and still be the same form of the name before it, or a mere grade.
_BRACKET_END = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_BRACKET_GRADE = re.compile(
    r"^(?:.*(?:미분화|미세화|미분|과립|분말형?|유상|합성|발효|가용성|건조품|mesh|무수물로서|으로서.*|로서.*|메쉬|제\d법|유전자재조합|숙주.*|균주.*|벡터.*)"
    r"|v/v|w/w|\d+(?:\.\d+)?%?|(?!\d*[a-z]{1,2}$)[a-z0-9 .+#/-]*[a-z][a-z0-9 .+#/-]*)$"
)
# Blends sold under a name: the code in the bracket tells one blend from another.
_BLEND = re.compile(
    "향|색소|오파드라이|캡슐|코팅|프리믹스|에센스|잉크|플레이버|후레바|맛|오일|균|바이러스|항원|톡소이드|엑스|추출"
)


@dataclass(frozen=True)
class Form:
    """A name taken apart: base in normal form, and what distinguishes this form of it."""

    base: str
    salts: tuple[str, ...] = ()
    esters: tuple[str, ...] = ()
    water: str = ""
    grades: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        return not (self.salts or self.esters or self.water or self.grades)


def _any(words: "tuple[str, ...] | dict[str, str] | list[str]") -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


# Acids that make esters as often as salts: read as an ester until some name writes the pair as a salt (…산염).
_EITHER = frozenset({"아세트산", "인산", "숙신산"})
_ESTER_ACIDS = (*sorted(set(ESTERS.values())), "아세폰산", "카프로산")
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
_SIGNS = "-·.,/ "
_SHORTEST = 2


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
    if hit := _GRADE_START.match(text):
        found.append(_Step(text[hit.end() :], "grade", hit[0]))
    return found


def _water_steps(text: str) -> "list[_Step]":
    return [
        _Step(text[: hit.start()] + text[hit.end() :], "water", hit[0].strip("()"))
        for hit in (_WATER_END.search(text), _WATER_START.match(text))
        if hit
    ]


def _salt_steps(text: str) -> "list[_Step]":
    found = []
    if hit := _SALT_END.search(text):
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
        kind = "ester" if acid in _EITHER or acid in _ESTER_ACIDS else "salt"
        found.append(_Step(text[hit.end() :], kind, acid))
    return found


def _cation_steps(rest: str, cation: str) -> "list[_Step]":
    if _INORGANIC.match(rest):
        return []
    if acid := _ACID_OF_CATION.search(rest):  # 덱사메타손인산나트륨: acid and metal together
        return [_Step(rest[: acid.start()], "salt", f"{_salt_word(acid[1])}{cation}")]
    if rest.endswith("산") and bare(rest) not in MEDICINE_ACIDS:
        return []
    return [_Step(rest, "salt", cation)]


def is_element(base: str) -> bool:
    """Whether a base is nothing but elements, ions and radicals."""
    return _ELEMENTS_ONLY.fullmatch(base) is not None


def _is_base(step: _Step) -> bool:
    base = bare(step.rest)
    if len(base) < _SHORTEST or is_element(base) or base in ACIDS or _METAL_START.match(base):
        return False
    return base not in HALIDES and not any(base == other and step.value.endswith(acid) for other, acid in NOT_A_SALT)


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
            readings,
            key=lambda form: (len(form.base), form.base, form.salts, form.esters, form.water, form.grades),
        )
    )


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
