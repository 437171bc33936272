"""Every pair of colours that meets on a page can be told apart, light and dark."""

import re
from pathlib import Path
from typing import Final

import pytest

STYLES: Final = Path(__file__).resolve().parents[2] / "frontend" / "src" / "css"
TEXT, GRAPHIC = 4.5, 3.0

TOKEN: Final = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS: Final = {name: modes for name, *modes in TOKEN.findall((STYLES / "tokens.css").read_text())}

READ: Final = [
    *(
        (ink, ground)
        for ink in ("ink", "muted", "blue", "nut-ink", "second-ink", "danger", "ok")
        for ground in ("ground", "card")
    ),
    *((ink, "nut-wash") for ink in ("ink", "muted", "nut-ink")),
    *((ink, "danger-wash") for ink in ("ink", "muted", "danger")),
    *((ink, "ok-wash") for ink in ("ink", "ok")),
    *((ink, "blue-wash") for ink in ("ink", "muted", "blue")),
    ("on-blue", "blue"),
    ("ground", "ink"),
    ("ink", "found"),
    ("on-found-now", "found-now"),
]
SEEN: Final = [
    *(
        (sign, ground)
        for sign in ("blue", "second", "third", "fourth", "edge", "nut")
        for ground in ("ground", "card")
    ),
    *((bar, "track") for bar in ("blue", "second", "third", "fourth")),
    ("danger", "danger-wash"),
]


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of `#rrggbb`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ, ids="-on-".join)
def test_text_can_be_read(ink: str, ground: str, mode: int) -> None:
    assert contrast(TOKENS[ink][mode], TOKENS[ground][mode]) >= TEXT


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SEEN, ids="-on-".join)
def test_bars_and_borders_can_be_seen(sign: str, ground: str, mode: int) -> None:
    assert contrast(TOKENS[sign][mode], TOKENS[ground][mode]) >= GRAPHIC


def test_only_tokens_and_pills_name_a_colour() -> None:
    naming = {
        path.name
        for path in STYLES.glob("*.css")
        if re.search(r":[^;{}]*#[0-9a-f]{3,8}\b", path.read_text(), re.IGNORECASE)
    }
    assert naming <= {"tokens.css", "pill.css", "print.css"}
