"""Languages by their ISO 639 codes: names for people, and what Apertium calls them."""

NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hr": "Croatian", "hu": "Hungarian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "mk": "Macedonian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sh": "Serbo-Croatian", "sk": "Slovak", "sl": "Slovenian",
    "sr": "Serbian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
THREE_LETTERS = {"ca": "cat", "en": "eng", "es": "spa", "fr": "fra", "it": "ita", "mk": "mkd", "pt": "por"}
SERBO_CROATIAN = frozenset({"bs", "cnr", "hbs", "hr", "sh", "sr"})
_TWO_LETTERS = {three: two for two, three in THREE_LETTERS.items()}


def normal_code(code: str) -> str:
    """The code as it is used here: "en-US" and "eng" are "en"; what is unknown stays as it is."""
    short = code.strip().lower().replace("_", "-").partition("-")[0]
    return "sh" if short == "hbs" else _TWO_LETTERS.get(short, short)


def is_known(code: str) -> bool:
    return normal_code(code) in NAMES or normal_code(code) in SERBO_CROATIAN


def name_of(code: str) -> str:
    """The English name of a language, or the code where it has none here."""
    return NAMES.get(normal_code(code), code or "an unknown language")


def apertium_code(code: str) -> str:
    """Apertium's name of a language: Serbian, Croatian and Bosnian are one to it."""
    short = normal_code(code)
    return "hbs" if short in SERBO_CROATIAN else THREE_LETTERS.get(short, short)


def are_one_language(first: str, second: str) -> bool:
    """Whether a translation between the two would change nothing."""
    return apertium_code(first) == apertium_code(second)
