"""The page that shows both texts: axe finds nothing, nothing is cut off at 320 px, no script is
needed, and what is saved now is read out with its field."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NARROW, violations
from tests.incidents.pages import HERE, logged

SHEET = f"{HERE}/1/sheet"
LONG = "\n".join(f"Line {number}: the lamp of the projector is dark" for number in range(40))


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_both_texts_are_there_for_everybody(open_as, cast, api, with_script):
    logged(api, cast, happened=LONG)
    rita = open_as(cast.rita, SHEET, size=NARROW, bypass_csp=True, java_script_enabled=with_script)
    path = f"/schools{HERE}/1"
    tag = api(cast.sam).get(path).headers["ETag"]
    theirs = {"title": "W" * 150, "happened": LONG.replace("dark", "broken"), "sensitive": True}
    assert api(cast.sam).patch(path, theirs, {"If-Match": tag}).status_code == 200

    rita.fill("#expected", "A picture")
    rita.click("main form button.govuk-button")
    assert "Sam Spoc changed this on" in rita.inner_text(".govuk-error-summary")
    assert rita.input_value("#expected") == "A picture"
    for name in ("title", "expected", "happened", "sensitive"):
        described = rita.get_attribute(f"#{name}", "aria-describedby") or ""
        assert f"{name}-saved" in described.split(), name
        assert "aved now" in rita.inner_text(f"#{name}-saved")
    summary = rita.locator(".desk-saved summary").last
    summary.click()
    assert rita.locator(".desk-saved ins, .desk-saved del").count() > 2
    if with_script:
        assert violations(rita) == []
        width = rita.evaluate("() => document.documentElement.scrollWidth")
        assert width <= NARROW[0]
    # Mine after all.
    rita.click("main form button.govuk-button")
    assert rita.url.endswith(f"{HERE}/1")
    assert api(cast.sam).get(path).json["happened"] == LONG
    assert api(cast.sam).get(path).json["expected"] == "A picture"
