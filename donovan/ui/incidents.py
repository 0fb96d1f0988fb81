"""Gives every request a number. What is logged meanwhile carries it, and the page of a failure names it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from ingest.work.incidents import begin, new_number


class IncidentMiddleware(MiddlewareMixin):
    """Before all others. The number is made here: one that a client sends is not believed."""

    def process_request(self, request: HttpRequest) -> None:
        number = new_number()
        request.incident = number  # type: ignore[attr-defined]
        begin(number)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Pages that do not fail are the same to the byte for what is not there and what may not be read.
        if response.status_code >= 500:
            response.headers["X-Request-ID"] = getattr(request, "incident", "")
        return response
