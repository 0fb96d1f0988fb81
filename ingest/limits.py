"""How much one file may cost. The door, the parent and the sandboxed reader all read these."""

MEGABYTE = 1024 * 1024

# At the door.
FILE_BYTES = 512 * MEGABYTE

# Containers (office files are zip archives).
ZIP_ENTRIES = 5000
ZIP_UNPACKED_BYTES = 512 * MEGABYTE
ZIP_RATIO = 400
# Small parts of honest files compress very well (empty styles, repeated rows), so the ratio counts from here
# on.
ZIP_RATIO_FROM_BYTES = 16 * MEGABYTE
MARKUP_DEPTH = 200

# Pages and pictures.
PAGES = 3000
PIXELS = 150_000_000
TEXT_CHARACTERS = 40_000_000
PAGE_CHARACTERS = 400_000
PAGE_WORDS = 60_000
PAGE_HEADINGS = 2000
PAGE_ROWS = 20_000
PAGE_QUOTES = 500
VIEW_PIXELS = 2000

# Tables.
SHEETS = 500
ROWS = 200_000
COLUMNS = 500
# Of a table with more rows than fit on the pages, so many rows become text; the table keeps them all.
TEXT_ROWS = 20_000

# Typed tables, read a second time by the readers of `ingest.table_readers`.
TABLES = 500
TABLE_COLUMNS = 2000
TABLE_ROWS = 20_000_000
TABLE_CELL_CHARACTERS = 100_000
TABLE_CHUNK_ROWS = 20_000
TABLE_CHUNK_CHARACTERS = 8_000_000
TABLE_CHUNK_BYTES = 128 * MEGABYTE
TABLE_NOTICES = 40

# Mail, mailboxes and archives.
ATTACHMENTS = 100
MEMBERS = 2000
# So many documents may come out of one file, through all that is packed in each other.
FAMILY = 20_000
FAMILY_BYTES = 8 * 1024 * MEGABYTE
ATTACHMENT_DEPTH = 4
# What the mails of one mail store may take altogether, as they are written.
STORE_BYTES = 1024 * MEGABYTE
ATTACHMENT_BYTES = 128 * MEGABYTE
# All the files inside one PDF together.
ATTACHMENTS_BYTES = 512 * MEGABYTE

# The sandboxed reader.
READER_MEMORY_BYTES = 3 * 1024 * MEGABYTE
READER_CPU_SECONDS = 3600
READER_PROCESSES = 64
# What the reader writes outside of its output lies in memory.
READER_PRIVATE_BYTES = 1024 * MEGABYTE
SMALL_TMPFS_BYTES = 64 * MEGABYTE
READER_OUTPUT_ENTRIES = 50_000
READER_OPEN_FILES = 256
READER_FILE_BYTES = 256 * MEGABYTE
READER_OUTPUT_BYTES = 2 * 1024 * MEGABYTE
EVENT_BYTES = 24 * MEGABYTE
STDERR_BYTES = 8000
# Nothing finished for this long means that it hangs; the whole may take START plus PER_PAGE for each page it
# has.
STALL_SECONDS = 240
START_SECONDS = 180
PER_PAGE_SECONDS = 45
PER_MEGABYTE_SECONDS = 3
TESSERACT_SECONDS = 200
# Less than STALL_SECONDS, as nothing is heard of the file meanwhile.
CONVERSION_SECONDS = 180

# The ledger.
ATTEMPTS = 2
INTERRUPTIONS = 5
LEASE_SECONDS = 90
