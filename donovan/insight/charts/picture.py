"""The child that draws: vl-convert is a browser's worth of code and lives only as long as one request.

Asked: {"specifications": [...], "form": "svg" or "png", "scale": 1.0}. Answers {"pictures": [base64, ...]}.
Asked: {"svgs": [...], "scale": 1.0} it makes PNGs of SVGs that we drew ourselves, in the same answer.
"""

import base64
from typing import Any

import vl_convert

from donovan.insight.errors import InsightError
from donovan.insight.subprocesses import serve


def drawn(request: dict[str, Any]) -> dict[str, Any]:
    """Every specification as a picture; nothing is fetched, whatever a specification names."""
    if "svgs" in request:
        pictures = [_raster(svg, float(request["scale"])) for svg in request["svgs"]]
        return {"pictures": [base64.b64encode(picture).decode() for picture in pictures]}
    return {
        "pictures": [
            base64.b64encode(_picture(specification, request["form"], float(request["scale"]))).decode()
            for specification in request["specifications"]
        ]
    }


def _picture(specification: dict[str, Any], form: str, scale: float) -> bytes:
    try:
        if form == "png":
            return bytes(vl_convert.vegalite_to_png(specification, scale=scale, ppi=96, allowed_base_urls=[]))
        return str(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])).encode()
    except ValueError as error:
        raise InsightError(f"The chart cannot be drawn: {str(error)[:200]}") from None


def _raster(svg: str, scale: float) -> bytes:
    try:
        return bytes(vl_convert.svg_to_png(svg, scale=scale, ppi=96))
    except ValueError as error:
        raise InsightError(f"The picture cannot be drawn: {str(error)[:200]}") from None


if __name__ == "__main__":
    serve(drawn)
