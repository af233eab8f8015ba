import os
from pathlib import Path

import pytest

from invariants import snapshots
from invariants.git import GitError
from invariants.snapshots import Snapshot, Unreadable, blob_id, commit, find_root, index, work_tree
from repositories import git, repository, write


def contents(snapshot: Snapshot) -> dict[str, bytes]:
    return {path: snapshot.read(path) for path in snapshot.paths()}


def refused(snapshot: Snapshot, path: str) -> str:
    with pytest.raises(Unreadable) as error:
        snapshot.read(path)
    with pytest.raises(Unreadable):
        snapshot.content_id(path)
    return error.value.reason


@pytest.fixture(autouse=True)
def _no_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)


def test_the_work_tree_is_what_git_would_let_you_commit(tmp_path: Path) -> None:
    root = repository(tmp_path, {"kept.sql": "a", "changed.sql": "b", "removed.sql": "c", "staged.sql": "d", ".gitignore": "ignored*\n"})
    write(root, {"changed.sql": "b2", "new.sql": "e", "ignored.sql": "f", "staged.sql": "d2"})
    (root / "removed.sql").unlink()
    git(root, "add", "staged.sql")
    write(root, {"staged.sql": "d3"})
    found = contents(work_tree(root))
    assert found == {".gitignore": b"ignored*\n", "changed.sql": b"b2", "kept.sql": b"a", "new.sql": b"e", "staged.sql": b"d3"}


def test_the_index_is_what_is_staged(tmp_path: Path) -> None:
    root = repository(tmp_path, {"a.sql": "a", "gone.sql": "g"})
    write(root, {"a.sql": "staged", "untracked.sql": "u"})
    git(root, "add", "a.sql")
    git(root, "rm", "-q", "--cached", "gone.sql")
    write(root, {"a.sql": "worked on"})
    assert contents(index(root)) == {"a.sql": b"staged"}


def test_a_commit_is_what_it_was(tmp_path: Path) -> None:
    root = repository(tmp_path, {"a.sql": "first", "folder/b.sql": "b"})
    write(root, {"a.sql": "second"})
    git(root, "commit", "-qam", "second")
    assert contents(commit(root, "HEAD~1")) == {"a.sql": b"first", "folder/b.sql": b"b"}
    assert contents(commit(root, "main"))["a.sql"] == b"second"


@pytest.mark.parametrize("revision", ["nowhere", "--all", "HEAD:a.sql"])
def test_what_is_no_commit_is_refused(tmp_path: Path, revision: str) -> None:
    root = repository(tmp_path, {"a.sql": "a"})
    with pytest.raises(GitError):
        commit(root, revision)


def test_a_content_id_is_gits_blob_id_in_every_snapshot(tmp_path: Path) -> None:
    root = repository(tmp_path, {"a.sql": "select 1;\n"})
    write(root, {"b.sql": "select 2;\n"})
    expected = git(root, "hash-object", "a.sql", "b.sql").split()
    tree = work_tree(root)
    assert [tree.content_id("a.sql"), tree.content_id("b.sql")] == expected
    assert index(root).content_id("a.sql") == commit(root, "HEAD").content_id("a.sql") == expected[0]


def test_line_ends_that_git_changes_do_not_change_what_is_read(tmp_path: Path) -> None:
    root = repository(tmp_path, {".gitattributes": "*.sql text eol=crlf\n", "a.sql": "select 1;\n"})
    (root / "a.sql").unlink()
    git(root, "checkout", "a.sql")
    assert (root / "a.sql").read_bytes() == b"select 1;\r\n"
    tree = work_tree(root)
    assert blob_id(tree.read("a.sql")) == tree.content_id("a.sql") == index(root).content_id("a.sql")


def test_a_folder_below_the_top_of_the_repository_can_be_the_root(tmp_path: Path) -> None:
    top = repository(tmp_path, {"packages/db/.invariants/config.toml": "", "packages/db/a.sql": "a", "elsewhere.sql": "x"})
    write(top, {"packages/db/a.sql": "changed", "packages/db/new.sql": "n"})
    root = find_root(top / "packages/db")
    assert root == top / "packages/db"
    assert contents(work_tree(root)) == {".invariants/config.toml": b"", "a.sql": b"changed", "new.sql": b"n"}
    assert contents(index(root)) == {".invariants/config.toml": b"", "a.sql": b"a"}
    assert contents(commit(root, "HEAD"))["a.sql"] == b"a"


