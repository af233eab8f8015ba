"""The documentation: made of what the code says, built without a warning, and every link in it leads somewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest

from browser import FOUND, browser
from invariants import settings
from invariants.cli.facts import described
from invariants.finding import Rule
from invariants.guards import faults, vocabulary
from invariants.relations import relations
from invariants.reports.pages import parts
from invariants.rule import built_in_rules, parse
from invariants.vocabulary import views
from scripts.docs import commands, manual, rules
from scripts.docs.fixtures import BASE, examples
from scripts.docs.markdown import fence, linked, prose
from scripts.docs.settings import models
from test_rules import FIXTURES, marks

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "docs" / "schemas"
TITLED = re.compile(r'^```\w+ title="(\.invariants/[^"]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"^(`{3,}).*?^\1$", re.DOTALL | re.MULTILINE)

each_rule = pytest.mark.parametrize("rule", built_in_rules(), ids=lambda rule: rule.id)


class Page(HTMLParser):
    """Where a page leads, what it loads, and what can be pointed at in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.leads.append(found["href"])
        elif tag == "link" and found.get("rel") in {"stylesheet", "icon", "preload"}:
            self.loads.append(found["href"])
        elif "src" in found:
            self.loads.append(found["src"])


def built(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.docs", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual")
    run = built(folder)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "site"


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


@cache
def sources() -> dict[str, str]:
    return manual.pages()


@cache
def made() -> dict[str, str]:
    return manual.made()


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    lost = []
    for path, page in pages.items():
        for link in [*page.leads, *page.loads]:
            parts_ = urlsplit(link)
            if parts_.scheme or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts_.path)).resolve() if parts_.path else path
            target = target / "index.html" if target.is_dir() else target
            anchors = pages[target].anchors if target in pages else set()
            if not target.is_file() or (parts_.fragment and unquote(parts_.fragment) not in anchors):
                lost.append(f"{path.relative_to(site)}: {link}")
    assert not lost, "\n".join(lost)


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page]) -> None:
    assert not [f"{path.name}: {link}" for path, page in pages.items() for link in page.loads if urlsplit(link).scheme not in {"", "data"}]


def test_every_page_is_in_the_navigation(site: Path, pages: dict[Path, Page]) -> None:
    front = pages[site / "index.html"]
    linked_to = {(site / urlsplit(link).path).resolve() for link in front.leads if not urlsplit(link).scheme}
    assert {path for path in pages if path.name != "404.html"} - {site / "index.html"} <= linked_to


def test_a_link_that_leads_nowhere_would_be_noticed(tmp_path: Path) -> None:
    config = manual.lay(tmp_path)
    index = tmp_path / "docs" / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + "\n[gone](nowhere.md)\n", encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(config)]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=lambda page: page.name)
def test_links_lead_somewhere_on_the_host_of_the_repository_too(page: Path) -> None:
    lost = [link for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))) if not is_there(page, link)]
    assert not lost


def is_there(page: Path, link: str) -> bool:
    found = urlsplit(link)
    target = (page.parent / found.path).resolve() if found.path else page
    if found.scheme or not found.fragment:
        return bool(found.scheme) or target.exists()
    headings = HEADING.findall(CODE.sub("", target.read_text(encoding="utf-8")))
    return found.fragment in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_rule
def test_a_page_says_all_that_explain_says(rule: Rule) -> None:
    page = made()[rules.place(rule)]
    for part in parts(rule):
        assert bare(part.text) in bare(page), part.heading
    assert f">{rule.level}<" in page


def bare(text: str) -> str:
    """What is said, however it is marked up."""
    return re.sub(r"[\\`]", "", text).lower()


@each_rule
def test_a_page_shows_every_fixture_with_its_marked_lines(rule: Rule) -> None:
    folders = sorted(folder for folder in (FIXTURES / rule.id).iterdir() if not folder.name.endswith(BASE))
    for folder, example in zip(folders, examples(FIXTURES / rule.id), strict=True):
        assert {(file.path, line): words for file in example.files for line, words in file.reported.items()} == marks(folder)
        assert not any("breaks:" in file.text for file in example.files)
        for file in example.files:
            shown = fence(file.text, file.language, title=file.path, lines=file.reported, numbered=True)
            assert re.sub(r"^ +", "", shown, flags=re.MULTILINE) in re.sub(r"^ +", "", made()[rules.place(rule)], flags=re.MULTILINE)


