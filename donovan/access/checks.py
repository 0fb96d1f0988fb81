"""What must hold before the site is shown to other machines."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from donovan.access.marking_policy import PolicyError, policy


@register(Tags.security)
def marking_policy_is_sound(**_options: Any) -> list[CheckMessage]:
    """An error where the site's marking policy cannot be used: without it nothing can be read."""
    try:
        policy()
    except PolicyError as error:
        return [
            Error(str(error), hint="Correct the file or unset DONOVAN_MARKING_POLICY.", id="donovan.E002")
        ]
    return []


@register(Tags.security, deploy=True)
def plain_http_stays_on_this_machine(**_options: Any) -> list[CheckMessage]:
    """A warning when the site answers to other names than this machine's without TLS."""
    others = [host for host in settings.ALLOWED_HOSTS if not _is_loopback(host)]
    if settings.IS_HTTPS or not others:
        return []
    return [
        Warning(
            f"The site answers to {', '.join(others)} over plain HTTP: passwords cross the network readable.",
            hint="Put a TLS proxy in front and set DONOVAN_HTTPS=1.",
            id="donovan.W001",
        )
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
