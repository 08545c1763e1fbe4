"""Error messages: the line of another library's error that says what happened, and what several of ours advise."""

import re
import textwrap

# Lines of Keras's and TensorFlow's errors that say where, not what; what follows them says it.
WHERE = re.compile(r"in user code:|File \"|Exception encountered when|Arguments received by|Graph execution error")
LONGEST = 200
GIVE_SHAPE = "Give the shape of one: input_shape=(224, 224, 3) (--input-shape 224,224,3)."


def reason(error: Exception) -> str:
    """The line of an error that says what happened, with its kind."""
    text = re.sub(r"\x1b\[\d+m", "", str(error))  # Keras writes in bold
    unknown = re.search(r"Could not locate class '\w+'", text)
    named = unknown or re.search(r"^\s*\w+(?:Error|Exception): (?s:.*)", text, re.MULTILINE)
    lines = (named.group() if named else text).splitlines()
    telling = [line.strip() for line in lines if line.strip() and not WHERE.search(line)]
    first = textwrap.shorten((telling or lines or [""])[0], LONGEST, placeholder=" ...")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
