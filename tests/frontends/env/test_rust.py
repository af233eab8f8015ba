import pytest

from invariants.facts.env import Unresolved
from invariants.frontends.env import rust
from readings import only, reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('fn f() { std::env::var("A").unwrap(); }', ["A"]),
        ('use std::env; fn f() { env::var("A"); env::var_os("B"); }', ["A", "B"]),
        ('use std::env::var; fn f() { var("A"); }', ["A"]),
        ('use std::env::{self, var_os}; fn f() { var_os("A"); }', ["A"]),
        ('fn var(x: &str) {} fn f() { var("A"); env }', []),
        ('fn f() { env::var("A").unwrap_or_else(|_| "x".into()); env::var("B").unwrap_or_default(); }', ["A?", "B?"]),
        ('fn f() { env!("A"); option_env!("B"); concat!(env!("C"), "x"); }', ["A", "B?", "C"]),
        ('fn f() { dotenvy::var("A"); println!("{}", std::env::var("B").unwrap()); }', ["A", "B"]),
        ('const NAME: &str = "A"; fn f() { env::var(NAME); env::var(&NAME); }', ["A", "A"]),
        ('fn f() { for name in ["A", "B"] { env::var(name); } }', ["A", "B"]),
        ("pub fn f(name: &str) { env::var(name); }", ["?"]),
        ('fn f(name: &str) { env::var(name); }\nfn g() { f("A"); f(other()); }', ["A", "?"]),
        ('fn f() { env::var(format!("A_{}", 1)); env::vars(); }', ["?", "?"]),
        ('#[derive(Parser)] struct A { #[arg(long, env = "A")] a: String, #[clap(env, default_value = "1")] b: u8 }', ["A", "B?"]),
        ("fn f() { let c: Config = envy::from_env().unwrap(); }", ["?"]),
        ('fn f() { env::set_var("A", "x"); env::remove_var("A"); }', []),
        ('// env::var("A")\nfn f() { let s = "env::var(\\"B\\")"; }', []),
    ],
)
def test_what_is_read(text: str, expected: list[str]) -> None:
    assert reads(rust.read, text) == expected


def test_a_function_that_is_given_the_name_may_be_declared_an_accessor() -> None:
    text = 'pub fn need(name: &str) -> String { env::var(name).unwrap() }\nfn f() { need("A"); need(other()); }'
    assert [each.accessor for each in only(rust.read, text, Unresolved)] == ["need"]
    assert reads(rust.read, text, accessors=("config::need",)) == ["A", "?"]
