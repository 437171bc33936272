"""Counters in the Prometheus format. One registry for each application, so that tests do not share counts.

With several web processes, every one writes its counts into the folder that PROMETHEUS_MULTIPROC_DIR names
(`main` sets it), and whichever is asked adds them up.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Seconds. An answer from the cache takes a tenth of a millisecond, the heaviest search some milliseconds."""


class SyncMetrics:
    """How the weekly fetching stands. It is the same in every process: all read it from the database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
            return Gauge(name, text, labels, multiprocess_mode="livemax", registry=registry)

        self._success = gauge(
            "pillnuts_sync_last_success_timestamp_seconds", "When a sync last came to its end; 0: never."
        )
        self._failures = gauge("pillnuts_sync_failures", "Failed and refused syncs since the last success.")
        self._state = gauge("pillnuts_sync_state", "1 for the state of the newest sync.", ("state",))

    def show(self, state: str | None, states: Iterable[str], success: float, failures: int) -> None:
        """Tell the state among all there are, the time of the last success, and the failures since."""
        self._success.set(success)
        self._failures.set(failures)
        for one in states:
            self._state.labels(one).set(one == state)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "pillnuts_http_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "pillnuts_http_request_seconds",
            "Time from request to the end of the answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._cache = Counter(
            "pillnuts_cache_answers",
            "Cacheable answers, by whether they were kept already.",
            ("result",),
            registry=self.registry,
        )
        self.release = Gauge(
            "pillnuts_release_number",
            "The release that is read; 0: none.",
            multiprocess_mode="livemin",
            registry=self.registry,
        )
        self.building = Gauge(
            "pillnuts_snapshot_building",
            "1 while a snapshot is being built.",
            multiprocess_mode="livemax",
            registry=self.registry,
        )
        self.sync = SyncMetrics(self.registry)
        self.data_age = Gauge(
            "pillnuts_catalogue_data_age_seconds",
            "Since the day the data that is shown was last known to be what the ministry says; -1: unknown.",
            multiprocess_mode="livemax",
            registry=self.registry,
        )
        # Looking a labelled counter up costs more than counting; the labels are few.
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        key = (route, method if method in METHODS else "OTHER", status)
        found = self._known.get(key)
        if found is None:
            found = (self._requests.labels(route, key[1], str(status)), self._seconds.labels(route))
            self._known[key] = found
        found[0].inc()
        found[1].observe(seconds)

    def cache(self, result: str) -> None:
        self._cache.labels(result).inc()

    def text(self) -> bytes:
        """Everything counted so far, in the text format of Prometheus."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
