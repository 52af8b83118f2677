"""The pages of help in the window."""

import pytest
from PySide6.QtCore import Qt

from app.paths import resource


@pytest.fixture
def page(window):
    window.pages.open_help()
    return window.pages.currentWidget()


def test_f1_opens_every_page_there_is(qtbot, window):
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_F1)
    page = window.pages.currentWidget()
    assert page.accessibleName() == "Help" and page.search.hasFocus()
    assert set(page.topics) == {file.stem for file in resource("help").glob("*.md")}
    assert all(topic.paragraphs for topic in page.topics.values())


def test_searching_leaves_the_pages_with_all_words(qtbot, page):
    qtbot.keyClicks(page.search, "seal lock")
    shown = [name for name, topic in page.topics.items() if topic.isVisible()]
    assert "web" in shown and "versions" not in shown and not page.nothing.isVisible()
    qtbot.keyClicks(page.search, " xyzzy")
    assert page.nothing.isVisible()


def test_a_link_leads_to_the_other_page(page):
    bar = page.area.verticalScrollBar()
    assert bar.value() == 0
    page.topics["starter"].paragraphs[-1].linkActivated.emit("models.md")
    assert bar.value() > 0


def test_every_link_leads_somewhere():
    for file in resource("help").glob("*.md"):
        for link in file.read_text("utf-8").split("](")[1:]:
            assert resource(f"help/{link.partition(')')[0]}").is_file(), (file.name, link[:40])
