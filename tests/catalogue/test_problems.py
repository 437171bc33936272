"""Each complaint of the gateway is told apart, with what is to be done and in both languages."""

import pytest

from pillnuts.catalogue import problems
from pillnuts.catalogue.problems import Kind, by_code, by_status, by_words

MAXIMUM = "NO MANDATORY REQUEST PARAMETERS ERROR! \n numOfRows maximum is =[100]"


@pytest.mark.parametrize(
    ("code", "kind", "english"),
    [
        ("01", "retry", "APPLICATION_ERROR"),
        ("02", "retry", "DB_ERROR"),
        ("04", "retry", "HTTP_ERROR"),
        ("05", "retry", "SERVICETIMEOUT_ERROR"),
        ("10", "stop", "INVALID_REQUEST_PARAMETER_ERROR"),
        ("11", "stop", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR"),
        ("12", "stop", "NO_OPENAPI_SERVICE_ERROR"),
        ("20", "stop", "SERVICE_ACCESS_DENIED_ERROR"),
        ("21", "stop", "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR"),
        ("22", "tomorrow", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"),
        ("23", "slow_down", "PER_SECOND"),
        ("30", "stop", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
        ("31", "stop", "DEADLINE_HAS_EXPIRED_ERROR"),
        ("32", "stop", "UNREGISTERED_IP_ERROR"),
        ("33", "stop", "UNSIGNED_CALL_ERROR"),
        ("99", "retry", "UNKNOWN_ERROR"),
    ],
)
def test_every_documented_code_says_what_to_do(code: str, kind: Kind, english: str) -> None:
    problem = by_code(code, "")

    assert (problem.kind, problem.code) == (kind, code)
    assert english in str(problem)
    assert problem.korean in str(problem)


def test_a_page_that_is_too_large_tells_how_large_it_may_be() -> None:
    problem = by_code("11", MAXIMUM)

    assert problem.largest_page == 100
    assert "100행까지만" in problem.korean
    assert by_code("11", "").largest_page is None
    assert by_words(MAXIMUM) == problem


@pytest.mark.parametrize("code", ["21", "31", "32", "33"])
def test_what_is_wrong_with_the_key_is_wrong_everywhere(code: str) -> None:
    assert by_code(code, "").everywhere


@pytest.mark.parametrize("code", ["30", "20", "12"])
def test_what_may_be_wrong_with_one_data_set_is_not_held_against_the_others(code: str) -> None:
    assert not by_code(code, "").everywhere


def test_a_code_nobody_documented_is_tried_again_and_quoted() -> None:
    problem = by_code("77", "SOMETHING NEW")

    assert (problem.kind, problem.code, problem.english) == ("retry", "77", "SOMETHING NEW")
    assert by_code("", "").english == "no reason given"


def test_without_a_code_the_constant_decides() -> None:
    assert by_code("", "SERVICE ERROR SERVICE_KEY_IS_NOT_REGISTERED_ERROR").code == "30"
    assert by_words("deadline has expired error") == by_code("31", "")


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Unauthorized", "stop", "401"),
        ("Forbidden", "stop", "403"),
        ("API not found", "stop", "12"),
        ("api rate limit exceeded\n", "slow_down", "23"),
        ('{"message":"API token quota exceeded"}', "tomorrow", "22"),
        ("Error forwarding request to backend server", "retry", "04"),
        ("Error receiving response from backend server", "retry", "04"),
        ("Unexpected errors", "retry", "99"),
    ],
)
def test_the_words_of_the_newer_gateway_are_known(text: str, kind: Kind, code: str) -> None:
    problem = by_words(text)

    assert problem is not None
    assert (problem.kind, problem.code) == (kind, code)


def test_other_words_say_nothing() -> None:
    assert by_words("봄이 오면 산에 들에") is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, "retry"),
        (400, "retry"),
        (401, "stop"),
        (403, "stop"),
        (404, "stop"),
        (410, "stop"),
        (429, "slow_down"),
        (500, "retry"),
        (503, "retry"),
    ],
)
def test_a_status_alone_says_what_to_do(status: int, kind: Kind) -> None:
    problem = by_status(status)

    assert problem is not None
    assert (problem.kind, problem.code) == (kind, f"HTTP {status}")


def test_a_success_is_no_problem() -> None:
    assert by_status(200) is None


def test_what_is_wrong_is_said_in_plain_words() -> None:
    assert str(problems.EMPTY) == "빈 답이 왔습니다. (empty, the answer is empty)"
