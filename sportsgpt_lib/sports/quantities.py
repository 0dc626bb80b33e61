"""How a movement file names the quantities of ``training.joint_kinematics``.

The quantities themselves, their units and their signs are those of
``sportsgpt_lib/kinematics/quantities.py``; here only the ``{side}`` notation is added.
"""

from typing import Literal

from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS

Side = Literal["left", "right", "both"]

SIDE_PLACEHOLDER = "{side}"
BODY_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


def to_rule_name(quantity: str) -> str:
    """Give a quantity the name that stands for both sides; unsided names stay."""
    for side in BODY_SIDES:
        if quantity.startswith(f"{side}_"):
            return f"{SIDE_PLACEHOLDER}_{quantity.removeprefix(f'{side}_')}"
    return quantity


OPPOSITE_SIDES: dict[Side, Side] = {"left": "right", "right": "left", "both": "both"}

RULE_QUANTITY_UNITS: dict[str, str] = {
    to_rule_name(quantity): unit for quantity, unit in QUANTITY_UNITS.items()
}


def fill_side(rule_quantity: str, side: str) -> str:
    """Put a body side into a quantity's rule name; unsided names stay as they are."""
    return rule_quantity.replace(SIDE_PLACEHOLDER, side)


def is_sided(rule_quantity: str) -> bool:
    """Whether the quantity exists once for the left and once for the right side."""
    return SIDE_PLACEHOLDER in rule_quantity


def exchange_side(name: str) -> str:
    """Name the same quantity of the other body side; unsided ones stay."""
    left, right = BODY_SIDES
    for side, opposite in ((left, right), (right, left)):
        if name.startswith(f"{side}_"):
            return f"{opposite}_{name.removeprefix(f'{side}_')}"
    return name
