"""Functions that answer with one guard or another: which of them is meant, by the constants that they are given."""

import pytest

from replay.web.routing import enforcement

CHOOSING = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import HTTPBearer

app = FastAPI()


def strict(found=Security(HTTPBearer(auto_error=False))):
    if find_user(found) is None:
        raise HTTPException(401)


def lenient(found=Security(HTTPBearer(auto_error=False))):
    return found


def access(kind="user", *scopes, required=True, level=None):
    {body}
    return Depends(strict)


@app.get("/rows")
def rows(user: Annotated[dict, {given}]):
    return "in"
"""
WAYS = [
    ("if kind == 'any':", "access('user')", "enforced"),
    ("if kind == 'any':", "access('any')", "none"),
    ("if kind == 'any':", "access(kind='any')", "none"),
    ("if kind != 'user':", "access()", "enforced"),
    ("if kind != 'user':", "access('any')", "none"),
    ("if not required:", "access()", "enforced"),
    ("if not required:", "access(required=False)", "none"),
    ("if not required:", "access(required=SETTING)", "none"),
    ("if not required:", "access(**SETTINGS)", "none"),
    ("if level is not None:", "access()", "enforced"),
    ("if level is not None:", "access(level=3)", "none"),
    ("if level is None:", "access(level=3)", "enforced"),
    ("if not scopes:", "access('user', 'rows:read')", "enforced"),
    ("if not scopes:", "access('user')", "none"),
    ("if scopes:", "access('user', None)", "none"),
    ("required = required and SETTING\n    if not required:", "access()", "none"),
    ("if kind == OTHER:", "access('user')", "none"),
]


@pytest.mark.parametrize(("condition", "given", "said"), WAYS)
def test_constants_decide_which_one_is_meant(condition: str, given: str, said: str) -> None:
    body = f"{condition}\n        return Depends(lenient)"
    assert enforcement({"app.py": CHOOSING.format(body=body, given=given)}) == {"GET /rows": said}
