"""The request as views see it once the middleware has let it in."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from donovan.access.models import User
from retrieval.scope import AccessScope


class SignedInRequest(HttpRequest):
    """A request of a signed-in person: `scope` is what they may read, computed once for this request."""

    user: User
    scope: AccessScope
    htmx: HtmxDetails
    session: SessionBase
