"""The application as Django knows it."""

from importlib import import_module

from django.apps import AppConfig

from donovan.insight.entities import checks
from donovan.ui.slots import Fragment, Place, fill


class EntitiesConfig(AppConfig):
    name = "donovan.insight.entities"
    label = "entities"
    # Imported so that Django knows the checks; named here so that the import is seen to be used.
    system_checks = (checks.model_folder_can_be_used, checks.tagger_can_be_used)

    def ready(self) -> None:
        """Follow-up questions are read with the names recognised on cited pages; what is known of somebody
        is asked where all questions are.
        """
        import_module("donovan.insight.entities.naming")
        import_module("donovan.insight.entities.in_ask").register_kinds()
        import_module("donovan.insight.entities.in_search")
        import_module("donovan.insight.entities.in_lookup")
        import_module("donovan.insight.entities.in_facets")
        fill(
            Fragment("library.found.terms", "entities/_names_standing_out.html", order=10),
            Place("Entities", "entities:entities", "e", order=90),
            Place("Map", "entities:map", "m", order=100, is_in_bar=False, has_rest_of_room=False),
        )
