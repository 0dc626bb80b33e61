"""The array types of the library. Shapes are in each docstring: ``(T, J, D)``.

Letters: T frames, J joints, D 2 or 3, K keyframes, I indicators, S issues.
"""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ByteImage = npt.NDArray[np.uint8]
