"""What is sealed opens again: here, for this purpose, unchanged; and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OctKey

from pillnuts.kernel.sealing import BadSeal, Seal, derived

OURS = "a secret of this site, long enough"


@given(st.text(max_size=300))
def test_what_is_sealed_opens_again(text: str) -> None:
    seal = Seal(OURS, "outbox")

    assert seal.open(seal.seal(text)) == text


def test_the_sealed_text_shows_nothing_and_is_never_the_same() -> None:
    seal = Seal(OURS, "outbox")
    first, second = seal.seal("010-1234-5678"), seal.seal("010-1234-5678")

    assert first != second
    assert "1234" not in first


@pytest.mark.parametrize("other", [Seal("another secret", "outbox"), Seal(OURS, "cookie")])
def test_another_secret_or_purpose_does_not_open_it(other: Seal) -> None:
    with pytest.raises(BadSeal):
        other.open(Seal(OURS, "outbox").seal("code"))


@given(st.data())
def test_a_changed_token_does_not_open(data: st.DataObject) -> None:
    seal = Seal(OURS, "outbox")
    token = seal.seal("an answer of some length")
    # The last character of each part may hold bits that stand for nothing.
    place = data.draw(st.integers(0, len(token) - 2).filter(lambda at: "." not in token[at : at + 2]))
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]

    with pytest.raises(BadSeal):
        seal.open(changed)


CRITICAL = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3JpdCI6NX0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"
"""Its header says `"crit": 5`."""


@pytest.mark.parametrize("token", ["", ".", "....", "a.b.c.d.e", "약", "eyJhbGciOiJub25lIn0....", CRITICAL])
def test_what_is_no_token_does_not_open(token: str) -> None:
    with pytest.raises(BadSeal) as refused:
        Seal(OURS, "outbox").open(token)

    assert str(refused.value) == "the seal does not open"


def test_another_algorithm_is_not_believed() -> None:
    key = OctKey.import_key(derived(OURS, "outbox"))
    token = jwe.encrypt_compact({"alg": "A256KW", "enc": "A128CBC-HS256"}, "text", key)

    with pytest.raises(BadSeal):
        Seal(OURS, "outbox").open(token)


def test_a_secret_can_be_changed_while_old_seals_wait() -> None:
    old = Seal("the old secret", "outbox").seal("still readable")
    changed = Seal(OURS, "outbox", older=["the old secret"])

    assert changed.open(old) == "still readable"
    assert Seal(OURS, "outbox").open(changed.seal("new")) == "new"


def test_there_is_no_seal_without_a_secret() -> None:
    with pytest.raises(ValueError, match="no secret"):
        Seal("", "outbox")
