"""The whole first look, top to bottom: judge as without configuration, ask what was detected, say as much of it as changes nothing."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from invariants.check import Options, Run
from invariants.finding import ConfigError
from invariants.initial import configuration as written
from invariants.initial import connections, environments, frameworks, guards, hooks, pipelines, trial, variables
from invariants.initial.databases import Database, databases
from invariants.initial.databases import notices as about_databases
from invariants.initial.repository import Repository
from invariants.initial.tenancy import Setting, tenancy
from invariants.initial.values import Edit, Looked, Notice, joined
from invariants.settings import CARVEOUTS, CONFIG, ENV
from invariants.snapshots import work_tree

TOPIC = "configuration"


def survey(root: Path) -> Looked:
    """What a repository says of itself, and the files that it lacks."""
    if (root / ".invariants").is_symlink():
        raise ConfigError(".invariants", 0, "it is a link, and what is behind it is not read", "make it a folder")
    run = Run(Options(root))
    run.store.save()
    repository = Repository(root, run.snapshot)
    known = databases(run.store)
    tenants = tenancy(run.store, [each.name for each in known])
    connected = connections.connections(repository)
    doors = guards.guards(run.store)
    about = [
        *about_databases(known),
        *tenants.notices,
        *connections.notices(connected),
        *frameworks.notices(repository),
        *guards.notices(doors),
        *environments.notices(repository),
    ]
    remarks = connections.remarks(connected)
    today = date.today()  # noqa: DTZ011
    looked = joined(
        [
            Looked(about),
            _kept(repository, CONFIG) or Looked(edits=[Edit(CONFIG, None, _config(run, tenants.settings, known, remarks, doors, today))]),
            _kept(repository, CARVEOUTS) or Looked(edits=[Edit(CARVEOUTS, None, written.CARVEOUTS)]),
            hooks.look(repository),
            pipelines.look(repository),
        ]
    )
    return joined([looked, _kept(repository, ENV) or variables.look(run, looked.edits, today)])


def unseen(root: Path, edits: Sequence[Edit]) -> list[str]:
    """The files of ``.invariants/`` that were written and that a run does not see, since git ignores them."""
    seen = set(work_tree(root).paths())
    return [edit.path for edit in edits if edit.path in {CONFIG, CARVEOUTS, ENV} and edit.path not in seen]


def _kept(repository: Repository, path: str) -> Looked | None:
    """A file that is there already is left as it is."""
    return Looked(left=[Notice(TOPIC, f"{path} is there")]) if repository.has(path) else None


def _config(
    run: Run, settings: Sequence[Setting], known: Sequence[Database], remarks: Sequence[str], doors: guards.Guards, today: date
) -> str:
    """The configuration that says as much of what was detected as leaves every finding, and every denominator, as it is."""

    def text(said: Collection[str]) -> str:
        return written.config(settings, known, said, remarks, doors)

    sayable = [each.key for each in settings if written.is_sayable(each)]
    bare = trial.found(run.snapshot, run.store, run.rules, today)

    def is_same(said: Collection[str]) -> bool:
        return trial.found(trial.Overlaid(run.snapshot, {CONFIG: text(said)}), run.store, run.rules, today) == bare

    if is_same(sayable):
        return text(sayable)
    said: list[str] = []
    for key in sayable:
        if is_same([*said, key]):
            said.append(key)
    return text(said)
