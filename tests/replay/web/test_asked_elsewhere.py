"""Guards that libraries have, and those that other functions of the repository are: signatures, options, answers that were made before."""

import pytest

from invariants.facts.place import Place
from invariants.facts.settings import RouteGuard
from replay.web.routing import enforcement

STRIPE = """
import Stripe from "stripe";
const stripe = new Stripe("key");
export async function POST(req) {
  const body = await req.text();
  CHECK
  await handle(event);
  return Response.json({});
}
"""
SIGNED = 'stripe.webhooks.constructEvent(body, req.headers.get("stripe-signature"), process.env.STRIPE_SECRET)'
LATER = SIGNED.replace("constructEvent", "constructEventAsync")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (f"const event = {SIGNED};", "enforced"),
        (f"let event; try {{ event = {SIGNED}; }} catch (error) {{ return new Response('no', {{ status: 400 }}); }}", "enforced"),
        (f"const event = await {LATER};", "enforced"),
        (f"const event = {LATER};", "none"),
    ],
)
def test_a_signature_of_stripe_turns_away(check: str, said: str) -> None:
    assert enforcement({"app/api/hook/route.js": STRIPE.replace("CHECK", check)}) == {"POST /api/hook": said}


def test_an_object_of_stripe_that_another_file_makes_is_the_same() -> None:
    made = 'import Stripe from "stripe";\nexport const stripe = new Stripe("key");\n'
    source = STRIPE.replace('import Stripe from "stripe";\nconst stripe = new Stripe("key");', 'import { stripe } from "../../../lib";')
    files = {"lib.js": made, "app/api/hook/route.js": source.replace("CHECK", f"const event = {SIGNED};")}
    assert enforcement(files) == {"POST /api/hook": "enforced"}


PYTHON = """
import os
import stripe
from fastapi import FastAPI, HTTPException, Request
app = FastAPI()
@app.post("/hook")
async def hook(request: Request):
    body = await request.body()
    try:
        event = stripe.Webhook.construct_event(body, request.headers["stripe-signature"], os.environ["STRIPE_SECRET"])
    except stripe.error.SignatureVerificationError as error:
        ANSWER
    return handle(event)
"""


@pytest.mark.parametrize(
    ("answer", "said"), [("raise error", "enforced"), ("raise HTTPException(400)", "enforced"), ("event = None", "unverified")]
)
def test_a_signature_of_stripe_turns_away_in_python(answer: str, said: str) -> None:
    assert enforcement({"app.py": PYTHON.replace("ANSWER", answer)}) == {"POST /hook": said}


PARSED = """
import { parse } from "../../../lib";
export async function GET(request) {
  const { auth, error } = await parse(request, OPTIONS);
  if (error) { return error(); }
  return Response.json(auth);
}
"""
PARSING = """
export async function parse(request, options) {
  let error; let auth = null;
  if (!options?.skipAuth) {
    auth = await checkAuth(request);
    if (!auth) { error = () => Response.json({}, { status: 401 }); }
  }
  return { auth, error };
}
"""


def test_an_answer_that_another_function_made_may_turn_away() -> None:
    assert enforcement({"lib.js": PARSING, "app/api/me/route.js": PARSED.replace("OPTIONS", "{}")}) == {"GET /api/me": "unverified"}


@pytest.mark.parametrize(
    ("options", "said"), [("{}", "enforced"), ("{ skipAuth: true }", "unverified"), ("{ skipAuth: false }", "enforced")]
)
def test_an_option_tells_a_guard_to_turn_nobody_away(options: str, said: str) -> None:
    files = {"lib.js": PARSING, "app/api/me/route.js": PARSED.replace("OPTIONS", options)}
    configured = [RouteGuard(Place(".invariants/config.toml", 1, 1, 1, 1), "lib.parse", "session")]
    assert enforcement(files, configured) == {"GET /api/me": said}


