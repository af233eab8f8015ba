"""The git command, plumbing only, with the environment it was inherited in (hooks set GIT_DIR, GIT_INDEX_FILE ...)."""

import os
import re
import subprocess
from functools import cached_property
from pathlib import Path
from typing import IO

PATHS = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
"""Variables that may hold a path relative to where the hook was started."""

CLOSED = re.compile(rb"^warning: could not open directory '(.*?)/?': ", re.MULTILINE)
"""What git says of a folder that it may not look into, and passes over."""

Process = subprocess.Popen[bytes]


class GitError(Exception):
    """What git answered where it should not have failed."""


class Git:
    """The git repository around a folder; every command runs in that folder and speaks of paths below it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.closed: set[str] = set()
        """Folders that a command could not look into."""

    @classmethod
    def of(cls, folder: Path) -> "Git | None":
        """The repository around a folder, or None where there is none."""
        around = "GIT_DIR" in os.environ or any((each / ".git").exists() for each in (folder, *folder.parents))
        return cls(folder) if around else None

    @cached_property
    def environment(self) -> dict[str, str]:
        """The inherited environment, its paths made absolute, since the folder need not be where the run was started."""
        found = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        found.update((name, str(Path.cwd() / found[name])) for name in PATHS if found.get(name))
        if "GIT_DIR" in found:
            found.setdefault("GIT_WORK_TREE", str(Path.cwd()))
        return found

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> Process:
        """A git command on its way. No program that the repository's own configuration names is run."""
        command = ["git", "-c", "core.fsmonitor=false", *arguments]
        try:
            return subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except FileNotFoundError as error:
            raise GitError("this is a git repository, and there is no git command to read it with") from error

    def run(self, *commands: tuple[str, ...]) -> list[bytes]:
        """What commands print that run at the same time."""
        processes = [self.start(*command) for command in commands]
        answers = [process.communicate() for process in processes]
        for process, (_, complaint) in zip(processes, answers, strict=True):
            if process.returncode:
                raise GitError(complaint.decode("utf-8", "replace").strip() or f"git exited with {process.returncode}")
            self.closed |= {os.fsdecode(path) for path in CLOSED.findall(complaint)}
        return [output for output, _ in answers]

    def commit_id(self, revision: str) -> str:
        """The commit that a revision names; of ``REV...``, the one where HEAD parted from it."""
        if revision.startswith("-"):
            raise GitError(f"{revision} is not a revision")
        name = revision.removesuffix("...")
        try:
            found = self._line("rev-parse", "--verify", f"{name}^{{commit}}")
        except GitError as error:
            raise GitError(f"there is no commit {name} here ({error}); {self._remedy(f'--depth=1 origin {name}')}") from error
        return found if name == revision else self._parting(name, found)

    def _parting(self, name: str, commit: str) -> str:
        try:
            return self._line("merge-base", "HEAD", commit)
        except GitError as error:
            raise GitError(f"HEAD and {name} have no commit in common here; {self._remedy('--unshallow')}") from error

    def is_unborn(self) -> bool:
        """There is no commit yet on the branch that is checked out."""
        try:
            branch = self._line("symbolic-ref", "--quiet", "HEAD")
        except GitError:
            return False
        return not self.run(("for-each-ref", branch))[0]

    def _line(self, *command: str) -> str:
        return self.run(command)[0].decode().strip()

    def _remedy(self, fetched: str) -> str:
        if self._line("rev-parse", "--is-shallow-repository") == "true":
            return f"this clone is shallow: `git fetch --no-tags {fetched}`"
        return "name one that `git log` shows"


class Blobs:
    """The objects of a repository, read by one ``git cat-file`` that is started when first asked."""

    def __init__(self, git: Git) -> None:
        self._git = git

    @cached_property
    def _process(self) -> Process:
        return self._git.start("cat-file", "--batch", stdin=subprocess.PIPE)

    def read(self, blob: str, largest: int) -> tuple[bytes | None, int]:
        """The bytes of a blob and how many they are; None in their place where they are more than ``largest``."""
        process = self._process
        question, answer = process.stdin, process.stdout
        if question is None or answer is None:
            raise GitError("git cat-file was started without pipes")
        question.write(f"{blob}\n".encode())
        question.flush()
        header = answer.readline().split()
        if len(header) != 3:
            raise GitError(f"git has no object {blob}")
        size = int(header[2])
        if size > largest:
            _pass_over(answer, size + 1)
            return None, size
        return answer.read(size + 1)[:-1], size

    def __del__(self) -> None:
        if "_process" in self.__dict__:
            self._process.stdin.close()  # type: ignore[union-attr]
            self._process.wait()
            self._process.stdout.close()  # type: ignore[union-attr]
            self._process.stderr.close()  # type: ignore[union-attr]


def _pass_over(answer: IO[bytes], size: int) -> None:
    while size:
        size -= len(answer.read(min(size, 1 << 20))) or size
