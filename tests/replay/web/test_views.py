"""Views that are classes, and the methods that those of libraries define."""

import importlib
import inspect
from typing import Any

import pytest

from invariants.replay.web.views import library
from replay.web.routing import enforcement

METHODS = ("get", "post", "put", "patch", "delete")
MODULES = {
    "django": ["django.views.generic", "django.contrib.auth.views"],
    "rest_framework": ["rest_framework.views", "rest_framework.generics", "rest_framework.authtoken.views"],
}


@pytest.fixture(scope="module", autouse=True)
def _configured() -> None:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework.authtoken"])
        django.setup()


def views(name: str) -> dict[str, Any]:
    found = vars(importlib.import_module(name)).items()
    return {each: view for each, view in found if inspect.isclass(view) and hasattr(view, "as_view")}


@pytest.mark.parametrize("name", MODULES)
def test_what_is_known_is_what_the_library_defines(name: str) -> None:
    told = {each: view for module in MODULES[name] for each, view in views(module).items()}
    assert library()[name] == {each: " ".join(one for one in METHODS if hasattr(view, one)) for each, view in told.items()}


def routes(bases: str) -> dict[str, str]:
    view = f"from library import Unknown\nclass Page({bases}):\n    def get(self, request):\n        return 1\n"
    urls = "from django.urls import path\nfrom views import Page\nurlpatterns = [path('page/', Page.as_view())]\n"
    return enforcement({"views.py": view, "urls.py": urls, "settings.py": "ROOT_URLCONF = 'urls'\n"})


def test_a_class_that_stands_on_what_nobody_knows_may_answer_any_method() -> None:
    assert set(routes("Unknown")) == {"ANY /page/"}
    assert set(routes("UnknownMixin")) == {"GET /page/"}


def test_a_view_of_djangos_that_only_sends_elsewhere_asks_nobody() -> None:
    urls = """
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.generic import RedirectView
urlpatterns = [
    path("old/", RedirectView.as_view(url="/new/")),
    path("older/", login_required(RedirectView.as_view(url="/new/"))),
]
"""
    found = enforcement({"urls.py": urls, "settings.py": "ROOT_URLCONF = 'urls'\n"})
    assert (found["GET /old/"], found["GET /older/"]) == ("none", "enforced")