def test_the_root_is_the_nearest_folder_with_invariants_else_the_work_tree_else_the_folder(tmp_path: Path) -> None:
    repository(tmp_path / "product", {"a/b/c.sql": ""})
    write(tmp_path, {".invariants/config.toml": "", "loose/x.sql": ""})
    assert find_root(tmp_path / "product/a/b") == tmp_path / "product", "not above the work tree"
    write(tmp_path, {"product/a/.invariants/config.toml": ""})
    assert find_root(tmp_path / "product/a/b") == tmp_path / "product/a"
    assert find_root(tmp_path / "loose") == tmp_path


def test_without_git_every_file_that_is_not_hidden_is_there(tmp_path: Path) -> None:
    write(tmp_path, {"a.sql": "a", "b/c.sql": "c", ".hidden/d.sql": "", "node_modules/e.sql": "", ".invariants/config.toml": "x"})
    write(tmp_path, {"routes/.well-known/f.ts": "f"})
    write(tmp_path, {".github/workflows/g.yml": "g", ".circleci/config.yml": "h"})
    found = {".invariants/config.toml": b"x", "a.sql": b"a", "b/c.sql": b"c", "routes/.well-known/f.ts": b"f"}
    found |= {".github/workflows/g.yml": b"g", ".circleci/config.yml": b"h"}
    assert contents(work_tree(tmp_path)) == found
    with pytest.raises(GitError, match="not in a git work tree"):
        index(tmp_path)


def test_a_hook_names_its_own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "r", {"a.sql": "a"})
    write(root, {"only.sql": "committed alone"})
    other = tmp_path / "other-index"
    git(root, "add", "only.sql", GIT_INDEX_FILE=str(other))
    assert set(contents(index(root))) == {"a.sql"}
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    assert set(contents(index(root))) == {"only.sql"}


def test_what_a_hook_says_relative_to_the_top_holds_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path, {"sub/.invariants/config.toml": "", "sub/a.sql": "a"})
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert set(contents(index(root / "sub"))) == {".invariants/config.toml", "a.sql"}
    assert set(contents(work_tree(root / "sub"))) == {".invariants/config.toml", "a.sql"}


def test_a_linked_work_tree_is_read_for_itself(tmp_path: Path) -> None:
    root = repository(tmp_path / "main", {"a.sql": "a"})
    git(root, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    write(tmp_path / "linked", {"b.sql": "b"})
    assert find_root(tmp_path / "linked") == tmp_path / "linked"
    assert set(contents(work_tree(tmp_path / "linked"))) == {"a.sql", "b.sql"}


def test_links_are_followed_within_the_root_and_not_out_of_it(tmp_path: Path) -> None:
    write(tmp_path, {"outside.sql": "secret"})
    root = tmp_path / "r"
    root.mkdir()
    write(root, {"a.sql": "a"})
    for name, target in {
        "in.sql": "a.sql",
        "out.sql": "../outside.sql",
        "absolute.sql": "/etc/hostname",
        "loop.sql": "loop2.sql",
        "loop2.sql": "loop.sql",
        "nowhere.sql": "none.sql",
    }.items():
        (root / name).symlink_to(target)
    repository(root, {})
    for snapshot in (work_tree(root), index(root), commit(root, "HEAD")):
        assert snapshot.read("in.sql") == b"a"
        assert snapshot.content_id("in.sql") == blob_id(b"a")
        assert [refused(snapshot, path) for path in ("out.sql", "absolute.sql", "loop.sql", "nowhere.sql")] == ["link"] * 4


def test_names_that_are_not_utf8_are_shown_and_read(tmp_path: Path) -> None:
    root = repository(tmp_path, {})
    with open(os.path.join(os.fsencode(root), b"caf\xe9.sql"), "wb") as file:  # noqa: PTH118, PTH123
        file.write(b"x")
    assert contents(work_tree(root)) == {"caf\\xe9.sql": b"x"}
    git(root, "add", "-A")
    assert contents(index(root)) == {"caf\\xe9.sql": b"x"}


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path, {"large.sql": "x" * 100, "small.sql": "y"})
    os.mkfifo(root / "pipe.sql")
    monkeypatch.setattr(snapshots, "LARGEST", 50)
    assert refused(snapshots.WorkTree(root, {"pipe.sql": ""}, None), "pipe.sql") == "bytes"
    assert refused(snapshots.WorkTree(root, {"large.sql": ""}, None), "large.sql") == "size"
    staged = index(root)
    with pytest.raises(Unreadable, match="more than"):
        staged.read("large.sql")
    assert staged.read("small.sql") == b"y"


def test_a_file_that_went_away_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a.sql": "a"})
    tree = work_tree(tmp_path)
    (tmp_path / "a.sql").unlink()
    assert refused(tree, "a.sql") == "bytes"


def test_a_sparse_checkout_is_read_from_what_is_committed(tmp_path: Path) -> None:
    root = repository(tmp_path, {"here.sql": "h", "away.sql": "w"})
    git(root, "update-index", "--skip-worktree", "away.sql")
    (root / "away.sql").unlink()
    assert contents(work_tree(root)) == {"away.sql": b"w", "here.sql": b"h"}


