"""What the paper's section 3 says, in its order: constant shifts, and why each method answers as it does."""

from .cases import (
    GRADIENT,
    GUIDED,
    IG_BLACK,
    IG_DATA_BLACK,
    IG_TRANSFORMED,
    IG_UNSHIFTED_BLACK,
    IG_ZERO,
    LRP,
    TIMES_INPUT,
    Case,
    pattern_case,
    smoothed_case,
)
from .claims import Claim, Quantity
from .quantities import BLANK, CARRIED, DIFFERENT, TAYLOR_COSINE, WALKED_COSINE
from .questions import ATTRIBUTIONS, CARRIED_OVER, PRINTED_MEAN, PRINTED_NET, each, fitted, refitted
from .subjects import CNN
from .visibility import PRINTED

SECTION_3: tuple[Claim, ...] = (
    Claim(
        "gradient",
        "3.2",
        "Raw gradients give identical heatmaps for both networks.",
        each((GRADIENT,), "constant", "invariant"),
    ),
    Claim(
        "guided-backprop",
        "3.2",
        "Guided BackProp gives identical heatmaps for both networks.",
        each((GUIDED,), "constant", "invariant"),
    ),
    Claim(
        "deconvnet",
        "3.1, 3.2",
        "Signal methods, of which DeConvNet is named as one, are not sensitive to the shift.",
        each((Case("deconvnet"),), "constant", "invariant"),
        why="The paper names DeConvNet and shows no heatmap of it.",
    ),
    Claim(
        "pattern-net",
        "3.2",
        "PatternNet gives identical heatmaps for both networks.",
        each((PRINTED_NET,), "constant", "invariant"),
        fitted("pattern-net", "constant", PRINTED_NET),
        rests_on=CARRIED_OVER,
        why="The paper argues from identical pattern weights and does not say whether they are fitted anew. "
        + PRINTED_MEAN,
    ),
    Claim(
        "identical-weights",
        "3.2",
        "Gradient, PatternNet and Guided BackProp depend on the weights, or pattern weights, alone, and so are "
        "invariant whenever those are identical.",
        (
            *each((GRADIENT, GUIDED, PRINTED_NET), "checkerboard", "invariant"),
            *each((GRADIENT, GUIDED), "targeted", "invariant"),
        ),
        (
            *each((Case("deconvnet"),), "checkerboard", "invariant"),
            *fitted("pattern-net", "checkerboard", PRINTED_NET),
        ),
        rests_on=CARRIED_OVER,
    ),
    Claim(
        "different-weights",
        "3.2",
        "Gradient and signal methods will not be input invariant for networks with different weights, even if those "
        "predict the same for every input.",
        each((GRADIENT, GUIDED), "other weights", "sensitive"),
        rests_on="network 2 with the weights into each first hidden neuron doubled and those out of it halved",
        why="The gradient is a property of the function, whatever weights compute it; positive factors pass ReLUs and "
        "guided backprop unchanged.",
    ),
    Claim(
        "breaking-points",
        "3.3",
        "Most attribution methods considered have points where they start to break down.",
        each((*ATTRIBUTIONS, IG_BLACK), "checkerboard", "sensitive"),
        need=3,
        rests_on="3 of the 5 methods, PatternAttribution being the fifth, being sensitive to the checkerboard",
    ),
    Claim(
        "times-input",
        "3.3.1",
        "Gradient times input gives different heatmaps for both networks.",
        each((TIMES_INPUT,), "constant", "sensitive"),
    ),
    Claim(
        "carried-through",
        "3.3.1",
        "Multiplying by the input carries the shift through to the attribution.",
        (Quantity(CARRIED, at_most=1e-4),),
        why="If so, network 2's map has more than network 1's exactly the gradient times m.",
    ),
    Claim(
        "blank-inputs",
        "3.3.1",
        "Multiplying by the input confines attribution to inputs that are not 0.",
        (Quantity(BLANK, at_most=0.0),),
    ),
    Claim(
        "diverging-references",
        "3.3.2, 4",
        "Integrated gradients and deep Taylor decomposition attribute differently for different reference points.",
        tuple(Quantity(name, at_most=DIFFERENT, network=CNN) for name in (WALKED_COSINE, TAYLOR_COSINE)),
        rests_on=f"{CNN} and digits; the paper's figure has VGG16 and photographs",
        why=f"The closest two of the references are compared: a cosine of 1 is the same map, {DIFFERENT:g} the bound.",
    ),
    Claim(
        "some-references",
        "3.3, 3.3.2, 4",
        "Certain reference points make integrated gradients and deep Taylor decomposition lose input invariance, "
        "others do not.",
        (
            *each((IG_ZERO, LRP), "constant", "sensitive"),
            *each((IG_BLACK, PRINTED), "constant", "invariant"),
        ),
        rests_on=CARRIED_OVER,
    ),
    Claim(
        "black",
        "3.3.2",
        "Integrated gradients from black, the least pixel value, give identical heatmaps.",
        each((IG_BLACK,), "constant", "invariant"),
    ),
    Claim(
        "black-after",
        "3.3.2",
        "Black serves because it is found after the shift, so that x \N{MINUS SIGN} reference stays the same.",
        (
            *each((IG_BLACK, IG_DATA_BLACK, IG_TRANSFORMED), "constant", "invariant"),
            *each((IG_UNSHIFTED_BLACK,), "constant", "sensitive"),
        ),
        why="Found before the shift, black is 0 for both networks, which is the zero reference.",
    ),
    Claim(
        "zero",
        "3.3.2",
        "Integrated gradients from zero are not input invariant: x + m \N{MINUS SIGN} reference has the shift in it.",
        each((IG_ZERO,), "constant", "sensitive"),
    ),
    Claim(
        "lrp",
        "3.3.2",
        "Deep Taylor decomposition with LRP's root point is sensitive to the shift.",
        each((LRP,), "constant", "sensitive"),
        each((Case("lrp-z", options=(("bias", "ignore"),)), Case("deep-taylor")), "constant", "sensitive"),
    ),
    Claim(
        "lrp-is-zero-root",
        "3.3.2",
        "LRP is deep Taylor decomposition with the zero vector as its root point.",
        why="Here LRP is computed by that very rule: there are no two things to compare.",
    ),
    Claim(
        "pattern-attribution",
        "3.3.2",
        "Deep Taylor decomposition with PatternAttribution's root point gives identical heatmaps.",
        each((PRINTED,), "constant", "invariant"),
        fitted("pattern-attribution", "constant", PRINTED),
        rests_on=CARRIED_OVER,
    ),
    Claim(
        "linear-covariance",
        "3.3.2",
        "PatternAttribution's root comes from covariances, which compensate for the mean of the data; in a linear "
        "model by the formula for linear neurons.",
        each((refitted("pattern-attribution", "linear"),), "constant", "invariant"),
        each((refitted("pattern-net", "linear"),), "constant", "invariant"),
        rests_on="patterns fitted anew on network 2's data by the linear formula",
    ),
    Claim(
        "relu-covariance",
        "3.3.2",
        "PatternAttribution's formula for neurons followed by a ReLU compensates for the mean too, which makes it "
        "\N{LEFT DOUBLE QUOTATION MARK}by construction input invariant\N{RIGHT DOUBLE QUOTATION MARK}.",
        each((refitted("pattern-attribution", "published"),), "constant", "invariant"),
        each(
            (
                refitted("pattern-net", "published"),
                refitted("pattern-attribution", "positive"),
                refitted("pattern-net", "positive"),
                pattern_case("pattern-attribution", "published", "refitted", "image"),
            ),
            "constant",
            "invariant",
        ),
        rests_on="patterns fitted anew on network 2's data by the formula as printed",
        why=PRINTED_MEAN,
    ),
)

BESIDE: tuple[Claim, ...] = (
    Claim(
        "smoothgrad",
        "3.4",
        "SmoothGrad inherits the answer of the method that it is put around.",
        (
            *each((smoothed_case("gradient", 0),), "constant", "invariant"),
            *each((smoothed_case("gradient-times-input", 0),), "constant", "sensitive"),
        ),
        (
            *each((smoothed_case("gradient", 0),), "checkerboard", "invariant"),
            *each((smoothed_case("gradient-times-input", 0),), "checkerboard", "sensitive"),
        ),
        why="The submission has a section on SmoothGrad, the edition that is reproduced here is said to have none: "
        "these rows are ours, beside the paper.",
        counted=False,
    ),
)
"""What is shown beside the paper's claims and not counted."""
