"""An Outlook mail store (PST, OST): each item a mail of its own, under the path of its folder.

What no folder lists any more (orphaned) and what was deleted and can be recovered is read too, under paths
that say so. Search folders hold only what lies in others, and settings of the mail program are no items; both
are left out of the count.
"""

import re
from collections.abc import Callable, Iterator

from ingest import limits
from ingest.errors import failure, notice
from ingest.protocol import Attachment, Event, Notice, clean
from ingest.readers import mapi
from ingest.readers.members import BROKEN, Members
from ingest.readers.pff import Item, Store
from ingest.readers.rows import tidy
from ingest.sandbox_child import Job

MUCH = f"behind the first {limits.STORE_BYTES // limits.MEGABYTE:,} MB of one mail store"
ORPHANED, RECOVERED = "Orphaned", "Recovered"
_FOLDER, _SEARCH_FOLDER, _SETTING = 0x02, 0x03, 0x08
_SETTINGS = ("IPM.MICROSOFT.", "IPM.CONFIGURATION.")
_DEEPEST_FOLDER = 40
_MOST_RECIPIENTS = 2000
_MOST_RECOVERED = 2000
_DEEPEST = 4
_LONGEST_TITLE = 120
_OTHER_PATH = re.compile(r"[/\\:\s]+")


def read(job: Job) -> Iterator[Event]:
    """Yield the items of a mail store, then its page. Raises IngestError "damaged"."""
    try:
        store = Store(job.path)
        root = store.root()
    except OSError as error:
        raise failure("damaged", kind="Outlook folders (PST, OST)") from error
    found = _Found(Members(job))
    if root is not None:
        yield from found.folder(root, "", 0)
    yield from found.stray(store.orphans, ORPHANED)
    yield from found.stray(store.recovered, RECOVERED)
    yield from found.members.close()
    if found.strays:
        yield Notice("store-strays", notice("store-strays", count=f"{found.strays:,}"))
    if found.is_unsearched:
        yield Notice("store-unsearched", notice("store-unsearched"))


class _Found:
    """What was found in a mail store while it is read."""

    def __init__(self, members: Members) -> None:
        self.members = members
        self.strays = 0
        self.is_unsearched = False
        self._seen: set[int] = set()
        self._bytes = 0
        self._number = 0

    def folder(self, folder: Item, path: str, depth: int) -> Iterator[Attachment]:
        """All that is in a folder: its items first, then its folders."""
        below = []
        try:
            count = folder.sub_items()
        except OSError:
            self.members.lose(f"{path}/all items", BROKEN)
            return
        for index in range(count):
            try:
                item = folder.sub_item(index)
                kind = item.identifier & 0x1F
            except OSError:
                self._lose(path)
                continue
            if kind == _FOLDER:
                below.append(index)
            elif kind not in {_SEARCH_FOLDER, _SETTING}:
                yield from self.item(item, path)
        for index in below:
            inner = folder.sub_item(index)
            if inner.identifier in self._seen:
                continue
            self._seen.add(inner.identifier)
            under = f"{path}/{_name(inner)}".lstrip("/")
            if depth < _DEEPEST_FOLDER:
                yield from self.folder(inner, under, depth + 1)
            else:
                self.members.lose(f"{under}/all items", BROKEN)

    def stray(self, items: Callable[[], Iterator[Item | None]], path: str) -> Iterator[Attachment]:
        """Items that stand in no folder; those that do after all are passed over."""
        try:
            for number, item in enumerate(items()):
                if number >= _MOST_RECOVERED:
                    self.members.lose(f"{path}/all behind the first {number:,}", MUCH)
                    return
                # Remains of what was deleted: what cannot be read any more was not expected to be.
                if item is None or item.identifier & 0x1F in {_FOLDER, _SEARCH_FOLDER, _SETTING}:
                    continue
                before = self.members.read
                yield from self.item(item, path)
                self.strays += self.members.read - before
        except OSError:
            self.is_unsearched = True

    def item(self, item: Item, path: str) -> Iterator[Attachment]:
        """One item as a mail; what cannot be read is accounted for."""
        try:
            if path != RECOVERED:
                if item.identifier in self._seen:
                    return
                self._seen.add(item.identifier)
            letter = _letter(item, 0)
        except OSError:
            self._lose(path)
            return
        if mapi.text(letter.properties, mapi.CLASS).upper().startswith(_SETTINGS):
            return
        if path == RECOVERED and not letter.properties:
            return
        self._number += 1
        name = f"{path}/{self._number:05d}".lstrip("/")
        if self._bytes > limits.STORE_BYTES:
            self.members.lose(name, MUCH)
            return
        title = _OTHER_PATH.sub(" ", letter.subject)[:_LONGEST_TITLE].strip(" .")
        content = mapi.eml(letter)
        self._bytes += len(content)
        yield from self.members.put(f"{name} {title}".strip() + ".eml", (content,))

    def _lose(self, path: str) -> None:
        self._number += 1
        self.members.lose(f"{path}/{self._number:05d}".lstrip("/"), BROKEN)


def _name(folder: Item) -> str:
    try:
        name = tidy(clean(mapi.text(folder.properties(), mapi.NAME)))
    except OSError:
        name = ""
    return _OTHER_PATH.sub(" ", name)[:_LONGEST_TITLE].strip(" .") or "folder without a name"


def _letter(item: Item, depth: int) -> mapi.Letter:
    """The properties, recipients and attachments of an item. Raises OSError where it is broken."""
    letter = mapi.Letter(item.properties())
    try:
        people = item.recipients()
        for index in range(min(people.sets(), _MOST_RECIPIENTS) if people is not None else 0):
            letter.recipients.append(people.properties(index) if people is not None else {})
        count = item.attachments()
    except OSError:
        # Not every kind of item has recipients and attachments.
        return letter
    left = limits.ATTACHMENT_BYTES
    for index in range(min(count, limits.MEMBERS)):
        try:
            name, content = _file(item.attachment(index), index + 1, depth, left)
        except OSError:
            name, content = f"attachment-{index + 1}", b""
        left -= len(content)
        letter.files.append((name, content))
    return letter


def _file(attachment: Item, number: int, depth: int, most: int) -> tuple[str, bytes]:
    """Name and bytes of an attachment, none of one that is too large; of an item inside its bytes as EML."""
    about = attachment.properties()
    named = (mapi.text(about, key) for key in (mapi.FILE_NAME, mapi.SHORT_FILE_NAME, mapi.NAME))
    name = next((said for said in named if said.strip()), "")
    inner = attachment.attached_item()
    if inner is None:
        return name or f"attachment-{number}", attachment.content(most)
    if depth >= _DEEPEST:
        return f"{name or f'message-{number}'}.eml", b""
    letter = _letter(inner, depth + 1)
    title = name or letter.subject or f"message-{number}"
    return title if title.lower().endswith(".eml") else f"{title}.eml", mapi.eml(letter)
