"""What Supabase's client answers for whoever comes: an object that may hold nobody, and no error where no token was given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.frontends.typescript.syntax import arguments, awaited

if TYPE_CHECKING:
    from invariants.frontends.typescript.scopes import Scope, Value
    from invariants.frontends.typescript.syntax import Source

TOLD = (".auth.getUser", ".auth.getSession")
"""What answers with `data` for nobody, too."""
CLAIMS = ".auth.getClaims"
LENIENT = re.compile(rb"\?\.|\?\?|\|\|")
"""What is nothing, or an empty text, where nothing was sent."""


def is_there(source: Source, value: Value, scope: Scope) -> bool:
    """Whether the part of an answer that a variable is given is the same for whoever comes."""
    call = awaited(value.node)
    symbol = source.symbol(call)
    if value.part == "data":
        return symbol.endswith(TOLD)
    return value.part == "error" and symbol.endswith(CLAIMS) and _may_be_empty(source, call, scope)


def _may_be_empty(source: Source, call: Node, scope: Scope) -> bool:
    """Whether a call is given no token, or may be: the client takes its own then, and says no error where it has none."""
    given = arguments(call)
    held = scope.value(source.text(given[0])) if given and given[0].type == "identifier" else None
    return not given or LENIENT.search((held or given[0]).text or b"") is not None
