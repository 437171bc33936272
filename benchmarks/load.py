"""Driving a server with wrk: requests a second and latencies, as a ratio to the yardstick of the same run."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8

_SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
math.randomseed(7)
local bad = 0
function request() return wrk.format("GET", paths[math.random(#paths)]) end
function response(status) if status ~= 200 then bad = bad + 1; wrk.thread:set("bad", bad) end end
function setup(thread) only = thread end
function done(summary, latency)
  print(string.format("RESULT %%.1f %%d %%d %%d %%d", summary.requests / summary.duration * 1e6,
    latency:percentile(50), latency:percentile(99), only:get("bad") or 0, summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    per_second: float
    p50_ms: float
    p99_ms: float


def drive(base: str, paths: Sequence[str], seconds: int) -> Load:
    """Ask for `paths` at random over 8 connections; raises RuntimeError when any answer was not 200."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths.txt"), Path(folder, "load.lua")
        listed.write_text("\n".join(paths), "utf-8")
        script.write_text(_SCRIPT % listed, "utf-8")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script), base]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30)
    found = re.search(r"RESULT (\S+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    rate, p50, p99, bad, timeouts = map(float, found.groups())
    if bad or timeouts:
        raise RuntimeError(f"{bad:.0f} answers were not 200, {timeouts:.0f} timed out: {paths[0]} …")
    return Load(rate, p50 / 1000, p99 / 1000)
