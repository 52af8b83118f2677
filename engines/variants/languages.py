"""Which language a short text is written in: by its letters, and by the commonest small words."""

import regex

SCRIPTS = {  # one letter of it is enough, where no other language here writes so
    "el": r"\p{Greek}",
    "he": r"\p{Hebrew}",
    "th": r"\p{Thai}",
    "ko": r"\p{Hangul}",
    "hi": r"\p{Devanagari}",
    "bn": r"\p{Bengali}",
    "ta": r"\p{Tamil}",
    "ka": r"\p{Georgian}",
    "hy": r"\p{Armenian}",
    "fa": r"[پچژگ]",
    "ar": r"\p{Arabic}",
    "ja": r"[\p{Hiragana}\p{Katakana}]",
    "zh": r"\p{Han}",
    "uk": r"[іїєґІЇЄҐ]",
    "ru": r"\p{Cyrillic}",
}
WORDS = {
    "en": "the of and to in is you that it he was for on are with as his they at be this have from "
    "or had by not what all were we when your can there an which their if will how do i am has "
    "says say about please would could should who does did she her him its my me our us them out "
    "up one no yes so than then these those been being here where why because but into more",
    "de": "der die das und ist nicht ich du sie es ein eine einen einem zu mit den dem auf für von "
    "im sich auch wie wir ihr war aus bei nach oder aber wenn kann noch wird hat sind mir da steht "
    "bitte hier dort dass weil wo wer was mich dich mein dein sein ihre zum zur vom am um als sehr "
    "ja nein keine kein haben habe werden wurde nur schon mehr über unter vor bis heißt",
    "fr": "le la les de des et est un une du en que qui dans pour pas il elle je vous nous ce sur "
    "au avec ne se sont plus par mais ou où si votre mon c'est j'ai d'un l'on à été son sa ses "
    "cette ces aux être fait très bien oui non leur leurs comme tout y notre mes tu te me moi",
    "es": "el la los las de y que en un una es no por con para su se lo del al como más pero sus "
    "le ya o este sí porque esta son cuando muy sin sobre mi yo está hay qué usted fue ha me te "
    "nos eso esto ese esa dónde cómo quién también puede tiene son era",
    "it": "il lo la gli le di e che è un una in non per con si sono del della da al come più ma mi "
    "ho ti ci nel alla anche questo se o io perché molto essere dei delle dal sul suo sua hai ha "
    "dove cosa quando chi sì no tu noi voi loro fa stato",
    "pt": "o a os as de e que em um uma é não por com para se do da no na como mais mas ao seu sua "
    "ou eu já está são você muito também pelo isso foi tem nos das dos às meu minha onde quando "
    "quem sim ele ela nós isto essa este esta ser",
    "nl": "de het een en van is niet ik je dat die in te op met zijn voor er aan ook als maar om "
    "wat bij hij ze nog naar dan wordt heeft kan deze uit geen wij we u mijn jouw hoe waar wie "
    "staat hier daar zou moet ja nee over onder tot worden",
    "pl": "i w nie na się że jest to z do jak co po ale o tak za przez czy od dla są już tylko "
    "jego może był ma bardzo który",
    "sv": "och att det som en är på för av med den till inte jag du ett om har de så var kan men "
    "från vi eller när ska hur",
    "da": "og at det som en er på for af med den til ikke jeg du et om har de så var kan men fra "
    "vi eller når skal hvor hvad",
    "nb": "og å det som en er på for av med den til ikke jeg du et om har de så var kan men fra "
    "vi eller når skal hvor hva etter",
    "fi": "ja on ei että se en hän oli ovat mutta kun niin kuin myös tai joka mitä minä sinä tämä "
    "voi vain olla jos",
    "cs": "a je se na v že to s z do i jako by ale o pro po co jsem si jsou nebo tak když jeho být "
    "která není také",
    "hu": "a az és hogy nem is egy van ez meg de csak mint már ha el volt azt még lehet vagy kell",
    "ro": "și în de la nu este un o că să cu pe din care mai pentru sunt ce dar sau ca fi după",
    "tr": "ve bir bu da de için ile ne çok ben o gibi daha var ama değil mi olarak kadar sen",
    "id": "yang dan di itu dengan untuk tidak dari ini dalam pada adalah akan saya ke anda bisa "
    "atau juga ada",
    "vi": "là và của có không được một cho những trong với này các người đã khi để tôi bạn",
    "la": "et in est non ad cum ut sed qui quod si ex per sunt aut nec etiam esse enim",
}
MARKS = {  # letters that only this language here has, or nearly so
    "de": "ß",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "fr": "œêû",
    "pl": "łśźżń",
    "cs": "řěů",
    "hu": "őű",
    "ro": "țșă",
    "tr": "ğış",
    "da": "æø",
    "nb": "æø",
    "vi": "ơưđạảấầẩếềệịọộốớợụủứừự",
}
KNOWN = frozenset(SCRIPTS) | frozenset(WORDS)
SETS = {language: frozenset(words.split()) for language, words in WORDS.items()}
LETTERS = {language: regex.compile(one) for language, one in SCRIPTS.items()}
WORD = regex.compile(r"\p{Alphabetic}+(?:'\p{Alphabetic}+)?")
ENOUGH = 0.5  # of the letters must be of the script
MOST = 20_000  # characters that are looked at
ALIKE = ({"da", "nb"},)  # told apart by no list of small words


def languages_of(text: str) -> frozenset[str]:
    """Two-letter codes of what the text is likeliest written in; more than one where it is even.

    Empty where nothing tells: numbers, names, a single word.
    """
    text = text[:MOST].replace("’", "'")
    if by_script := _by_script(text):
        return frozenset({by_script})
    text = text.lower()
    words = WORD.findall(text)
    counts = {
        language: sum(word in small for word in words)
        + sum(letter in MARKS.get(language, "") for letter in text)
        for language, small in SETS.items()
    }
    best = max(counts.values())
    found = {language for language, count in counts.items() if count == best and best}
    alike = [near for near in ALIKE if found & near]
    return frozenset(found.union(*alike))


def code_of(language: str) -> str:
    """The two letters of a tag such as en-GB, as languages_of says them."""
    first = language.strip().lower().replace("_", "-").split("-")[0]
    return {"no": "nb", "nn": "nb", "iw": "he", "cmn": "zh"}.get(first, first)


def _by_script(text: str) -> str:
    letters = sum(char.isalpha() for char in text)
    for language, one in LETTERS.items():
        if not one.search(text):
            continue
        if language in ("fa", "uk"):  # a few letters mark it, the rest is its neighbour's
            one = LETTERS["ar" if language == "fa" else "ru"]
        if language == "ja":
            one = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
        if len(one.findall(text)) >= ENOUGH * letters:
            return language
    return ""
