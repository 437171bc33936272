"""Complaints as people say them: `배가 아파요` and `배 아플 때 먹는 약` both ask for 배아픔."""

import re
from collections.abc import Iterator
from typing import Final

_FILLERS: Final = re.compile(
    r"(?:먹는|바르는|쓰는|뿌리는|붙이는|좋은|있는|에|때|때문에|일때|것같아요?|것같을|것같다|증상|치료|약|이?요|해요?|할|한|하고)$"
)
"""What may follow the complaint without changing it."""
_ENDINGS: Final = tuple(
    (re.compile(rf"(?:{spoken})$"), noun)
    for spoken, noun in (
        ("아파요?|아파서|아플|아픈데?|아프고?|아프다|아픔", "아픔"),
        ("쓰려요?|쓰려서|쓰릴|쓰린데?|쓰리고?|쓰리다|쓰림", "쓰림"),
        ("안와요?|안와서|안올|안오는데?|안온다|안옴", "안옴"),
        ("나요?|나와요?|나서|날|나는데?|난다|남", "남"),
        ("막혀요?|막혀서|막힐|막힌데?|막힘", "막힘"),
        ("가려워요?|가려워서|가려울|가려운데?|가렵다|가려움", "가려움"),
        ("저려요?|저려서|저릴|저린데?|저림", "저림"),
        ("어지러워요?|어지러울|어지러운데?|어지럽다|어지러움", "어지러움"),
        ("토할|토해|토하고", "토함"),
        ("체했어|체했을|체한", "체함"),
        ("물렸어|물렸을|물린데?", "물림"),
    )
)
_PARTICLES: Final = re.compile(r"(?<=[가-힣])(?:이|가|을|를|은|는|도|에)(?=[가-힣]|$)")
_CHILD: Final = re.compile(r"(?:어린이|소아|아기|애기|아이|유아|베이비|키즈)(?:용|가|의)?(?=.)")
CHILD_WORDS: Final = ("어린이", "소아", "아기", "베이비", "키즈")
"""How the names of medicines say that they are for children."""


def complaints(joined: str) -> Iterator[str]:
    """Shorter ways to say `joined`, a query in normal form; the fullest first, and never itself."""
    said = joined
    while (shorter := _FILLERS.sub("", said)) and shorter != said:
        if not said.endswith("에"):  # 고혈압에 사용합니다 stands in a text, and asks for no less than 고혈압
            yield from _nouns(said, joined)
        said = shorter
    yield from _nouns(said, joined)


def _nouns(said: str, joined: str) -> Iterator[str]:
    for one in (said, _PARTICLES.sub("", said)):
        if one != joined and one:
            yield one
    for ending, noun in _ENDINGS:
        what = ending.sub("", said)
        if what != said:
            bare = _PARTICLES.sub("", what)
            yield from (what + noun, bare + noun)
            if noun == "남" and bare:
                yield bare


def for_child(joined: str) -> str | None:
    """The rest of a query that asks for a child's medicine: `아기해열제` → `해열제`."""
    found = _CHILD.match(joined)
    return joined[found.end() :] if found else None
