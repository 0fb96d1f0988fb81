"""The application as Django knows it."""

from django.apps import AppConfig


class ProcessingConfig(AppConfig):
    name = "donovan.insight.processing"
    label = "processing"
