"""Error pages. The same page and status answer for what does not exist and for what may not be read."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ingest.work.incidents import new_number, under

logger = logging.getLogger(__name__)

_BARE_PAGE = (
    '<!doctype html><html lang="en"><title>Something went wrong</title><h1>Something went wrong</h1>'
    "<p>Nothing you handed in was lost. Try again; if it happens again, tell the system owner the number of "
    "this incident: {}</p>"
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", {"error_code": 400}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"error_code": 403}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"error_code": 404}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    # Without a number of its own where what gives it is what failed.
    number = getattr(request, "incident", "") or new_number()
    request.incident = number  # type: ignore[attr-defined]
    try:
        return render(request, "500.html", {"error_code": 500, "incident": number}, status=500)
    except Exception:
        # The frame asks the database who is signed in, and the database may be what failed.
        with under(number):
            logger.exception("the error page could not be made")
        return HttpResponse(_BARE_PAGE.format(number), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = (
        "This form is no longer valid, mostly because you signed in or out in another tab. Open it again."
    )
    return render(request, "403.html", {"error_code": 403, "sentence": sentence}, status=403)
