"""Mixtures, carriers and look-alikes: what keeps two names of one DUR group apart.

Pure. Tables first, each with its reason.
"""

import re
from collections.abc import Callable

from pillnuts.catalogue.spelling import bare, modern

# Carriers and buffers that a medicine is delivered with. `메로페넴수화물·건조탄산나트륨` is how meropenem is
# weighed, not a second medicine: the name belongs to meropenem, and `contains` still names the carrier.
CARRIERS = frozenset(
    (
        "탄산나트륨 건조탄산나트륨 시트르산나트륨 시트르산 인산나트륨 무수인산이수소나트륨 "
        "인산이수소나트륨 건조인산나트륨 아르기닌 엘아르기닌 히프로멜로오스 히드록시프로필메틸셀룰로오스 "
        "콜로이드성이산화규소 이산화규소 염화나트륨 베타시클로덱스트린 알파시클로덱스트린 알파덱스 "
        "베타덱스"
    ).split()
)
# Fillers that a medicine is weighed with when the blend is written in one word: 다파글리플로진무수유당혼합물.
FILLERS = frozenset(
    ("유당 미결정셀룰로오스 셀룰로오스 과당 만니톨 말토덱스트린 전분 옥수수전분 감자전분").split()
)
# Nitrates explode unless they are diluted: the dilution is an article of its own with amounts of its own.
DILUTED = frozenset(("니트로글리세린 이소소르비드일질산염 이소소르비드이질산염").split())
# Blends sold under a name of their own, and what they are made of (셀락토스: lactose and cellulose).
BLENDS = {
    "셀락토오스": ("유당", "셀룰로오스"),
    "셀락토오스80": ("유당", "셀룰로오스"),
    "셀락토오즈": ("유당", "셀룰로오스"),
    "저유당단백질": ("유당",),
    "저유당유단백질": ("유당",),
    "저유당탈지분유": ("유당",),
    "저유당탈지우유": ("유당",),
    "니스과립c2": ("페니라민", "스코폴라민"),
    "니스과립디": ("페니라민", "스코폴라민"),
}
# Words that make another substance out of a base: mirror images, methyl and other derivatives, pegylation.
PREFIXES = frozenset(
    (
        "덱스 덱시 레보 에스 아르 데스 데옥시 디데옥시 노르 디히드로 히드로 이소 네오 메타 파라 오르토 "
        "메틸 에틸 프로필 에티닐 베타메틸 페그 코리 세미 알로 부틸 주 히드록시 옥시 아세틸 엔아세틸 시클로 "
        "플루오로 플루오르 클로로 클로르 브로모 니트로 아미노 에피 트랜스 시스 폴리 올리고 반합성 "
        "부분수소화 수소화 항"
    ).split()
)
SUFFIXES = frozenset(
    (
        "일질산염 이질산염 질산염 모노니트레이트 디니트레이트 카페인 가수분해물 불검화물 글라진 글루리신 "
        "글루리진 데글루덱 디터머 라이스프로 아스파트 이소판 종자유 엑스 추출물 일인산 이인산 삼인산 "
        "니코티네이트 알포세레이트 디올 엠탄신 베도틴 데룩스테칸 티욱세탄 오조가마이신 페골"
    ).split()
)
# Members of a DUR group that are other medicines, where no rule of form says so.
OTHERS = {
    "알코올": re.compile("메탄올"),
    "에탄올": re.compile("메탄올"),
    "난포자극호르몬": re.compile("폴리트로핀"),
    "인슐린": re.compile("글라진|글루리|데글루덱|디터머|라이스프로|아스파트|이소판"),
    "아황산수소나트륨": re.compile("메나디온|메타|피로"),
    "트롬빈": re.compile("항트롬빈"),
    "트로메타몰": re.compile("티아프로"),
    "가도베네이트": re.compile("가도펜테"),
    "대두유": re.compile("수소화|불검화"),
    "카제인": re.compile("가수분해|포름알데히드"),
    "유당": re.compile("저유당|엑스|철"),
    "벤조산": re.compile("카페인"),
    "엘아르기닌": re.compile("글루탐산|글루타민산|아스파르트산|티아졸리딘|티디아시|포스페이트|인산"),
    "이소소르비드": re.compile("질산|니트레이트"),
    "테스토스테론": re.compile("메틸"),
    "디곡신": re.compile("메틸"),
    "클로르페니라민": re.compile("덱스|디말레산|^디클로르"),
    "인유두종바이러스": re.compile("형"),
    "프로필렌글리콜": re.compile("폴리글리세릴"),
}
# An amino acid with another is a salt of two, none the carrier of the other.
AMINO_ACIDS = frozenset({"엘아스파르트산", "아스파르트산", "엘글루탐산", "글루탐산"})
_SEPARATOR = re.compile(
    r"(?<=[가-힣])\d+(?:\.\d+)?%(?=[가-힣])|(?<=[가-힣)%])[·,/:+*|.]|[·,/:+*|.](?=[가-힣(])"
    r"|(?<=[가-힣])[와및](?=[가-힣])|(?<=[가-힣])-(?=[가-힣])"
)
_NO_MIXTURE = re.compile("캡슐|상부|공중합체")
_EXTRACT = re.compile("^[^·]*(?:엑스|추출|틴크)(?!.*혼합)")
_HANGUL = re.compile("[가-힣]")
_RATIO = re.compile(r"\(?\d+(?:\.\d+)?[:：]\d+(?:\.\d+)?\)?")
_GLUED = re.compile("혼합(?:건조물|물|분말)$")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_PERCENT = re.compile(r"[가-힣]\d+(?:\.\d+)?%[가-힣]")
_DYE = re.compile(r"(황색|적색|청색|녹색|등색|자색|흑색)제?(\d+)호")
_DYE_WORDS = re.compile(
    "식약[정청처]?인[정청]|타르색소|식용혼합색소|식용색소|식용|의약품?용|색소|알루미늄|레이크|레이트|"
    "또는|및|포함|상부|하부|면|[적청황녹]색"
)
_MIXED = re.compile(r"(?:혼합건조물|혼합물|혼합분말|혼합|혼액|배산|분말|과립|가루|매트릭스|\d+)$")


