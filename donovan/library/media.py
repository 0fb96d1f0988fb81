"""Media types by the names people use for them."""

from dataclasses import dataclass

UNIDENTIFIED = "unidentified"


@dataclass(frozen=True)
class Kind:
    """A kind of file: its key in addresses, its name on the page, and the media types it covers."""

    key: str
    title: str
    media_types: frozenset[str]


_OPEN_XML = "application/vnd.openxmlformats-officedocument"

KINDS = (
    Kind("pdf", "PDF", frozenset({"application/pdf"})),
    Kind(
        "word",
        "Word",
        frozenset({f"{_OPEN_XML}.wordprocessingml.document", "application/msword", "application/x-mswrite"}),
    ),
    Kind(
        "excel",
        "Excel",
        frozenset(
            {
                f"{_OPEN_XML}.spreadsheetml.sheet",
                "application/vnd.ms-excel",
                "application/vnd.ms-excel.sheet.binary.macroenabled.12",
            }
        ),
    ),
    Kind(
        "powerpoint",
        "PowerPoint",
        frozenset({f"{_OPEN_XML}.presentationml.presentation", "application/vnd.ms-powerpoint"}),
    ),
    Kind("wordperfect", "WordPerfect", frozenset({"application/vnd.wordperfect"})),
    Kind("works", "Works", frozenset({"application/vnd.ms-works"})),
    Kind("lotus", "Lotus 1-2-3", frozenset({"application/vnd.lotus-1-2-3"})),
    Kind("quattro", "Quattro Pro", frozenset({"application/x-quattro-pro"})),
    Kind("visio", "Visio", frozenset({"application/vnd.visio"})),
    Kind("publisher", "Publisher", frozenset({"application/x-mspublisher"})),
    Kind(
        "opendocument",
        "OpenDocument",
        frozenset(
            f"application/vnd.{what}"
            for what in (
                *(
                    f"oasis.opendocument.{form}"
                    for form in ("text", "spreadsheet", "presentation", "graphics")
                ),
                *(f"sun.xml.{form}" for form in ("writer", "calc", "impress")),
            )
        ),
    ),
    Kind("rtf", "RTF", frozenset({"application/rtf"})),
    Kind("epub", "EPUB", frozenset({"application/epub+zip"})),
    Kind("csv", "CSV table", frozenset({"text/csv", "text/tab-separated-values"})),
    Kind("records", "JSON or XML", frozenset({"application/json", "application/xml"})),
    Kind(
        "map",
        "Map file",
        frozenset(
            {
                "application/vnd.google-earth.kml+xml",
                "application/vnd.google-earth.kmz",
                "application/gpx+xml",
            }
        ),
    ),
    Kind("calendar", "Calendar", frozenset({"text/calendar"})),
    Kind("contacts", "Contacts", frozenset({"text/vcard"})),
    Kind("mail", "Mail", frozenset({"message/rfc822", "application/vnd.ms-outlook"})),
    Kind("mailbox", "Mailbox", frozenset({"application/mbox", "application/vnd.ms-outlook-pst"})),
    Kind(
        "archive",
        "Archive",
        frozenset(
            {
                "application/zip",
                "application/x-tar",
                "application/gzip",
                "application/x-bzip2",
                "application/x-xz",
                "application/x-7z-compressed",
                "application/vnd.ms-cab-compressed",
                "application/x-lzh-compressed",
                "application/x-iso9660-image",
            }
        ),
    ),
    Kind(
        "image",
        "Image",
        frozenset(
            f"image/{what}"
            for what in (
                "png",
                "jpeg",
                "tiff",
                "bmp",
                "gif",
                "webp",
                "jp2",
                "heic",
                "avif",
                "x-portable-anymap",
                "vnd.adobe.photoshop",
                "vnd.djvu",
            )
        ),
    ),
    Kind("html", "Web page", frozenset({"text/html", "application/xhtml+xml"})),
    Kind("markdown", "Markdown", frozenset({"text/markdown"})),
    Kind("text", "Plain text", frozenset({"text/plain"})),
    Kind(UNIDENTIFIED, "Not identified", frozenset({""})),
)
_BY_KEY = {kind.key: kind for kind in KINDS}
_BY_MEDIA_TYPE = {media_type: kind for kind in KINDS for media_type in kind.media_types}


def kind_of(media_type: str) -> Kind:
    """The kind that a media type belongs to; one that is not listed is its own kind."""
    known = _BY_MEDIA_TYPE.get(media_type)
    return known or Kind(media_type, media_type, frozenset({media_type}))


def media_types_of(keys: frozenset[str]) -> frozenset[str]:
    """The media types behind kind keys; a key that is not a kind is taken as a media type."""
    types: set[str] = set()
    for key in keys:
        known = _BY_KEY.get(key)
        types |= known.media_types if known else {key}
    return frozenset(types)


_LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "ru": "Russian",
    "uk": "Ukrainian",
    "sr": "Serbian",
    "hr": "Croatian",
    "bs": "Bosnian",
    "sh": "Serbo-Croatian",
    "mk": "Macedonian",
    "bg": "Bulgarian",
    "sl": "Slovenian",
    "pl": "Polish",
    "cs": "Czech",
    "ro": "Romanian",
    "hu": "Hungarian",
    "el": "Greek",
    "tr": "Turkish",
    "ar": "Arabic",
    "fa": "Persian",
    "he": "Hebrew",
    "hi": "Hindi",
    "ur": "Urdu",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
}


def language_code(named: str) -> str:
    """The code of a language given by its code or its English name; "" for what is neither."""
    wanted = named.casefold()
    known = next((code for code, name in _LANGUAGES.items() if wanted in (code, name.casefold())), "")
    return known or (wanted if 2 <= len(wanted) <= 3 and wanted.isascii() and wanted.isalpha() else "")


def language_name(code: str) -> str:
    """The English name of a language code, or the code itself when it is not listed."""
    return _LANGUAGES.get(code, code) if code else "language not known"
