"""Templates, style sheets and scripts of the pages, and their content-security policy.

The templates lie in ``templates/``. Everything a template prints is escaped, unless
this package made the markup itself.
"""

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sportsgpt_lib.language import ENGLISH_ONLY_MARK
from sportsgpt_lib.reporting.wording import write_percent

_PACKAGE = "sportsgpt_lib.reporting"
_STYLE_SHEET = "page.css"


def render_page(
    template: str,
    *,
    style: str = _STYLE_SHEET,
    script_file: str | None = None,
    **content: object,
) -> str:
    """Render one page, with its style sheet and policy inside it.

    Parameters
    ----------
    template
        File in ``templates/``.
    style, script_file
        Files there that the page holds and its policy allows; None = no script runs.
    content
        What the template shows.

    Returns
    -------
    A whole HTML document that loads nothing from elsewhere.
    """
    environment = _load_environment()
    style_sheet = _load_own(style)
    script = None if script_file is None else _load_own(script_file)
    return environment.get_template(template).render(
        **content,
        style_sheet=style_sheet,
        script=script,
        policy=_build_policy(style_sheet, script),
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
    environment.globals["english_only_mark"] = ENGLISH_ONLY_MARK
    return environment


@cache
def _load_own(name: str) -> Markup:
    environment = _load_environment()
    text, _, _ = PackageLoader(_PACKAGE).get_source(environment, name)
    return Markup(text)  # noqa: S704  our own file, never data


def _build_policy(style_sheet: str, script: str | None) -> str:
    """Allow this very style sheet and script, and pictures and videos beside it."""
    scripts = "" if script is None else f"script-src '{_digest(script)}'; "
    return (
        f"default-src 'none'; style-src '{_digest(style_sheet)}'; {scripts}"
        "img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
