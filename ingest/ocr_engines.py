"""Which engines may read pictures in this process; what a site excludes is never opened."""

TESSERACT, NEURAL = "tesseract", "pp-ocr"
ORIGIN_OF_NEURAL = "CN"
"""The country of the second engine's maker (Baidu), by ISO 3166: a site may exclude an origin."""

_allowed = {TESSERACT, NEURAL}


def allow(*, neural: bool) -> None:
    """Say whether the second engine may be used beside Tesseract; as a process begins, it may."""
    if neural:
        _allowed.add(NEURAL)
    else:
        _allowed.discard(NEURAL)


def may_use(engine: str) -> bool:
    return engine in _allowed
