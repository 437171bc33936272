"""Every page of accounts."""

from fastapi import APIRouter

from pillnuts.accounts import (
    pages_factor,
    pages_own,
    pages_provider,
    pages_recover,
    pages_rights,
    pages_sign_in,
    pages_sign_up,
    pages_texts,
)

pages = APIRouter(include_in_schema=False)

for part in (
    pages_sign_in,
    pages_sign_up,
    pages_recover,
    pages_provider,
    pages_own,
    pages_rights,
    pages_factor,
    pages_texts,
):
    pages.include_router(part.pages)
