"""``invariants env``: names-only snapshots of what platforms have, and fingerprints of secrets. No value is printed, or kept."""

import sys
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from invariants.finding import ConfigError

if TYPE_CHECKING:
    from invariants.facts.env import Record, Target
    from invariants.store import Store

ADD = "add it to .invariants/env.toml, as `[targets.NAME]` with `file` and `format`"


@click.group("env")
def command() -> None:
    """Compare environment variables with their manifest, .invariants/env.toml, where no file of the repository can."""


@command.command("snapshot")
@click.argument("target")
@click.option("--from", "source", required=True, metavar="FILE", help="What the platform's own command printed; - reads standard input.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that it was printed; today unless given.")
def snapshot(target: str, source: str, as_of: Any) -> int:
    """Write the names that a platform has on TARGET into the file that the manifest names for it. Values are dropped."""
    from invariants import platforms
    from invariants.cli.output import save

    root, store = _manifest()
    known = _target(store, target)
    if known.format not in platforms.READERS:
        message = f"{target} is a {known.format} file of the repository itself"
        raise ConfigError(known.at.file, known.at.line, message, f"snapshots are of {', '.join(platforms.READERS)}")
    data = sys.stdin.buffer.read() if source == "-" else _bytes(Path(source))
    found = platforms.read(known.format, source, data)
    if known.scope and not any(each.environments for each in found):
        _alone(root, known)
        found = [each._replace(environments=(known.scope,)) for each in found]
    day = as_of.date() if as_of is not None else date.today()  # noqa: DTZ011
    (root / known.path).parent.mkdir(parents=True, exist_ok=True)
    save(root / known.path, platforms.snapshot(known.format, day.isoformat(), found))
    click.echo(f"{known.path}: the names of {len(found)} variables, and no value")
    return 0


@command.command("record")
@click.argument("names", nargs=-1)
def record(names: tuple[str, ...]) -> int:
    """Record the fingerprints that the manifest asks for, of all secrets or of NAMES, in .invariants/env.lock.toml."""
    from invariants import present
    from invariants.cli.output import save
    from invariants.facts import env
    from invariants.settings import ENV, ENV_LOCK, lock

    root, store = _manifest()
    pledges = [each for each in _all(store, env.Pledge) if not names or each.name in names]
    if missing := set(names) - {each.name for each in pledges}:
        raise ConfigError(ENV, 0, f"it asks for no fingerprint of {', '.join(sorted(missing))}", 'say `fingerprint = ["TARGET"]` there')
    before = {(each.name, each.target): each for each in _all(store, env.Record)}
    values, key = present.values(store, root), present.key(store, root)
    made = {(each.name, each.target): _made(each, values.get(each.target), key) for each in pledges}
    kept = [each for where, each in before.items() if where not in made]
    _one_key([*kept, *made.values()])
    compared = {(each.name, each.target): each.state for each in present.comparisons(store, root)}
    for where, each in made.items():
        is_same = compared.get(where) == "same" and before[where].key_id == each.key_id
        kept.append(before[where] if is_same else each)
        click.echo(f"{each.name}@{each.target}: {'as recorded' if is_same else 'recorded'}")
    save(root / ENV_LOCK, lock.text(kept))
    return 0


@command.command("verify")
def verify() -> int:
    """Compare the secrets at hand with their recorded fingerprints; anything but the same fails."""
    from invariants import present

    root, store = _manifest()
    found = list(present.comparisons(store, root))
    for each in found:
        click.echo(f"{each.state:<14}  {each.name}@{each.target}{f'  {each.message}' if each.message else ''}")
    if not found:
        click.echo("the manifest asks for no fingerprint, and none is recorded")
    return int(any(each.state != "same" for each in found))


def _manifest() -> "tuple[Path, Store]":
    """The root, and a store with what the manifest and the lock file say."""
    from invariants import settings
    from invariants.snapshots import find_root
    from invariants.store import Store, Unit

    root, store = find_root(Path.cwd()), Store()
    if not (root / settings.ENV).exists():
        raise ConfigError(settings.ENV, 0, "there is no manifest", "write one; `invariants init` begins it")
    units = []
    for path in (settings.ENV, settings.ENV_LOCK):
        if (root / path).exists():
            units.append(Unit(path, "", ""))
            store.add(units[-1], settings.read(path, _bytes(root / path)))
    store.activate(units)
    return root, store


def _target(store: "Store", name: str) -> "Target":
    from invariants.facts import env
    from invariants.settings import ENV

    found = {each.name: each for each in _all(store, env.Target)}
    if name not in found:
        raise ConfigError(ENV, 0, f"there is no target {name}, only {', '.join(found) or 'none at all'}", ADD)
    target: Target = found[name]
    return target


def _alone(root: Path, target: "Target") -> None:
    """What says nothing of environments is a snapshot of one of them, which has a file of its own."""
    from invariants.facts.env import Entry
    from invariants.frontends.env import snapshot as reader

    if (root / target.path).exists():
        held: Collection[str] = {each.scope for each in reader.read(target.path, _bytes(root / target.path)) if isinstance(each, Entry)}
        if others := set(held) - {target.scope, ""}:
            message = f"{target.path} holds {', '.join(sorted(others))} too, which would be lost"
            raise ConfigError(target.at.file, target.at.line, message, "give each environment a file of its own")


def _made(pledge: Any, known: Any, key: bytes | None) -> "Record":
    """A fingerprint of the value at hand."""
    from invariants.facts.env import Record
    from invariants.fingerprints import STRENGTH, WITHHELD, Weak, key_id, keyed, salted

    at = pledge.at
    value = known.get(pledge.name) if known is not None and not isinstance(known, str) else None
    if value is None or WITHHELD.match(value):
        why = known if isinstance(known, str) else f"{pledge.name} has no value there" if known is not None else "it names no `values`"
        raise ConfigError(at.file, at.line, f"{pledge.name} of {pledge.target} cannot be recorded: {why}", "pull or write its value first")
    if key is not None:
        return Record(at, pledge.name, pledge.target, keyed(key, pledge.name, value), key_id(key))
    try:
        return Record(at, pledge.name, pledge.target, salted(pledge.name, value), "")
    except Weak:
        message = f"{pledge.name} has less than {STRENGTH} bits to guess, so that a fingerprint without a key would give it away"
        raise ConfigError(at.file, at.line, message, "give a key, in INVARIANTS_FP_KEY or as `[fingerprints] key_file`") from None


def _one_key(records: "Sequence[Record]") -> None:
    keys = {each.key_id for each in records if each.key_id}
    if len(keys) > 1:
        from invariants.settings import ENV_LOCK

        raise ConfigError(ENV_LOCK, 0, "it holds fingerprints of another key", "record all of them again: `invariants env record`")


def _all(store: "Store", fact: Any) -> list[Any]:
    return [each for found in store.facts(fact).values() for each in found]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(str(path), 0, f"it cannot be read: {error.strerror}", "name a file that is there") from error
