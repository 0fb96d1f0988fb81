"""Headers that tell the browser to load nothing from elsewhere and to run nothing written into a page."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Pages show what is marked: neither the browser's disk nor a proxy keeps them.
    "Cache-Control": "private, no-store",
}


class SecurityHeadersMiddleware(MiddlewareMixin):
    """Adds the headers that a response does not set itself."""

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response
