"""A first manifest of environment variables, of what code reads; never one with which more is found than without."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from invariants import manifest
from invariants.check import Run
from invariants.initial import trial
from invariants.initial.values import Edit, Looked, Notice, some
from invariants.settings import ENV
from invariants.wording import counted

TOPIC = "environment"
ROUNDS = 3
"""A draft names functions that read variables for others. With it in place their callers are read, which may be such functions again."""

Try = Callable[[Mapping[str, str]], set[tuple[str, str]]]
"""Lays files over the snapshot; answers rule and subject of what is found with them and not without."""


def look(run: Run, edits: Sequence[Edit], today: date) -> Looked:
    """The manifest, where something is read. It is tried together with the other files of the first look."""
    bare = trial.found(run.snapshot, run.store, run.rules, today)[0]
    read = manifest.read(run.store)
    if not read:
        return Looked()
    beside = {edit.path: edit.after for edit in edits}

    def brought(files: Mapping[str, str]) -> set[tuple[str, str]]:
        laid = trial.Overlaid(run.snapshot, {**beside, **files})
        return {each[:2] for each in trial.found(laid, run.store, run.rules, today)[0] - bare}

    notices = [Notice(TOPIC, f"{counted(len(read), 'variables')} are read" if len(read) > 1 else "1 variable is read")]
    for has_examples in (True, False):
        text, found = _settled(run, brought, has_examples=has_examples)
        if not found:
            return Looked(notices, [Edit(ENV, None, text)])
        notices.append(_refused(found, has_examples=has_examples))
    return Looked([notices[0], notices[-1]])


def _settled(run: Run, brought: Try, *, has_examples: bool) -> tuple[str, set[tuple[str, str]]]:
    """A draft that another look would not change, and what it brings."""
    text, found = "", set[tuple[str, str]]()
    for _ in range(ROUNDS):
        before, text = text, manifest.draft(run.store, has_examples=has_examples)
        if text == before:
            break
        found = brought({ENV: text})
    return text, found


def _refused(found: set[tuple[str, str]], *, has_examples: bool) -> Notice:
    """Why a draft is not written."""
    names = some([f"{rule} {subject}" for rule, subject in sorted(found)])
    if has_examples:
        return Notice(TOPIC, f"examples are left out of {ENV}: with them there would be {names}", is_known=False)
    return Notice(TOPIC, f"{ENV} is not begun: with it there would be {names}; write it, and see to these", is_known=False)
