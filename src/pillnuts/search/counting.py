"""Counts searches also when their answer was kept and no route ran."""

from starlette.types import ASGIApp, Receive, Scope, Send

from pillnuts.search.service import PopularSearches


class CountedSearches:
    """A layer around the cache: whoever is shown results counts for the word they are about."""

    def __init__(self, app: ASGIApp, searches: PopularSearches) -> None:
        self.app = app
        self.searches = searches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        if scope["type"] == "http" and scope["path"] == "/search" and scope["method"] == "GET":
            self.searches.count(scope["query_string"])
