"""What several processes count together: with Redis they are one site, also for whoever tries passwords."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import IN_CI

REDIS = "redis://127.0.0.1:6379/0"

PROGRAM = """
import asyncio, json, sys
from pillnuts import posting
from pillnuts.accounts import codes, sign_in, tools
from pillnuts.accounts.hashing import Cost
from pillnuts.accounts.shapes import Visitor
from pillnuts.kernel.db import Database
from pillnuts.kernel.errors import AppError
from pillnuts.kernel.rates import Rates

secret, database, redis, browser = sys.argv[1:]

async def main():
    made = tools.make(
        secret, database=Database(database), outbox=posting.outbox(secret),
        rates=Rates(redis, secret=secret), site_url="http://127.0.0.1", cost=Cost(8, 1),
    )
    visitor, said = Visitor("203.0.113.7", browser), []
    async def attempt(work):
        try:
            await work
            said.append(200)
        except AppError as error:
            said.append(error.status)
    for _ in range(8):
        await attempt(sign_in.with_password(made, login_id="nobody99", password="x", visitor=visitor))
    asked = {"purpose": "sign_up", "channel": "phone", "target": "010-2345-6789"}
    await attempt(codes.ask(made, **asked, visitor=visitor))
    made.passwords.close()
    await made.rates.close()
    await made.database.close()
    print(json.dumps(said))

asyncio.run(main())
"""


def test_limits_hold_across_processes(empty_file: Path, tmp_path: Path) -> None:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=2).close()
    except OSError:
        if IN_CI:
            pytest.fail("Redis does not answer, and in CI it must")
        pytest.skip("Redis does not answer on this machine")
    database = tmp_path / "accounts.db"
    database.write_bytes(empty_file.read_bytes())
    secret = uuid4().hex + uuid4().hex  # counters of their own
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, secret, f"sqlite:///{database}", REDIS, f"browser {number}"],
            stdout=subprocess.PIPE,
            env=dict(os.environ),
            text=True,
        )
        for number in range(2)
    ]
    statuses = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    tries = [status for one in statuses for status in one[:-1]]
    assert sorted(tries) == [401] * 10 + [429] * 6
    assert sorted(one[-1] for one in statuses) == [200, 429]
