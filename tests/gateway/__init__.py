"""A fake of the ministry's gateway, for the tests and for a developer without a key.

    python -m tests.gateway --data ../shared/mfds --port 8100

serves the operations a full catalogue needs at their own paths (`http://127.0.0.1:8100/1471000/…`), with the
rows of the ministry's published files; without `--data` it serves forty invented products. It prints the key
it accepts in both forms. Set that key, and `http://127.0.0.1:8100/1471000` for the address of the gateway,
and `pillnuts catalogue sync` runs as against the real one.

What the ministry does badly it does badly too, when told: `--fault html:0.3 --fault text-quota:0.1` spoils
that share of the calls (`--faults` lists them all), `--quota 1000`, `--envelope rotate`, `--latency 200`.
While it runs: `GET /__calls` tells what was asked, `POST /__faults` `{"reset": 0.5}` replaces the faults,
`POST /__clock` `{"now": "2026-03-02T00:00:01+09:00"}` moves its clock, which a quota goes by.

In a test:

    with serving(invented(), Options(quota=5)) as served:
        ask(f"{served.base}/DrugPrdtPrmsnInfoService07/getDrugPrdtPrmsnInq07")
        served.gateway.ministry.change(PERMIT_DETAIL, {"ITEM_SEQ": seq}, CHANGE_DATE="20260701")
        served.gateway.clock.forward(days=1)
"""

from .gateway import Gateway, create_gateway
from .invented import invented
from .ministry import Ministry
from .options import KEY, Clock, Options, encoded
from .real import real
from .serving import Serving, serving

__all__ = [
    "KEY",
    "Clock",
    "Gateway",
    "Ministry",
    "Options",
    "Serving",
    "create_gateway",
    "encoded",
    "invented",
    "real",
    "serving",
]
