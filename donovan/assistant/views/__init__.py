"""The pages of the assistant: threads, one answer, its stream of events, and the jobs on one document."""

from donovan.assistant.views.threads import again, answer, archive, home, recent, start, thread

__all__ = ["again", "answer", "archive", "home", "recent", "start", "thread"]
