"""What the paper's section 4 says, in its order: the checkerboard, the cat, and the remedy."""

from .cases import (
    IG_BLACK,
    IG_DATA_BLACK,
    IG_TRANSFORMED,
    IG_UNSHIFTED_BLACK,
    IG_ZERO,
    LRP,
    TIMES_INPUT,
)
from .claims import Claim, Quantity
from .quantities import BOARD, BOARD_SIGNED
from .questions import ATTRIBUTIONS, CARRIED_OVER, PRINTED_MEAN, each, fitted, refitted
from .visibility import CAT_SHOWS, PRINTED, REFITTED, cat_in

SECTION_4: tuple[Claim, ...] = (
    Claim(
        "board",
        "4",
        "All attribution methods but PatternAttribution are sensitive to the checkerboard.",
        each(ATTRIBUTIONS, "checkerboard", "sensitive"),
    ),
    Claim(
        "board-black",
        "4",
        "Under the checkerboard integrated gradients from black are no longer invariant.",
        each((IG_BLACK,), "checkerboard", "sensitive"),
        (
            *each((IG_DATA_BLACK, IG_UNSHIFTED_BLACK), "checkerboard", "sensitive"),
            *each((IG_TRANSFORMED,), "checkerboard", "invariant"),
        ),
    ),
    Claim(
        "board-patterns",
        "4",
        "PatternAttribution is not sensitive to the checkerboard.",
        each((PRINTED,), "checkerboard", "invariant"),
        fitted("pattern-attribution", "checkerboard", PRINTED),
        rests_on=CARRIED_OVER,
        why=PRINTED_MEAN,
    ),
    Claim(
        "board-appears",
        "4",
        "The heatmap can be manipulated so that the chosen sample, the checkerboard, appears in it.",
        (Quantity(BOARD, at_least=CAT_SHOWS),),
        (Quantity(BOARD_SIGNED),),
        rests_on="a board of 0 and 1, seen in the size of the attribution",
        why="The text does not give the board's two values. Over the pixels that a digit leaves blank gradient times "
        "input is the gradient times the board: a board of \N{PLUS-MINUS SIGN}1 turns signs and leaves sizes as they "
        "are.",
    ),
    Claim(
        "cat-appears",
        "4",
        "m = s / gradient \N{MINUS SIGN} x gives a sample the attribution s that was wished for, when the gradient is "
        "multiplied with the input.",
        (Quantity(cat_in(TIMES_INPUT), at_least=CAT_SHOWS),),
    ),
    Claim(
        "cat",
        "4",
        "Gradient times input, integrated gradients from zero and LRP differ between the networks under the cat's "
        "shift.",
        each(ATTRIBUTIONS, "targeted", "sensitive"),
    ),
    Claim(
        "cat-black",
        "4",
        "Integrated gradients from black differ between the networks under the cat's shift.",
        each((IG_BLACK,), "targeted", "sensitive"),
        each((IG_DATA_BLACK, IG_UNSHIFTED_BLACK), "targeted", "sensitive"),
    ),
    Claim(
        "cat-patterns",
        "4",
        "PatternAttribution is not sensitive to the cat's shift.",
        each((PRINTED,), "targeted", "invariant"),
        each(REFITTED, "targeted", "invariant"),
        rests_on=CARRIED_OVER,
        why=PRINTED_MEAN,
    ),
    Claim(
        "cat-misleads",
        "4",
        "With the cat the explanation is purposefully misrepresented again: in integrated gradients from zero and in "
        "LRP.",
        (Quantity(cat_in(IG_ZERO), at_least=CAT_SHOWS), Quantity(cat_in(LRP), at_least=CAT_SHOWS)),
    ),
    Claim(
        "cat-in-black",
        "4",
        "The cat shows in integrated gradients from black, which stand in its figure.",
        (Quantity(cat_in(IG_BLACK), at_least=CAT_SHOWS),),
        (
            Quantity(cat_in(IG_DATA_BLACK), at_least=CAT_SHOWS),
            Quantity(cat_in(IG_UNSHIFTED_BLACK), at_least=CAT_SHOWS),
            Quantity(cat_in(IG_TRANSFORMED), at_least=CAT_SHOWS),
        ),
        rests_on="black found after the shift, as section 3.3.2 defines it",
        why="Found after the shift, black is the lowest value that the clip allows, so that every blank pixel lies "
        "above it and its attribution is the averaged gradient: the cat is drawn on top of that. Found before the "
        "shift, black is 0, and blank pixels get nothing.",
    ),
    Claim(
        "cat-hidden",
        "4",
        "The cat does not show in PatternAttribution.",
        (Quantity(cat_in(PRINTED), at_most=CAT_SHOWS),),
        tuple(Quantity(cat_in(case), at_most=CAT_SHOWS) for case in REFITTED),
        rests_on=CARRIED_OVER,
    ),
    Claim(
        "recognisable",
        "4",
        "With the shift clipped, the digit stays recognisable as of its class.",
        why="It is people who would have to recognise it; the figure shows what they would see.",
    ),
    Claim(
        "others",
        "4",
        "The attributions of the other samples change too.",
        each((TIMES_INPUT,), "targeted at another", "sensitive"),
    ),
    Claim(
        "normalised",
        "4",
        "Some of these methods would have been invariant had the data been normalised before attribution.",
        each(ATTRIBUTIONS, "constant", "invariant", "pixel mean"),
        (
            *each((*ATTRIBUTIONS, refitted("pattern-attribution", "published")), "constant", "invariant", "mean image"),
            *each(ATTRIBUTIONS, "checkerboard", "invariant", "mean image"),
        ),
        rests_on="the mean pixel of each network's own data being subtracted",
    ),
    Claim(
        "normalised-black",
        "4",
        "Integrated gradients from black are invariant if the data is always normalised.",
        (
            *each((IG_BLACK,), "constant", "invariant", "mean image"),
            *each((IG_BLACK,), "checkerboard", "invariant", "mean image"),
        ),
        (
            *each((IG_BLACK,), "constant", "invariant", "pixel mean"),
            *each((IG_BLACK,), "checkerboard", "invariant", "pixel mean"),
        ),
        rests_on="the mean image of each network's own data being subtracted",
    ),
    Claim(
        "not-sufficient",
        "4",
        "There are cases in which normalising is not sufficient.",
        each((TIMES_INPUT,), "targeted", "sensitive", "mean image"),
        (
            *each((IG_ZERO, LRP), "targeted", "sensitive", "mean image"),
            *each(ATTRIBUTIONS, "checkerboard", "sensitive", "pixel mean"),
        ),
        rests_on="a shift of its own for each image",
    ),
    Claim(
        "domain",
        "4",
        "Which reference point is reasonable depends on the domain and the task.",
        why="A judgement about uses; there is nothing to measure on digits.",
    ),
    Claim(
        "misrepresentation",
        "4",
        "Unintended misrepresentation is very possible where the choice of reference leads to different results.",
        why="How often people are misled is not measured here.",
    ),
    Claim(
        "other-media",
        "4",
        "For models of sound and language attribution is more challenging still.",
        why="The experiment has networks of images only.",
    ),
    Claim(
        "limits",
        "4",
        "Where the implications of a reference point cannot be determined, little can be said about the method's "
        "reliability.",
        why="A judgement; there is nothing to measure.",
    ),
)
