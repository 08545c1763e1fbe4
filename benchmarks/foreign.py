"""What a wrapper adds to another library's own time.

python benchmarks/foreign.py      # with the extra "foreign"

Each library explains the same digits through `ki.analyzer` and by itself, on a Keras model that is there already. Both
take turns, quietly, and the medians' ratio is printed. The first call, at which a stranger is asked twice, is left out.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

import keras_invariance as ki
from keras_invariance.foreign.peers import quiet

IMAGES, ROUNDS = 16, 9


def direct(model: Any, images: np.ndarray, targets: np.ndarray, background: np.ndarray) -> dict[str, Callable[[], Any]]:
    """Each explainer -> the library asked by itself."""
    import shap
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.scores import CategoricalScore
    from xplique import attributions

    score, wanted = CategoricalScore(list(map(int, targets))), np.eye(10, dtype=np.float32)[targets]
    ranked = {"ranked_outputs": targets[:, np.newaxis], "output_rank_order": "custom"}
    return {
        "shap-gradient": lambda: shap.GradientExplainer(model, background).shap_values(images, rseed=0, **ranked),
        "shap-deep": lambda: shap.DeepExplainer(model, background).shap_values(images, check_additivity=False),
        "tf-keras-vis-saliency": lambda: Saliency(model, clone=False)(score, images, normalize_map=False),
        "tf-keras-vis-grad-cam": lambda: Gradcam(model, clone=False)(score, images, normalize_cam=False),
        "xplique-saliency": lambda: attributions.Saliency(model)(images, wanted),
        "xplique-integrated-gradients": lambda: attributions.IntegratedGradients(model, steps=50)(images, wanted),
        "xplique-rise": lambda: attributions.Rise(model, nb_samples=200)(images, wanted),
    }


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def main() -> None:
    """Print a row for each explainer."""
    network = ki.load_network("mnist_cnn")
    images, background = (ki.datasets.load(f"mnist/{part}[:{IMAGES}]").images for part in ("test", "train"))
    targets = network.targets(images)
    print("explainer                        wrapped, ms   alone, ms   ratio")
    for name, alone in direct(network.keras_model(), images, targets, background).items():
        told = {"background": background} if name.startswith("shap") else {}
        analyzer = ki.analyzer(network, name, **told)

        def quietly(run: Callable[[], Any] = alone) -> None:
            with quiet(0):
                run()

        both = (lambda run=analyzer: run(images, targets)), quietly
        for run in both:
            run()
        taken = [[seconds(run) for run in both] for _ in range(ROUNDS)]
        wrapped, own = (1000 * median(each) for each in zip(*taken, strict=True))
        print(f"{name:32s} {wrapped:11.1f} {own:11.1f} {wrapped / own:7.2f}")


if __name__ == "__main__":
    main()
