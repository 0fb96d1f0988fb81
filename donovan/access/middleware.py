"""Lets requests in: first whose session it is and whether it runs, then whether the view is open to them."""

import logging
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from donovan.access.entry import EntryRule, entry_rule
from donovan.access.models import OpenSession, User
from donovan.access.scope import scope_for
from donovan.access.sign_in import current_session, idle_seconds, note_activity
from donovan.audit import services as audit

SESSION_KEY = "open_session"
logger = logging.getLogger(__name__)

# Open to somebody who has yet to choose a password of their own.
_WHILE_PASSWORD_IS_INITIAL = {"access:account", "access:password", "access:sign-out", "access:presence"}


def source_of(request: HttpRequest) -> str:
    """Where a request came from, for the record: who connected or, behind a proxy that the site named, whom
    that proxy says it serves. Empty behind a socket whose proxy says nothing.
    """
    connected = str(request.META.get("REMOTE_ADDR", ""))
    if connected in settings.TRUSTED_PROXIES:
        # A proxy adds whom it serves at the end; what stands before may be what the client wrote.
        for said in reversed(str(request.META.get("HTTP_X_FORWARDED_FOR", ""))[-1000:].split(",")):
            try:
                address = str(ip_address(said.strip()))
            except ValueError:
                break
            if address not in settings.TRUSTED_PROXIES:
                return address
    return connected[:64]


class SessionMiddleware(MiddlewareMixin):
    """Ends sessions that are idle, too old, or were ended elsewhere; gives every request its `scope`."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        request.session_ended = ""  # type: ignore[attr-defined]
        request.open_session = None  # type: ignore[attr-defined]
        # An ASGI request has a `scope` of its own; Django asks it for the scheme alone, so that is kept.
        scheme = request._get_scheme()  # type: ignore[attr-defined]
        request._get_scheme = lambda: scheme  # type: ignore[attr-defined]
        request.scope = SimpleLazyObject(lambda: scope_for(request.user))  # type: ignore[attr-defined]
        if not isinstance(request.user, User):
            return None
        try:
            session, why = current_session(
                request.user, request.session.get(SESSION_KEY), source=source_of(request)
            )
        except audit.AuditUnavailable as failure:
            return unavailable(request, failure)
        if session is None:
            logout(request)
            request.session_ended = why  # type: ignore[attr-defined]
        else:
            request.open_session = session  # type: ignore[attr-defined]
            request.idle_seconds = idle_seconds(request.user)  # type: ignore[attr-defined]
        return None


class EntryMiddleware(MiddlewareMixin):
    """Refuses every view that does not declare who may enter, and everyone whom it does not admit."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        rule = entry_rule(view)
        if rule is None:
            logger.error("the view %s does not declare who may enter", getattr(view, "__qualname__", view))
            return self._refuse(request, "closed")
        if not rule.needs_sign_in:
            return None
        if not isinstance(request.user, User):
            return _to_sign_in(request)
        if not rule.admits(request.user.role):
            return self._refuse(request, "role")
        return self._admit(request, request.user, rule)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, audit.AuditUnavailable):
            return unavailable(request, exception)
        return None

    def _admit(self, request: HttpRequest, user: User, rule: EntryRule) -> HttpResponseBase | None:
        session: OpenSession | None = getattr(request, "open_session", None)
        if session is not None and not rule.is_background:
            note_activity(session)
        match = request.resolver_match
        if (
            user.must_change_password
            and match is not None
            and match.view_name not in _WHILE_PASSWORD_IS_INITIAL
        ):
            return _redirect(request, reverse("access:account"))
        return None

    def _refuse(self, request: HttpRequest, why: str) -> HttpResponse:
        actor = request.user.get_username() if request.user.is_authenticated else ""
        try:
            with transaction.atomic():
                audit.record(
                    actor,
                    "denial",
                    "refused",
                    source=source_of(request),
                    detail={"path": request.path, "method": request.method, "why": why},
                )
        except audit.AuditUnavailable as failure:
            return unavailable(request, failure)
        return render(request, "403.html", {"error_code": 403}, status=403)


def unavailable(request: HttpRequest, failure: audit.AuditUnavailable) -> HttpResponse:
    """The page for an action that was undone because it could not be recorded."""
    return render(request, "503.html", {"error_code": 503, "sentence": failure.sentence}, status=503)


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    query = {}
    # Only pages that were asked for can be gone back to; a form would have to be sent again.
    if request.method == "GET" and not request.headers.get("HX-Request"):
        query["next"] = request.get_full_path()
    why = getattr(request, "session_ended", "")
    if why:
        query["ended"] = why
    address = resolve_url(settings.LOGIN_URL)
    return _redirect(request, f"{address}?{urlencode(query)}" if query else address)


def _redirect(request: HttpRequest, address: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        # A plain redirect would put the sign-in page inside the part of the page that was asked for.
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
