"""A handler may answer with a redirect, or turn somebody away with one; middleware may do all of its work with the answer."""

from replay.web.routing import enforcement

URLS = "from django.urls import path\nfrom shop import views\n\nurlpatterns = [path('image', views.image)]\n"
SETTINGS = "ROOT_URLCONF = 'shop.urls'\n"
IMAGE = """
from django.http import HttpResponseNotFound, HttpResponseRedirect
from shop.models import Image


def image(request):
    found = Image.objects.filter(pk=request.GET["id"]).first()
    if not found:
        return HttpResponseNotFound()
    return HttpResponseRedirect(found.url)
"""
LOGIN = """
from django.http import HttpResponseRedirect


def image(request):
    if not request.user.is_authenticated:
        return HttpResponseRedirect("/login")
    return HttpResponseRedirect("https://images.example/1")
"""
COOKIES = """
def token_middleware(get_response):
    def middleware(request):
        response = get_response(request)
        token = getattr(request, "refresh_token", None)
        if token:
            response.set_cookie("token", token)
        return response

    return middleware
"""


def test_a_redirect_to_what_was_asked_for_turns_nobody_away() -> None:
    assert enforcement({"shop/settings.py": SETTINGS, "shop/urls.py": URLS, "shop/views.py": IMAGE}) == {"ANY /image": "none"}


def test_a_redirect_to_the_login_turns_away_who_is_not_logged_in() -> None:
    assert enforcement({"shop/settings.py": SETTINGS, "shop/urls.py": URLS, "shop/views.py": LOGIN}) == {"ANY /image": "enforced"}


def test_middleware_that_works_with_the_answer_says_nothing_of_who_may_come_in() -> None:
    settings = f"{SETTINGS}MIDDLEWARE = ['shop.middleware.token_middleware']\n"
    files = {"shop/settings.py": settings, "shop/urls.py": URLS, "shop/views.py": IMAGE, "shop/middleware.py": COOKIES}
    assert enforcement(files) == {"ANY /image": "none"}
