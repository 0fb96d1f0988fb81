"""The application as Django knows it."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "donovan.reports"
    label = "reports"
