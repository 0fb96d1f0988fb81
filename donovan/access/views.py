"""Signing in and out, and one's own account."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from donovan.access import people_services, sign_in
from donovan.access.consent import consent_paragraphs
from donovan.access.entry import entry, entry_without_sign_in
from donovan.access.forms import OwnPasswordForm
from donovan.access.middleware import SESSION_KEY, source_of
from donovan.access.models import OpenSession, Role, User
from donovan.access.requests import SignedInRequest

_ENDED = {
    "idle": "You were signed out because nothing was done for a while. Sign in to go on where you were.",
    "cap": "You were signed out because every session ends after some hours. Sign in to go on.",
    "ended": "That session was ended. Sign in to go on.",
}


@entry_without_sign_in
@sensitive_post_parameters("password")
@csrf_protect
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        return redirect(_next(request))
    sentence, status = "", 200
    if request.method == "POST":
        username, password = request.POST.get("username", ""), request.POST.get("password", "")
        try:
            signed_in = sign_in.sign_in(username, password, source=source_of(request))
        except sign_in.SignInRefused as refusal:
            sentence, status = refusal.sentence, 401
        else:
            return _enter(request, signed_in)
    context = {
        "consent": consent_paragraphs(),
        "sentence": sentence,
        "ended": _ENDED.get(request.GET.get("ended", ""), ""),
        "username": request.POST.get("username", "")[:150],
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "demo_people": User.objects.filter(is_demo=True, is_active=True).order_by("pk"),
    }
    return render(request, "access/sign_in.html", context, status=status)


@entry()
@require_POST
def sign_out_page(request: SignedInRequest) -> HttpResponse:
    sign_in.sign_out(request.user, source=source_of(request))
    logout(request)
    messages.success(request, "You are signed out. Every session of yours has ended.")
    return redirect("access:sign-in")


@entry()
@require_http_methods(["GET"])
def account(request: SignedInRequest) -> HttpResponse:
    return _account(request, OwnPasswordForm(request.user))


@entry()
@sensitive_post_parameters()
@require_POST
def password(request: SignedInRequest) -> HttpResponse:
    form = OwnPasswordForm(request.user, request.POST)
    if not form.is_valid():
        return _account(request, form, status=422)
    people_services.change_own_password(
        request.user, form.cleaned_data["new_password1"], source=source_of(request)
    )
    logout(request)
    messages.success(request, "Your password is changed. Sign in with the new one.")
    return redirect("access:sign-in")


@entry()
@require_POST
def presence(request: SignedInRequest) -> HttpResponse:
    """Asked by the page while a person reads, so that reading counts as doing something."""
    return HttpResponse(status=204)


def _account(request: SignedInRequest, form: OwnPasswordForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "sessions": OpenSession.objects.filter(user=request.user)[:10],
        "memberships": request.user.memberships.select_related("collection").order_by("collection__title"),
        "idle_minutes": sign_in.idle_seconds(request.user) // 60,
        "cap_hours": timedelta(seconds=settings.SESSION_CAP_SECONDS) // timedelta(hours=1),
    }
    return render(request, "access/account.html", context, status=status)


def _enter(request: HttpRequest, signed_in: sign_in.SignedIn) -> HttpResponse:
    target = _next(request, signed_in.user)
    login(request, signed_in.user)
    request.session[SESSION_KEY] = signed_in.session.pk
    messages.info(request, _last_time(signed_in.previous))
    return redirect(target)


def _last_time(previous: OpenSession | None) -> str:
    if previous is None:
        return "This is your first sign-in."
    at = timezone.localtime(previous.started_at)
    where = f" from {previous.source}" if previous.source else ""
    return (
        f"Your last sign-in was on {at:%d %B %Y at %H:%M} UTC{where}. "
        "If it was not you, tell an administrator."
    )


def _next(request: HttpRequest, user: User | None = None) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    person = user or request.user
    if getattr(person, "role", "") == Role.ADMINISTRATOR:
        return resolve_url("access:people")
    return resolve_url(settings.LOGIN_REDIRECT_URL)
