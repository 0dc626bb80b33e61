"""How a spread that outliers cannot move compares with a standard deviation.

Factor and function live here; what is an outlier is decided where they are used.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray

MEDIAN_TO_SD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation.

Source: Hampel (1974), The influence curve and its role in robust estimation, Journal of
the American Statistical Association 69, 383-393, doi:10.1080/01621459.1974.10482962.
"""


def compute_robust_sd(values: FloatArray) -> float:
    """Compute the standard deviation of values ``(N,)`` from their median deviation.

    Half of the values may be outliers. NaN for no values; NaN among them propagates.
    """
    if values.size == 0:
        return float("nan")
    return MEDIAN_TO_SD * float(np.median(np.abs(values - np.median(values))))
