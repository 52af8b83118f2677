"""A widget as the person has it before them: shown, and with the keyboard."""

WAIT = 60_000  # ms


def appear(qtbot, widget):
    with qtbot.waitActive(widget, timeout=WAIT):
        widget.show()
        widget.activateWindow()
