"""The application as Django knows it."""

from django.apps import AppConfig


class TrendsConfig(AppConfig):
    name = "donovan.insight.trends"
    label = "trends"
