"""What an id, a password, an age and a contact must be like: by table and by property."""

import random
import string
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS
from zxcvbn_rs_py import zxcvbn

from pillnuts.accounts import contacts, rules
from pillnuts.accounts.devices import device
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.guessing import as_keys, guess, words
from pillnuts.accounts.hashing import normalised
from pillnuts.accounts.keyed import Keyed
from tests.accounts.site import SECRET

GUESSABLE = """
password password1234 Password1! P@ssw0rd qwertyuiop qwer1234 asdfghjkl 1q2w3e4r5t 1qaz2wsx 12345678 87654321
0123456789 aaaaaaaa abababab abcabcabc iloveyou77 tkfkdgo1234 qlalfqjsgh1 사랑해1234 대한민국2026 pillnuts2026
필넛츠2026 admin1234 letmein99 dragon2024 19900517 seoul19880917 !@#$%^&* zxcvbnm,./ samsung123
passwordpasswordpasswordpassword qwertyuiopqwertyuiopqwertyuiopqwertyuiop
ㅁㄴㅇㄹㅎㅗㅓㅏ ㅂㅈㄷㄱㅅㅛㅕㅑ 가나다라마바사 안녕하세요1! dkssudgktpdy1! 김민수1990 rlaalstn1990
타이레놀500 약국123!
""".split()
GOOD = (
    "복숭아 먹는 다람쥐 7마리",
    "correct horse battery staple",
    "kX9$mq2!vT",
    "우리 집 앞 두번째 가로등",
    "nuttyhedgehog in march",
    "🐿️🌰🐿️🌰🍂 가을",
    "우리강아지뽀삐짱",
    "물고기자리구름떡",
    "비 오는 날엔 파전",
    "my grandmother's blue kettle",
    "wkehgnatlzuqkfxm",
)


@pytest.mark.parametrize("typed", GUESSABLE)
def test_what_everybody_would_try_is_refused_and_scores_nothing(typed: str) -> None:
    with pytest.raises(FieldError) as refused:
        rules.password(typed, ())
    assert refused.value.code == "weak_password"
    assert rules.strength(typed)[0] == 0


@pytest.mark.parametrize("typed", GOOD)
def test_what_takes_several_guesses_is_taken_whatever_it_is_made_of(typed: str) -> None:
    assert rules.password(typed, ()) == normalised(typed)
    assert rules.strength(typed)[0] >= 2


@pytest.mark.parametrize(
    "typed", ["nuri2026", "nuri2026!!", "010234567890", "23456789!", "nuri@example", "NURI2026ab"]
)
def test_what_others_know_of_a_person_is_no_password(typed: str) -> None:
    own = rules.own_words("nuri2026", [contacts.phone("010-2345-6789"), contacts.email("Nuri@example.com")])
    with pytest.raises(FieldError):
        rules.password(typed, own)


def test_length_is_counted_in_characters_up_to_256() -> None:
    letters = "물고기자리구름떡볶이접시"
    assert rules.password(letters[:8], ())
    with pytest.raises(FieldError, match="8자 이상"):
        rules.password(letters[:7], ())
    long = "".join(chr(0xAC00 + n * 37 % 11_000) for n in range(256))
    assert len(rules.password(long, ())) == 256
    with pytest.raises(FieldError, match="256자까지"):
        rules.password(long + "가", ())


def test_the_passwords_that_leaked_most_are_refused() -> None:
    """ASVS 5.0, 6.2.4: at least the 3,000 that are most used of those that are long enough."""
    leaked = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= rules.SHORTEST_PASSWORD]
    assert len(leaked) >= 3000
    assert [one for one in leaked if not _refused(one)] == []


def test_generated_passwords_are_taken() -> None:
    chance = random.Random(20261123)  # noqa: S311 -- the same in every run
    letters = string.ascii_letters + string.digits
    made = ["".join(chance.choices(letters, k=12)) for _ in range(500)]
    made += ["".join(chr(chance.randrange(0xAC00, 0xD7A4)) for _ in range(8)) for _ in range(500)]
    assert [one for one in made if _refused(one)] == []


def test_korean_is_one_word_however_it_is_typed() -> None:
    assert as_keys("안녕하세요") == "dkssudgktpdy"
    assert as_keys("값 읽기, 뷁!") == "rkqt dlfrrl, qnpfr!"
    assert guess("비밀번호1234").digits == guess("qlalfqjsgh1234").digits


