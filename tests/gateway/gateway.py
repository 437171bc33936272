"""The ministry's gateway over real HTTP: keys, quotas, paging, envelopes and faults around a `Ministry`."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import envelopes, faults
from .envelopes import ENVELOPES, Page, Reply
from .line import reset
from .ministry import Ministry, wanted
from .operations import BY_PATH, EASY, PERMIT_LIST, Operation, Packed
from .options import KST, Clock, Options


class Gateway:
    """One gateway: what it was asked, and what it answers."""

    def __init__(self, ministry: Ministry, options: Options, clock: Clock) -> None:
        self.ministry, self.options, self.clock = ministry, options, clock
        self.calls: Counter[str] = Counter()
        """Calls by operation, refused ones included."""
        self.refused: Counter[str] = Counter()
        """Calls turned away, by why."""
        self.faulted: Counter[str] = Counter()
        """Calls spoilt, by fault."""
        self.most_at_once = 0
        self._spent: Counter[tuple[str, str]] = Counter()
        self._attempts: Counter[str] = Counter()
        self._under_way = 0
        self._seen: dict[Operation, tuple[object, list[Packed]]] = {}

    def today(self) -> dict[str, int]:
        """Give the calls of this day in Seoul by data set."""
        day = self._day()
        return {service: count for (on, service), count in self._spent.items() if on == day}

    def report(self) -> dict[str, object]:
        return {
            "calls": dict(self.calls),
            "today": self.today(),
            "refused": dict(self.refused),
            "faults": dict(self.faulted),
            "most_at_once": self.most_at_once,
        }

    def forget(self) -> None:
        """Count from nothing again; the day's quota stays spent."""
        for counter in (self.calls, self.refused, self.faulted, self._attempts):
            counter.clear()
        self.most_at_once = 0

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        operation = BY_PATH.get(request.url.path)
        if operation is None:
            return _sent(self._refused("not-found", envelopes.plain("not-found")))
        self.calls[operation.name] += 1
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            await asyncio.sleep(self.options.latency)
            refused = self._turned_away(operation, request.query_params)
            return _sent(refused) if refused else await self._served(operation, request)
        finally:
            self._under_way -= 1

    def _day(self) -> str:
        return self.clock.now().astimezone(KST).date().isoformat()

    def _refused(self, why: str, reply: Reply) -> Reply:
        self.refused[why] += 1
        return reply

    def _turned_away(self, operation: Operation, asked: QueryParams) -> Reply | None:
        """Check key, application, pace and quota; only what passes is counted against the quota."""
        options = self.options
        # Starlette has decoded the address once, as the gateway does: a key encoded twice is another key.
        key = asked.get("serviceKey") or asked.get("ServiceKey")
        if key != options.key:
            return self._refused("30", self._refusal("30", "unauthorized"))
        if options.expired:
            return self._refused("31", self._refusal("31", "unauthorized"))
        if operation.service in options.not_applied:
            return self._refused("forbidden", envelopes.plain("forbidden"))
        if options.at_once is not None and self._under_way > options.at_once:
            return self._refused("rate", envelopes.plain("rate"))
        spent = (self._day(), operation.service)
        if self._spent[spent] >= options.quota:
            return self._refused("22", self._refusal("22", "quota"))
        self._spent[spent] += 1
        return None

    def _refusal(self, code: str, text: str) -> Reply:
        match self.options.refusal:
            case "xml":
                return envelopes.gateway_xml(code)
            case "json":
                return envelopes.gateway_json(code)
            case "text":
                return envelopes.plain(text)

    async def _served(self, operation: Operation, request: Request) -> Response:
        asked = request.query_params
        as_json = asked.get("type") == "json"
        fault = self._fault(operation, asked)
        if fault in faults.LINE:
            if fault == "hang":
                await _silence(request, self.options.hang)
            reset(request)
        if instead := faults.INSTEAD.get(fault or ""):
            return _sent(instead(as_json))
        as_json = as_json != (fault == "other-form")
        reply = self._page(operation, asked, fault, as_json=as_json)
        if spoil := faults.BODY.get("wrong-type" if fault == "other-form" else fault or ""):
            reply = spoil(reply)
        return _sent(reply)

    def _fault(self, operation: Operation, asked: QueryParams) -> str | None:
        """Choose by what is asked and how often it was asked before, so that asking again may help."""
        question = str(sorted((name, value) for name, value in asked.items() if name.lower() != "servicekey"))
        attempt = self._attempts[operation.name + question]
        self._attempts[operation.name + question] += 1
        fault = faults.of_call(self.options.faults, self.options.seed, operation.name, question, attempt)
        if fault:
            self.faulted[fault] += 1
        return fault

    def _page(self, operation: Operation, asked: QueryParams, fault: str | None, *, as_json: bool) -> Reply:
        numbers = [asked.get("pageNo") or "1", asked.get("numOfRows") or "10"]
        if not all(re.fullmatch(r"[1-9]\d{0,8}", number, re.ASCII) for number in numbers):
            return envelopes.service_error("10", as_json=as_json)
        number, size = map(int, numbers)
        if operation.silent_from and size >= operation.silent_from:
            return faults.INSTEAD["empty"](as_json)
        if size > (most := self.options.page_limit):
            words = f"NO MANDATORY REQUEST PARAMETERS ERROR! \n numOfRows maximum is =[{most}]"
            return envelopes.service_error("11", as_json=as_json, message=words)
        chosen = wanted(operation, asked)
        table = self._visible(operation)
        rows = table if chosen is None else [row for row in table if chosen(row)]
        if fault == "other-item" and _one_item(operation, asked):
            rows = [row for row in table if row not in rows][:1]
        if fault == "totals":  # the first rows went away: everything behind them moved up
            rows = rows[1:]
        shown = rows[(number - 1) * size : number * size]
        items = [operation.unpack(row) for row in shown]
        if fault == "foreign-row" and items:
            items[-1] = self._foreign(operation)
        page = Page(number, size, len(rows), items)
        if not as_json:
            return envelopes.xml_page(page)
        return envelopes.json_page(page, self._envelope(), wrapped=operation.wrapped)

    def _foreign(self, operation: Operation) -> dict[str, str | None]:
        """Give a row that has no business here."""
        other = EASY if operation is not EASY else PERMIT_LIST
        return other.unpack(self.ministry.table(other)[0])

    def _envelope(self) -> envelopes.Envelope:
        if self.options.envelope != "rotate":
            return ENVELOPES[self.options.envelope]
        return list(ENVELOPES.values())[self.calls.total() % len(ENVELOPES)]

    def _visible(self, operation: Operation) -> list[Packed]:
        """Give the rows with the faults that lie in the data; made once for each state of both."""
        options, table = self.options, self.ministry.table(operation)
        shares = {name: options.faults[name] for name in sorted(faults.ROW_FAULTS & options.faults.keys())}
        if not shares:
            return table
        state = (self.ministry.version, options.seed, tuple(shares.items()))
        if operation not in self._seen or self._seen[operation][0] != state:
            self._seen[operation] = (state, list(_spoilt(operation, table, shares, options.seed)))
        return self._seen[operation][1]


