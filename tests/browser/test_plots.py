"""A page of every plot, with the real styles and the real macro, in Chromium at both widths."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from app.plots import draw, spark
from tests.browser.conftest import LAPTOP, NARROW, violations
from tests.plots import examples

ROOT = Path(__file__).parents[2]
STYLES = (
    ROOT / "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css",
    ROOT / "app/web/static/deskbell.css",
)
PAGE = """<!DOCTYPE html><html lang="en-GB" class="govuk-template"><head><title>Plots</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body class="govuk-template__body"><main class="govuk-width-container"><h1>Plots</h1>
{% from "_plot.html" import plot %}
<p>{{ line }}</p>{% for one in figures %}{{ plot(one) }}{% endfor %}</main></body></html>"""
NAME = "The Sir Frederick Gibberd College and Sixth Form of Harlow"


@pytest.fixture(scope="module")
def page(chromium):
    figures = [
        draw(plot)
        for plot in [*examples.every(NAME), examples.funnel(0, key="none", title="Nothing yet")]
    ]
    templates = Environment(loader=FileSystemLoader(ROOT / "app/web/templates"), autoescape=True)
    page = chromium.new_page()
    page.set_content(
        templates.from_string(PAGE).render(figures=figures, line=spark([1, 2, 3], "Rising"))
    )
    for path in STYLES:
        page.add_style_tag(content=path.read_text())
    yield page
    page.close()


@pytest.mark.parametrize(("size", "seen"), [(LAPTOP, "wide"), (NARROW, "narrow")])
def test_one_picture_is_seen_at_each_width_and_axe_finds_nothing(page, size, seen):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert page.locator(".plot-svg:visible").count() == 5
    assert page.locator(f".plot-svg--{seen}:visible").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "cut off"
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.plot-svg text')].map("
        "one => one.getBoundingClientRect().height).filter(height => height))"
    )
    assert smallest >= 10, "letters that cannot be read"
    assert violations(page) == []


@pytest.mark.usefixtures("usual_letters")
def test_no_letters_leave_their_picture(page):
    page.set_viewport_size({"width": 1366, "height": 900})
    outside = page.evaluate(
        "[...document.querySelectorAll('.plot-svg--wide')].flatMap(svg => {"
        "  const whole = svg.getBoundingClientRect();"
        "  return [...svg.querySelectorAll('text')].filter(text => {"
        "    const box = text.getBoundingClientRect();"
        "    return box.left < whole.left - 1 || box.right > whole.right + 1"
        "      || box.top < whole.top - 1 || box.bottom > whole.bottom + 1;"
        "  }).map(text => text.textContent)})"
    )
    assert outside == []
