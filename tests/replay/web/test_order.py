"""In which order files are read decides nothing."""

from itertools import permutations

from replay.web.routing import enforcement

FILES = {
    "app/main.py": """
from fastapi import Depends, FastAPI
from app.bills import router as bills
from app.cases import router as cases

def include(app: FastAPI, router) -> None:
    app.include_router(router)
    app.include_router(router, prefix="/tenants/{tenant}")

def create() -> FastAPI:
    app = FastAPI()
    include(app, bills)
    include(app, cases)
    return app

app = create()
""",
    "app/bills.py": "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/bills')\ndef bills():\n    return []\n",
    "app/cases.py": "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/cases')\ndef cases():\n    return []\n",
}


def test_routers_that_a_function_is_given_are_served_wherever_it_puts_them() -> None:
    expected = {"GET /bills", "GET /cases", "GET /tenants/{tenant}/bills", "GET /tenants/{tenant}/cases"}
    assert all(set(enforcement(dict(each))) == expected for each in permutations(FILES.items()))
