"""The pages in a real browser: axe finds nothing, no sideways scroll, no script needed, no errors.

Needs Chromium, playwright and npm (axe-core is fetched, never committed). Skips where one is
absent, unless JUSTICEGRAPH_BROWSER_REQUIRED is 1, as in CI.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
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
    "/catalogue/no/such", "/loads", "/loads/1", "/loads/2", "/loads/3", "/loads/9", "/key",
    "/query", "/nowhere",
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
        counts = {"read": 60, "loaded": 59, "rejected": 1, "unchanged": 0, "superseded": 0}
        sources = {NOMIS: {"files": 1, **counts}}
        writer.commit({**counts, "skipped_because": {"no data": 2}, "sources": sources})
    with releases.write() as writer:
        writer.commit({"read": 5, "unchanged": 5})
    with releases.write() as writer:
        stopped = {"code": "JG-LOD-019", "cause": "it would remove 50 of 60", "fix": "Check it."}
        writer.abandon({"stopped": stopped})
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


@dataclass
class Watch:
    """What a browser did that no page may make it do."""

    page: Any
    base: str
    told: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", self._request)

    def _request(self, request: Any) -> None:
        if not request.url.startswith(f"{self.base}/"):
            self.elsewhere.append(request.url)


RUN = """options => axe.run({resultTypes: ["violations"], preload: false, ...options})
  .then(found => found.violations.map(each => [each.id, each.nodes[0].html.slice(0, 200)]))"""
CONTRAST = {"runOnly": ["color-contrast"]}
# WCAG 1.4.12; a constructed sheet, since the page's own policy lets no other style in.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
# Text that its own box cuts off, but for what only screen readers are to find.
CUT = """() => [...document.querySelectorAll("main *")]
  .filter(each => each.scrollWidth > each.clientWidth + 1 && !each.closest("svg, .hidden"))
  .filter(each => getComputedStyle(each).overflowX === "hidden"
    && !getComputedStyle(each).clipPath.startsWith("inset"))
  .map(each => each.outerHTML.slice(0, 120))"""
WIDTH = "() => document.documentElement.scrollWidth"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_in_every_width_scheme_and_medium(
    chromium: Any, site: tuple[str, str], axe: str, path: str
) -> None:
    """One visit: axe, contrast in the dark, no sideways scroll, print, forced colours."""
    context = opened(chromium, site, 1280, color_scheme="light")
    page = context.new_page()
    watch = Watch(page, site[0])
    page.goto(site[0] + path)
    page.evaluate(axe)
    found = {}
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        found[f"light, {width}"] = page.evaluate(RUN, {})
        # Dark changes colours only (test_dark_changes_colours_only).
        page.emulate_media(color_scheme="dark")
        found[f"dark, {width}"] = page.evaluate(RUN, CONTRAST)
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400%
    wide = {"320": page.evaluate(WIDTH)}
    page.evaluate(SPACED)
    wide["320, spaced"] = page.evaluate(WIDTH)
    cut = page.evaluate(CUT)
    page.evaluate("() => { document.adoptedStyleSheets = [] }")
    page.emulate_media(media="print")
    shown = "selector => [...document.querySelectorAll(selector)].some(e => e.offsetHeight > 0)"
    printed = [page.evaluate(shown, each) for each in ("main form", "header nav", "main h1")]
    page.emulate_media(media="screen", forced_colors="active", color_scheme="light")
    fills = page.evaluate(FILLS)
    flat = page.evaluate(FLAT)
    context.close()
    assert {name: each for name, each in found.items() if each} == {}
    assert {name: each for name, each in wide.items() if each > 320} == {}
    assert cut == []
    assert printed == [False, False, True]
    assert all(fill == text != back for fill, text, back in fills)
    assert flat == []
    assert watch.elsewhere == []
    # Chromium itself says that a page was answered with 404; nothing else may be said.
    assert [text for text in watch.told if "404" not in text] == []


FILLS = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "CanvasText";
  probe.style.backgroundColor = "Canvas";
  const { color, backgroundColor } = getComputedStyle(probe);
  const marks = "main .covered, main .seen, main .break, main .c1, main .c4, main .years text";
  return [...document.querySelectorAll(marks)]
    .map(each => [getComputedStyle(each)[each.matches("path.seen") ? "stroke" : "fill"], color,
      backgroundColor]);
}"""


# Buttons that nothing tells from text once backgrounds are gone.
FLAT = """() => [...document.querySelectorAll("button, .button")]
  .filter(each => each.offsetParent && parseFloat(getComputedStyle(each).borderTopWidth) < 1)
  .map(each => each.outerHTML)"""


def test_dark_changes_colours_only() -> None:
    style = (ROOT / "api/pages/static/pages.css").read_text(encoding="utf-8")
    dark = re.findall(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", style, re.DOTALL)
    assert len(dark) == style.count("prefers-color-scheme") == 1
    declared = [each.strip() for each in dark[0].split(";") if each.strip()]
    assert [each for each in declared if not re.fullmatch(r"--[\w-]+: #[0-9a-f]{6}", each)] == []


FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const stops = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter(each => each.offsetParent !== null || each.matches(".skip"));
  const top = Math.max(box.top, 0), height = Math.min(box.bottom, innerHeight) - top;
  const over = document.elementFromPoint(box.x + Math.min(box.width, 300) / 2, top + height / 2);
  return { place: stops.indexOf(at), stops: stops.length, name: at.outerHTML.slice(0, 120),
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0
      && box.left < innerWidth && (at.contains(over) || over?.contains(at)),
    ring: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3 };
}"""


@pytest.mark.parametrize("path", ["/catalogue?owner=moj", "/loads/1", "/key", "/query"])
def test_tab_stops_are_all_seen_in_the_order_of_reading(
    chromium: Any, site: tuple[str, str], path: str
) -> None:
    """At 400%, where a sticky heading could cover what has the focus."""
    context = opened(chromium, site, 320)
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(site[0] + path)
    met = []
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        met.append(page.evaluate(FOCUS))
    context.close()
    assert [each["place"] for each in met] == list(range(met[0]["stops"]))
    assert [each["name"] for each in met if not (each["seen"] and each["ring"])] == []


def test_pages_work_without_script(chromium: Any, site: tuple[str, str]) -> None:
    context = opened(chromium, site, 1280, java_script_enabled=False)
    page = context.new_page()
    page.goto(site[0] + "/catalogue")
    page.fill("#q", "prison")
    page.select_option("#owner", "moj")
    page.click("#filter button[type=submit]")
    assert "owner=moj" in page.url
    assert page.locator("table.covers tbody td").count() == 1
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
    assert page.locator("table.covers tbody td").count() == 1
    found = page.locator("table.covers tbody a").get_attribute("href")
    assert found == "/catalogue/data-first/oasys"
    assert page.evaluate("document.activeElement.id") == "q"
    context.close()
