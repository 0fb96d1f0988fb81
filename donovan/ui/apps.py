from django.apps import AppConfig


class UserInterfaceConfig(AppConfig):
    name = "donovan.ui"
    default_auto_field = "django.db.models.BigAutoField"
