"""Pictures that are well-formed, named, without a style or a script in them, and that say the same
as the table below them."""

from __future__ import annotations

import re
from typing import get_args
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from app.plots import draw, spark
from app.plots.shapes import FLAG_WORDS, Figure, Flag, Plot
from tests.plots import examples

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = """<script>alert(1)</script>" onload='x' style="y" & </text>]]>"""
BOTH = pytest.mark.parametrize("form", ["wide", "narrow"])
EACH = pytest.mark.parametrize("plot", examples.every(), ids=lambda plot: plot.key)


def parsed(figure: Figure, form: str) -> Element:
    return fromstring(getattr(figure, form))


def texts(root: Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def told(figure: Figure) -> str:
    """Everything the table says."""
    return "\n".join(text for row in figure.texts for text in row)


@BOTH
@EACH
def test_a_picture_is_an_image_with_a_name_and_a_description(plot: Plot, form: str):
    root = parsed(draw(plot), form)
    about = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
    assert [one.text for one in about] == [plot.title, plot.finding]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [one.get("id") for one in about]
    # What is an image has no parts that a keyboard could reach.
    assert not list(root.iter(f"{SVG}a"))


@BOTH
@EACH
def test_it_carries_no_style_no_script_and_what_it_points_to_is_there(plot: Plot, form: str):
    root = parsed(draw(plot), form)
    named = [name for one in root.iter() for name in one.attrib]
    assert not [name for name in named if name == "style" or name.startswith("on")]
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert not tags & {"style", "script", "foreignObject", "image", "use"}
    pointed = {
        ref
        for one in root.iter()
        for value in one.attrib.values()
        for ref in re.findall(r"url\(#([^)]+)\)", value)
    }
    assert pointed <= {one.get("id") for one in root.iter()}
    # In a report as PDF there is no style sheet: each shape, or what it stands in, has its paint.
    in_painted = {each for one in root.iter(f"{SVG}g") if one.get("stroke") for each in one}
    bare = [
        one.attrib
        for one in root.iter()
        if one.tag.removeprefix(SVG) in ("path", "line") and not one.get("stroke")
    ]
    assert len(bare) == len([one for one in in_painted if one.tag == f"{SVG}path"])


def test_ids_are_unique_on_a_page_of_all_plots():
    figures = [draw(plot) for plot in examples.every()]
    ids = re.findall(r' id="([^"]+)"', "".join(one.wide + one.narrow for one in figures))
    assert len(ids) == len(set(ids)) > 20


@pytest.mark.parametrize("at", range(5))
def test_a_hostile_name_is_text_and_nothing_else(at: int):
    plot = examples.every(HOSTILE)[at]
    figure = draw(plot)
    for form in ("wide", "narrow"):
        root = parsed(figure, form)
        assert not [one for one in root.iter() if one.tag == f"{SVG}script"]
        assert not [
            name for one in root.iter() for name in one.attrib if name in ("style", "onload")
        ]
        assert HOSTILE in (root.find(f"{SVG}desc").text or "")
    over = figure.links and fromstring(figure.links)
    assert "<script" not in figure.links and (not figure.links or over is not None)


def test_a_spark_line_says_in_words_what_it_shows():
    root = fromstring(spark([3, 5, None, 2, 8], HOSTILE))
    assert (root.get("role"), root.get("aria-label")) == ("img", HOSTILE)
    assert len(root.findall("path")) == 2, "broken at the gap"
    assert fromstring(spark([], "nothing")).find("path") is None
    assert len(fromstring(spark([None, 4.0, None], "one")).findall("circle")) == 2


@pytest.mark.parametrize("key", ["", "1a", "A", "a b", 'a"', "a.b"])
def test_a_key_that_cannot_begin_an_id_is_refused(key):
    with pytest.raises(ValueError, match="cannot begin an id"):
        draw(examples.funnel(key=key))


@BOTH
def test_values_written_in_a_trend_are_those_of_the_table(form):
    figure = draw(examples.trend())
    shown = [text for text in texts(parsed(figure, form)) if re.fullmatch(r"\d+\.\d %", text)]
    assert shown == ["40.0 %", "82.0 %"], "the month beyond its limits, and the newest"
    assert all(text in told(figure) for text in shown)
    may = next(row for row in figure.texts if row[0] == "May 26")
    assert may[1:3] == ["40.0 %", "20 of 50"] and may[-1] == "Below"


def test_a_month_without_a_figure_is_a_gap_and_a_dash():
    figure = draw(examples.trend())
    assert ["Mar 26", "–", "0 of 0", "–", "–"] in figure.texts
    lines = [
        one.get("d")
        for one in parsed(figure, "wide").iter(f"{SVG}path")
        if one.get("stroke-width") == "2" and "L" in one.get("d", "")
    ]
    assert [line.count("L") + 1 for line in lines] == [2, 5]


def test_hours_are_written_alike_in_a_column():
    points = [
        examples.Point(label=f"{n}", value=value) for n, value in enumerate([5.0, 6.25, 1200])
    ]
    figure = draw(examples.trend(points=points, is_share=False, centre=None, target=None))
    assert [row[1] for row in figure.texts[1:]] == ["5.0", "6.3", "1,200.0"]
    assert "1,200.0" in texts(parsed(figure, "wide"))


@BOTH
def test_parts_of_a_bar_are_those_of_the_table(form):
    figure = draw(examples.stacked())
    shown = texts(parsed(figure, form))
    percents = [text for text in shown if text.endswith("%")]
    assert percents and all(f"({text})" in told(figure) for text in percents)
    assert [row[-1] for row in figure.texts[1:]] == ["65.5", "75.5", "85.5", "95.5", "0.0"]
    assert {"65.5 hours", "–"} <= set(shown)
    # 5.5 of 65.5
    assert figure.texts[1][2] == "5.5 (8.4 %)"


def test_absolute_bars_are_as_long_as_their_sums():
    figure = draw(examples.stacked(is_share=False))
    root = parsed(figure, "wide")
    bars: dict[str, float] = {}
    for one in root.iter(f"{SVG}rect"):
        if one.get("class") == "plot-bar" and one.get("height") == "22":
            bars[one.get("y")] = bars.get(one.get("y"), 0) + float(one.get("width"))
    lengths = list(bars.values())
    assert lengths == pytest.approx(
        [lengths[3] * n / 95.5 for n in (65.5, 75.5, 85.5, 95.5)], abs=0.5
    )
    assert figure.texts[1][1:] == ["0.0", "5.5", "40.0", "20.0", "65.5"]


def test_patterns_tell_the_parts_apart():
    root = parsed(draw(examples.stacked()), "wide")
    drawn = [
        tuple((one.get("fill"), one.get("d")) for one in pattern)
        for pattern in root.iter(f"{SVG}pattern")
    ]
    assert len(drawn) == len(set(drawn)) == 4


@BOTH
def test_every_band_says_its_number(form):
    figure = draw(examples.bands())
    shown = texts(parsed(figure, form))
    assert {"1,234", "0", "3"} <= set(shown)
    assert figure.texts[1:] == [["0–1", "1,234"], ["2–5 Oakfield", "0"], ["Over 20", "3"]]
    assert figure.rows[0][0].href == "/l?a=1&b=2"


@BOTH
def test_a_burst_is_marked_by_shape_and_a_holiday_has_no_column(form):
    figure = draw(examples.weeks())
    root = parsed(figure, form)
    assert "61" in texts(root)
    columns = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "plot-mark"]
    assert len(columns) == 2 + 1, "two weeks with incidents, and the legend's"
    shaded = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "plot-shade"]
    assert len(shaded) == 1 + 1
    assert figure.texts[2] == ["2 Sep", "–", "–", "Holiday"]
    assert figure.texts[3] == ["3 Sep", "61", "19", "Unusually many"]
    assert figure.texts[4][1] == "0", "nothing reported is a figure, no figure is none"


