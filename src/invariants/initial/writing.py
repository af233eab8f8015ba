"""Writing files, all of them or none."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from difflib import unified_diff
from pathlib import Path
from tempfile import NamedTemporaryFile

from invariants.finding import ConfigError
from invariants.initial.repository import Closed, target
from invariants.initial.values import Edit

PROGRAM = 0o755
READABLE = 0o644
REMEDY = "nothing was written; let this be written to, or see --dry-run and write the files by hand"


def diff(edit: Edit) -> str:
    """An edit as ``git diff`` shows it."""
    old = "/dev/null" if edit.before is None else f"a/{edit.path}"
    before, after = (edit.before or "").splitlines(keepends=True), edit.after.splitlines(keepends=True)
    lines = unified_diff(before, after, old, f"b/{edit.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def write(root: Path, edits: Sequence[Edit]) -> None:
    """Write every file beside its place first, then put each in place; where that fails, everything is as it was."""
    path = ""
    try:
        with ExitStack() as undo:
            staged = []
            for edit in edits:
                path = edit.path
                staged.append((edit, *_staged(root, edit, undo)))
            for edit, temporary, file in staged:
                path = edit.path
                _place(edit, temporary, file, undo)
            undo.pop_all()
    except Closed as error:
        raise ConfigError(path, 0, str(error), "nothing was written; put the file itself there") from error
    except OSError as error:
        raise ConfigError(path, 0, f"it cannot be written: {error.strerror}", REMEDY) from error


def _staged(root: Path, edit: Edit, undo: ExitStack) -> tuple[Path, Path]:
    """A file with the new text beside the one that it is to become, and that one."""
    file = target(root, edit.path)
    for folder in reversed([each for each in file.parents if not each.exists()]):
        folder.mkdir()
        undo.callback(_removed, folder)
    with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=file.parent, prefix=".invariants-", delete=False) as stream:
        temporary = Path(stream.name)
        undo.callback(_removed, temporary)
        stream.write(edit.after)
    temporary.chmod(file.stat().st_mode if edit.before is not None else PROGRAM if edit.is_program else READABLE)
    return temporary, file


def _place(edit: Edit, temporary: Path, file: Path, undo: ExitStack) -> None:
    """Put a file in place, unless what is there has changed since it was looked at."""
    if (file.read_bytes().decode() if file.exists() else None) != edit.before:
        raise OSError(0, "it has changed in the meantime")
    if edit.before is None:
        undo.callback(_removed, file)
    else:
        undo.callback(file.write_bytes, edit.before.encode())
    temporary.replace(file)


def _removed(path: Path) -> None:
    with suppress(OSError):
        path.rmdir() if path.is_dir() else path.unlink()
