"""A guest may be nobody, or one of several roles that those have who are known; which one is told by what holds the name."""

import pytest

from replay.web.routing import enforcement

GUARD = """
from enum import Enum
from functools import wraps
from rest_framework.response import Response

class ROLE(Enum):
    ADMIN = 20
    GUEST = 5

class People(Enum):
    MEMBER = 1
    GUEST = 2
    ANONYMOUS = 3

def allow(roles):
    def decorator(view):
        @wraps(view)
        def wrapped(instance, request, *args, **kwargs):
            if Member.objects.filter(member=request.user, role__in=roles).exists():
                return view(instance, request, *args, **kwargs)
            return Response({}, status=403)
        return wrapped
    return decorator
"""
VIEWS = """
from rest_framework.views import APIView
from guard import ROLE, People, allow

class Rows(APIView):
    @allow([{listed}])
    def get(self, request):
        return Response([])
"""
URLS = """
from django.urls import path
from views import Rows

urlpatterns = [path("rows/", Rows.as_view())]
"""


def said(listed: str) -> str:
    files = {"settings.py": 'ROOT_URLCONF = "urls"\n', "guard.py": GUARD, "views.py": VIEWS.format(listed=listed), "urls.py": URLS}
    return enforcement(files)["GET /rows/"]


def test_a_guest_among_roles_is_somebody() -> None:
    assert said("ROLE.ADMIN, ROLE.GUEST") == said("ROLE.ADMIN") == "enforced"


@pytest.mark.parametrize("listed", ["People.MEMBER, People.GUEST", "ROLE.ADMIN, People.ANONYMOUS"])
def test_a_guest_of_whom_nothing_says_so_may_be_anybody(listed: str) -> None:
    assert said(listed) == "unverified"
