"""The kinds of error that a user can meet, all derived from `InvarianceError`."""


class InvarianceError(Exception):
    """A deliberate error: what came, what was expected, what to do.

    Parameters
    ----------
    came
        What was given, with its value.
    expected
        What would have been right.
    remedy
        What to do about it.
    """

    def __init__(self, came: str, expected: str, remedy: str) -> None:
        self.came, self.expected, self.remedy = came, expected, remedy
        super().__init__(f"{came}; expected {expected}. {remedy}")


class ModelError(InvarianceError):
    """A model cannot be read, traced, or has no logits to explain."""


class UnknownOperationError(InvarianceError):
    """A rule has to treat an operation of the network and none is known for it."""


class MethodError(InvarianceError):
    """A method's name is wrong, or an option is not one of its own, or a value is out of its range."""


class ExplainerError(MethodError):
    """Somebody else's explainer cannot be found, raised an error, or gave what are no maps of the images."""


class ImageError(InvarianceError):
    """Images or targets have the wrong shape, type or values for the network."""


class ShiftError(InvarianceError):
    """A shift cannot be read, or does not fit the images it is meant for."""


class PatternError(InvarianceError):
    """Fitted patterns cannot be read, or belong to another network."""


class DataError(InvarianceError):
    """A data set cannot be found or read."""


class OutputError(InvarianceError):
    """A folder or a file for results cannot be made or written."""


class AuditError(InvarianceError):
    """An audit cannot be begun or resumed: its data, its questions, or its folder do not fit."""


class EngineError(InvarianceError):
    """An engine that work is given to is missing or unknown, or has given up."""


class ViewerError(InvarianceError):
    """The window cannot be opened, or cannot do what was asked: a session is damaged, a file cannot be written."""
