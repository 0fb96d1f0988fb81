from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "donovan.evaluation"
    default_auto_field = "django.db.models.BigAutoField"
