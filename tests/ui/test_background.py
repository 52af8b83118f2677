import threading


def test_calls_back_on_the_gui_thread(qtbot, background):
    seen = []

    def record(kind):
        return lambda value: seen.append((kind, str(value), threading.current_thread()))

    background.run(lambda task: 42, record("done"), record("failed"))
    background.run(lambda task: 1 / 0, record("done"), record("failed"))
    background.run(
        lambda task: task.report(0.5), record("done"), record("failed"), record("progress")
    )
    background.deliver(lambda: record("delivered")("now"))
    qtbot.waitUntil(lambda: len(seen) == 5)
    assert {(k, v) for k, v, _ in seen} == {
        ("done", "42"),
        ("failed", "division by zero"),
        ("progress", "0.5"),
        ("done", "None"),
        ("delivered", "now"),
    }
    assert {t for *_, t in seen} == {threading.main_thread()}


def test_a_cancelled_task_sees_it_and_calls_nothing_back(qtbot, background):
    seen, left = [], threading.Event()

    def work(task):
        while not task.cancelled:
            pass
        left.set()

    background.run(work, seen.append, seen.append).cancel()
    qtbot.waitUntil(left.is_set)
    background.run(lambda task: "later", seen.append, seen.append)
    qtbot.waitUntil(lambda: len(seen) > 0)
    assert seen == ["later"]
