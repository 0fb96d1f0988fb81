"""What the commands of the library share: who acts, and how a wrong argument ends."""

from django.core.management.base import CommandError

from donovan.access.models import Collection, User
from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError

WRONG_ARGUMENTS = 2


def wrong(sentence: str) -> CommandError:
    """The error for arguments that cannot be right; the command exits with 2."""
    return CommandError(sentence, returncode=WRONG_ARGUMENTS)


def readable(argument: str) -> str:
    """A word of the command line as text. What is not UTF-8 there, no database looks up."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def caller_named(username: str) -> Caller:
    """The person on whose behalf a command runs. Raises CommandError (exit 2) when there is none such."""
    username = readable(username)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise wrong(f"There is no active user “{username[:150]}”.")
    return Caller.named(user, source="console")


def check_collection(slug: str, caller: Caller | None) -> None:
    """Raises CommandError (exit 2) for a collection that is not there or is closed to the person."""
    slug = readable(slug)
    known = Collection.objects.filter(slug=slug)
    if caller is not None:
        known = known.filter(memberships__user=caller.user)
    if not known.exists():
        open_to = (
            Collection.objects.all()
            if caller is None
            else Collection.objects.filter(memberships__user=caller.user)
        )
        slugs = ", ".join(open_to.order_by("slug").values_list("slug", flat=True)) or "none"
        raise wrong(f"There is no collection “{slug[:80]}” here. Those open to you: {slugs}.")


def check_marking(marking: str) -> None:
    """Raises CommandError (exit 2) for a text that is not a marking."""
    try:
        services.parsed_marking(marking)
    except LibraryError as error:
        raise wrong(error.sentence) from error
