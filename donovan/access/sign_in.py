"""Signing in and out: lockout after failures, a limit on open sessions, time-outs, and a record of each."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donovan.access.models import OpenSession, Role, SignInGuard, User
from donovan.audit import services as audit

# Written at most so often, so that reading pages does not become writing.
ACTIVITY_STEP = timedelta(seconds=20)
_GUARDS_KEPT = timedelta(days=1)
_PLACES_KNOWN = timedelta(days=60)


class SignInRefused(Exception):
    """A sign-in that was refused. The sentence never says whether a person of that name exists."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that was granted: the session, and the one before it (None at the first)."""

    user: User
    session: OpenSession
    previous: OpenSession | None


def sign_in(username: str, password: str, *, source: str) -> SignedIn:
    """Check the password and open a session. Raises SignInRefused, and AuditUnavailable without a record."""
    name = username.strip()[:150]
    guard_name = _guard_name(name, source)
    with transaction.atomic():
        is_locked = _is_locked(guard_name)
        if is_locked:
            audit.record(name, "sign-in-failed", "refused", source=source, detail={"why": "locked"})
    if is_locked:
        raise SignInRefused(_locked_sentence())
    # Outside any transaction: a password hash takes half a second, and writers must not wait for it.
    user = authenticate(username=name, password=password)
    with transaction.atomic():
        # Asked again, because attempts sent at the same moment all passed the first question.
        is_refused = _is_locked(guard_name) or not isinstance(user, User)
        if is_refused:
            is_locked = _note_failure(guard_name)
            audit.record(name, "sign-in-failed", "refused", source=source, detail={"locked": is_locked})
        else:
            assert isinstance(user, User)  # noqa: S101 - told to the type checker only
            SignInGuard.objects.filter(name=guard_name).delete()
            signed_in = _open_session(user, source)
    if is_refused:
        raise SignInRefused(_locked_sentence() if is_locked else _wrong_sentence())
    return signed_in


def sign_out(user: User, *, source: str) -> None:
    """End every open session of this person."""
    with transaction.atomic():
        end_sessions(user, "signed out")
        audit.record(user.username, "sign-out", source=source)


def end_sessions(user: User, reason: str) -> int:
    """End every open session of this person, inside the caller's transaction; how many there were."""
    still_open = OpenSession.objects.filter(user=user, ended_at__isnull=True)
    return still_open.update(ended_at=timezone.now(), end_reason=reason[:40])


def current_session(user: User, session_key: int | None, *, source: str) -> tuple[OpenSession | None, str]:
    """The open session with this key, or None and why it ended: "idle", "cap" or "ended"."""
    session = OpenSession.objects.filter(pk=session_key, user=user).first() if session_key else None
    if session is None or session.ended_at is not None:
        return None, "ended"
    now = timezone.now()
    if now - session.started_at >= timedelta(seconds=settings.SESSION_CAP_SECONDS):
        return _end_by_time(user, session, "cap", source)
    if now - session.last_active_at >= timedelta(seconds=idle_seconds(user)):
        return _end_by_time(user, session, "idle", source)
    return session, ""


def is_open(user: User, session_key: int | None) -> bool:
    """Whether this person's session with this key goes on; nothing is changed where it does not."""
    session = OpenSession.objects.filter(pk=session_key or 0, user=user, ended_at__isnull=True).first()
    if session is None:
        return False
    now = timezone.now()
    is_young = now - session.started_at < timedelta(seconds=settings.SESSION_CAP_SECONDS)
    return is_young and now - session.last_active_at < timedelta(seconds=idle_seconds(user))


def note_activity(session: OpenSession) -> None:
    """Remember that the person did something."""
    now = timezone.now()
    if now - session.last_active_at >= ACTIVITY_STEP:
        OpenSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(last_active_at=now)


def idle_seconds(user: User) -> int:
    """How long this person may do nothing before the session ends; administrators less than others."""
    is_administrator = user.role == Role.ADMINISTRATOR
    return int(settings.IDLE_SECONDS_ADMINISTRATOR if is_administrator else settings.IDLE_SECONDS)


def _open_session(user: User, source: str) -> SignedIn:
    previous = OpenSession.objects.filter(user=user).first()
    still_open = OpenSession.objects.filter(user=user, ended_at__isnull=True)
    kept = still_open.values_list("pk", flat=True)[: max(settings.SESSION_LIMIT - 1, 0)]
    surplus = still_open.exclude(pk__in=list(kept)).update(
        ended_at=timezone.now(), end_reason="too many sessions"
    )
    session = OpenSession.objects.create(user=user, source=source[:64])
    audit.record(
        user.username, "sign-in", source=source, detail={"sessions_ended": surplus} if surplus else None
    )
    return SignedIn(user, session, previous)


def _end_by_time(user: User, session: OpenSession, why: str, source: str) -> tuple[None, str]:
    with transaction.atomic():
        ended = OpenSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(
            ended_at=timezone.now(), end_reason=why
        )
        if ended:
            audit.record(user.username, "sign-out", source=source, detail={"why": why})
    return None, why


def unlock(username: str) -> int:
    """Let a name try again at once, for the operator of the machine; how many locks and counts there were."""
    with transaction.atomic():
        name = username.strip()[:150]
        count, _ = SignInGuard.objects.filter(
            Q(name=name.casefold()) | Q(name__startswith=_known_prefix(name))
        ).delete()
        audit.record("system", "administer", source="console", detail={"what": "unlocked", "person": name})
    return count


def _guard_name(name: str, source: str) -> str:
    """What failures are counted under: the name, or the name at a place from which that person has signed in
    before. So nobody locks another out of their own place by failing in their name elsewhere.
    """
    recently = timezone.now() - _PLACES_KNOWN
    is_known = OpenSession.objects.filter(
        user__username__iexact=name, source=source[:64], started_at__gte=recently
    )
    return f"{_known_prefix(name)}{source[:64]}" if source and is_known.exists() else name.casefold()


def _known_prefix(name: str) -> str:
    digest = hashlib.sha256(name.casefold().encode()).hexdigest()[:40]
    return f"at a known place {digest} "


def _is_locked(name: str) -> bool:
    guard = SignInGuard.objects.filter(name=name).first()
    return guard is not None and guard.locked_until is not None and guard.locked_until > timezone.now()


def _note_failure(name: str) -> bool:
    """Count one failure; whether the name is locked now."""
    now = timezone.now()
    SignInGuard.objects.filter(updated_at__lt=now - _GUARDS_KEPT).delete()
    guard, _ = SignInGuard.objects.select_for_update().get_or_create(name=name)
    if guard.locked_until is not None and guard.locked_until > now:
        return True
    window = timedelta(seconds=settings.SIGN_IN_WINDOW_SECONDS)
    recent = [at for at in guard.failures if now - datetime.fromisoformat(at) < window]
    guard.failures = [*recent, now.isoformat()]
    is_locked = len(guard.failures) >= settings.SIGN_IN_FAILURES
    if is_locked:
        guard.failures = []
        guard.locked_until = now + timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS)
    guard.updated_at = now
    guard.save()
    return is_locked


def _wrong_sentence() -> str:
    return "That name and password do not go together. Check both and try again."


def _locked_sentence() -> str:
    minutes = max(1, round(settings.SIGN_IN_LOCK_SECONDS / 60))
    return f"There were too many failed sign-ins under this name. Wait {minutes} minutes and try again."
