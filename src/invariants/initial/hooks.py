"""What runs before a commit, and the entry that has it ask this tool."""

import re
import tomllib
from collections.abc import Callable, Iterator

from invariants.initial import blocks, scripts
from invariants.initial.repository import Closed, Repository, first
from invariants.initial.values import Edit, Looked, Notice, some

TOPIC = "hooks"
COMMAND = "invariants check --staged"
BY_HAND = f"have it run `{COMMAND}`, without file names or patterns"
PRESENT = re.compile(r"\binvariants\b[^\n]*\bcheck\b|\bid\s*[:=]\s*[\"']?invariants\b")

PRE_COMMIT = f"""\
# Runs the invariants that is installed. To have it installed, name its repository and a `rev` instead of `local`.
- repo: local
  hooks:
    - id: invariants
      name: invariants (staged)
      entry: {COMMAND}
      language: system
      pass_filenames: false
      always_run: true
      require_serial: true
      stages: [pre-commit, pre-merge-commit, manual]
"""
PREK = f"""\

# Runs the invariants that is installed. To have it installed, name its repository and a `rev` instead of "local".
[[repos]]
repo = "local"

[[repos.hooks]]
id = "invariants"
name = "invariants (staged)"
entry = "{COMMAND}"
language = "system"
pass_filenames = false
always_run = true
require_serial = true
stages = ["pre-commit", "pre-merge-commit", "manual"]
"""
LEFTHOOK = (
    "lefthook.yml",
    "lefthook.yaml",
    ".lefthook.yml",
    ".lefthook.yaml",
    ".config/lefthook.yml",
    ".config/lefthook.yaml",
    "lefthook.toml",
    "lefthook.json",
)
FOLDERS = (".githooks", ".git-hooks", "githooks", ".hooks")
"""Where hooks are kept that `core.hooksPath` is pointed at, in each clone anew."""
RUNS_HOOKS = re.compile(r"\b(?:pre-commit|prek)\s+run\b|pre-commit/action|prek-action")
GENERATED = re.compile(r"pre-commit\.com|prek|lefthook|husky", re.IGNORECASE)

Manager = Callable[[Repository], Looked | None]


def look(repository: Repository) -> Looked:
    """The first manager that is there, and what is to be added to its files."""
    if repository.git is None:
        return _unknown("this is no git repository, so that no hook is run")
    if not repository.is_top:
        return _unknown(f"git runs hooks from the top of the repository, which is above this root: there, run {_from_top(repository)}")
    try:
        return next((found for manager in _managers(repository) if (found := manager(repository))), None) or _unmanaged(repository)
    except Closed as error:
        return _unknown(f"{error}: {BY_HAND}")


def _from_top(repository: Repository) -> str:
    folder = repository.asked("rev-parse", "--show-prefix").rstrip("/")
    return f"`invariants -C {folder or repository.root.name} check --staged`"


def _pre_commit(repository: Repository) -> Looked | None:
    path = first(repository, (".pre-commit-config.yaml", ".pre-commit-config.yml"))
    manager = "prek" if "prek" in _installed(repository) else "pre-commit"
    if not path:
        return None
    looked = _edited(repository, manager, path, lambda text: blocks.added(text, ("repos",), PRE_COMMIT))
    elsewhere = [notice for edit in looked.edits for notice in _elsewhere(repository, edit.after)]
    return looked._replace(notices=[*looked.notices, *elsewhere])


def _elsewhere(repository: Repository, config: str) -> Iterator[Notice]:
    """Where the same hooks are run, and nothing of ours is installed."""
    workflows = [each for each in repository.paths if each.startswith(".github/workflows/")]
    places = [each for each in workflows if RUNS_HOOKS.search(repository.said(each))]
    places += ["pre-commit.ci"] if re.search(r"^ci:", config, re.MULTILINE) else []
    if places:
        yield Notice(
            TOPIC, f"these hooks are run by {some(places)} too: install invariants there, or leave it out, by SKIP=invariants", False
        )


def _prek(repository: Repository) -> Looked | None:
    path = first(repository, ("prek.toml", ".prek.toml"))
    return _edited(repository, "prek", path, _with_stanza) if path else None


