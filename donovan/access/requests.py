"""What a request looks like to a view that declares who may enter: the person and what they may read are known."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from donovan.access.models import User
from retrieval.scope import AccessScope


class SignedInRequest(HttpRequest):
    """A request past the entry middleware. `scope` was computed for this request alone."""

    user: User  # type: ignore[assignment]
    scope: AccessScope
    htmx: HtmxDetails
