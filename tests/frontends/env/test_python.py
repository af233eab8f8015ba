import pytest

from invariants.facts.env import Declaration, Read, Taker, Unresolved
from invariants.frontends.env import python
from readings import only, reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os\nos.environ['A']", ["A"]),
        ("import os\nos.environ.get('A')", ["A"]),
        ("import os\nos.environ.get('A', None)", ["A"]),
        ("import os\nos.environ.get('A', 'x')", ["A?"]),
        ("import os\nos.environ.pop('A')", ["A"]),
        ("import os\nos.environ.setdefault('A', 'x')", ["A?"]),
        ("import os\nos.getenv('A'); os.getenv('B', default='x')", ["A", "B?"]),
        ("import os\nos.environb[b'A']; os.getenvb(b'B')", ["A", "B"]),
        ("import os as o\no.environ['A']", ["A"]),
        ("from os import environ, getenv as g\nenviron['A']; g('B')", ["A", "B"]),
        ("import os\nenv = os.environ\nenv['A']", ["A"]),
        ("import os\nenv = os.environ.copy()\nenv['A']; env['B'] = 'x'", ["A"]),
        ("import os\nget = os.getenv\nget('A')", ["A"]),
        ("import os\nif 'A' in os.environ: pass", ["A?"]),
        ("import os\nos.environ['A'] = 'x'\ndel os.environ['A']", []),
        ("import os\nNAME = 'A'\nos.environ[NAME]", ["A"]),
        ("import os\nPREFIX = 'A_'\nos.environ[f'{PREFIX}B'] + os.environ[PREFIX + 'C']", ["A_B", "A_C"]),
        ("import os\nfor name in ('A', 'B'): os.environ[name]", ["A", "B"]),
        ("import os\n[os.environ[name] for name in ['A', 'B']]", ["A", "B"]),
        ("import os\nfor name, kind in [('A', int), ('B', str)]: os.environ[name]", ["A", "B"]),
        ("import os\nos.environ['A' if debug else 'B']", ["A", "B"]),
        ("import os\nos.environ[name]", ["?"]),
        ("import os\nfor name in names(): os.environ[name]", ["?"]),
        ("import os\nfor name in os.environ: print(name)", ["?"]),
        ("import os\nfor name, value in os.environ.items(): print(name)", ["?"]),
        ("import os\nconfigure(os.environ)", ["?"]),
        ("import os, subprocess\nsubprocess.run('x', env=os.environ)\nrun('x', env={**os.environ, 'A': '1'})", []),
        ("import os\n# os.environ['A']\ntext = \"os.environ['B']\"", []),
        ("from decouple import config\nconfig('A'); config('B', default=1, cast=int)", ["A", "B?"]),
        (
            "import environ\nenv = environ.Env(DEBUG=(bool, False))\nenv('A'); env.bool('B', default=True); env.db()",
            ["A", "B?", "DATABASE_URL"],
        ),
        ("from environs import Env\nenv = Env()\nwith env.prefixed('A_'):\n    env.str('B')\nenv.int('C', 3)", ["A_B", "C?"]),
        ("from starlette.config import Config\nconfig = Config('.env')\nconfig('A', cast=bool, default=False)", ["A?"]),
        ("import click\n@click.option('--url', envvar='A')\ndef run(url): ...", ["A"]),
        ("import typer\nurl = typer.Option(envvar=['A', 'B'])", ["A", "B"]),
        ("app.config.from_prefixed_env()  # from_prefixed_env", ["?"]),
    ],
)
def test_what_is_read(text: str, expected: list[str]) -> None:
    assert reads(python.read, text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("url: str", ["URL"]),
        ("url: str = 'x'", ["URL?"]),
        ("url: str = ...", ["URL"]),
        ("url: str = Field(...)", ["URL"]),
        ("url: str = Field(default='x')", ["URL?"]),
        ("url: str = Field(default_factory=make)", ["URL?"]),
        ("model_config = SettingsConfigDict(env_prefix='app_')\n    url: str", ["APP_URL"]),
        ("class Config:\n        env_prefix = 'APP_'\n    url: str", ["APP_URL"]),
        ("model_config = {'env_prefix': 'APP_'}\n    url: str = Field(alias='OTHER')", ["OTHER"]),
        ("url: str = Field(validation_alias=AliasChoices('A', 'B'))", ["A?", "B?"]),
        ("url: str = Field(env='A')", ["A"]),
        ("known: ClassVar[int] = 3\n    _private: int = 1", []),
    ],
)
def test_fields_of_settings_are_variables(body: str, expected: list[str]) -> None:
    head = "from pydantic_settings import BaseSettings\nfrom pydantic import Field\n"
    assert reads(python.read, f"{head}class Settings(BaseSettings):\n    {body}\n") == expected


def test_settings_are_nested_inherited_and_held_in_one_another() -> None:
    text = """
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict
class Database(BaseModel):
    host: str
    port: int = 5432
class Mail(BaseSettings, env_prefix="MAIL_"):
    key: SecretStr
class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    level: str = "info"
class Settings(Base):
    database: Database
    mail: Mail = Mail()
"""
    assert sorted(reads(python.read, text)) == ["APP_DATABASE__HOST?", "APP_DATABASE__PORT?", "APP_LEVEL?", "MAIL_KEY"]
    declared = {each.name: each.kind for each in only(python.read, text, Declaration)}
    assert declared["MAIL_KEY"] == "secret"
    assert declared["APP_LEVEL"] is None


def test_a_function_that_is_given_the_name_may_be_declared_an_accessor() -> None:
    text = "import os\ndef need(name):\n    return os.environ[name]\nneed('A'); need(other)\n"
    (found,) = only(python.read, text, Unresolved)
    assert found.accessor == "need"
    assert reads(python.read, text, accessors=("settings.need",)) == ["A", "?"]


def test_a_function_of_the_file_is_followed() -> None:
    assert reads(python.read, "import os\ndef _need(name):\n    return os.environ[name]\n_need('A'); _need(other)") == ["A", "?"]
    assert reads(python.read, "import os\ndef _a(n): return os.environ[n]\ndef _b(n): return _a(n)\n_b('A')") == ["A"]


def test_callers_of_an_accessor_are_read_in_other_files() -> None:
    assert reads(python.read, "from settings import need\nneed('A', 'x')", accessors=("need",)) == ["A?"]
    assert reads(python.read, "import settings\nsettings.need(name='A')", accessors=("settings.need",)) == ["A"]
    assert reads(python.read, "import settings\nsettings.need(name='A')") == []


def test_a_function_that_takes_the_environment_resolves_who_hands_it_on() -> None:
    text = "import os\ndef configure(environment=os.environ):\n    return environment['A']\nconfigure(os.environ)\n"
    assert [each.function_name for each in only(python.read, text, Taker)] == ["configure"]
    assert [each.taker for each in only(python.read, text, Unresolved)] == ["configure"]
    assert [each.name for each in only(python.read, text, Read)] == ["A"]


@pytest.mark.parametrize(
    "text", ["import os\nos.environ[", "import os\nos.environ\0", "os.environ" + "(" * 5000, "os.environ" + "-" * 200_000 + "1"]
)
def test_what_does_not_parse_is_said(text: str) -> None:
    assert reads(python.read, text) == ["?"]


def test_places_count_characters_and_lines() -> None:
    (found,) = only(python.read, "import os\n\nx = 'ü'; y = os.environ['A']\n", Read)
    assert (found.at.line, found.at.column, found.at.end_column) == (3, 25, 28)
