"""What came out of the sandbox, gathered event by event and checked for sense before anything is kept."""

from dataclasses import dataclass, field
from pathlib import Path

from ingest import limits
from ingest.errors import SENTENCES, IngestError, failure
from ingest.identify import CONTAINERS, KINDS
from ingest.models import Stage
from ingest.pages import take_image
from ingest.protocol import Attachment, Begun, Ended, Event, Failed, Identified, NeedsOcr, Notice, PageRead


@dataclass
class ReadFile:
    """One file as the reader described it. `pages` maps the page number to the page and its kept image."""

    identified: Identified | None = None
    begun: Begun | None = None
    pages: dict[int, tuple[PageRead, str]] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    has_ended: bool = False
    characters: int = 0

    @property
    def page_total(self) -> int:
        return self.begun.pages if self.begun is not None else 0

    def take(self, event: Event, out: Path, images: Path) -> Stage | None:
        """Note one event; the stage that begins with it, if any.

        Raises the IngestError that the reader reports, or IngestError "bad-output" for events that make no
        sense.
        """
        if isinstance(event, Failed):
            if event.code not in SENTENCES:
                raise failure("bad-output")
            raise IngestError(event.code, event.sentence)
        if isinstance(event, Identified):
            if (
                self.identified is not None
                or event.kind not in KINDS
                or event.media_type != KINDS[event.kind][1]
            ):
                raise failure("bad-output")
            self.identified = event
            if event.notice:
                self.notices.append(Notice("mislabelled", event.notice))
            return Stage.PARSE
        if self.identified is None:
            raise failure("bad-output")
        if isinstance(event, Begun):
            if self.begun is not None:
                raise failure("bad-output")
            self.begun = event
        elif isinstance(event, PageRead):
            self._take_page(event, out, images)
        elif isinstance(event, NeedsOcr):
            return Stage.OCR
        elif isinstance(event, Attachment):
            self.attachments.append(event)
            is_container = self.identified.kind in CONTAINERS
            if len(self.attachments) > (limits.MEMBERS if is_container else limits.ATTACHMENTS):
                raise failure("bad-output")
        elif isinstance(event, Notice):
            self.notices.append(event)
            if len(self.notices) > 20:
                raise failure("bad-output")
        elif isinstance(event, Ended):
            self.has_ended = True
        return None

    def _take_page(self, page: PageRead, out: Path, images: Path) -> None:
        self.characters += len(page.text)
        if (
            page.number > self.page_total
            or page.number in self.pages
            or self.characters > limits.TEXT_CHARACTERS * 2
        ):
            raise failure("bad-output")
        image = take_image(out / page.image, images, page.width, page.height) if page.image else ""
        self.pages[page.number] = (page, image)

    def check_complete(self) -> None:
        """Raises IngestError "bad-output" unless every announced page came and the reader said that it was
        done.
        """
        if not self.has_ended or self.begun is None or len(self.pages) != self.begun.pages:
            raise failure("bad-output")

    def ordered(self) -> list[tuple[PageRead, str]]:
        """Pages with their images, by number."""
        return [self.pages[number] for number in sorted(self.pages)]
