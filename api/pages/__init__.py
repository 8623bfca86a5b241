"""Pages for people, drawn on the server: no script needed, nothing from elsewhere.

query      /query, /graphql in a browser: a question in GraphQL
catalogue  /catalogue, /catalogue/{dataset}, /catalogue.csv
loads      /loads, /loads/{load}, /loads/{load}.csv: what became of every row
keys       /key: the API key that the pages are asked with
frame      what they share: template, headers, who asks, what stands in the place of an answer
drawing    bars on an axis of years
"""

from fastapi import FastAPI

from api.pages import catalogue, keys, loads, query
from api.pages.query import mount_assets
from api.settings import ApiSettings


def add_pages(app: FastAPI, settings: ApiSettings) -> None:
    """Give the application its pages, their style and their script."""
    for module in (query, catalogue, loads, keys):
        app.include_router(module.router)
    mount_assets(app, settings)
