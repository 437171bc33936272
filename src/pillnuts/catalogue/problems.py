"""What the ministry's gateway can complain of, and what is to be done then (pure)."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["retry", "slow_down", "tomorrow", "stop"]
"""Ask again soon; ask again, and less often; not before midnight in Seoul; never, until somebody acts."""


@dataclass(frozen=True)
class Problem:
    """Why there is no data, and what to do."""

    kind: Kind
    code: str
    """The gateway's own code (`30`), or a word of ours where it gave none (`empty`, `HTTP 502`)."""
    korean: str
    english: str
    everywhere: bool = False
    """Every data set will answer the same: it is the key, not what was asked."""
    largest_page: int | None = None
    """More rows than this were asked for at once."""

    def __str__(self) -> str:
        return f"{self.korean} ({self.code}, {self.english})"


EMPTY: Final = Problem("retry", "empty", "빈 답이 왔습니다.", "the answer is empty")
GARBLED: Final = Problem("retry", "garbled", "읽을 수 없는 답이 왔습니다.", "the answer is no text")
TRUNCATED: Final = Problem("retry", "truncated", "답이 중간에 잘렸습니다.", "the answer is cut short")
HTML: Final = Problem(
    "retry",
    "html",
    "자료 대신 웹 페이지가 왔습니다. 점검 중일 수 있습니다.",
    "a web page came instead of data",
)
SHAPE: Final = Problem("retry", "shape", "처음 보는 모양의 답이 왔습니다.", "the answer has an unknown shape")
MISSING: Final = Problem(
    "retry", "missing", "있어야 할 행이 답에 없습니다.", "rows that must be there are missing"
)
NOTHING: Final = Problem(
    "retry", "nothing", "자료가 하나도 없다고 합니다.", "a whole data set is said to be empty"
)
OTHER_PAGE: Final = Problem("retry", "page", "다른 쪽의 답이 왔습니다.", "the answer is another page")
FOREIGN: Final = Problem(
    "retry", "foreign", "묻지 않은 자료가 왔습니다.", "the rows are not what was asked for"
)

_APPLY = "공공데이터포털(data.go.kr) 마이페이지에서"
_NOT_REGISTERED = (
    "등록되지 않은 인증키입니다. 키를 그대로 옮겼는지, 이 자료를 활용신청했는지 확인해 주십시오. "
    "신청한 지 얼마 되지 않았다면 한두 시간 뒤에 다시 해 주십시오."
)
_PATH_GONE = (
    "그런 서비스가 없습니다. 서비스의 판이 바뀌었을 수 있으니 PILLNUTS_MINISTRY_PATHS를 고쳐 주십시오."
)
_BUSY = "너무 잦게 물었습니다. 천천히 다시 묻습니다."
_QUOTA = "오늘 부를 수 있는 횟수를 다 썼습니다. 한국 시각 자정에 다시 열립니다."
_BACKEND = "식약처 서버가 답하지 못합니다."

_CODES: Final[dict[str, tuple[Kind, str, str, str]]] = {
    "01": ("retry", "APPLICATION_ERROR", "식약처 서버에 오류가 났습니다.", "the ministry's server failed"),
    "02": ("retry", "DB_ERROR", "식약처 데이터베이스에 오류가 났습니다.", "the ministry's database failed"),
    "04": ("retry", "HTTP_ERROR", "식약처 서버와 통신하지 못했습니다.", "the gateway could not pass it on"),
    "05": ("retry", "SERVICETIMEOUT_ERROR", "식약처 서버가 제때 답하지 못했습니다.", "the service timed out"),
    "10": (
        "stop",
        "INVALID_REQUEST_PARAMETER_ERROR",
        "요청 값이 잘못되었습니다.",
        "a request parameter is not accepted",
    ),
    "11": (
        "stop",
        "NO_MANDATORY_REQUEST_PARAMETERS_ERROR",
        "필요한 요청 값이 빠졌거나 한 번에 너무 많은 행을 달라고 했습니다.",
        "a parameter is missing, or too many rows were asked for",
    ),
    "12": ("stop", "NO_OPENAPI_SERVICE_ERROR", _PATH_GONE, "no such service: its path has changed"),
    "20": (
        "stop",
        "SERVICE_ACCESS_DENIED_ERROR",
        f"이 자료를 쓸 권한이 없습니다. {_APPLY} 활용신청 상태를 확인해 주십시오.",
        "access to this data set is denied",
    ),
    "21": (
        "stop",
        "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR",
        f"인증키가 잠시 정지되어 있습니다. {_APPLY} 확인해 주십시오.",
        "the key is disabled for now",
    ),
    "22": (
        "tomorrow",
        "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
        _QUOTA,
        "the daily number of calls is used up",
    ),
    "23": (
        "slow_down",
        "LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR",
        _BUSY,
        "too many calls a second",
    ),
    "30": (
        "stop",
        "SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
        _NOT_REGISTERED,
        "the key is mistyped, encoded twice, or this data set was not applied for",
    ),
    "31": (
        "stop",
        "DEADLINE_HAS_EXPIRED_ERROR",
        f"인증키의 기한이 끝났습니다. {_APPLY} 활용 기간을 연장해 주십시오.",
        "the key has expired; prolong it on the portal",
    ),
    "32": (
        "stop",
        "UNREGISTERED_IP_ERROR",
        f"이 서버의 주소가 등록되어 있지 않습니다. {_APPLY} IP를 등록해 주십시오.",
        "the address of this server is not registered",
    ),
    "33": ("stop", "UNSIGNED_CALL_ERROR", "서명되지 않은 호출입니다.", "the call is not signed"),
    "99": ("retry", "UNKNOWN_ERROR", "게이트웨이에 알 수 없는 오류가 났습니다.", "an unknown error"),
}
_EVERYWHERE: Final = {"21", "31", "32", "33"}

