from django.apps import AppConfig

from donovan.ui.slots import Place, fill

ADMINISTRATOR = frozenset({"administrator"})


class UserInterfaceConfig(AppConfig):
    name = "donovan.ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The places of the rooms below, which know no navigation."""
        fill(
            Place("People", "access:people", "p", order=170, roles=ADMINISTRATOR, has_rest_of_room=False),
            Place("Work", "work:work", "o", order=180, roles=ADMINISTRATOR),
            Place("Record", "audit:records", "l", order=190, roles=ADMINISTRATOR | {"reviewer"}),
        )
