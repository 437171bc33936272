"""How the ministry's ingredient names are spelled, and the normal form under which two spellings are one.

Pure. The ministry has changed its transliteration several times (메칠 → 메틸, 구연산 → 시트르산), and every
maker has typed blanks, dots, dashes and brackets in its own way. Nothing here drops a word: salts, water
and grades stay in the key (`salts` takes those apart).
"""

import re
import unicodedata
from functools import lru_cache

# Old word → the word of today's 대한민국약전. The longest match wins, so that 길초산 (valeric acid) is not
# read as 초산 (acetic acid). Only words that mean the same substance stand here.
WORDS = {
    # acids
    "구연산": "시트르산",
    "초산": "아세트산",
    "길초산": "발레르산",
    "아미노초산": "글리신",
    "주석산": "타르타르산",
    "중주석산": "타르타르산",
    "호박산": "숙신산",
    "젖산": "락트산",
    "말레인산": "말레산",
    "푸말산": "푸마르산",
    "후마르산": "푸마르산",
    "능금산": "말산",
    "안식향산": "벤조산",
    "벤조인산": "벤조산",
    "아스코르빈산": "아스코르브산",
    "아스코빈산": "아스코르브산",
    "글루타민산": "글루탐산",
    "아스파라긴산": "아스파르트산",
    "팔미틴산": "팔미트산",
    "스테아린산": "스테아르산",
    "올레인산": "올레산",
    "소르빈산": "소르브산",
    "살리칠산": "살리실산",
    "취화수소산": "브롬화수소산",
    "엽산": "폴산",
    "술폰산": "설폰산",
    "불화": "플루오르화",
    # groups
    "메칠": "메틸",
    "에칠": "에틸",
    "부칠": "부틸",
    "프로필렌글라이콜": "프로필렌글리콜",
    "치아": "티아",
    "치오": "티오",
    "치옥": "티옥",
    "치닐": "티닐",
    "티아짓": "티아지드",
    "티아자이드": "티아지드",
    "치아짓": "티아지드",
    "치아자이드": "티아지드",
    "히드라짓": "히드라지드",
    "하이드로": "히드로",
    "하이드록": "히드록",
    "하이드라": "히드라",
    "알데하이드": "알데히드",
    "아마이드": "아미드",
    "옥사이드": "옥시드",
    "글리세라이드": "글리세리드",
    "사이클로": "시클로",
    "싸이클로": "시클로",
    "사이클리": "시클리",
    "싸이클리": "시클리",
    "싸이": "사이",
    "씨트": "시트",
    "알콜": "알코올",
    "글라이콜": "글리콜",
    "메치콘": "메티콘",
    "메치오닌": "메티오닌",
    "요드": "요오드",
    "니움": "늄",
    "로피움": "로퓸",
    "소디움": "소듐",
    "설페이트": "황산",
    "카로텐": "카로틴",
    "캠퍼": "캄파",
    "캄퍼": "캄파",
    "알기닌": "아르기닌",
    "알지닌": "아르기닌",
    "이소로이신": "이소류신",
    "로이신": "류신",
    "루이신": "류신",
    "라이신": "리신",
    "트립토판": "트리프토판",
    "니코틴아미드": "니코틴산아미드",
    "니코틴아마이드": "니코틴산아미드",
    "니코틴산아마이드": "니코틴산아미드",
    # medicines
    "스로마이신": "트로마이신",
    "로자르탄": "로사르탄",
    "로자탄": "로사르탄",
    "로사탄": "로사르탄",
    "이르베사탄": "이르베사르탄",
    "이베사탄": "이르베사르탄",
    "올메사탄": "올메사르탄",
    "발사탄": "발사르탄",
    "칸데사탄": "칸데사르탄",
    "텔미사탄": "텔미사르탄",
    "수도에페드린": "슈도에페드린",
    "메트포민": "메트포르민",
    "와파린": "와르파린",
    "클로로페니라민": "클로르페니라민",
    "페치딘": "페티딘",
    "클라불라산": "클라불란산",
    "리스프로": "라이스프로",
    "인슐라이스프로": "인슐린라이스프로",
    "글루리진": "글루리신",
    "데프라자코르트": "데플라자코트",
    "아줄렌설폰산나트륨": "수용성아줄렌",
    "크로몰린": "크로모글리크산",
    "이소니코틴산히드라짓": "이소니아지드",
    "이소니코틴산히드라지드": "이소니아지드",
    "디말레인산클로르페니라민": "덱스클로르페니라민말레산염",
    "디말레산클로르페니라민": "덱스클로르페니라민말레산염",
    "디클로르페니라민": "덱스클로르페니라민",
    "디엘말레인산클로르페니라민": "클로르페니라민말레산염",
    "디엘클로르페니라민": "클로르페니라민",
    "이소소르비드-5-모노니트레이트": "이소소르비드일질산염",
    "이소소르비드5모노니트레이트": "이소소르비드일질산염",
    "5-일질산이소소르비드": "이소소르비드일질산염",
    "5-이소소르비드일질산염": "이소소르비드일질산염",
    "일질산이소소르비드": "이소소르비드일질산염",
    "이질산이소소르비드": "이소소르비드이질산염",
    "질산이소소르비드": "이소소르비드이질산염",
    "이소소르비드질산염": "이소소르비드이질산염",
    "이소소르비드디니트레이트": "이소소르비드이질산염",
    # excipients
    "삭카린": "사카린",
    "락토스": "락토오스",
    "락토오즈": "락토오스",
    "락토즈": "락토오스",
    "락툴로오즈": "락툴로오스",
    "락툴로스": "락툴로오스",
    "셀룰로즈": "셀룰로오스",
    "셀룰로오즈": "셀룰로오스",
    "셀룰로스": "셀룰로오스",
    "수크로스": "수크로오스",
    "수크로즈": "수크로오스",
    "멜로스": "멜로오스",
    "멜로즈": "멜로오스",
    "알미늄": "알루미늄",
    "탈크": "탤크",
    "활석": "탤크",
    "마크로골": "폴리에틸렌글리콜",
    "콜로이달": "콜로이드성",
    "이산화티탄": "산화티탄",
    "소듐벤조에이트": "벤조산나트륨",
    "마그네슘스테아레이트": "스테아르산마그네슘",
    "스테아레이트마그네슘": "스테아르산마그네슘",
    "메틸파라벤": "파라옥시벤조산메틸",
    "메칠파라벤": "파라옥시벤조산메틸",
    "프로필파라벤": "파라옥시벤조산프로필",
    "에틸파라벤": "파라옥시벤조산에틸",
    "부틸파라벤": "파라옥시벤조산부틸",
    "파라히드록시벤조산": "파라옥시벤조산",
    # minerals
    "황산동": "황산제이구리",
    "산화제이동": "산화제이구리",
    "수산화제이철수크로오스복염": "수크로오스수산화제이철착염",
    "수하물": "수화물",
    "모노하이드레이트": "일수화물",
    "헤미하이드레이트": "반수화물",
    "디하이드레이트": "이수화물",
}
# Read after `WORDS`, in today's words.
PHRASES = {
    "히드록시프로필메틸셀룰로오스": "히프로멜로오스",
    "카르복시메틸셀룰로오스": "카르멜로오스",
    "카멜로오스": "카르멜로오스",
    "인산일수소": "인산수소",
    "엘카르니틴": "레보카르니틴",
    "엘도파": "레보도파",
}
# Whole names: other words for the same substance. A part of a name is never read like this.
SAME = {
    "알코올": "에탄올",
    "에틸알코올": "에탄올",
    "주정": "에탄올",
    "백당": "수크로오스",
    "설탕": "수크로오스",
    "자당": "수크로오스",
    "포도당": "글루코오스",
    "덱스트로오스": "글루코오스",
    "덱스트로스": "글루코오스",
    "락토오스": "유당",
    "메타중아황산나트륨": "피로아황산나트륨",
    "메타아황산수소나트륨": "피로아황산나트륨",
    "1,2-프로필렌글리콜": "프로필렌글리콜",
    "콩기름": "대두유",
    "글리세롤": "글리세린",
}
GREEK = str.maketrans(
    {"α": "알파", "β": "베타", "γ": "감마", "δ": "델타", "ω": "오메가", "ß": "베타", "ㅣ": "l"}
)
DOTS = "·ㆍ・･‧∙•․⋅"
SAME_SIGNS = str.maketrans(
    {
        **dict.fromkeys(DOTS, "·"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("~∼～〜", "~"),
        **dict.fromkeys("‘’´`′", "'"),
    }
)

_WORD = re.compile("|".join(sorted(map(re.escape, WORDS), key=len, reverse=True)))
_PHRASE = re.compile("|".join(map(re.escape, PHRASES)))
_ARROW = re.compile(r"-*[>→]")
# The letters that say which mirror image or which place; the ministry writes L-, l-, 엘- and 엘.
_LETTERS = {"dl": "디엘", "d": "디", "l": "엘", "s": "에스", "n": "엔", "p": "파라"}
_LETTER = re.compile(r"(?<![a-z0-9가-힣])(dl|d|l|s|n|p)-?(?=[가-힣])|(?<=[가-힣])-?(dl|d|l)-(?=[가-힣])")
_KOREAN_LETTER = re.compile(r"(?:(?<=^)|(?<=[^가-힣]))(디엘|디|엘|에스|엔)-(?=[가-힣])")
_NOISE = re.compile(r"(?<![0-9])[-.,·()\[\]{}<>/:;*&'\"|?]+|[-.,·()\[\]{}<>/:;*&'\"|?]+(?![0-9])")


@lru_cache(maxsize=65536)
def tidy(name: str) -> str:
    """Width, case, blanks and signs made one; words and separators kept (`에이·비(2:1)` stays apart)."""
    text = unicodedata.normalize("NFKC", name.translate(GREEK).translate(SAME_SIGNS)).casefold()
    text = "".join(text.translate(SAME_SIGNS).split())
    return _ARROW.sub("→", text)


@lru_cache(maxsize=65536)
def modern(name: str) -> str:
    """The tidied name in today's words: `염산치아민` → `염산티아민`, `L-아르기닌` → `엘아르기닌`."""
    text = _LETTER.sub(lambda found: _LETTERS[found[1] or found[2]], tidy(name))
    text = _KOREAN_LETTER.sub(r"\1", text)
    text = _WORD.sub(lambda found: WORDS[found[0]], text)
    return _PHRASE.sub(lambda found: PHRASES[found[0]], text)


def bare(text: str) -> str:
    """The letters of a modern name: signs go, except where they stand between two digits."""
    return _NOISE.sub("", text)


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """The normal form under which two spellings of a name are the same; applying it twice changes nothing."""
    key, after = "", tidy(name)
    while after != key:
        key, after = after, bare(modern(after)) or after
    return key