_LARGEST_PAGE = re.compile(r"numOfRows\s+maximum\s+is\s*=\s*\[?\s*([0-9]{1,6})", re.IGNORECASE)


def by_code(code: str, message: str) -> Problem:
    """Tell by the gateway's code, or by its message where the code is none that is documented."""
    if code not in _CODES:
        unknown = Problem(
            "retry",
            code or "unknown",
            "알려지지 않은 오류 답이 왔습니다.",
            message.strip() or "no reason given",
        )
        return by_words(message) or unknown
    kind, constant, korean, english = _CODES[code]
    most = _LARGEST_PAGE.search(message) if code == "11" else None
    return Problem(
        kind,
        code,
        f"한 번에 {most[1]}행까지만 받을 수 있습니다." if most else korean,
        f"{constant}: {english}",
        everywhere=code in _EVERYWHERE,
        largest_page=int(most[1]) if most else None,
    )


_WORDS: Final[tuple[tuple[str, Kind, str, str], ...]] = (
    # What is in an answer decides; the longer phrase is looked for first.
    ("API token quota exceeded", "tomorrow", "22", _QUOTA),
    ("API rate limit exceeded", "slow_down", "23", _BUSY),
    ("API not found", "stop", "12", _PATH_GONE),
    ("Error forwarding request", "retry", "04", _BACKEND),
    ("Error receiving response", "retry", "04", _BACKEND),
    ("Unexpected error", "retry", "99", "게이트웨이에 알 수 없는 오류가 났습니다."),
    ("Unauthorized", "stop", "401", "인증키가 없거나 틀립니다. PILLNUTS_MINISTRY_KEY를 확인해 주십시오."),
    (
        "Forbidden",
        "stop",
        "403",
        f"이 자료는 활용신청이 되어 있지 않습니다. {_APPLY} 신청해 주십시오. 곧바로 승인됩니다.",
    ),
)
_MEANING: Final = {
    "401": "the key is missing or wrong",
    "403": "this data set was not applied for with this key",
}


def by_words(text: str) -> Problem | None:
    """Tell by the words of an answer without a code; None: it holds none of those the gateway uses."""
    said = re.sub(r"[\s_]+", " ", text[:4000]).casefold()
    for code, (_, constant, _, _) in _CODES.items():
        if constant.replace("_", " ").casefold() in said:
            return by_code(code, text)
    for words, kind, code, korean in _WORDS:
        if words.casefold() in said:
            meaning = _MEANING.get(code)
            return Problem(kind, code, korean, f"{words}: {meaning}" if meaning else words)
    return None


def by_status(status: int) -> Problem | None:
    """Tell by the HTTP status alone; None: it is a success."""
    if 200 <= status < 300:  # noqa: PLR2004 -- what a success is in HTTP
        return None
    code = f"HTTP {status}"
    match status:
        case 401 | 403:
            return Problem(
                "stop", code, f"인증키를 받아 주지 않습니다. {_APPLY} 확인해 주십시오.", "the key is refused"
            )
        case 404 | 410:
            return Problem("stop", code, _PATH_GONE, "no such service: its path has changed")
        case 429:
            return Problem("slow_down", code, _BUSY, "too many calls")
        case _:
            return Problem("retry", code, _BACKEND, "the ministry's server does not answer")
