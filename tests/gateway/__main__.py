"""Runs the gateway by hand: `python -m tests.gateway --help`."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

import uvicorn

from . import faults
from .envelopes import ENVELOPES
from .gateway import create_gateway
from .invented import DEFAULT_PRODUCTS, invented
from .operations import OPERATIONS
from .options import KEY, Options, encoded
from .real import real
from .serving import UVICORN, listening_on


def _share(text: str) -> tuple[str, float]:
    name, _, share = text.partition(":")
    try:
        return next(iter(faults.checked({name: float(share or 1)}).items()))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.gateway", description="식약처 게이트웨이를 흉내 냅니다."
    )
    parser.add_argument("--data", type=Path, help="식약처 자료 폴더. 없으면 지어낸 제품을 줍니다.")
    parser.add_argument("--port", type=int, default=8100, help="127.0.0.1의 포트. 0이면 빈 포트")
    parser.add_argument("--key", default=KEY, help="받아들일 인증키(디코딩 형태)")
    parser.add_argument("--quota", type=int, default=10_000, help="데이터마다 하루 호출 수")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="답마다 걸리는 시간(밀리초)")
    parser.add_argument("--page-limit", type=int, default=100, help="numOfRows의 최댓값(100 또는 500)")
    parser.add_argument("--at-once", type=int, help="함께 받을 호출 수. 넘으면 429로 답합니다.")
    parser.add_argument("--envelope", choices=[*ENVELOPES, "rotate"], default="documented", help="JSON 봉투")
    parser.add_argument("--refusal", choices=["xml", "json", "text"], default="xml", help="거절하는 모양")
    parser.add_argument(
        "--fault", type=_share, action="append", default=[], metavar="NAME:SHARE", help="탈과 그 비율"
    )
    parser.add_argument("--faults", action="store_true", help="낼 수 있는 탈을 모두 보여 줍니다.")
    parser.add_argument(
        "--not-applied", action="append", default=[], metavar="SERVICE", help="신청하지 않은 데이터"
    )
    parser.add_argument("--expired", action="store_true", help="기한이 지난 인증키로 다룹니다.")
    parser.add_argument("--seed", type=int, default=0, help="탈이 날 호출을 고르는 씨앗")
    parser.add_argument("--products", type=int, help="제품 수")
    return parser


def main() -> None:
    """Serve until interrupted."""
    asked = _arguments().parse_args()
    say = sys.stdout.write
    if asked.faults:
        say("\n".join(sorted(faults.FAULTS)) + "\n")
        return
    options = Options(
        key=asked.key,
        quota=asked.quota,
        page_limit=asked.page_limit,
        latency=asked.latency / 1000,
        at_once=asked.at_once,
        envelope=asked.envelope,
        refusal=asked.refusal,
        not_applied=frozenset(asked.not_applied),
        expired=asked.expired,
        faults=dict(asked.fault),
        seed=asked.seed,
    )
    if asked.data is not None and asked.data.is_dir():
        ministry = real(asked.data, asked.products)
    else:
        if asked.data is not None:
            say(f"{asked.data} 폴더가 없어 지어낸 제품을 줍니다.\n")
        ministry = invented(asked.products or DEFAULT_PRODUCTS)
    ministry.load()
    for operation in OPERATIONS:
        say(f"{ministry.count(operation):>9,}  {operation.path}\n")
    say(f"인증키(Decoding) {options.key}\n인증키(Encoding) {encoded(options.key)}\n")
    # Whoever reads the address may call it at once: it is bound before it is told.
    with closing(listening_on(asked.port)) as listening:
        say(f"http://127.0.0.1:{listening.getsockname()[1]}/1471000\n준비되었습니다.\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(create_gateway(ministry, options), **UVICORN)).run([listening])


if __name__ == "__main__":
    main()
