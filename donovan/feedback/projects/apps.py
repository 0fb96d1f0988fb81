from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "donovan.feedback.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"
