"""`parley ask`: one question in a terminal, with the same parts as the window and no window."""

import sys
from argparse import Namespace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot

from app import garbage, paths, reports
from app.controllers.shown import Notice
from app.parts import Parts, build
from engines.errors import ParleyError


class Asking(QObject):
    """Prints the answer while it is written, and ends the program with it."""

    def __init__(self, parts: Parts, args: Namespace, question: str) -> None:
        super().__init__()
        self._parts, self._args, self._question = parts, args, question
        self.code = 0
        parts.chat.text_added.connect(self._on_text)
        parts.chat.answer_finished.connect(self._on_finished)
        for part in (parts.chat, parts.models, parts.attaching, parts.talk):
            part.notice.connect(self._on_notice)

    @Slot()
    def start(self) -> None:
        self._parts.start_engines(self._args.model or "")
        self._parts.attaching.take(str(Path(file).absolute()) for file in self._args.file)
        self._parts.talk.keeping.send(self._question)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        print(text, end="", flush=True)

    @Slot(str)
    def _on_finished(self, _text: str) -> None:
        print()
        turn = self._parts.chat.turns[-1]
        if turn.error:
            self._complain(turn.error.message, turn.error.hint)
        if self._args.facts:
            self._parts.models.when_identified(self._print_facts, None)
        else:
            QCoreApplication.quit()

    def _print_facts(self, _about: None, sha256: str) -> None:
        chat = self._parts.chat
        rows = [*chat.details(chat.turns[-1].key)]
        rows = [("File (SHA-256)", sha256), *(r for r in rows if r[0] != "File (SHA-256)")]
        print()
        for label, value in rows:
            print(f"{label:<24} {value}")
        QCoreApplication.quit()

    @Slot(object)
    def _on_notice(self, notice: Notice) -> None:
        if notice.kind == "error":
            self._complain(notice.message, notice.hint)
            QCoreApplication.quit()

    def _complain(self, message: str, hint: str) -> None:
        self.code = 1
        print(f"{message} {hint}", file=sys.stderr)


def ask(args: Namespace) -> int:
    """Answer one question. Returns 0, or 1 when no answer could be given."""
    question = " ".join(args.question) or ("" if args.file else sys.stdin.read())
    if not (question.strip() or args.file):
        print('Write a question: parley ask "…"', file=sys.stderr)
        return 2
    core = QCoreApplication(sys.argv[:1])
    garbage.Garbage(core)
    reports.start_log(paths.folders(args.data_dir).make().logs)
    try:
        parts = build(args, core, in_memory=True)
    except ParleyError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return 1
    asking = Asking(parts, args, question)
    QTimer.singleShot(0, asking.start)
    core.exec()
    parts.stop()
    return asking.code
