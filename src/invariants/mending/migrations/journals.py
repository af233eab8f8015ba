"""The files in which runners keep account of migrations: Drizzle's journal and snapshots, Atlas' sums."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from invariants.finding import Edit
from invariants.mending.migrations.folder import Folder, base
from invariants.mending.schema import Unmended


def drizzle(folder: Folder, name: str, moment: datetime) -> Iterator[Edit]:
    """One more entry of the journal, later than the others; and a snapshot that says what the one before says."""
    path = f"{folder.folder}/meta/_journal.json"
    text = folder.text(path) or ""
    journal = _read(text, path)
    match journal:
        case {"entries": [*_, {"idx": int(), "when": int(), "tag": str()} as last]}:
            pass
        case _:
            raise Unmended(_strange(path))
    entry = {**last, "idx": last["idx"] + 1, "when": max(last["when"] + 1, int(moment.timestamp() * 1000)), "tag": name}
    entry.pop("breakpoints", None)
    journal["entries"].append({**entry, "breakpoints": True})
    yield Edit(path, text, _dumped(journal, text))
    old = f"{folder.folder}/meta/{last['tag'].partition('_')[0]}_snapshot.json"
    if (snapshot := folder.text(old)) is not None:
        yield Edit(f"{folder.folder}/meta/{name.partition('_')[0]}_snapshot.json", None, _followed(snapshot, name))


def folder_snapshot(folder: Folder, last: str, made: str) -> Edit | None:
    """The snapshot beside a migration in a folder of its own, where the last one has one."""
    snapshot = folder.text(f"{last}/snapshot.json")
    return None if snapshot is None else Edit(f"{made}/snapshot.json", None, _followed(snapshot, base(made)))


def _followed(text: str, name: str) -> str:
    """A snapshot that comes after another and says the same."""
    snapshot = _read(text, "its snapshot")
    if "id" not in snapshot:
        raise Unmended(_strange("its snapshot"))
    before = snapshot["id"]
    from uuid import UUID

    new = str(UUID(bytes=sha256(f"{before} {name}".encode()).digest()[:16], version=4))
    return _dumped({**snapshot, "id": new, **({"prevIds": [before]} if "prevIds" in snapshot else {"prevId": before})}, text)


def _read(text: str, name: str) -> dict[str, Any]:
    """A document that Drizzle keeps."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Unmended(_strange(name)) from error
    if not isinstance(document, dict):
        raise Unmended(_strange(name))
    return document


def _strange(name: str) -> str:
    return f"{name} is not as Drizzle writes it"


def _dumped(document: Mapping[str, Any], like: str) -> str:
    """JSON indented as another text is."""
    second = like.split("\n", 2)[1] if "\n" in like else ""
    indent = second[: len(second) - len(second.lstrip())] or None
    return json.dumps(document, indent=indent, ensure_ascii=False) + ("\n" if like.endswith("\n") else "")


def atlas(folder: Folder, made: Edit) -> Edit:
    """``atlas.sum`` with one more file; it is only written where what it says now is understood."""
    path = f"{folder.folder}/atlas.sum".removeprefix("/")
    before = folder.text(path)
    contents = {base(each): folder.read(each) for each in folder.files}
    if before is None or before.strip() != _sums(contents).strip():
        raise Unmended("its atlas.sum does not fit its files: bring it up to date with `atlas migrate hash` first")
    return Edit(path, before, _sums(contents | {base(made.path): made.after.encode()}))


def _sums(contents: Mapping[str, bytes]) -> str:
    """A hash of all files up to each, and one of those hashes."""
    running, whole, lines = sha256(), sha256(), []
    for name in sorted(contents):
        running.update(name.encode() + contents[name])
        digest = b64encode(running.digest()).decode()
        whole.update(name.encode() + digest.encode())
        lines.append(f"{name} h1:{digest}\n")
    return f"h1:{b64encode(whole.digest()).decode()}\n{''.join(lines)}"
