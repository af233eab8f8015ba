"""Where browsers begin, by the names of files and what their package depends on."""

import pytest

from invariants.replay.web.entries import SERVED, kept, writer


@pytest.mark.parametrize(
    ("package", "path"),
    [
        ("next", "pages/index.tsx"),
        ("next", "web/src/pages/a/[id].js"),
        ("@sveltejs/kit", "src/routes/a/+page.svelte"),
        ("@sveltejs/kit", "src/routes/+layout.ts"),
        ("@remix-run/react", "app/routes/a.b.tsx"),
        ("@react-router/dev", "app/root.tsx"),
        ("expo", "apps/mobile/app/(tabs)/index.tsx"),
        ("expo", "App.tsx"),
        ("react-scripts", "src/index.js"),
        ("gatsby", "src/pages/a.tsx"),
        ("nuxt", "pages/index.vue"),
    ],
)
def test_a_framework_gives_files_to_browsers_by_their_names(package: str, path: str) -> None:
    assert kept(path, {package}) is not None
    assert kept(path, {"express"}) is None


@pytest.mark.parametrize(
    ("package", "path"),
    [
        ("next", "pages/api/a.ts"),
        ("next", "pages/_document.tsx"),
        ("next", "app/page.tsx"),
        ("@sveltejs/kit", "src/routes/+page.server.ts"),
        ("@sveltejs/kit", "src/routes/+server.ts"),
        ("expo", "app/hello+api.ts"),
        ("react-scripts", "src/App.js"),
    ],
)
def test_others_are_no_beginning(package: str, path: str) -> None:
    assert kept(path, {package}) is None


def test_what_is_kept_on_the_server_is_named() -> None:
    assert "getServerSideProps" in (kept("pages/a.tsx", {"next"}) or ())
    assert "loader" in (kept("app/routes/a.tsx", {"@remix-run/react"}) or ())


@pytest.mark.parametrize(
    "path", ["app/db.server.ts", "app/.server/db.ts", "src/lib/server/db.ts", "src/routes/a/+server.ts", "middleware.ts"]
)
def test_files_are_kept_from_browsers_by_their_names(path: str) -> None:
    assert SERVED.search(path)
    assert not SERVED.search(path.replace("server", "client").replace("middleware", "other"))


def test_some_bundlers_write_every_value_in() -> None:
    assert (writer({"parcel", "react"}), writer({"vite"})) == ("Parcel", "")