def _spoilt(
    operation: Operation, table: list[Packed], shares: Mapping[str, float], seed: int
) -> list[Packed]:
    documents = [at for at, name in enumerate(operation.fields) if name.endswith("_DOC_DATA")]
    found = []
    for number, row in enumerate(table):
        hit = {
            name for name, share in shares.items() if faults.draw(seed, name, operation.name, number) < share
        }
        if "shrunk" in hit:
            continue
        at = next((at for at in documents if row[at]), None)
        kept = row
        if "bad-document" in hit and at is not None:
            kept = (*row[:at], faults.cut_document(row[at] or ""), *row[at + 1 :])
        found += [kept, kept] if "duplicates" in hit else [kept]
    return found


def _one_item(operation: Operation, asked: Mapping[str, str]) -> bool:
    """Tell whether one product was asked for, in the spelling the operation knows."""
    item = operation.item_field
    columns = {item, "PRDLST_STDR_CODE"}
    return any(asked.get(name) and column in columns for name, (column, _) in operation.parameters.items())


def _sent(reply: Reply) -> Response:
    return Response(reply.body, reply.status, {"Content-Type": reply.content_type})


async def _silence(request: Request, seconds: float) -> None:
    """Say nothing until the caller leaves or the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass


def create_gateway(
    ministry: Ministry, options: Options | None = None, clock: Clock | None = None
) -> Starlette:
    """Make the application; its `Gateway` is `app.state.gateway`."""
    gateway = Gateway(ministry, options or Options(), clock or Clock())

    async def calls(_: Request) -> Response:
        return JSONResponse(gateway.report())

    async def switch(request: Request) -> Response:
        """Put the faults of the body, `{"html": 0.3}`, in the place of those before."""
        try:
            gateway.options.faults = faults.checked(await request.json())
        except (ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 422)
        return JSONResponse(dict(gateway.options.faults))

    async def move(request: Request) -> Response:
        """Set the clock to the body's `{"now": "2026-03-01T23:59:00+09:00"}`."""
        try:
            gateway.clock.set(datetime.fromisoformat((await request.json())["now"]))
        except (ValueError, TypeError, KeyError) as error:
            return JSONResponse({"error": str(error)}, 422)
        return JSONResponse({"now": gateway.clock.now().isoformat()})

    app = Starlette(
        routes=[
            Route("/__calls", calls),
            Route("/__faults", switch, methods=["POST"]),
            Route("/__clock", move, methods=["POST"]),
            Route("/{path:path}", gateway.answer),
        ]
    )
    app.state.gateway = gateway
    return app
