"""Error pages. The same page and status answer for what does not exist and for what may not be read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", {"error_code": 400}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"error_code": 403}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"error_code": 404}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", {"error_code": 500}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = (
        "This form is no longer valid, mostly because you signed in or out in another tab. Open it again."
    )
    return render(request, "403.html", {"error_code": 403, "sentence": sentence}, status=403)
