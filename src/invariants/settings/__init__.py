"""The repository's own word: the files of ``.invariants/`` read, checked and turned into facts.

The models (``models.py``) are what users see published as JSON schemas; they are imported only where a file has changed.
"""

from collections.abc import Callable, Iterable
from typing import Any

from invariants.finding import ConfigError

CONFIG = ".invariants/config.toml"
CARVEOUTS = ".invariants/carveouts.toml"
ENV = ".invariants/env.toml"
ENV_LOCK = ".invariants/env.lock.toml"
BASELINE = ".invariants/baseline.json"
FILES = (CONFIG, CARVEOUTS, ENV, ENV_LOCK, BASELINE)


def read(path: str, data: bytes) -> list[Any]:
    """The facts of one of :data:`FILES`; :class:`~invariants.finding.ConfigError` where it cannot be used."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(path, data[: error.start].count(b"\n") + 1, "it is not UTF-8", "save it as UTF-8") from error
    return list(_json(path, text) if path == BASELINE else _toml(path, text))


def _json(path: str, text: str) -> Iterable[Any]:
    from json import loads

    from invariants.settings import baseline

    try:
        document = loads(text)
    except ValueError as error:
        raise ConfigError(path, getattr(error, "lineno", 1), f"it is not JSON: {error}", baseline.REMEDY) from error
    except RecursionError as error:
        raise ConfigError(path, 1, "it is nested too deep", baseline.REMEDY) from error
    return baseline.facts(path, text, document)


def _toml(path: str, text: str) -> Iterable[Any]:
    from tomllib import TOMLDecodeError, loads

    from invariants.settings import carveouts, config, env, lock

    try:
        document = loads(text)
    except TOMLDecodeError as error:
        raise ConfigError(path, _line(error, text), f"it is not TOML: {error}", "mend the syntax") from error
    except RecursionError as error:
        raise ConfigError(path, 0, "it is nested too deep", "write it with fewer brackets") from error
    readers: dict[str, Callable[[str, str, dict[str, Any]], Iterable[Any]]] = {
        CARVEOUTS: carveouts.facts,
        ENV: env.facts,
        ENV_LOCK: lock.facts,
    }
    return readers.get(path, config.facts)(path, text, document)


def _line(error: ValueError, text: str) -> int:
    """The line that the parser names in its message; else it complains of the end."""
    words = str(error).replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else text.rstrip("\n").count("\n") + 1