def _with_stanza(text: str) -> str | None:
    after = text.rstrip("\n") + "\n" + PREK if text.strip() else PREK.lstrip("\n")
    try:
        before, expected = tomllib.loads(text), tomllib.loads(PREK)
        before["repos"] = [*before.get("repos", []), *expected["repos"]]
        return after if tomllib.loads(after) == before else None
    except (ValueError, TypeError, RecursionError):
        return None


def _lefthook(repository: Repository) -> Looked | None:
    path = first(repository, LEFTHOOK)
    edit = _with_command if path and path.endswith((".yml", ".yaml")) else _by_hand
    return _edited(repository, "lefthook", path, edit) if path else None


def _with_command(text: str) -> str | None:
    """As a job where there are jobs, else as a command."""
    if blocks.has(text, ("pre-commit", "jobs")):
        return blocks.added(text, ("pre-commit", "jobs"), f"- name: invariants\n  run: {COMMAND}\n")
    return blocks.added(text, ("pre-commit", "commands", "invariants"), f"run: {COMMAND}\n")


def _by_hand(_text: str) -> str | None:
    return None


def _husky(repository: Repository) -> Looked | None:
    return _script(repository, "husky", ".husky") if repository.listed(".husky") else None


def _configured(repository: Repository) -> str:
    """The folder below the root that git takes hooks from, where it is told of one."""
    said = repository.asked("config", "--get", "core.hooksPath").removeprefix("./").rstrip("/")
    return "" if said.startswith((".git/", "/", "..", "~")) else said


def _folder(repository: Repository) -> Looked | None:
    """Hooks of git's own, in a folder that is shared."""
    inside = _configured(repository)
    folder = next((each for each in (inside, *FOLDERS) if each and repository.listed(each)), None)
    return (
        _script(repository, "git itself (core.hooksPath)" if folder == inside else "git itself, where core.hooksPath is set", folder)
        if folder
        else None
    )


def _script(repository: Repository, manager: str, folder: str) -> Looked:
    return _edited(repository, manager, f"{folder}/pre-commit", lambda text: scripts.added(text) if text else f"{COMMAND}\n")


def _edited(repository: Repository, manager: str, path: str, edit: Callable[[str], str | None]) -> Looked:
    """The entry of a manager: there already, to be added, or to be added by hand."""
    before = repository.text(path)
    found = Notice(TOPIC, f"{manager}, by {path}")
    if before is not None and PRESENT.search(before):
        return Looked([found], left=[Notice(TOPIC, f"{path} runs invariants already")])
    after = edit(before or "")
    if after is None:
        return Looked([found, Notice(TOPIC, f"{path} is written in a way that is not edited here: {BY_HAND}", is_known=False)])
    return Looked([found], [Edit(path, before, after, is_program=path.endswith("/pre-commit"))])


MANAGERS: tuple[Manager, ...] = (_pre_commit, _prek, _lefthook, _husky, _folder)


def _managers(repository: Repository) -> Iterator[Manager]:
    """The one that git is told of, then all of them."""
    if configured := _configured(repository):
        yield _husky if configured.startswith(".husky") else _folder
    yield from MANAGERS


def _installed(repository: Repository) -> str:
    """The hook that git itself runs in this clone; nothing where there is none, or one that cannot be read."""
    folder = repository.asked("rev-parse", "--git-path", "hooks")
    try:
        return (repository.root / folder / "pre-commit").read_text(encoding="utf-8", errors="replace") if folder else ""
    except OSError:
        return ""


def _unmanaged(repository: Repository) -> Looked:
    own = _installed(repository)
    if own and PRESENT.search(own):
        return Looked([Notice(TOPIC, "the hook of this clone runs invariants already, and other clones have it not")])
    if own and not GENERATED.search(own):
        return _unknown(f"this clone has a pre-commit hook of its own, which is not shared and left as it is: {BY_HAND}")
    nested = [path for path in repository.paths if path.endswith("/.husky/pre-commit")]
    if nested:
        return _unknown(f"{nested[0]} is there, and whether git runs it cannot be told: {BY_HAND}")
    return _unknown(f"no hook manager was found: with git alone, `.git/hooks/pre-commit` may say `{COMMAND}`")


def _unknown(text: str) -> Looked:
    return Looked([Notice(TOPIC, text, is_known=False)])