OPTIONS = "export const options = { secret: key, algorithms: ['HS256'], credentialsRequired: false };"
GUARDED = """
import express from 'express';
import { expressjwt } from 'express-jwt';
import { options } from './options';
const app = express();
const made = expressjwt(options);
app.get('/rows', MADE, (req, res) => res.json({}));
app.listen(3000);
"""


@pytest.mark.parametrize(
    ("made", "said"),
    [("expressjwt(options)", "unverified"), ("made", "unverified"), ("expressjwt({ secret: options.secret })", "enforced")],
)
def test_options_out_of_another_file_may_tell_a_guard_to_turn_nobody_away(made: str, said: str) -> None:
    assert enforcement({"options.ts": OPTIONS, "app.ts": GUARDED.replace("MADE", made)}) == {"GET /rows": said}


def test_a_guard_in_a_variable_is_asked_what_it_was_given() -> None:
    app = """
    import { Hono } from 'hono';
    import { bearerAuth } from 'hono/bearer-auth';
    const app = new Hono();
    const anybody = bearerAuth({ verifyToken: (token) => Boolean(token) });
    const somebody = bearerAuth({ token: 'nobody knows it' });
    app.get('/anybody', anybody, (c) => c.json({}));
    app.get('/somebody', somebody, (c) => c.json({}));
    export default app;
    """
    assert enforcement({"app.ts": app}) == {"GET /anybody": "unverified", "GET /somebody": "enforced"}


VIEWS = """
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.views import APIView
class Rows(APIView):
    permission_classes = []
    def get_permissions(self):
        BODY
    def get(self, request):
        return load()
"""
URLS = 'from django.urls import path\nfrom views import Rows\nurlpatterns = [path("rows/", Rows.as_view())]\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return [IsAuthenticated()]", "enforced"),
        ("return [AllowAny()]", "declared"),
        ("return [AllowAny()] if self.request.method == 'GET' else [IsAuthenticated()]", "declared"),
        ("return [AllowAny()] if self.request.method == 'POST' else [IsAuthenticated()]", "enforced"),
        ("return [AllowAny()] if self.request.GET.get('a') else [IsAuthenticated()]", "unverified"),
    ],
)
def test_permissions_that_a_method_answers_stand_in_the_place_of_those_that_are_listed(body: str, said: str) -> None:
    files = {"settings.py": 'ROOT_URLCONF = "urls"\n', "urls.py": URLS, "views.py": VIEWS.replace("BODY", body)}
    assert enforcement(files) == {"GET /rows/": said}


def test_what_cannot_be_told_of_the_permissions_of_one_action_is_told_of_the_others() -> None:
    views = """
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.viewsets import ReadOnlyModelViewSet
class Rows(ReadOnlyModelViewSet):
    permission_classes = [IsAuthenticated]
    def get_permissions(self):
        if self.action == "summary" and may_sum(self.request):
            return [AllowAny()]
        return super().get_permissions()
    @action(detail=False)
    def summary(self, request):
        return load()
"""
    urls = "from rest_framework.routers import DefaultRouter\nfrom views import Rows\n"
    urls += 'router = DefaultRouter()\nrouter.register("rows", Rows, basename="rows")\nurlpatterns = router.urls\n'
    found = enforcement({"settings.py": 'ROOT_URLCONF = "urls"\n', "urls.py": urls, "views.py": views})
    assert found == {"GET /rows/": "enforced", "GET /rows/{pk}/": "enforced", "GET /rows/summary/": "unverified"}


def test_a_view_of_django_that_asks_by_itself() -> None:
    urls = """
from django.contrib.auth.views import PasswordChangeDoneView, PasswordChangeView
from django.urls import path
class Own(PasswordChangeView):
    template_name = "own.html"
urlpatterns = [path("own/", Own.as_view()), path("done/", PasswordChangeDoneView.as_view())]
"""
    found = enforcement({"settings.py": 'ROOT_URLCONF = "urls"\n', "urls.py": urls})
    assert set(found.values()) == {"enforced"}
