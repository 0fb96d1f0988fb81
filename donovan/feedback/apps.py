from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "donovan.feedback"
    default_auto_field = "django.db.models.BigAutoField"
