"""The Django project: what analysts, reviewers and administrators see."""

from donovan.celery import app as celery_app

__all__ = ["celery_app"]
