"""Foreign explainers: other libraries' methods behind one signature, found by their names where they are installed.

Each library has an extra of its own (`shap`, `lime`, `tf-keras-vis`, `xplique`; all together: `foreign`) and a module
here, which imports it when it is asked.
"""
