from django.apps import AppConfig

from donovan.access import checks


class AccessConfig(AppConfig):
    name = "donovan.access"
    default_auto_field = "django.db.models.BigAutoField"
    # Imported so that Django knows the checks; named here so that the import is seen to be used.
    system_checks = (checks.plain_http_stays_on_this_machine, checks.marking_policy_is_sound)
