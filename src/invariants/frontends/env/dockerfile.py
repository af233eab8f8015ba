"""Dockerfiles: the arguments that a build is given, and what its commands expand beyond what the file sets."""

import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Read, Unresolved
from invariants.frontends.env import shell
from invariants.frontends.env.text import LARGEST, Text, unread

INSTRUCTION = re.compile(
    r"^[ \t]*(?P<word>ARG|ENV|RUN|CMD|ENTRYPOINT|HEALTHCHECK)[ \t]+"
    r"(?P<body>(?:[^\n]*\\[ \t]*\n(?:[ \t]*#[^\n]*\n)*)*[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
ARGUMENT = re.compile(r"([A-Za-z_]\w*)(=(?:\"[^\"]*\"|'[^']*'|[^\s]*))?")
SETTING = re.compile(r"([A-Za-z_]\w*)(?==)")
HEREDOC = re.compile(r"<<-?[ \t]*[\"']?(\w+)[\"']?")
RUNS = {"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"}
PREDEFINED = re.compile(
    r"^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT|STAGE)$|^(?:HTTPS?|FTP|NO|ALL)_PROXY$|^BUILDKIT_|^SOURCE_DATE_EPOCH$", re.IGNORECASE
)
"""What Docker gives every build (docs.docker.com, predefined ARGs)."""


def read(path: str, content: bytes) -> Iterator[Read | Unresolved | Blind]:
    """The facts of one file."""
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for a Dockerfile", "Split it.")
        return
    text = Text(path, content)
    instructions = [(match["word"].upper(), match.start("body"), match["body"]) for match in INSTRUCTION.finditer(text.content)]
    own: set[str] = set()
    for word, start, body in instructions:
        if word == "ENV":
            own |= set(SETTING.findall(body)) or {body.split()[0]}
        elif word == "ARG":
            yield from _arguments(text, start, body, own)
    for word, start, body in instructions:
        if word in RUNS:
            for each in shell.expansions(body + _heredoc(text.content, start, body), own):
                at = start + each.start
                yield Read(text.at(at, at + len(each.name)), each.name, "server", "shell", each.is_defaulted)


def _arguments(text: Text, start: int, body: str, own: set[str]) -> Iterator[Read]:
    for match in ARGUMENT.finditer(body.partition("#")[0]):
        name = match[1]
        if not (name in own or PREDEFINED.match(name)):
            yield Read(text.at(start + match.start(), start + match.end(1)), name, "server", "image", bool(match[2]))
        own.add(name)


def _heredoc(content: str, start: int, body: str) -> str:
    """The lines below a command that it is given as its input."""
    opened = HEREDOC.search(body)
    if not opened:
        return ""
    after = content[start + len(body) :]
    closed = re.search(rf"^[ \t]*{opened[1]}[ \t]*$", after, re.MULTILINE)
    return after[: closed.end()] if closed else after
