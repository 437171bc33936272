"""Reading the catalogue from the database: the current release, and all of it for a snapshot."""

from sqlalchemy import Select, func, select

from pillnuts.catalogue.history import Version
from pillnuts.catalogue.history_models import LabelVersion
from pillnuts.catalogue.models import IngredientRow, Popularity, ProductRow, Release
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.scratch import Scratch, packed
from pillnuts.catalogue.shelf import Export, ReleaseInfo
from pillnuts.kernel.db import ReadSession

_AT_ONCE = 200
"""Documents that a server sends at once."""


async def current(session: ReadSession) -> Release | None:
    """Give the release that the tables hold; None: nothing was ever imported."""
    found: Release | None = await session.scalar(select(Release).order_by(Release.number.desc()).limit(1))
    return found


async def current_key(session: ReadSession) -> tuple[int, str] | None:
    """Give number and key of the current release, cheap enough to ask every few seconds."""
    statement = select(Release.number, Release.token).order_by(Release.number.desc()).limit(1)
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row.number, row.token)


async def export(session: ReadSession) -> Export:
    """Give one whole release for a snapshot; raises LookupError when there is none."""
    release = await current(session)
    if release is None:
        raise LookupError("no release")
    return Export(
        ReleaseInfo(release.number, release.demo, release.data_date, release.product_count),
        await _kept(session, select(ProductRow.item_seq, ProductRow.document)),
        await _kept(session, select(IngredientRow.id, IngredientRow.document)),
        Scratch() if release.demo else await _versions(session),
    )


async def _kept(session: ReadSession, documents: Select[str, bytes]) -> Scratch:
    """Put documents on the disk as they come, so that they are never in memory together."""
    kept = Scratch()
    async for key, document in await session.stream(documents.execution_options(yield_per=_AT_ONCE)):
        kept.add(key, document)
    return kept


async def _versions(session: ReadSession) -> Scratch:
    """Put the earlier texts of labels that others followed on the disk: they only ever become more."""
    columns = (getattr(LabelVersion, name) for name in Version._fields)
    replaced = (
        select(LabelVersion.item_seq, *columns)
        .where(LabelVersion.replaced_in.is_not(None))
        .order_by(LabelVersion.section, LabelVersion.replaced_in, LabelVersion.digest)
    )
    kept = Scratch()
    async for item_seq, *values in await session.stream(replaced.execution_options(yield_per=_AT_ONCE)):
        kept.add(item_seq, packed(Version(*values)))
    return kept


async def popularity(session: ReadSession) -> dict[str, int]:
    """Give bookmark counts by item code, products without any left out."""
    rows = await session.execute(
        select(Popularity.item_seq, Popularity.bookmark_count).where(Popularity.bookmark_count > 0)
    )
    return {row.item_seq: row.bookmark_count for row in rows}


async def popularity_version(session: ReadSession) -> str:
    """Give a text that changes whenever a bookmark count changes."""
    statement = select(func.max(Popularity.changed_at), func.sum(Popularity.bookmark_count))
    changed_at, total = (await session.execute(statement)).one()
    return f"{changed_at}/{total}"


async def last_reports(session: ReadSession, limit: int = 5) -> list[tuple[Release, Report]]:
    """Give the newest releases with their import reports, newest first."""
    releases = await session.scalars(select(Release).order_by(Release.number.desc()).limit(limit))
    return [(release, Report.model_validate_json(release.report)) for release in releases]
