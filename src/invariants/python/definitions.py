"""What imports define: symbols, since no other file is read."""

import builtins

import libcst as cst

from invariants.python.values import Scope, Symbol

ALL = "*"
"""The name of the module that everything was imported from."""


def _dotted(node: cst.CSTNode | None) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def bring(node: cst.Import, scope: Scope) -> None:
    """``import a.b as c``: names for what is defined elsewhere."""
    for each in node.names:
        path = _dotted(each.name)
        if each.asname is not None:
            scope.names[_dotted(each.asname.name)] = Symbol(path)
        else:
            scope.names[path.partition(".")[0]] = Symbol(path.partition(".")[0])


def bring_from(node: cst.ImportFrom, scope: Scope) -> None:
    """``from a import b``."""
    module = "." * len(node.relative) + _dotted(node.module)
    if isinstance(node.names, cst.ImportStar):
        scope.names[ALL] = Symbol(module)
        return
    for each in node.names:
        name = _dotted(each.name)
        path = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
        scope.names[_dotted(each.asname.name) if each.asname else name] = Symbol(path)


def elsewhere(name: str, scope: Scope) -> Symbol:
    """A name that the file does not define: one of Python's, else of the module that everything was imported from."""
    try:
        return Symbol(f"builtins.{name}") if hasattr(builtins, name) else Symbol(f"{scope.find(ALL).path}.{name}")
    except KeyError:
        return Symbol(f"builtins.{name}")
