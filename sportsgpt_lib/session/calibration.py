"""A known length in the picture, from which metres come.

What the manifest says of it, checked; the scale itself is computed in
``kinematics/camera_geometry.py``.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PictureShare = Annotated[float, Field(ge=0, le=1)]
LONGEST_LENGTH_M = 100.0


class Calibration(BaseModel):
    """Two points of the picture and the length between them, in the athlete's plane.

    ``kind`` is ``object`` for something of known length that was filmed where the
    athlete moves, ``distance`` for two marks on the floor there. ``start`` and ``end``
    (``from`` and ``to`` in the manifest) are shares of the displayed picture's width
    and height from the upper left corner. ``error_m`` is the standard uncertainty of
    the length; None = one hundredth of it. ``is_plumb``: the object stands plumb, so
    the camera's roll can be read from it.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
    )

    kind: Literal["object", "distance"]
    start: tuple[PictureShare, PictureShare] = Field(alias="from")
    end: tuple[PictureShare, PictureShare] = Field(alias="to")
    length_m: float = Field(gt=0, le=LONGEST_LENGTH_M)
    error_m: float | None = Field(default=None, ge=0)
    is_plumb: bool = False

    @model_validator(mode="after")
    def _check_points(self) -> Self:
        if self.start == self.end:
            raise ValueError("from and to are the same point")
        if self.error_m is not None and self.error_m >= self.length_m:
            raise ValueError("error_m must be less than length_m")
        if self.is_plumb and self.kind != "object":
            raise ValueError('only an object can stand plumb; set kind = "object"')
        return self

    def to_json(self) -> str:
        """Write it with the manifest's keys, for ``training.recordings``."""
        return self.model_dump_json(by_alias=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        return cls.model_validate_json(text)
