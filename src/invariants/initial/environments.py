"""Files of environment variables: those that show which there are, and those that git does not ignore."""

import re
from collections.abc import Iterator

from invariants.initial.repository import Repository
from invariants.initial.values import Notice, some

TOPIC = "environment"
FILE = re.compile(r"(?:^|/)(?:\.env(?:[.-][\w.-]+)?|[\w.-]*\.env)$")
BARE = re.compile(r"(?:^|/)(?:[\w.-]+\.)?env[.-][\w.-]+$")
"""A name for an example, and for code besides."""
EXAMPLE = re.compile(r"(?:^|[._-])(?:example|sample|template|tmpl|tpl|dist|schema|defaults)(?:[._-]|$)", re.IGNORECASE)
CODE = (".ts", ".js", ".mjs", ".py", ".rs", ".go", ".rb", ".dart", ".sh", ".md", ".json", ".yml", ".yaml")


def is_example(path: str) -> bool:
    """It shows which variables there are, and holds no real values."""
    name = path.rpartition("/")[2]
    return (_is_env(path) or (BARE.search(path) is not None and not path.endswith(CODE))) and EXAMPLE.search(name) is not None


def notices(repository: Repository) -> Iterator[Notice]:
    """The files, by what they are for."""
    examples = [path for path in repository.paths if is_example(path)]
    others = [path for path in repository.paths if _is_env(path) and not is_example(path)]
    if examples:
        yield Notice(TOPIC, f"variables are shown by {some(examples)}")
    if others:
        ignored = "not ignored by git" if repository.git else "in the folder"
        yield Notice(
            TOPIC, f"{some(others)} {'is' if len(others) == 1 else 'are'} {ignored}: see that there are no secrets in {_them(others)}"
        )
    if not examples:
        yield Notice(TOPIC, "there is no file that shows which variables there are, such as `.env.example`", is_known=False)


def _is_env(path: str) -> bool:
    return FILE.search(path) is not None and not path.endswith(CODE)


def _them(files: list[str]) -> str:
    return "it" if len(files) == 1 else "them"
