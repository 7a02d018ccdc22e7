"""Looking into files: what is refused and how soon, what is kept and what is left out of it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from app.files.found import Unfit
from app.files.looking import Busy, Looked, look_into
from app.files.rules import LONGEST_SIDE, THUMBNAIL_SIDE, Refusal
from config import ROOT
from tests.files import samples
from tests.files.samples import SPY

BOMBS = ("docx bomb", "zip bomb", "zips in zips", "png, 50,000²", "pdf, 10,000 pages")


def look(content: bytes, folder: Path) -> Looked:
    source = folder / "brought"
    source.write_bytes(content)
    return look_into(source, folder)


def kept(content: bytes, folder: Path) -> tuple[str, bytes]:
    looked = look(content, folder)
    return looked.found.kind, looked.content.read_bytes()


# Between pytest and the opener, because the kernel counts the memory of whoever started a process.
_MEASURE = """
import json, os, subprocess, sys
numbers = [os.open(os.devnull, os.O_RDWR) for _ in range(2)] + [int(sys.argv[1])]
opener = subprocess.Popen(
    [sys.executable, "-m", "app.files.opener", *map(str, numbers)],
    stdin=sys.stdin, pass_fds=numbers,
)
_, status, used = os.wait4(opener.pid, 0)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@pytest.mark.parametrize("case", BOMBS)
def test_a_bomb_costs_two_seconds_and_200_megabytes_at_most(case):
    """Measured at the process itself, by the kernel."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out:
        source.write(samples.hostile()[case].content)
        source.seek(0)
        measured = subprocess.run(
            [sys.executable, "-c", _MEASURE, str(out.fileno())],
            stdin=source,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            pass_fds=[out.fileno()],
            check=True,
        )
        out.seek(0)
        assert b"too_big_opened" in out.read()
    seconds, mebibytes = json.loads(measured.stdout)
    assert seconds < 2 and mebibytes < 200


# fmt: off
GOOD = {
    "jpeg": (samples.jpeg(), "jpeg"),
    "png":  (samples.png(), "png"),
    "gif":  (samples.saved(samples.picture(), "GIF"), "png"),
    "webp": (samples.saved(samples.picture(), "WEBP"), "png"),
    "heic": (samples.HEIC, "jpeg"),
    "pdf":  (samples.pdf(), "pdf"),
    "docx": (samples.office("docx"), "docx"),
    "xlsx": (samples.office("xlsx"), "xlsx"),
    "pptx with a chart": (samples.office("pptx", **{"ppt__embeddings__a.xlsx": samples.office("xlsx")}), "pptx"),
    "odt":  (samples.open_document(), "odt"),
    "ods":  (samples.open_document("spreadsheet"), "ods"),
    "odp":  (samples.open_document("presentation"), "odp"),
    "text": ("Événement 41: a < b, x > y — früh\n".encode(), "text"),
    "cp1252": ("früh — 9°\r\n".encode("cp1252"), "text"),
    "log with a page in it": (b"x" * 2000 + b"<html><body>", "text"),
}
# fmt: on


@pytest.mark.parametrize("case", GOOD)
def test_what_people_send_is_kept(case, tmp_path):
    content, kind = GOOD[case]
    assert kept(content, tmp_path)[0] == kind


def test_documents_are_kept_to_the_byte_and_text_as_utf_8(tmp_path):
    for case in ("pdf", "docx", "odt", "text"):
        assert kept(GOOD[case][0], tmp_path)[1] == GOOD[case][0]
    assert kept(GOOD["cp1252"][0], tmp_path)[1] == "früh — 9°\r\n".encode()


@pytest.mark.parametrize("make", [samples.jpeg, samples.png], ids=["jpeg", "png"])
def test_nothing_but_the_picture_is_left_of_a_picture(make, tmp_path):
    before = make()
    assert SPY in before
    _, content = kept(before + b"PK\3\4 hidden behind", tmp_path)
    after = Image.open(io.BytesIO(content))
    assert SPY not in content and b"hidden" not in content
    assert not after.getexif() and set(after.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
    }


def test_a_profile_and_exif_of_heic_go_too(tmp_path):
    assert b"SpyCam" in samples.HEIC
    _, content = kept(samples.HEIC, tmp_path)
    picture = Image.open(io.BytesIO(content))
    assert b"SpyCam" not in content and not picture.getexif()
    assert picture.size == (64, 48)
    left, right = picture.getpixel((5, 24)), picture.getpixel((58, 24))
    assert left[2] > left[0] and right[0] > right[2]


def test_without_a_decoder_heic_is_refused_in_a_sentence(monkeypatch):
    from app.files import pictures

    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(Unfit) as refused:
        pictures.take("HEIF", io.BytesIO(samples.HEIC), io.BytesIO(), io.BytesIO())
    assert refused.value.refusal == Refusal.NO_HEIC


# Where the red quarter is after turning, for each of the camera's eight ways of holding it.
_RED = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}


@pytest.mark.parametrize("orientation", _RED)
def test_a_photo_stands_the_way_the_camera_was_held(orientation, tmp_path):
    content = look(samples.jpeg(orientation), tmp_path)
    with Image.open(content.content) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    assert (width < height) == (orientation > 4)
    red = tuple(
        (across, down)
        for across in (0, 1)
        for down in (0, 1)
        if picture.getpixel((width // 4 + across * width // 2, height // 4 + down * height // 2))[1]
        < 100
    )
    assert red == (_RED[orientation],)


def test_large_pictures_become_smaller_and_have_a_small_one(tmp_path):
    looked = look(samples.saved(samples.picture(6000, 4000), "JPEG"), tmp_path)
    assert (looked.found.width, looked.found.height) == (LONGEST_SIDE, 2000)
    assert looked.thumbnail
    with Image.open(looked.thumbnail) as small:
        assert max(small.size) == THUMBNAIL_SIDE


def test_see_through_places_stay_see_through(tmp_path):
    drawn = Image.new("RGBA", (50, 50), (255, 0, 0, 0))
    _, content = kept(samples.saved(drawn, "PNG"), tmp_path)
    assert Image.open(io.BytesIO(content)).getpixel((9, 9))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA"])
def test_pictures_of_every_make(mode, tmp_path):
    how = "JPEG" if mode == "CMYK" else "PNG"
    assert kept(samples.saved(Image.new(mode, (30, 20)), how), tmp_path)[0] in ("jpeg", "png")


def test_a_file_that_hangs_is_ended(tmp_path):
    """The time runs out before Python has started: the same as a decoder that does not return."""
    source = tmp_path / "brought"
    source.write_bytes(samples.png())
    with pytest.raises(Busy):
        look_into(source, tmp_path, until=time.monotonic() + 0.001)


def test_waiting_for_a_turn_and_looking_share_their_time(tmp_path, monkeypatch):
    """Five of eight seconds were spent on waiting: three are left. The clock is the test's."""
    from app.files import looking

    now, waits = [100.0], []

    class Turn:
        def acquire(self, timeout: float) -> bool:
            waits.append(timeout)
            now[0] += 5
            return True

        def release(self) -> None:
            pass

    class Opener:
        def __init__(self, *_: object, **__: object) -> None:
            pass

        def wait(self, timeout: float = 0) -> int:
            waits.append(timeout)
            raise subprocess.TimeoutExpired("opener", timeout)

        def kill(self) -> None:
            self.wait = lambda: 0

    monkeypatch.setattr(looking, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(looking, "_AT_ONCE", Turn())
    monkeypatch.setattr(subprocess, "Popen", Opener)
    (tmp_path / "brought").write_bytes(b"x")
    with pytest.raises(Busy):
        look_into(tmp_path / "brought", tmp_path, until=108.0)
    assert waits == [8.0, 3.0]


def test_a_file_that_uses_up_its_seconds_is_too_big(tmp_path, monkeypatch):
    """Another program in the opener's place, with the same limit, that never ends by itself."""
    busy = "import resource as r; r.setrlimit(r.RLIMIT_CPU, (1, 1))\nwhile True: pass"
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda _, **how: start([sys.executable, "-c", busy], **how)
    )
    with pytest.raises(Unfit) as refused:
        look(samples.png(), tmp_path)
    assert refused.value.refusal == Refusal.TOO_BIG_OPENED


def test_the_opener_knows_no_secret():
    from app.files import looking

    assert not {"DATABASE_URL", "SECRET_KEY", "REDIS_URL"} & set(looking._ENVIRONMENT)
