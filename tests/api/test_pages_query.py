"""The query page and GraphiQL: no script needed, nothing from elsewhere, all escaped."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from api import create_app
from api.errors import NotReadyError
from api.packing import assets, pack, packed
from api.tables import tables
from tests.api.conftest import SECRETS, Place, Web

PAGES = Path(__file__).resolve().parents[2] / "api" / "pages"
FORM = {"query": "", "variables": "", "key": "", "type": ""}
PEOPLE = '{ records(class: "PersonRecord") { nodes { id ... on PersonRecord { familyName } } } }'


def page(web: Web, **form: str) -> html.HtmlElement:
    got = web.post("/query", data={**FORM, **form})
    return html.fromstring(got.text)


def test_the_empty_page_has_a_form_that_posts_and_needs_nothing_from_elsewhere(web: Web) -> None:
    got = web.get("/query")
    policy = got.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert got.headers["cache-control"] == "no-store"
    tree = html.fromstring(got.text)
    [form] = tree.xpath("//form")
    assert (form.get("method"), form.get("action")) == ("post", "/query")
    for field in tree.xpath("//form//input | //form//textarea"):
        assert tree.xpath(f'//label[@for="{field.get("id")}"]')
    outside = tree.xpath("//@src | //link/@href | //@action")
    assert all(value.startswith("/") and not value.startswith("//") for value in outside)
    assert not tree.xpath("//style | //script[not(@src)] | //@style | //@onclick")
    assert len(tree.xpath("//h1")) == 1
    assert "type Query" in "".join(tree.xpath("//aside//pre//text()"))
    for path in tree.xpath("//link/@href | //script/@src"):
        assert web.get(path).status_code == 200
    assert web.get("/").headers["location"] == "/query"


def test_an_answer_is_a_table_and_json_without_script(place: Place, web: Web) -> None:
    tree = page(web, query=PEOPLE, key=place.keys["operator"])
    heads = [cell.text_content() for cell in tree.xpath("//th")]
    assert heads == ["id", "familyName"]
    cells = [[cell.text_content() for cell in line] for line in tree.xpath("//tbody/tr")]
    assert [cell[1] for cell in cells] == ["Quillfeather", "Harrowgate", "Quillfeather"]
    assert '"familyName": "Harrowgate"' in tree.xpath("//pre")[0].text_content()
    assert place.keys["operator"] not in html.tostring(tree).decode()


def test_the_schema_beside_is_that_of_the_key_s_role(place: Place, web: Web) -> None:
    public = page(web, query="{ __typename }")
    assert "journey(" not in public.xpath("//aside")[0].text_content()
    analyst = page(web, query="{ __typename }", key=place.keys["analyst"], type="PersonRecord")
    beside = analyst.xpath("//aside")[0].text_content()
    assert "journey(" in beside
    assert "sex: Concept" in beside
    assert "familyName" not in beside
    near = page(web, query="{ __typename }", key=place.keys["analyst"], type="PersonRecor")
    assert "Nearest: PersonRecord" in near.xpath("//aside")[0].text_content()


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"query": "{ nothing }"}, "JG-API-002"),
        ({"query": "{"}, "JG-API-001"),
        ({"query": ""}, "JG-API-012"),
        ({"query": "{ __typename }", "variables": "{"}, "JG-API-012"),
        ({"query": "{ __typename }", "variables": "[]"}, "JG-API-012"),
        ({"query": "{ __typename }", "key": "wrong"}, "JG-API-008"),
        ({"query": "{ releases { number } }"}, "JG-API-007"),
    ],
)
def test_a_question_that_is_not_answered_says_why(
    web: Web, form: dict[str, str], code: str
) -> None:
    tree = page(web, **form)
    [alert] = tree.xpath('//*[@role="alert"]')
    assert code in alert.text_content()
    assert tree.xpath("//textarea[@id='query']")[0].text_content().strip() == form["query"]


def test_what_the_client_sends_is_escaped(web: Web) -> None:
    hostile = "</textarea><script>alert(1)</script><b title='\"'>&amp; Cŵn "
    form = {"query": hostile, "variables": hostile, "type": hostile}
    for got in (web.post("/query", data={**FORM, **form}), web.get("/query", params=form)):
        assert "<script>alert" not in got.text
        assert "<b title" not in got.text
        tree = html.fromstring(got.text)
        assert tree.xpath("//textarea[@id='query']")[0].text_content().strip() == hostile.strip()


def test_bytes_that_are_no_form_are_told_so(web: Web) -> None:
    for content in (b"\xff\xfe=1", b"&" * 100 + b"a=1", b"a=1&" * 50, b""):
        got = web.post("/query", content=content)
        assert got.status_code < 500
        assert 'role="alert"' in got.text
    assert web.post("/query", content=b"x" * 200_000).status_code == 413


def test_asking_is_a_post_so_that_no_value_stands_in_an_address(place: Place, web: Web) -> None:
    got = web.get("/query", params={"query": PEOPLE, "key": place.keys["operator"]})
    assert [secret for secret in SECRETS if secret in got.text] == []


def test_pages_are_small(place: Place, web: Web) -> None:
    form = {**FORM, "query": PEOPLE, "key": place.keys["operator"], "type": "Hearing"}
    sizes = [len(web.get(f"/static/{name}").content) for name in ("pages.css", "query.js")]
    assert len(web.post("/query", data=form).content) + sum(sizes) < 100_000


def test_graphiql_is_served_where_it_is_wanted(place: Place, web: Web) -> None:
    html_wanted = {"Accept": "text/html"}
    got = web.get("/graphql", headers=html_wanted)
    assert got.status_code == 200
    nonce = re.findall(r'<script nonce="([^"]+)">', got.text)
    assert len(set(nonce)) == 1
    assert f"'nonce-{nonce[0]}'" in got.headers["content-security-policy"]
    closed = create_app(
        place.releases, place.store, place.model, replace(place.settings, graphiql=False)
    )
    assert Web(closed).get("/graphql", headers=html_wanted).headers["location"] == "/query"


def test_packed_graphiql_takes_nothing_from_elsewhere(place: Place, tmp_path: Path) -> None:
    named = re.findall(
        r"https://[\w.-]+/([@\w./-]+@[\w./-]+)",
        Web(_app(place, tmp_path)).get("/graphql", headers={"Accept": "text/html"}).text,
    )
    assert len(named) == 7
    for name in named:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("packed", encoding="utf-8")
    web = Web(_app(place, tmp_path))
    got = web.get("/graphql", headers={"Accept": "text/html"})
    loaded = html.fromstring(got.text).xpath("//script/@src | //link[@rel='stylesheet']/@href")
    assert len(loaded) == 7
    assert all(web.get(path).text == "packed" for path in loaded)
    assert "https://" not in got.headers["content-security-policy"]


def _app(place: Place, assets: Path):  # type: ignore[no-untyped-def]  # FastAPI
    settings = replace(place.settings, assets=assets)
    return create_app(place.releases, place.store, place.model, settings)


def contrast(first: str, second: str) -> float:
    """WCAG contrast of two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(first), light(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_colours_have_the_contrast_that_text_needs() -> None:
    sheet = (PAGES / "static" / "pages.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for text in ("ink", "muted", "link"):
            for ground in ("page", "panel"):
                assert contrast(colour[text], colour[ground]) >= 4.5
        for text in ("ink", "muted", "error"):
            assert contrast(colour[text], colour["error-wash"]) >= 4.5
        assert contrast(colour["on-link"], colour["link"]) >= 4.5
        assert contrast(colour["control"], colour["page"]) >= 3


def test_an_answer_becomes_one_table_a_list_and_one_for_what_stands_alone() -> None:
    found = tables(
        {
            "journey": {
                "subject": {"id": "x"},
                "events": [{"a": 1, "b": {"c": None}, "d": [1, 2]}, {"a": True, "e": [{"f": 1}]}],
                "empty": [],
            },
            "list": [{"a": i} for i in range(600)],
            "nothing": None,
        }
    )
    shown = [(table.title, table.columns, table.total) for table in found]
    assert shown == [
        ("journey", ["field", "value"], 2),
        ("journey.events", ["a", "b.c", "d", "e"], 2),
        ("list", ["a"], 600),
    ]
    assert found[1].rows == [["1", None, "1, 2", None], ["yes", None, None, "1 row"]]
    assert len(found[2].rows) == 500
    assert tables(None) == []


def test_packing_without_npm_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotReadyError, match="npm is not here"):
        pack(tmp_path)


def test_a_packed_file_must_be_the_one_the_page_expects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """npm's place is taken by a script that packs other content under the right names."""
    fake = tmp_path / "bin" / "npm"
    fake.parent.mkdir()
    files = " ".join(f"package/{asset.file}" for asset in assets())
    fake.write_text(
        "#!/bin/sh\nPATH=/usr/bin:/bin\n"
        f"for f in {files}; do mkdir -p $(dirname $f); echo other > $f; done\n"
        "tar czf p.tgz package && echo p.tgz\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    with pytest.raises(NotReadyError, match="is not the file that the page expects"):
        pack(tmp_path / "out")
    assert not packed(tmp_path / "out")
