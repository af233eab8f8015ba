"""Where browsers begin: files that a framework gives them by their names, and files that it keeps from them."""

import re
from collections.abc import Collection
from typing import NamedTuple

SERVED = re.compile(
    r"\.server[./]|\+server\.[jt]s$|(?:^|/)lib/server/|(?:^|/)pages/api/|(?:^|/)(?:middleware|proxy|instrumentation)\.[jt]s$"
)
"""Files that frameworks keep from browsers by their names (Next.js, SvelteKit, React Router)."""


class Kind(NamedTuple):
    """A framework's entries, by its package and by their paths."""

    package: str
    path: re.Pattern[str]
    kept: frozenset[str] = frozenset()
    """What such a file exports that the framework takes out before browsers get it."""


LOADERS = frozenset({"loader", "action", "headers", "middleware"})
ROUTES = re.compile(r"(?:^|/)app/(?:root|entry\.client|routes/.+)\.[jt]sx?$")
KINDS = (
    Kind(
        "next",
        re.compile(r"(?:^|/)pages/(?!api/)(?:.+/)?(?!_document\.)[^/]+\.[jt]sx?$"),
        frozenset({"getServerSideProps", "getStaticProps", "getStaticPaths"}),
    ),
    Kind("@sveltejs/kit", re.compile(r"(?:^|/)\+(?:page|layout|error)(?:@[^/]*)?\.(?:svelte|[jt]s)$|(?:^|/)hooks\.client\.[jt]s$")),
    Kind("@remix-run/react", ROUTES, LOADERS),
    Kind("@react-router/dev", ROUTES, LOADERS),
    Kind("expo", re.compile(r"(?:^|/)(?:app/(?!.*\+api\.)(?:.+/)?[^/]+|App|index)\.[jt]sx?$")),
    Kind("react-scripts", re.compile(r"(?:^|/)src/index\.[jt]sx?$")),
    Kind("gatsby", re.compile(r"(?:^|/)(?:src/(?:pages|templates)/.+|gatsby-browser)\.[jt]sx?$"), frozenset({"getServerData", "config"})),
    Kind("nuxt", re.compile(r"(?:^|/)(?:app|error)\.vue$|(?:^|/)(?:pages|layouts|components)/.+\.vue$")),
)
WRITERS = {
    "parcel": "Parcel",
    "dotenv-webpack": "dotenv-webpack",
    "react-native-dotenv": "react-native-dotenv",
    "babel-plugin-transform-inline-environment-variables": "transform-inline-environment-variables",
}
"""What writes the value of every variable that code for browsers reads into it. Next.js, Vite and others leave it undefined there."""


def writer(packages: Collection[str]) -> str:
    """What of a package's dependencies writes values in, as people call it; empty where none does."""
    return next((said for name, said in WRITERS.items() if name in packages), "")


def kept(path: str, packages: Collection[str]) -> frozenset[str] | None:
    """What a file that browsers begin with keeps from them; None where they do not begin with it."""
    return next((each.kept for each in KINDS if each.package in packages and each.path.search(path)), None)