def test_nothing_that_the_repository_configures_is_run(tmp_path: Path) -> None:
    root = repository(tmp_path, {"a.sql": "a"})
    git(root, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    contents(work_tree(root))
    assert not (tmp_path / "ran").exists()


def test_a_broken_repository_is_an_error_not_an_empty_answer(tmp_path: Path) -> None:
    write(tmp_path, {".git": "gitdir: /nowhere", "a.sql": "a"})
    with pytest.raises(GitError):
        work_tree(tmp_path)


def conflict(folder: Path) -> Path:
    """A repository in the middle of a merge."""
    root = repository(folder, {"a.sql": "base"})
    git(root, "checkout", "-qb", "other")
    write(root, {"a.sql": "theirs"})
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "main")
    write(root, {"a.sql": "ours"})
    git(root, "commit", "-qam", "ours")
    with pytest.raises(Exception, match="merge"):
        git(root, "merge", "other")
    return root


def test_files_of_a_conflict_are_those_on_disk(tmp_path: Path) -> None:
    root = conflict(tmp_path)
    assert b"<<<<<<<" in contents(work_tree(root))["a.sql"]


MODULE = "160000,1111111111111111111111111111111111111111,{path}"
STAGED = {
    "nothing": [],
    "files added, edited, removed and renamed": [
        ("write", "new/a.sql", "new"),
        ("write", "deep/er/b.sql", "edited"),
        ("add", "-A"),
        ("rm", "-q", "gone.sql"),
        ("mv", "a.sql", "moved.sql"),
    ],
    "a file that can be run": [("update-index", "--chmod=+x", "a.sql")],
    "a file that becomes a link": [("link", "a.sql", "deep"), ("add", "-A")],
    "a file that becomes another repository": [
        ("rm", "-q", "a.sql"),
        ("update-index", "--add", "--cacheinfo", MODULE.format(path="a.sql")),
    ],
    "another repository that becomes a file": [("rm", "-q", "--cached", "module"), ("write", "module", "file"), ("add", "module")],
    "a folder that becomes a file": [("rm", "-qr", "deep"), ("write", "deep", "file"), ("add", "-A")],
    "a file that is only meant to be added": [("write", "later.sql", "later"), ("add", "-N", "later.sql"), ("write", "a.sql", "edited")],
    "an empty file that is only meant to be added again": [("rm", "-q", "--cached", "empty.sql"), ("add", "-N", "empty.sql")],
    "a name that is not UTF-8": [("update-index", "--add", "--cacheinfo", "100644,{blob},caf\udce9.sql")],
    "files that are not checked out": [("update-index", "--skip-worktree", "gone.sql"), ("rm", "-q", "a.sql")],
    "folders that are not in the index": [("sparse-checkout", "set", "--cone", "--sparse-index", "new"), ("rm", "-q", "gone.sql")],
}


@pytest.mark.parametrize("below", ["", "deep"], ids=["the whole", "a folder below"])
@pytest.mark.parametrize("steps", STAGED.values(), ids=STAGED)
def test_what_is_staged_and_what_it_stands_on_are_those_of_index_and_head(tmp_path: Path, steps: list[tuple[str, ...]], below: str) -> None:
    files = {"a.sql": "a", "gone.sql": "gone", "empty.sql": "", "deep/er/b.sql": "b", "deep/c.sql": "c"}
    root = repository(tmp_path / "product", files)
    git(root, "update-index", "--add", "--cacheinfo", MODULE.format(path="module"))
    git(root, "commit", "-q", "-m", "module")
    blob = git(root, "rev-parse", "HEAD:a.sql").strip()
    for name, *given in steps:
        if name == "write":
            write(root, {given[0]: given[1]})
        elif name == "link":
            (root / given[0]).unlink()
            (root / given[0]).symlink_to(given[1])
        else:
            git(root, name, *(each.format(blob=blob) for each in given))
    folder = root / below if (root / below).is_dir() else root
    assert [tree._entries for tree in snapshots.staged(folder)] == [index(folder)._entries, snapshots.head(folder)._entries]


def test_what_is_staged_before_the_first_commit_stands_on_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.sql": "a"})
    git(tmp_path, "add", "-A")
    change, base = snapshots.staged(tmp_path)
    assert contents(change) == {"a.sql": b"a"}
    assert contents(base) == {}


def test_what_a_conflict_stands_on_is_the_commit(tmp_path: Path) -> None:
    root = conflict(tmp_path)
    change, base = snapshots.staged(root)
    assert contents(base) == {"a.sql": b"ours"}
    assert list(change.paths()) == ["a.sql"]
