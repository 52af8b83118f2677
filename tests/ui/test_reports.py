"""Errors nobody expected are logged and shown, and the app goes on."""

import logging
import sys
import threading

import pytest

from app import reports


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    shown = []
    reports.catch_unexpected(shown.append)
    return shown


def test_an_error_on_any_thread_is_shown_with_its_trace(shown, caplog):
    try:
        raise ValueError("in the window")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=lambda: {}["on a thread"])
    thread.start()
    thread.join()
    assert "in the window" in shown[0] and "on a thread" in shown[1]
    assert [r.levelno for r in caplog.records] == [logging.ERROR, logging.ERROR]
    caplog.clear()


def test_details_name_the_system_and_the_error():
    assert "Parley" in reports.details("ValueError: x") and "ValueError: x" in reports.details(
        "ValueError: x"
    )
