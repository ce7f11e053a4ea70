"""The template, its defaults and its documentation agree."""

import re

import gateway_conf
import pytest


def test_every_variable_has_a_default_and_a_line_in_the_readme() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", gateway_conf.TEMPLATE.read_text(encoding="utf-8")))
    assert used == set(gateway_conf.defaults())
    readme = (gateway_conf.FOLDER / "README.md").read_text(encoding="utf-8")
    for name, default in gateway_conf.defaults().items():
        shown = f"`{default}`" if default else "–"
        assert f"| `{name}` | {shown} |" in readme


def test_envsubst_would_render_the_same() -> None:
    """Nothing but braces: `$NAME` without them is nginx's own."""
    rendered = gateway_conf.render({})
    assert "${" not in rendered
    assert not re.search(r"\$(GATEWAY_|CORS_)", gateway_conf.TEMPLATE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("value", ['"; return 200', "a;b", "$host", "{}", "a\\b", "a\nb"])
def test_values_cannot_add_directives(value: str) -> None:
    with pytest.raises(ValueError, match="CORS_ORIGINS"):
        gateway_conf.render({"CORS_ORIGINS": value})
