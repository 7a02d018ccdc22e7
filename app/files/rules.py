"""What may be brought, how much of it, what is said of the rest, and what a file is called."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

MEBIBYTE = 1024 * 1024
LARGEST_FILE = 8 * MEBIBYTE
FILES_A_FORM = 5
FILES_AN_INCIDENT = 20
FILES_A_ROW = 20  # of a register
# Of one person in one school: files that came with a form which was not sent to its end.
FILES_WAITING = 20
LONGEST_NAME = 120

# Opened: pixels that are unpacked at once, the longest side that is kept, and the small picture.
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 3000
THUMBNAIL_SIDE = 240
MOST_PAGES = 500
MOST_ENTRIES = 2000
LARGEST_OPENED = 100 * MEBIBYTE


class Kind(NamedTuple):
    media_type: str
    ending: str


# fmt: off
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
# Everything that is kept; the name inside is what the opener says it found.
KINDS = {
    "jpeg": Kind("image/jpeg",                          ".jpg"),
    "png":  Kind("image/png",                           ".png"),
    "pdf":  Kind("application/pdf",                     ".pdf"),
    "docx": Kind(_OFFICE + "wordprocessingml.document", ".docx"),
    "xlsx": Kind(_OFFICE + "spreadsheetml.sheet",       ".xlsx"),
    "pptx": Kind(_OFFICE + "presentationml.presentation", ".pptx"),
    "odt":  Kind(_ODF + "text",                         ".odt"),
    "ods":  Kind(_ODF + "spreadsheet",                  ".ods"),
    "odp":  Kind(_ODF + "presentation",                 ".odp"),
    "csv":  Kind("text/csv",                            ".csv"),
    "log":  Kind("text/plain",                          ".log"),
    "text": Kind("text/plain",                          ".txt"),
}
# Re-encoded by us, so that a browser may show them in place.
PICTURES = frozenset({"image/jpeg", "image/png"})
MEDIA_TYPES = tuple(sorted({kind.media_type for kind in KINDS.values()}))
# For the file chooser: what is offered, not what is checked.
OFFERED = (
    "image/*,.heic,.heif,.pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.txt,.csv,.log"
)


class Refusal(StrEnum):
    TOO_BIG = "too_big"
    TOO_BIG_OPENED = "too_big_opened"
    EMPTY = "empty"
    OTHER_KIND = "other_kind"
    DAMAGED = "damaged"
    ZIP = "zip"
    MACROS = "macros"
    SCRIPTS = "scripts"
    FILES_INSIDE = "files_inside"
    OUTSIDE = "outside"
    PASSWORD = "password"
    VIRUS = "virus"
    NO_HEIC = "no_heic"
    TOO_MANY = "too_many"
    FULL = "full"
    ROW_FULL = "row_full"
    WAITING = "waiting"
    GONE = "gone"


SENTENCES = {
    Refusal.TOO_BIG:        "The file is too big. The limit is 8 MB a file",
    Refusal.TOO_BIG_OPENED: "The file is too big when opened",
    Refusal.EMPTY:          "The file is empty",
    Refusal.OTHER_KIND:     "This kind of file is not accepted. Send a photo (JPEG, PNG, GIF, WebP"
                            " or HEIC), a PDF, a Word, Excel, PowerPoint or OpenDocument file, or"
                            " plain text",
    Refusal.DAMAGED:        "The file cannot be opened. Check it and send it again",
    Refusal.ZIP:            "Zip files are not accepted. Send the files one by one",
    Refusal.MACROS:         "Files with macros are not accepted",
    Refusal.SCRIPTS:        "Files with scripts are not accepted",
    Refusal.FILES_INSIDE:   "Files with other files inside are not accepted",
    Refusal.OUTSIDE:        "Files that fetch something from elsewhere, such as a template or a"
                            " picture, are not accepted. Save it with everything inside",
    Refusal.PASSWORD:       "Files with a password are not accepted. Save it without the password",
    Refusal.VIRUS:          "This file has a virus in it and was not kept",
    Refusal.NO_HEIC:        "HEIC photos cannot be read here. Send it as JPEG",
    Refusal.TOO_MANY:       f"Send at most {FILES_A_FORM} files at a time",
    Refusal.FULL:           f"An incident holds at most {FILES_AN_INCIDENT} files."
                            " Remove one first",
    Refusal.ROW_FULL:       f"At most {FILES_A_ROW} files can be kept here. Remove one first",
    Refusal.WAITING:        "You have too many files waiting. Send the forms they belong to, or"
                            " try again tomorrow",
    Refusal.GONE:           "A file that you sent earlier is no longer there. Send it again",
}
NOT_SAVED = "We could not save your file. Your text has been kept"
NOT_CHECKED = "We could not check your file. Your text has been kept"
# fmt: on

# Beside letters a name keeps no control characters, no marks that turn its direction round, and
# nothing that a file system or a header reads as more than a letter.
_NOT_IN_A_NAME = re.compile(r'[<>:"|?*;%\x00-\x1f\x7f]')


def shown_name(claimed: str | None, kind: str) -> str:
    """What the file is called from now on: for people to read, never a path."""
    name = cleaned_name(claimed)
    stem = name.rpartition(".")[0] or name
    ending = KINDS[kind].ending
    stem = stem.strip(" .")[: LONGEST_NAME - len(ending)].strip(" .")
    return (stem or "file") + ending


def cleaned_name(claimed: str | None) -> str:
    """The last part of what it was called, without what does not belong in a name."""
    last = re.split(r"[/\\]", claimed or "")[-1]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    name = _NOT_IN_A_NAME.sub("", unicodedata.normalize("NFC", plain))
    return re.sub(r"\s+", " ", name).strip()[: 2 * LONGEST_NAME]


def text_kind(claimed: str | None) -> str:
    """Plain text keeps one of three endings; each is served as what it is: text."""
    ending = (claimed or "").lower().rpartition(".")[2]
    return ending if ending in ("csv", "log") else "text"


def size_words(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    if size < MEBIBYTE:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / MEBIBYTE:.1f} MB"
