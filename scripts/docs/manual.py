"""The whole manual: the hand-written pages of ``docs/``, what is made of the code, and the order in which they are read."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from invariants.reports.sarif import HOME
from scripts.docs import commands, facts, rules, settings
from scripts.docs.markdown import linked

ROOT = Path(__file__).parents[2]
WRITTEN = ROOT / "docs"
COPIED = {"contributing.md": ROOT / "CONTRIBUTING.md", "changelog.md": ROOT / "CHANGELOG.md"}
CONFIG = Path(__file__).with_name("zensical.toml")

START = ("tutorial.md", "adopting.md")
INSIDE = ("architecture.md", "contributing.md", "changelog.md")
USE = ("changes.md", "hooks.md", "pipelines.md", "formats.md", "proof.md")
"""What comes first of the other hand-written pages."""
UPWARDS = re.compile(r"\]\(\.\./([^)\s]+)\)")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


def pages() -> dict[str, str]:
    """Every page by its path: names of rules, relations, files and commands lead to where they are described."""
    texts = written() | made()
    places = {rule.id: rules.place(rule) for each in rules.packs().values() for rule in each}
    places |= facts.places() | settings.places() | commands.places()
    return {path: linked(path, text, places) for path, text in texts.items()}


def written() -> dict[str, str]:
    """The hand-written pages; a link out of their folder leads to the repository's host."""
    files = {path.relative_to(WRITTEN).as_posix(): path for path in sorted(WRITTEN.rglob("*.md"))} | COPIED
    texts = {path: file.read_text(encoding="utf-8") for path, file in files.items()}
    return {path: UPWARDS.sub(rf"]({HOME}/blob/main/\1)", text) for path, text in texts.items()}


def made() -> dict[str, str]:
    """The pages that are made of the code."""
    return rules.pages() | facts.pages() | settings.pages() | commands.pages()


def navigation(texts: Mapping[str, str]) -> list[Any]:
    """The pages in the order in which they are read; a hand-written page that no list names is among those on use."""
    listed = {"index.md", *START, *USE, *INSIDE}
    use = [*USE, *(path for path in written() if path not in listed)]
    packs = [{pack.capitalize(): [{rule.id: rules.place(rule)} for rule in each]} for pack, each in rules.packs().items()]
    reference = [
        {"Settings": _titled(settings.pages())},
        {"Commands": "commands.md"},
        {"Facts": ["facts/index.md", *_titled({path: text for path, text in facts.pages().items() if path != "facts/index.md"})]},
    ]
    return [
        {"Home": "index.md"},
        {"Start": _titled({path: texts[path] for path in START})},
        {"Use": _titled({path: texts[path] for path in use})},
        {"Rules": ["rules/index.md", *packs]},
        {"Reference": reference},
        {"Inside": _titled({path: texts[path] for path in INSIDE})},
    ]


def _titled(texts: Mapping[str, str]) -> list[Any]:
    titles = {path: TITLE.search(text) for path, text in texts.items()}
    return [{title[1]: path} for path, title in titles.items() if title]


def lay(folder: Path) -> Path:
    """Write the sources of the site into a folder, in place of those that were there; its configuration is answered."""
    shutil.rmtree(folder / "docs", ignore_errors=True)
    texts = pages()
    shutil.copytree(WRITTEN, folder / "docs")
    for path, text in texts.items():
        target = folder / "docs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    config = CONFIG.read_text(encoding="utf-8").replace("nav = []", f"nav = {toml(navigation(texts))}")
    (folder / CONFIG.name).write_text(config, encoding="utf-8")
    return folder / CONFIG.name


def toml(value: Any) -> str:
    """Strings, lists and tables of them, in a line."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {toml(each)}' for key, each in value.items())} }}"
    return json.dumps(value)
