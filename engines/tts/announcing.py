"""What is said of code, tables, pictures and formulas instead of reading them."""

from engines.tts.inline import Instead, without_marks

PROGRAMMING = {
    **{"py": "Python", "python": "Python", "python3": "Python", "js": "JavaScript"},
    **{"javascript": "JavaScript", "ts": "TypeScript", "typescript": "TypeScript"},
    **{"jsx": "React", "tsx": "React", "sh": "shell", "bash": "shell", "shell": "shell"},
    **{"zsh": "shell", "console": "shell", "powershell": "PowerShell", "ps1": "PowerShell"},
    **{"c": "C", "cpp": "C plus plus", "c++": "C plus plus", "cs": "C sharp", "csharp": "C sharp"},
    **{"java": "Java", "kotlin": "Kotlin", "swift": "Swift", "go": "Go", "rust": "Rust"},
    **{"rs": "Rust", "rb": "Ruby", "ruby": "Ruby", "php": "PHP", "r": "R", "sql": "SQL"},
    **{"html": "HTML", "css": "CSS", "json": "JSON", "yaml": "YAML", "yml": "YAML"},
    **{"toml": "TOML", "xml": "XML", "lua": "Lua", "perl": "Perl", "scala": "Scala"},
    **{"haskell": "Haskell", "julia": "Julia", "matlab": "MATLAB", "dart": "Dart"},
    **{"latex": "LaTeX", "tex": "LaTeX", "csv": "CSV", "dockerfile": "Docker", "vue": "Vue"},
}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# what is said in each language; a language that is not here leaves such things out
ENGLISH = {
    "code": "Here is some code.",
    "code in": "Here is some {} code.",
    "diagram": "Here is a diagram.",
    "table": "There is a table with {} columns.",
    "picture": "There is a picture.",
    "picture of": "There is a picture: {}.",
}
OTHERS = {
    "de": {
        "code": "Hier steht Code.",
        "code in": "Hier steht Code in {}.",
        "diagram": "Hier steht ein Diagramm.",
        "table": "Hier steht eine Tabelle mit {} Spalten.",
        "picture": "Hier ist ein Bild.",
        "picture of": "Hier ist ein Bild: {}.",
    },
    "fr": {
        "code": "Voici du code.",
        "code in": "Voici du code {}.",
        "diagram": "Voici un diagramme.",
        "table": "Voici un tableau de {} colonnes.",
        "picture": "Voici une image.",
        "picture of": "Voici une image : {}.",
    },
    "es": {
        "code": "Aquí hay código.",
        "code in": "Aquí hay código en {}.",
        "diagram": "Aquí hay un diagrama.",
        "table": "Hay una tabla de {} columnas.",
        "picture": "Hay una imagen.",
        "picture of": "Hay una imagen: {}.",
    },
}
INSTEAD = {
    "en": Instead("some code", "a formula", "link to {}"),
    "de": Instead("etwas Code", "eine Formel", "Link zu {}"),
    "fr": Instead("du code", "une formule", "lien vers {}"),
    "es": Instead("código", "una fórmula", "enlace a {}"),
}
NOTHING = Instead("", "", "{}")


def announcement(what: str, detail: str, language: str) -> str:
    """A sentence about a thing that is not read; "" in a language we do not know."""
    words = ENGLISH if language == "en" else OTHERS.get(language, {})
    if what == "code" and detail:
        kind = detail.split()[0].strip("{}.,:").lower()
        if kind in ("mermaid", "dot", "graphviz", "plantuml"):
            what = "diagram"
        elif kind in PROGRAMMING:
            return words.get("code in", "").format(PROGRAMMING[kind])
    if what == "picture" and (shown := without_marks(detail).strip(" .")):
        return words.get("picture of", "").format(shown)
    if what == "table":
        columns = int(detail)
        count = NUMBERS[columns] if language == "en" and columns < len(NUMBERS) else detail
        text = words.get("table", "").format(count)
        return text.replace("one columns", "one column")
    return words.get(what, "")


def instead(language: str) -> Instead:
    return INSTEAD.get(language, NOTHING)
