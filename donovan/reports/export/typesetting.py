"""The child that sets a page as PDF. It fetches nothing: only data addresses inside the page are read.

Asked: {"page": HTML}. Answers {"pdf": base64}.
"""

import base64
from typing import Any

import weasyprint
from weasyprint.urls import URLFetcher, URLFetcherResponse

from ingest.work.subprocesses import serve

# Margins hold the banner, the status and the line with the page number; they are not the author's to change.
_SHEET = """
@page {
  size: Letter; margin: 29mm 25mm 27mm;
  @top-center { content: element(head); width: 100%; vertical-align: top; padding-top: 9mm; }
  @bottom-center { content: element(foot); width: 100%; vertical-align: bottom; padding-bottom: 9mm; }
  @footnote { margin-top: 4mm; border-top: 0.5pt solid #141c26; padding-top: 2mm; }
}
@page wide { size: Letter landscape; }
"""


class _NothingOutside(URLFetcher):  # type: ignore[misc]
    """Reads addresses that carry their data, and no others."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:"):
            raise ValueError("only data addresses are read")
        return super().fetch(url, headers)


def set_page(request: dict[str, Any]) -> dict[str, Any]:
    """The page as a PDF."""
    page = weasyprint.HTML(string=request["page"], url_fetcher=_NothingOutside(), base_url="about:blank")
    pdf = page.write_pdf(
        stylesheets=[weasyprint.CSS(string=_SHEET)],
        pdf_variant="pdf/ua-1",
        pdf_tags=True,
        custom_metadata=True,
    )
    return {"pdf": base64.b64encode(pdf).decode()}


if __name__ == "__main__":
    serve(set_page)
