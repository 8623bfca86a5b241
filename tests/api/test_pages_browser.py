"""The pages in a real browser: axe finds nothing, no sideways scroll, no script needed, no errors.

Needs Chromium, playwright and npm (axe-core is fetched, never committed). Skips where one is
absent, unless JUSTICEGRAPH_BROWSER_REQUIRED is 1, as in CI.
"""

import importlib.util
import os
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from api import create_app
from api.keys import Keys
from api.pages.frame import COOKIE
from graph import open_store
from ontology import Model
from releases import Releases
from tests.api.conftest import NOMIS, frame, rows
from tests.api.test_pages_loads import finding
from tests.conftest import ROOT

AXE = "axe-core@4.14.1"
PATHS = (
    "/catalogue", "/catalogue?q=unicorns", f"/catalogue/{NOMIS}", "/catalogue/data-first/crown",
    "/catalogue/no/such", "/loads", "/loads/1", "/loads/2", "/loads/9", "/key", "/query",
)  # fmt: skip


def absent(reason: str) -> Any:
    if os.environ.get("JUSTICEGRAPH_BROWSER_REQUIRED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's script, fetched once into an ignored folder."""
    folder = ROOT / "var" / "axe"
    script = folder / f"{AXE.replace('@', '-')}.js"
    if not script.is_file():
        npm = shutil.which("npm") or absent("no npm to fetch axe-core with")
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "pack", "--silent", AXE]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            absent(f"npm could not fetch {AXE}: {done.stderr.strip()[:200]}")
        with tarfile.open(folder / done.stdout.split()[-1]) as files:
            found = files.extractfile("package/axe.min.js")
            assert found is not None
            script.write_bytes(found.read())
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if importlib.util.find_spec("playwright") is None:
        absent("no playwright: pip install playwright")
    playwright = importlib.import_module("playwright.sync_api")
    path = shutil.which("chromium") or absent("no chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A served data folder with two loads: its address, and an operator's key."""
    import polars as pl

    folder, model = tmp_path_factory.mktemp("browser"), Model.default()
    releases = Releases.open(folder, model)
    with releases.write() as writer:
        for root, told in rows(model).items():
            writer.put(root, frame(model, root, told))
        writer.report(pl.DataFrame([finding(), finding(severity="warning", message="x" * 300)]))
        writer.commit({"read": 60, "loaded": 59, "rejected": 1, "skipped_because": {"no data": 2}})
    with releases.write() as writer:
        writer.commit({"read": 5, "unchanged": 5})
    store = open_store("sqlite", folder, model)
    key = Keys(folder).add("operator", "p1")[1]
    app = create_app(releases, store, model, _settings(folder))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive(), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", key
    server.should_exit = True
    thread.join(10)
    store.close()


def _settings(folder: Path) -> Any:
    from api import ApiSettings

    return ApiSettings(folder, graphiql=False)


def opened(chromium: Any, site: tuple[str, str], width: int, **given: Any) -> Any:
    base, key = site
    context = chromium.new_context(viewport={"width": width, "height": 900}, **given)
    context.add_cookies([{"name": COOKIE, "value": key, "url": base}])
    return context


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_console_is_quiet(
    chromium: Any, site: tuple[str, str], axe: str, scheme: str, width: int
) -> None:
    context = opened(chromium, site, width, color_scheme=scheme)
    page, found, told = context.new_page(), [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    for path in PATHS:
        page.goto(site[0] + path)
        page.evaluate(axe)
        result = page.evaluate("axe.run()")
        found += [
            (path, violation["id"], violation["nodes"][0]["html"][:200])
            for violation in result["violations"]
        ]
    context.close()
    assert found == []
    # Chromium itself says that a page was answered with 404; nothing else may be said.
    assert [text for text in told if "404" not in text] == []


def test_no_page_scrolls_sideways_at_320(chromium: Any, site: tuple[str, str]) -> None:
    context = opened(chromium, site, 320)
    page, wide = context.new_page(), []
    for path in PATHS:
        page.goto(site[0] + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        wide += [(path, width)] if width > 320 else []
    context.close()
    assert wide == []


def test_pages_work_without_script(chromium: Any, site: tuple[str, str]) -> None:
    context = opened(chromium, site, 1280, java_script_enabled=False)
    page = context.new_page()
    page.goto(site[0] + "/catalogue")
    page.fill("#q", "prison")
    page.select_option("#owner", "moj")
    page.click("#filter button[type=submit]")
    assert "owner=moj" in page.url
    assert page.locator("table.covers tbody tr").count() == 1
    assert page.locator("table.covers svg.bar").count() == 1
    context.close()


def test_with_script_the_list_is_filtered_as_one_types(
    chromium: Any, site: tuple[str, str]
) -> None:
    context = opened(chromium, site, 1280)
    page = context.new_page()
    page.goto(site[0] + "/catalogue")
    page.keyboard.press("/")
    page.keyboard.type("data first oasys")
    page.locator('#found:text-is("1 dataset")').wait_for()
    assert page.locator("table.covers tbody tr").count() == 1
    found = page.locator("table.covers tbody a").get_attribute("href")
    assert found == "/catalogue/data-first/oasys"
    assert page.evaluate("document.activeElement.id") == "q"
    context.close()
