"""The funnel: who is named and who is not, what is flagged by shape, and very many schools."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from defusedxml.ElementTree import fromstring

from app.performance import statistics as s
from app.plots import draw
from app.plots.shapes import Dot
from tests.plots import examples

SVG = "{http://www.w3.org/2000/svg}"
FEW_BYTES = 100_000


def marks(svg: str, kind: str) -> int:
    """Circles, or triangles pointing down or up."""
    root = fromstring(svg)
    if kind == "circle":
        return len([one for one in root.iter(f"{SVG}circle") if one.get("fill") is None])
    found = 0
    for one in root.iter(f"{SVG}path"):
        shape = re.fullmatch(r"M[\d.]+ ([\d.]+)H[\d.]+L[\d.]+ ([\d.]+)Z", one.get("d", ""))
        if shape:
            found += (float(shape[2]) > float(shape[1])) == (kind == "down")
    return found


def dot(met: int, of: int, **more) -> Dot:
    return Dot(met=met, of=of, flag=s.flag(met, of, 0.9), **more)


def test_a_point_is_where_its_share_and_its_size_are():
    figure = draw(examples.funnel(dots=[dot(45, 60, name="A"), dot(60, 62, name="B")]))
    ys = [float(y) for y in re.findall(r'<text x="\S+" y="(\S+)"[^>]*>(?:70|100) %<', figure.wide)]
    low, high = max(ys), min(ys)
    triangle = re.search(r'd="M(\S+) (\S+)H(\S+)L\S+ (\S+)Z"', figure.wide)
    middle = (float(triangle[2]) + float(triangle[4])) / 2
    # 75 % lies a sixth of the way from 70 to 100.
    wanted = low - (low - high) / 6
    assert middle + 0.35 * 14 == pytest.approx(wanted, abs=2.5)


def test_what_is_low_points_down_and_what_is_high_points_up():
    dots = [dot(45, 60, name="Low"), dot(196, 200, name="High"), dot(50, 60), dot(2, 3), dot(0, 0)]
    figure = draw(examples.funnel(dots=dots))
    # One of each kind in the legend too; 0 of 0 has no place.
    assert (marks(figure.wide, "down"), marks(figure.wide, "up")) == (2, 2)
    assert marks(figure.wide, "circle") == 4
    assert ">Low</text>" in figure.wide and ">High</text>" in figure.wide


def test_the_table_says_counts_share_interval_and_verdict():
    dots = [
        dot(45, 60, name="Oakfield", interval=s.wilson(45, 60), expected=0.88, href="/o"),
        dot(2, 3, name="Tiny", interval=s.wilson(2, 3), expected=0.9),
        dot(0, 0, name="None"),
    ]
    figure = draw(examples.funnel(dots=dots, of_words="Responses decided"))
    heads = "School | Met | Responses decided | Share met | Interval (95 %) | Expected of its mix"
    heads += " | Verdict"
    assert figure.texts == [
        heads.split(" | "),
        ["Oakfield", "45", "60", "75.0 %", "62.8 % to 84.2 %", "88.0 %", "Low (99.8 %)"],
        ["Tiny", "2", "3", "2 of 3", "–", "–", "Too few to say"],
        ["None", "0", "0", "–", "–", "–", "Too few to say"],
    ]  # fmt: skip
    assert figure.rows[0][0].href == "/o"


def test_a_school_sees_its_own_place_among_others_without_a_name():
    own = dot(45, 60, name="Oakfield", href="/own", is_own=True)
    others = [dot(90, 100), dot(9, 12), dot(20, 20)]
    figure = draw(examples.funnel(dots=[others[0], own, *others[1:]], title="T", finding="F"))
    assert [row[:3] for row in figure.texts[1:]] == [
        ["Oakfield", "45", "60"],
        # By size: the place in the list tells nobody who it is.
        ["Another school", "9", "12"],
        ["Another school", "20", "20"],
        ["Another school", "90", "100"],
    ]
    assert figure.links.count("<a ") == 1 and "/own" in figure.links
    assert ">Your own</text>" in figure.wide and ">Oakfield</text>" in figure.wide


def test_a_mouse_finds_each_point_and_the_keyboard_the_same_link_in_the_table():
    figure = draw(examples.funnel(30))
    over = fromstring(figure.links)
    assert over.get("aria-hidden") == "true"
    links = over.findall("a")
    assert {one.get("tabindex") for one in links} == {"-1"}
    assert {one.get("href") for one in links} == {row[0].href for row in figure.rows}
    told = {one.find("title").text for one in links}
    assert any(
        re.fullmatch(r"Oakfield 2: \d+ of \d+, \d+\.\d %\. Low \(99\.8 %\)", one) for one in told
    )
    assert any(one.endswith(" of 3. Too few to say") and "%" not in one for one in told)


def test_names_do_not_lie_on_each_other():
    figure = draw(examples.funnel(60, name="St Mary's Church of England Primary"))
    boxes = [
        (float(x), float(y), float(x) + len(words) * 13 * 0.54, float(y) - 13)
        for x, y, words in re.findall(
            r'<text x="(\S+)" y="(\S+)"[^>]*class="plot-label">([^<]+)<', figure.wide
        )
    ]
    assert len(boxes) >= 4
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[1] <= other[3] or other[1] <= one[3]
            )
            assert apart, (one, other)


@pytest.mark.parametrize(
    ("schools", "most"), [(248, FEW_BYTES), (400, FEW_BYTES), (24_000, FEW_BYTES)]
)
def test_very_many_schools_are_small(schools, most):
    figure = draw(examples.funnel(schools))
    assert len(figure.wide) + len(figure.narrow) + len(figure.links) < most


def test_of_very_many_the_table_sums_up_the_rest():
    plot = examples.funnel(2000)
    own = replace(plot.dots[77], is_own=True)
    dots = [*plot.dots[:77], own, *plot.dots[78:]]
    figure = draw(examples.funnel(dots=dots))
    rows = figure.texts[1:]
    assert len(rows) <= 206
    assert own.name in [row[0] for row in rows]
    counted = [int(row[0].split()[0].replace(",", "")) if "others" in row[0] else 1 for row in rows]
    assert sum(counted) == 2000
    for column, total in ((1, sum(one.met for one in dots)), (2, sum(one.of for one in dots))):
        assert sum(int(row[column].replace(",", "")) for row in rows) == total


def test_a_heap_is_one_mark_for_many_and_flagged_ones_are_still_seen():
    rng = random.Random(3)
    quiet = [dot(90 + rng.randint(-2, 2), 100) for _ in range(600)]
    figure = draw(examples.funnel(dots=[*quiet, dot(45, 60, name="Low")]))
    assert marks(figure.wide, "circle") < 40
    assert marks(figure.wide, "down") == 2
    assert ">Many together</text>" in figure.wide


def test_limits_that_leave_the_picture_end_at_its_edge():
    figure = draw(examples.funnel(dots=[dot(19, 20), dot(280, 300)]))
    height = float(re.search(r'viewBox="0 0 720 (\S+)"', figure.wide)[1])
    lines = re.findall(r'd="M([^"]+)"[^>]*stroke-dasharray', figure.wide)
    ys = [float(pair.split()[1]) for line in lines if "L" in line for pair in line.split("L")]
    assert ys and min(ys) >= 10 and max(ys) <= 381 < height


def test_where_low_is_good_what_is_high_has_the_colour_of_alarm():
    dots = [dot(45, 60), dot(196, 200)]
    fills = {}
    for is_low_good in (False, True):
        figure = draw(examples.funnel(dots=dots, is_low_good=is_low_good))
        root = fromstring(figure.wide)
        fills[is_low_good] = [
            one.get("fill") for one in root.iter(f"{SVG}g") if one.get("class") == "plot-mark"
        ]
        assert (marks(figure.wide, "down"), marks(figure.wide, "up")) == (2, 2)
    assert fills[True] == [{"#b3161b": "#144e81"}.get(one, "#b3161b") for one in fills[False]]


def test_of_a_small_share_the_upper_limits_are_named():
    few = [Dot(met=of // 20, of=of, flag="within") for of in (20, 60, 200)]
    limits = [examples.Limit(of=n, **s.limits(n, 0.05)._asdict()) for n in s.funnel_sizes(200)]
    figure = draw(examples.funnel(dots=few, limits=limits, centre=0.05))
    centre = re.search(r'd="M\S+ (\S+)H[^"]*"[^>]*stroke-width="1.6"', figure.wide)
    named = re.findall(r'<text x="\S+" y="(\S+)" font-size="12"[^>]*>(?:95|99.8) %<', figure.wide)
    assert len(named) == 2 and all(float(y) < float(centre[1]) for y in named)
