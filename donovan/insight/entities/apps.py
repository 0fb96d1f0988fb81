"""The application as Django knows it."""

from django.apps import AppConfig


class EntitiesConfig(AppConfig):
    name = "donovan.insight.entities"
    label = "entities"
