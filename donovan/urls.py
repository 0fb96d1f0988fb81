"""Every address of the site, room by room. A view that does not declare who may enter is closed to all."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

ROOMS = {
    "donovan.access.urls": "",
    "donovan.access.record_urls": "record/",
    "donovan.ui.urls": "components/",
    "donovan.library.urls": "",
    "donovan.assistant.urls": "ask/",
    "donovan.feedback.urls": "feedback/",
}

urlpatterns: list[URLPattern | URLResolver] = []
for _room, _prefix in ROOMS.items():
    try:
        import_module(_room)
    except ImportError:  # while the rooms are being built
        continue
    urlpatterns.append(path(_prefix, include(_room)))

handler400 = "donovan.ui.errors.bad_request"
handler403 = "donovan.ui.errors.forbidden"
handler404 = "donovan.ui.errors.not_found"
handler500 = "donovan.ui.errors.failed"
