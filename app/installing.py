"""pip as a process of Parley's: python -m app.installing ARGUMENTS OF PIP. It ends with Parley.

--where prints, instead, the addresses pip would ask, one a line; nothing is asked for it.
"""

import runpy
import sys
from urllib.parse import urlsplit

from engines import jail

WHERE = "--where"


def main() -> None:
    jail.die_with_parent()
    if sys.argv[1:] == [WHERE]:
        sys.stdout.write("\n".join(addresses()) + "\n")
        return
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def addresses() -> list[str]:
    """host or host:port of the indexes this person's pip is set to, and where theirs keep files."""
    from pip._internal.commands import create_command
    from pip._internal.models.index import PyPI

    options, _ = create_command("install").parse_args([])
    indexes = [] if options.no_index else [options.index_url, *options.extra_index_urls]
    places = [urlsplit(one).netloc.rpartition("@")[2] for one in indexes if "://" in one]
    if PyPI.netloc in places:
        places.append(PyPI.file_storage_domain)
    return [one for one in dict.fromkeys(places) if one]


if __name__ == "__main__":
    main()
