"""Templates and style sheet of the pages, and their content-security policy.

The templates lie in ``templates/``. Everything a template prints is escaped, unless
this package made the markup itself.
"""

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sportsgpt_lib.reporting.wording import write_percent

_PACKAGE = "sportsgpt_lib.reporting"
_STYLE_SHEET = "page.css"


def render_page(template: str, **content: object) -> str:
    """Render one page, with its style sheet and policy inside it.

    Parameters
    ----------
    template
        File in ``templates/``.
    content
        What the template shows.

    Returns
    -------
    A whole HTML document that loads nothing from elsewhere.
    """
    environment = _load_environment()
    style_sheet = _load_style_sheet()
    return environment.get_template(template).render(
        **content, style_sheet=style_sheet, policy=_build_policy(style_sheet)
    )


@cache
def _load_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = write_percent
    return environment


@cache
def _load_style_sheet() -> Markup:
    environment = _load_environment()
    text, _, _ = PackageLoader(_PACKAGE).get_source(environment, _STYLE_SHEET)
    return Markup(text)  # noqa: S704  our own file, never data


def _build_policy(style_sheet: str) -> str:
    """Allow this very style sheet, and pictures and videos beside the page."""
    digest = hashlib.sha256(style_sheet.encode()).digest()
    style_hash = base64.b64encode(digest).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; "
        "img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'"
    )