def test_our_list_holds_what_the_estimator_lacks() -> None:
    """A word that zxcvbn knows without us needs no line."""
    assert 300 < len(words()) < 1000
    assert [word for word in words() if len(word) > 3 and zxcvbn(word).guesses_log10 < 3.3] == []
    assert all(guess(word).digits < 4 for word in words())


def test_a_password_made_to_be_slow_to_look_at_is_not() -> None:
    begun = time.process_time()
    rules.strength("4@8({[<69!1|0$5+7%2" * 13)
    assert time.process_time() - begun < 1


@given(st.text(min_size=8, max_size=64), st.text(max_size=10))
def test_more_characters_never_make_a_password_worth_less_than_half(typed: str, more: str) -> None:
    """An estimate may find a word across the seam, but what is long does not become nothing."""
    assert guess(typed + more).digits >= guess(typed).digits / 2


@given(st.text(max_size=300))
def test_any_text_gets_a_score_and_a_hint(typed: str) -> None:
    score, hint = rules.strength(typed)
    assert 0 <= score <= 4
    assert hint.endswith(("니다.", "보세요."))
    try:
        rules.password(typed, ())
    except FieldError:
        return
    assert score >= 1


def _refused(typed: str) -> bool:
    try:
        rules.password(typed, ())
    except FieldError:
        return True
    return False


@given(st.text(max_size=25))
def test_an_id_is_lower_case_letters_and_digits(typed: str) -> None:
    try:
        taken = rules.login_id(typed)
    except FieldError:
        return
    assert taken == typed
    assert 4 <= len(taken) <= 20
    assert all(letter in "abcdefghijklmnopqrstuvwxyz0123456789" for letter in taken)


@pytest.mark.parametrize(
    "typed", ["abc", "a" * 21, "Abcd", "ab cd", "가나다라", "abcd\n", "abcd!", "admin", "root", "４４４４"]
)
def test_what_is_no_id(typed: str) -> None:
    with pytest.raises(FieldError):
        rules.login_id(typed)


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2012, 11, 23), date(2026, 11, 23), 14),
        (date(2012, 11, 24), date(2026, 11, 23), 13),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
    ],
)
def test_age_is_counted_in_whole_years(born: date, today: date, years: int) -> None:
    assert rules.age(born, today) == years


@pytest.mark.parametrize(
    "typed", ["010-2345-6789", "01023456789", "+82 10 2345 6789", "０１０ 2345 6789", "010.2345.6789"]
)
def test_one_number_is_one_number_however_it_is_typed(typed: str) -> None:
    assert contacts.phone(typed).written == "+821023456789"


def test_two_people_do_not_differ_in_the_case_of_an_address_alone() -> None:
    first, second = contacts.email("Nuri@Example.COM"), contacts.email(" nuri@example.com ")
    assert first.compared == second.compared
    assert first.written == "Nuri@example.com"


def test_masks_show_enough_to_know_ones_own_by() -> None:
    assert contacts.masked("phone", "+821023456789") == "010-****-6789"
    assert contacts.masked("email", "nuri@example.com") == "nu***@example.com"
    assert contacts.masked("email", "abc@example.com") == "a***@example.com"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
            "Windows · Edge",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/131.0 Mobile Safari/537.36", "Android · Chrome"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) KAKAOTALK 11.0", "iPhone · 카카오톡"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/27.0 Chrome/125.0", "Android · 삼성 인터넷"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0",
            "Mac · Firefox",
        ),
        ("curl/8.1", "다른 기기"),
        ("", "다른 기기"),
    ],
)
def test_a_device_is_told_in_coarse_words(agent: str, words: str) -> None:
    assert device(agent) == words


@given(st.lists(st.text(max_size=5), max_size=3), st.lists(st.text(max_size=5), max_size=3))
def test_no_two_lists_of_parts_have_one_keyed_hash(some: list[str], others: list[str]) -> None:
    keyed = Keyed(SECRET)
    assert (keyed.digest("x", *some) == keyed.digest("x", *others)) == (some == others)
    assert keyed.digest("x", *some) != keyed.digest("y", *some)


def test_what_an_older_secret_wrote_is_still_found() -> None:
    old, new = Keyed(SECRET), Keyed("another secret of the same site", older=[SECRET])
    written = old.digest("phone", "+821023456789")
    assert written in new.digests("phone", "+821023456789")
    assert new.matches(written, "phone", "+821023456789")
    assert not Keyed("another secret of the same site").matches(written, "phone", "+821023456789")