def test_every_pack_and_rule_is_listed() -> None:
    overview = sources()["rules/index.md"]
    for rule in built_in_rules():
        assert f"[`{rule.id}`]({rule.id}.md)" in overview
        assert f"## {rule.pack.capitalize()}" in overview


def test_every_relation_and_view_is_described() -> None:
    for relation in relations():
        page = sources()[f"facts/{relation.name.partition('_')[0]}.md"]
        assert f"## {relation.name} " in page
        assert all(prose(described(column)) in page for column in relation.columns)
    for view in views():
        assert view.sentence.endswith("."), f"{view.name} has no sentence: begin it with a comment"
        assert f"## {view.name} " in sources()["facts/views.md"]


def test_every_option_is_described() -> None:
    page = made()["commands.md"]
    for path, command in commands.commands().items():
        section = page.partition(f"## {path} {{")[2].partition("\n## ")[0]
        assert command.help, path
        for parameter in command.params:
            assert f"`{parameter.opts[0]}" in section or parameter.human_readable_name.upper() in section.upper(), (path, parameter.name)


def test_every_key_is_described_and_every_file_has_a_schema() -> None:
    assert {"config", "carveouts", "baseline"} <= models().keys()
    for name, model in models().items():
        page = sources()[f"settings/{name}.md"]
        assert (SCHEMAS / f"{name}.json").is_file()
        schema = model.model_json_schema()
        for definition in [schema, *schema.get("$defs", {}).values()]:
            for key in definition["properties"]:
                assert f"`{key}`" in page or re.search(rf"[#-]{key} }}", page), key


@pytest.mark.parametrize("page", [*(ROOT / "docs").glob("*.md")], ids=lambda page: page.name)
def test_files_that_a_page_shows_are_read(page: Path) -> None:
    for path, text in TITLED.findall(page.read_text(encoding="utf-8")):
        if path.endswith(".sql"):
            assert not list(faults(parse(path, text).query, vocabulary()))
        else:
            assert settings.read(path, text.encode())


def test_the_front_page_shows_what_the_readme_shows() -> None:
    [shown] = re.findall(r"^```text\n(.*?)^```$", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert shown in (ROOT / "README.md").read_text(encoding="utf-8")


def test_code_in_a_list_is_indented_as_both_hosts_read_it() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        assert not re.search(r"^ {1,3}```", page.read_text(encoding="utf-8"), re.MULTILINE), f"{page.name}: indent it by four"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`rls-forced` holds", "[`rls-forced`](../rules/rls-forced.md) holds"),
        ("[`rls-forced`](x.md) and ``rls-forced``", "[`rls-forced`](x.md) and ``rls-forced``"),
        ("# `rls-forced`", "# `rls-forced`"),
        ("```sql\n`rls-forced`\n```\n`rls-forced`", "```sql\n`rls-forced`\n```\n[`rls-forced`](../rules/rls-forced.md)"),
        ("`rls-other`", "`rls-other`"),
    ],
)
def test_names_lead_to_their_pages(text: str, expected: str) -> None:
    assert linked("facts/db.md", text, {"rls-forced": "rules/rls-forced.md"}) == expected


def test_prose_means_nothing_but_its_spans() -> None:
    assert prose("a*b_c <x> [y] `a*b`") == r"a\*b\_c \<x\> \[y\] `a*b`"


LOOKED_AT = ("index", "tutorial", "rules/index", "rules/rls-enabled", "facts/db", "settings/config", "commands")


@pytest.fixture
def host(site: Path) -> Iterator[str]:
    """The site as a server shows it."""
    handler = partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(FOUND is None, reason="there is no Chromium to look at pages with")
@pytest.mark.parametrize(("scheme", "name", "width"), [("light", "default", 1400), ("dark", "slate", 390)])
def test_pages_are_light_and_dark_fit_a_telephone_and_ask_nobody_else(
    host: str, scheme: str, name: str, width: int, tmp_path: Path
) -> None:
    with browser(tmp_path) as page:
        page.emulate(scheme=scheme, width=width)
        for path in LOOKED_AT:
            page.open(f"{host}/{path}.html")
            assert page.ask("document.body.getAttribute('data-md-color-scheme')") == name
            assert page.ask("document.documentElement.scrollWidth") <= width, path
            asked = [each["params"]["request"]["url"] for each in page.events if each["method"] == "Network.requestWillBeSent"]
            assert not [url for url in asked if not url.startswith((host, "data:", "blob:"))]
            assert not [each for each in page.events if each["method"] in {"Runtime.exceptionThrown", "Network.loadingFailed"}]
