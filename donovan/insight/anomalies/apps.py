"""The application as Django knows it."""

from django.apps import AppConfig


class AnomaliesConfig(AppConfig):
    name = "donovan.insight.anomalies"
    label = "anomalies"
