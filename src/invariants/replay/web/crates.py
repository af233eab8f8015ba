"""Crates: which file a path of Rust's modules means."""

import tomllib
from collections.abc import Mapping
from posixpath import basename, dirname, join, normpath
from typing import Any

ROOTS = ("lib.rs", "main.rs")
TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


class Crates:
    """The crates of a repository: paths of source files, and what manifests say about names."""

    def __init__(self, paths: frozenset[str], manifests: Mapping[str, str]) -> None:
        self._paths = paths
        self._folders: dict[str, str] = {}
        self._packages: set[str] = set()
        documents = {path: document for path, text in manifests.items() if path.endswith("Cargo.toml") if (document := _parsed(text))}
        for path, document in documents.items():
            self._depended(dirname(path), document)
        for path, document in documents.items():
            self._named(dirname(path), document)

    def _named(self, folder: str, document: Mapping[str, Any]) -> None:
        """A package is known by its own name, or by that of its library."""
        package, library = document.get("package"), document.get("lib")
        if not isinstance(package, dict):
            return
        self._packages.add(folder)
        for table in (package, library):
            if isinstance(table, dict) and isinstance(name := table.get("name"), str):
                self._folders[name.replace("-", "_")] = folder

    def _depended(self, folder: str, document: Mapping[str, Any]) -> None:
        """A dependency may be called otherwise than the package is."""
        workspace = document.get("workspace")
        for holder in (document, workspace if isinstance(workspace, dict) else {}):
            for table in TABLES:
                entries = holder.get(table)
                for name, told in entries.items() if isinstance(entries, dict) else ():
                    if isinstance(told, dict) and isinstance(path := told.get("path"), str):
                        self._folders.setdefault(name.replace("-", "_"), normpath(join(folder, path)))

    def find(self, file: str, source: str) -> str | None:
        """The file of a module, as a file writes its path; null where it is none of the repository's, or no file."""
        first, *rest = source.split("::")
        if first == "crate":
            return self._within(self._root(file), rest)
        if first == "self":
            return self._below(self._inside(file), rest[1:]) if rest[:1] == ["path"] else self._below(self._inside(file), rest, file)
        if first == "super":
            above = self._above(file)
            return (self.find(above, "::".join(rest)) if rest[:1] == ["super"] else self._within(above, rest)) if above else None
        return self._below(self._inside(file), [first, *rest]) or self._other(first, rest)

    def _other(self, name: str, rest: list[str]) -> str | None:
        """A module of another crate of the repository."""
        folder = self._folders.get(name)
        return self._within(self._entry(folder, ("lib.rs", "main.rs")), rest) if folder is not None else None

    def _entry(self, folder: str, names: tuple[str, ...] = ROOTS) -> str | None:
        return next((path for name in names if (path := join(folder, "src", name)) in self._paths), None)

    def _root(self, file: str) -> str | None:
        """The file that the crate of a file begins with."""
        folder = dirname(file)
        if basename(folder) == "bin":
            return file
        while folder:
            for name in ROOTS:
                if join(folder, name) in self._paths and (basename(folder) == "src" or folder in self._packages):
                    return join(folder, name)
            if folder in self._packages:
                return self._entry(folder)
            folder = dirname(folder)
        return self._entry("")

    def _within(self, root: str | None, parts: list[str]) -> str | None:
        return self._below(self._inside(root), parts, root) if root is not None else None

    def _inside(self, file: str) -> str:
        """The folder that the modules inside a file's module lie in."""
        return dirname(file) if basename(file) in {"mod.rs", *ROOTS} or basename(dirname(file)) == "bin" else file.removesuffix(".rs")

    def _above(self, file: str) -> str | None:
        """The file of the module around a file's."""
        folder = dirname(self._inside(file))
        candidates = [f"{folder}.rs", *(join(folder, name) for name in ("mod.rs", *ROOTS))]
        return next((path for path in candidates if path in self._paths), None)

    def _below(self, folder: str, parts: list[str], found: str | None = None) -> str | None:
        """The file of a module by its names below a folder."""
        for part in parts:
            folder = join(folder, part)
            found = next((path for path in (f"{folder}.rs", join(folder, "mod.rs")) if path in self._paths), None)
            if found is None:
                return None
        return found


def _parsed(text: str) -> dict[str, Any]:
    """A manifest; empty where it does not parse."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