def differ(one: str, other: str) -> bool:
    """True where two bases look alike but one is made from the other: 로라타딘 and 데스로라타딘."""
    short, long = sorted((one.partition("+")[0], other.partition("+")[0]), key=len)
    if short == long:
        return False
    return (long.endswith(short) and long.removesuffix(short) in PREFIXES) or (
        long.startswith(short) and long.removeprefix(short) in SUFFIXES
    )


def words(name: str) -> tuple[str, ...]:
    """The words between the separators of a mixture's name, without ratios and brackets."""
    whole = modern(name)
    inner = _BRACKETS.search(whole)
    if inner and _PERCENT.search(inner[1]):  # 희석된니트로글리세린(니트로글리세린10%유당)
        whole = inner[1]
    if not _SEPARATOR.search(whole) or _NO_MIXTURE.search(whole) or _EXTRACT.match(whole):
        return ()
    text = _MIXED.sub("", _RATIO.sub("", _BRACKETS.sub("", whole)))
    found = tuple(bare(_MIXED.sub("", part)) for part in _SEPARATOR.split(text) if _HANGUL.search(part))
    return tuple(word for word in found if word) if len(found) > 1 else ()


def parts(name: str, base_of: Callable[[str], str | None]) -> tuple[tuple[str, ...], bool]:
    """The known bases of a mixture's parts and whether they are all of it; empty when it is none."""
    if len(dyes := _dyes(name)) > 1:
        return dyes, True
    if (key := bare(modern(name))) in BLENDS:
        return BLENDS[key], True
    bases = [base_of(word) for word in words(name) or _glued(key, base_of)]
    found = tuple(dict.fromkeys(base for base in bases if base))
    if all(bases):
        return (found, True) if len(found) > 1 else ((), True)
    return (found, False) if "·" in modern(name) else ((), True)


def premix(name: str, found: tuple[str, ...], base_of: Callable[[str], str | None]) -> str | None:
    """The one medicine of a blend with fillers, as it is written there; None where there is none."""
    cut = () if words(name) else _glued(bare(modern(name)), base_of)
    active = [word for word in cut if base_of(word) not in FILLERS | CARRIERS]
    return active[0] if len(active) == 1 < len(found) and base_of(active[0]) not in DILUTED else None


def _glued(key: str, base_of: Callable[[str], str | None]) -> tuple[str, ...]:
    """이소소르비드5모노니트레이트유당혼합물: two known words without a sign between."""
    if not (end := _GLUED.search(key)):
        return ()
    whole = key[: end.start()]
    cuts = ((whole[:at], whole[at:]) for at in range(2, len(whole) - 1))
    return next((cut for cut in cuts if all(map(base_of, cut))), ())


def dye(name: str) -> str | None:
    """The plain name of a colour the ministry numbers: `식용색소황색제4호알루미늄레이크` → `황색4호`."""
    found = _dyes(name)
    return found[0] if len(found) == 1 else None


def _dyes(name: str) -> tuple[str, ...]:
    key = bare(modern(name))
    found = tuple(dict.fromkeys(f"{colour}{number}호" for colour, number in _DYE.findall(key)))
    return found if found and not _DYE_WORDS.sub("", _DYE.sub("", key)) else ()


def mixed_word(text: str) -> str:
    """The substance in a word that may say how it is mixed: `셀룰로오스분말` → `셀룰로오스`."""
    return _MIXED.sub("", text)
