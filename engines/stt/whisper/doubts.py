"""Whether what Whisper wrote was said at all.

On noise and silence Whisper writes what often stood under its lessons, or the same words over and
over.
"""

import re
import zlib
from dataclasses import dataclass

from engines.stt.agreement import words

SQUEEZED = 2.4  # text that compresses better repeats itself
UNSURE = -1.0  # mean log-probability of a token
HOPELESS = -1.5
SILENT = 0.6  # probability that nobody speaks
PERHAPS_SILENT, PERHAPS_UNSURE, BRIEF = 0.3, -0.5, 0.5  # enough with words nobody is likely to say
REPEATS = {1: 6, 2: 4}  # so often in a row are so many words a loop; of more words, 3 times
LONGEST_LOOP = 12  # words
MARKS = re.compile(r"[\W_]+")

PHRASES = """
thank you for watching | thanks for watching | thank you | you | please subscribe | bye bye
thank you for watching please subscribe | see you in the next video | subscribe to my channel
subtitles by the amara org community | transcription by castingwords
vielen dank fürs zuschauen | vielen dank | untertitel der amara org community | das war's für heute
untertitelung des zdf 2020 | untertitel im auftrag des zdf für funk 2017 | bis zum nächsten mal
sous titres réalisés par la communauté d'amara org | merci d'avoir regardé cette vidéo
sous titrage société radio canada | merci d'avoir regardé | abonnez vous
gracias por ver el video | gracias por ver | suscríbete al canal
subtítulos realizados por la comunidad de amara org
sottotitoli creati dalla comunità amara org | grazie per aver guardato il video
grazie per la visione | sottotitoli e revisione a cura di qtss
legendas pela comunidade amara org | obrigado por assistir | inscreva se no canal
ondertitels ingediend door de amara org gemeenschap | bedankt voor het kijken
napisy stworzone przez społeczność amara org | dziękuję za uwagę | dzięki za oglądanie
субтитры сделал dimatorzok | продолжение следует | спасибо за просмотр | субтитры добавил dimatorzok
дякую за перегляд | izlediğiniz için teşekkür ederim | altyazı m k | abone olmayı unutmayın
ご視聴ありがとうございました | ご視聴ありがとうございます | チャンネル登録をお願いします
感谢观看 | 謝謝觀看 | 谢谢大家 | 請不吝點贊訂閱轉發打賞支持明鏡與點點欄目 | 字幕由amara org社群提供
시청해주셔서 감사합니다 | 구독과 좋아요 부탁드립니다 | mbc 뉴스
شكرا للمشاهدة | اشتركوا في القناة | terima kasih telah menonton | cảm ơn các bạn đã theo dõi
tack för att ni tittade | undertexter från amara org gemenskapen | takk for at du så på
tak fordi du så med | kiitos kun katsoit | děkuji za pozornost | köszönöm hogy megnéztétek
"""


def bare(text: str) -> str:
    """The letters of a text and nothing else."""
    return MARKS.sub("", text.casefold())


KNOWN = {bare(phrase) for line in PHRASES.strip().splitlines() for phrase in line.split(" | ")}


@dataclass(frozen=True)
class Hypothesis:
    """What Whisper made of a stretch of sound."""

    text: str
    tokens: tuple[int, ...]
    sure: float  # mean log-probability of a token
    silent: float  # probability that nobody speaks
    cut: bool  # it wrote until it was stopped


def doubtful(found: Hypothesis) -> bool:
    """Whether another attempt may do better."""
    if nobody(found):
        return False
    return found.cut or found.sure < UNSURE or repeats(found.text)


def nobody(found: Hypothesis) -> bool:
    """Whisper itself thinks that nobody speaks, and is not sure of its words."""
    return not found.text or (found.silent > SILENT and found.sure < UNSURE)


def verdict(found: Hypothesis, spoken: float) -> str:
    """ "" for text that was said, else why it is none: "noise" or "unsure".

    spoken: seconds of speech that the voice detector found.
    """
    if nobody(found):
        return "noise"
    weak = found.silent > PERHAPS_SILENT or found.sure < PERHAPS_UNSURE or spoken < BRIEF
    if weak and bare(found.text) in KNOWN:
        return "noise"
    return "unsure" if repeats(found.text) or found.sure < HOPELESS else ""


def better(one: Hypothesis | None, other: Hypothesis) -> Hypothesis:
    """The one that repeats itself less, then the surer one."""
    if one is None:
        return other
    return max(one, other, key=lambda found: (not repeats(found.text), not found.cut, found.sure))


def repeats(text: str) -> bool:
    """Whether a text goes round in a circle."""
    data = text.encode()
    if len(data) / len(zlib.compress(data)) > SQUEEZED:
        return True
    said = [bare(word) for word in words(text)]
    return any(_circle(said, length) for length in range(1, LONGEST_LOOP + 1))


def _circle(said: list[str], length: int) -> bool:
    """Whether any `length` words follow themselves too often."""
    most = length * (REPEATS.get(length, 3) - 1)
    row = 0
    for place in range(length, len(said)):
        row = row + 1 if said[place] == said[place - length] else 0
        if row >= most:
            return True
    return False
