"""Looking at small repositories."""

from pathlib import Path

from invariants.initial.repository import Repository
from invariants.initial.values import Looked, Notice
from invariants.snapshots import work_tree
from repositories import repository, write


def laid(folder: Path, files: dict[str, str]) -> Repository:
    """A git repository of these files, none of them committed."""
    root = repository(folder / "product", {})
    write(root, files)
    return Repository(root, work_tree(root))


def known(notices: "list[Notice]") -> list[str]:
    return [each.text for each in notices if each.is_known]


def unknown(notices: "list[Notice]") -> list[str]:
    return [each.text for each in notices if not each.is_known]


def edited(looked: Looked) -> dict[str, str]:
    """The files that would be written."""
    return {edit.path: edit.after for edit in looked.edits}
