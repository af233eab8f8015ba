"""What files of JavaScript and pages load, and where they say that they run."""

import pytest

from invariants.facts.env import Load, Runtime
from invariants.frontends.env import html, jsloads
from readings import only


def test_modules_are_told_each_once() -> None:
    text = 'import a, { b } from "./a"\nimport "./b"\nexport * from \'./c\'\nconst d = require("./d")\nawait import("./e"); import("./a")\n'
    assert [each.sources.split() for each in only(jsloads.read, text, Load, "x.ts")] == [["./a", "./b", "./c", "./d", "./e"]]


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ('require ( "./a")', True),
        ('x;import  ( "./a")', True),
        ('export*from"./a"', True),
        ('import "./a"', True),
        ('xfrom "./a"', False),
        ('reimport("./a")', False),
        ('_require("./a")', False),
        ('require "./a"', False),
    ],
)
def test_a_module_is_loaded_by_a_whole_word(text: str, loads: bool) -> None:
    assert [each.sources for each in only(jsloads.read, text, Load, "x.ts")] == ["./a"] * loads


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("'use client'\n", ["client"]),
        ('/* a */\n// b\n"use server";\n', ["server"]),
        ("a(); 'use client'", []),
        ("", []),
    ],
)
def test_where_a_file_runs_is_told_by_its_first_words(text: str, side: list[str]) -> None:
    assert [each.side for each in only(jsloads.read, text, Runtime, "x.ts")] == side


def test_a_page_loads_the_scripts_of_its_own_site() -> None:
    text = (
        '<script type="module" src="/src/main.ts"></script>\n<script src="https://example.com/x.js"></script>\n<script>import("x")</script>'
    )
    assert [each.sources for each in only(html.read, text, Load, "index.html")] == ["./src/main.ts"]


def test_many_comments_before_nothing_are_read_in_time() -> None:
    assert not list(jsloads.read("x.js", b"/* a */ // b\n" * 2_000 + b"run()"))
