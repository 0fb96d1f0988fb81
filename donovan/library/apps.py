from importlib import import_module

from django.apps import AppConfig

from donovan.library.work import WATCH
from donovan.ui.slots import Fragment, Place, fill
from ingest.work.registry import register

PAGES_OF_DOCUMENTS = (
    "library:document",
    "library:passages",
    "library:ledger",
    "library:relabel",
    "library:remove",
)

PAGES_OF_UPLOAD = ("library:intakes", "library:intake")
PAGES_OF_SEARCH = ("library:similar", "library:saved", "library:standing-out")


class LibraryConfig(AppConfig):
    name = "donovan.library"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("donovan.library.marks_in_files")
        register(WATCH)
        fill(
            Place("Home", "library:home", "h", order=10, has_rest_of_room=False),
            Place(
                "Search",
                "library:search",
                "s",
                order=30,
                pages=PAGES_OF_SEARCH,
                is_in_bar=False,
                has_rest_of_room=False,
            ),
            Place(
                "Known in a text", "library:lookup", "k", order=35, is_in_bar=False, has_rest_of_room=False
            ),
            Place(
                "Documents",
                "library:documents",
                "d",
                order=40,
                pages=PAGES_OF_DOCUMENTS,
                has_rest_of_room=False,
            ),
            Place("Upload", "library:upload", "u", order=50, pages=PAGES_OF_UPLOAD, has_rest_of_room=False),
            Place(
                "Watched folders",
                "library:watched",
                "j",
                order=175,
                roles=frozenset({"administrator"}),
                has_rest_of_room=False,
            ),
            Fragment("ui.frame.topbar", "library/_topbar_search.html", order=10),
        )
