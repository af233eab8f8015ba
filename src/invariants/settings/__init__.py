"""The repository's own word: ``.invariants/*.toml`` read, checked and turned into facts.

The models (``models.py``) are what users see published as JSON schemas; they are imported only where a file has changed.
"""

from typing import Any

from invariants.finding import ConfigError

CONFIG = ".invariants/config.toml"
CARVEOUTS = ".invariants/carveouts.toml"
FILES = (CONFIG, CARVEOUTS)


def read(path: str, data: bytes) -> list[Any]:
    """The facts of one of :data:`FILES`; :class:`~invariants.finding.ConfigError` where it cannot be used."""
    from tomllib import TOMLDecodeError, loads

    from invariants.settings import carveouts, config

    try:
        text = data.decode("utf-8-sig")
        document = loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(path, data[: error.start].count(b"\n") + 1, "it is not UTF-8", "save it as UTF-8") from error
    except TOMLDecodeError as error:
        raise ConfigError(path, _line(error, text), f"it is not TOML: {error}", "mend the syntax") from error
    except RecursionError as error:
        raise ConfigError(path, 0, "it is nested too deep", "write it with fewer brackets") from error
    reader = carveouts if path == CARVEOUTS else config
    return list(reader.facts(path, text, document))


def _line(error: ValueError, text: str) -> int:
    """The line that the parser names in its message; else it complains of the end."""
    words = str(error).replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else text.rstrip("\n").count("\n") + 1
