"""The application as Django knows it."""

from django.apps import AppConfig


class TablesConfig(AppConfig):
    name = "donovan.insight.tables"
    label = "tables"