@pytest.mark.parametrize(
    "plot",
    [
        examples.funnel(0),
        examples.trend(points=[], centre=None),
        examples.trend(points=[examples.Point(label="Sep 26", value=None)], centre=None),
        examples.stacked(bars=[]),
        examples.Bands(key="a", title="T", finding="F", bands=[]),
        examples.Weeks(key="a", title="T", finding="F", weeks=[]),
    ],
    ids=lambda plot: type(plot).__name__,
)
def test_nothing_to_draw_is_drawn_all_the_same(plot):
    figure = draw(plot)
    assert parsed(figure, "wide") is not None and parsed(figure, "narrow") is not None


def test_flags_have_words_for_each_of_them():
    assert list(FLAG_WORDS) == list(get_args(Flag))
    assert len(set(FLAG_WORDS.values())) == 6


@BOTH
@pytest.mark.parametrize(
    ("values", "is_below"), [((0.6, 1.0), False), ((1.0, 0.7, 0.8), False), ((0.6, 1.0, 0.8), True)]
)
def test_the_newest_value_is_written_inside_the_picture_and_off_the_line(form, values, is_below):
    points = [examples.Point(label=f"{n}", value=value) for n, value in enumerate(values)]
    root = parsed(draw(examples.trend(points=points, centre=None, target=None)), form)
    written = next(one for one in root.iter(f"{SVG}text") if one.get("class") == "plot-label")
    newest = list(root.iter(f"{SVG}circle"))[-1]
    assert (float(written.get("y")) > float(newest.get("cy"))) is is_below
    assert float(written.get("y")) >= float(root.get("font-size"))
