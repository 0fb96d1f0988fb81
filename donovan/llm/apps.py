from django.apps import AppConfig


class LanguageModelConfig(AppConfig):
    name = "donovan.llm"
    default_auto_field = "django.db.models.BigAutoField"
