from pathlib import Path

import pytest

from invariants.finding import ConfigError
from invariants.initial.values import Edit
from invariants.initial.writing import write


def files(root: Path) -> dict[str, str | None]:
    return {path.relative_to(root).as_posix(): path.read_text() if path.is_file() else None for path in root.rglob("*")}


def test_every_file_is_written_and_modes_are_kept(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("old")
    (tmp_path / "run").chmod(0o750)
    write(tmp_path, [Edit("run", "old", "new"), Edit("a/b/c", None, "c\r\n"), Edit("hook", None, "h", is_program=True)])
    assert files(tmp_path) == {"run": "new", "a": None, "a/b": None, "a/b/c": "c\n", "hook": "h"}
    assert (tmp_path / "a/b/c").read_bytes() == b"c\r\n"
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("run", "a/b/c", "hook")] == [0o750, 0o644, 0o755]


def test_where_one_cannot_be_put_in_place_the_others_are_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").write_text("old")
    before, replace = files(tmp_path), Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "last":
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    edits = [Edit("old", "old", "new"), Edit("made/first", None, "1"), Edit("last", None, "2")]
    with pytest.raises(ConfigError, match="last: it cannot be written: No space left on device; nothing was written"):
        write(tmp_path, edits)
    assert files(tmp_path) == before


@pytest.mark.parametrize(("before", "there"), [("old", "changed"), (None, "made")])
def test_what_has_changed_in_the_meantime_is_not_overwritten(before: str | None, there: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(there)
    with pytest.raises(ConfigError, match="file: it cannot be written: it has changed in the meantime"):
        write(tmp_path, [Edit("other", None, "1"), Edit("file", before, "new")])
    assert files(tmp_path) == {"file": there}


@pytest.mark.parametrize("name", ["file", "folder/file", "loop"])
def test_nothing_is_written_through_a_link_out_of_the_root(name: str, tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "file").symlink_to(outside / "file")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to("loop")
    with pytest.raises(ConfigError, match="nothing was written; put the file itself there"):
        write(root, [Edit("other", None, "1"), Edit(name, None, "new")])
    assert not (root / "other").exists()
    assert list(outside.iterdir()) == []
