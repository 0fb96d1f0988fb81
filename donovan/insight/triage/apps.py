"""The application as Django knows it."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "donovan.insight.triage"
    label = "triage"
