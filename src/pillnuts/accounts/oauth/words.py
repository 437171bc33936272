"""What can go wrong on the way to a provider and back, and how it is said to a person."""

from typing import Final, Literal, get_args

Problem = Literal[
    "denied",
    "stale",
    "down",
    "odd",
    "refused",
    "linked_elsewhere",
    "already_linked",
    "other_account",
    "confirm_again",
    "not_fresh",
    "password_due",
    "unknown_provider",
]
PROBLEMS: Final[tuple[Problem, ...]] = get_args(Problem)

_SENTENCES: Final[dict[Problem, str]] = {
    "denied": "{title} 로그인을 취소하셨습니다. 다시 하시거나 다른 방법으로 로그인해 주세요.",
    "stale": "시간이 지났거나 다른 화면에서 이미 쓴 로그인입니다. 처음부터 다시 해 주세요.",
    "down": "지금 {title}에서 답이 없습니다. 잠시 뒤에 다시 하시거나 다른 방법으로 로그인해 주세요.",
    "odd": "{title}에서 온 답을 확인할 수 없어 멈추었습니다. 다시 해도 같으면 다른 방법으로 로그인해 주세요.",
    "refused": "{title}에서 받은 로그인이 이미 쓰였거나 시간이 지났습니다. 다시 해 주세요.",
    "linked_elsewhere": "그 {title} 계정은 여기에 연결할 수 없습니다. 다른 {title} 계정으로 해 주세요.",
    "already_linked": "이미 {title} 계정이 연결되어 있습니다. 바꾸려면 먼저 연결을 끊어 주세요.",
    "other_account": "연결된 {title} 계정이 아닙니다. 이 계정에 연결한 {title} 계정으로 해 주세요.",
    "confirm_again": "중요한 변경입니다. 본인 확인을 한 번 더 한 뒤에 다시 눌러 주세요.",
    "not_fresh": "{title}에서 다시 로그인하지 않으셨습니다. {title} 비밀번호까지 입력해 주세요.",
    "password_due": "이 계정에는 비밀번호가 있습니다. 비밀번호로 확인해 주세요.",
    "unknown_provider": "쓸 수 없는 로그인 방법입니다. 다른 방법으로 로그인해 주세요.",
}


class ProviderError(Exception):
    """It did not work; `reason` is constant words for the log, never something that the provider wrote."""

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__(reason)
        self.problem: Problem = problem
        self.reason = reason


def sentence(problem: str, title: str) -> str:
    """Say what went wrong; `title` is the provider's Korean name, or empty."""
    known = {code: said for code, said in _SENTENCES.items() if code == problem}
    said = next(iter(known.values()), "로그인하지 못했습니다. 다시 해 주세요.")
    return said.format(title=title or "그 서비스")
