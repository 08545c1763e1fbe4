"""Mnemonics: a letter of its own for every entry of a menu, at the beginning of a word where that can be."""

from collections.abc import Iterable, Sequence

from PyQt6.QtGui import QAction


def with_mnemonics(names: Sequence[str]) -> list[str]:
    """The names with an & before a letter that no other has; a name for which there is none is left as it is."""
    taken: dict[str, int] = {}  # letter -> whose it is

    def give(name: int, asked: set[str]) -> bool:
        """Give a name a free letter, or that of one that can take another."""
        letters = [letter for letter in _letters(names[name]) if letter not in asked]
        for letter in sorted(letters, key=taken.__contains__):
            asked.add(letter)
            if letter not in taken or give(taken[letter], asked):
                taken[letter] = name
                return True
        return False

    for at in range(len(names)):
        give(at, set())
    letters = {name: letter for letter, name in taken.items()}
    return [_marked(name, letters.get(at, "")) for at, name in enumerate(names)]


def mnemonics(actions: Iterable[QAction]) -> set[str]:
    """The letters that these have."""
    return {action.text().partition("&")[2][:1].lower() for action in actions} - {""}


def _letters(name: str) -> list[str]:
    """Letters and digits, those that begin a word first."""
    starts = [name[at] for at in range(len(name)) if _begins(name, at)]
    return [letter.lower() for letter in (*starts, *name) if letter.isalnum()]


def _marked(name: str, letter: str) -> str:
    places = [at for at in range(len(name)) if letter and name[at].lower() == letter]
    if not places:
        return name
    at = next((place for place in places if _begins(name, place)), places[0])
    return f"{name[:at]}&{name[at:]}"


def _begins(name: str, at: int) -> bool:
    return at == 0 or not name[at - 1].isalnum()
