"""Every page of accounts."""

from fastapi import APIRouter

from pillnuts.accounts.pages import factor, own, provider, recover, rights, sign_in, sign_up, texts

pages = APIRouter(include_in_schema=False)

for part in (sign_in, sign_up, recover, provider, own, rights, factor, texts):
    pages.include_router(part.pages)
