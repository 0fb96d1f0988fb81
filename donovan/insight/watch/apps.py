"""The application as Django knows it."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "donovan.insight.watch"
    label = "watch"
