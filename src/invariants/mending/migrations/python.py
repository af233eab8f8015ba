"""Migrations in Python: a revision of Alembic's, a migration of Django's."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from invariants.finding import Edit
from invariants.mending.migrations.folder import WORDS, Folder, Step, base, beside, next_name, remark
from invariants.mending.schema import Unmended

NAME = "_".join(WORDS)
ALEMBIC = '''\
"""{title}

Revision ID: {revision}
Revises: {parent}
Create Date: {moment:%Y-%m-%d %H:%M:%S}

"""

from alembic import op

revision = "{revision}"
down_revision = "{parent}"
branch_labels = None
depends_on = None


def upgrade() -> None:
{up}

def downgrade() -> None:
{down}'''
DJANGO = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
{dependencies}    ]

    operations = [
{operations}    ]
"""


def alembic(folder: Folder, steps: Sequence[Step], moment: datetime) -> tuple[Edit, ...]:
    """A revision after the only head."""
    names = dict(reversed(folder.revisions))
    before = {parent for _, parent in folder.parents}
    followed = {path for path, name in folder.revisions if name in before}
    heads = [path for path in names if path not in followed]
    if len(heads) != 1:
        raise Unmended("its revisions do not end in one head: merge them first, as with `alembic merge heads`")
    parent = names[heads[0]]
    revision, stem = _revision(folder, heads[0], parent, moment)
    up = "".join(_executed(each, remark(step)) for step in steps for each in step.statements)
    down = "".join(_executed(each) for step in reversed(steps) for each in step.undo)
    title = f"{' '.join(WORDS).capitalize()}."
    text = ALEMBIC.format(title=title, revision=revision, parent=parent, moment=moment, up=up, down=down)
    return (Edit(beside(heads[0], f"{stem}.py"), None, text),)


def _revision(folder: Folder, head: str, parent: str, moment: datetime) -> tuple[str, str]:
    """What the revision is called, and its file: a number where the others have one."""
    stem = base(head).removesuffix(".py")
    numbered = next_name([base(path).removesuffix(".py") for path in folder.files], moment)
    if numbered is not None and parent in {stem, stem.partition("_")[0]} and stem.partition("_")[0].isdigit():
        return numbered if parent == stem else numbered.partition("_")[0], numbered
    revision = sha256(f"{parent} {NAME}".encode()).hexdigest()[:12]
    return revision, f"{revision}_{NAME}"


def _executed(statement: str, said: str = "") -> str:
    """A call that runs a statement; Alembic takes a colon before a word for a parameter."""
    comment = f"    # {said.removeprefix('-- ')}\n" if said else ""
    text = statement.replace(":", "\\:") if _is_bound(statement) else statement
    return f"{comment}    op.execute(\n        {_literal(text)}\n    )\n"


def _is_bound(statement: str) -> bool:
    """Whether a colon could be read as the beginning of a parameter: one that is no cast's."""
    return ":" in statement.replace("::", "")


def _literal(text: str) -> str:
    """A text as Python writes it, on lines of its own where it has several."""
    if "\n" not in text:
        return repr(text) if '"' in text or "\\" in text else f'"{text}"'
    if '"""' in text or "\\" in text or text.endswith('"'):
        return repr(text)
    return f'"""{text}"""'


def django(folder: Folder, steps: Sequence[Step], _moment: datetime) -> tuple[Edit, ...]:
    """A migration of the application that most of its tables belong to, after the last ones of all that they belong to."""
    own = [step.file for step in steps if step.file in folder.files] or [folder.files[-1]]
    homes = [path.rpartition("/")[0] for path in own]
    home = max(sorted(set(homes)), key=homes.count)
    leaves = _leaves(folder)
    needed = sorted({leaf for each in set(homes) for leaf in leaves[each]})
    numbers = [int(digits) for path in folder.files if path.rpartition("/")[0] == home and (digits := base(path)[:4]).isdigit()]
    operations = "".join(_run_sql(step) for step in steps)
    dependencies = "".join(f'        ("{name.partition(".")[0]}", "{name.partition(".")[2]}"),\n' for name in needed)
    text = DJANGO.format(dependencies=dependencies, operations=operations)
    return (Edit(f"{home}/{max(numbers) + 1:04}_{NAME}.py", None, text),)


def _leaves(folder: Folder) -> dict[str, list[str]]:
    """By the folder of an application, the migrations of it that none of its own come after."""
    inner = {(file.rpartition("/")[0], parent) for file, parent in folder.parents}
    found: dict[str, list[str]] = defaultdict(list)
    for file, name in folder.revisions:
        place = file.rpartition("/")[0]
        if (place, name) not in inner and not name.startswith("settings."):
            found[place].append(name)
    return found


def _run_sql(step: Step) -> str:
    done, undone = ("".join(f"                {_literal(each)},\n" for each in texts) for texts in (step.statements, step.undo))
    lists = f"            sql=[\n{done}            ],\n            reverse_sql=[\n{undone}            ],\n"
    return f"        # {remark(step).removeprefix('-- ')}\n        migrations.RunSQL(\n{lists}        ),\n"
