"""Values in the places of others: what nobody would write in a migration, and somebody will."""

import re

VALUE = re.compile(r'"[^"\n]*"|\b(?:True|False|None)\b|\[[^\[\]]*\]|(?<==)[\w.]+')
ODD = [
    "None",
    "[]",
    "{}",
    "x",
    "(lambda a: a)",
    "1",
    "'t'",
    "True",
    "...",
    "(1, 2)",
    "f'{q}'",
    "[1, 'a']",
    "{'a': 1}",
    "op",
    "models",
    "not x",
    "'' % 3",
]
ODD += [
    "-'a'",
    "{1, 2}",
    "[i for i in x]",
    "b'x'",
    "x[0]",
    "x()",
    "'{}'.format()",
    "'%s' % ()",
    "max([])",
    "zip(1)",
    "sorted([1, 'a'])",
    "[[1]]",
    "{'a': []}",
]
