#!/usr/bin/env python3
"""Fetches what the charts of an HTML report are drawn with: tools/fetch_vega.py FOLDER

The published npm packages of Vega, Vega-Lite and vega-embed, in pinned versions and checked against pinned checksums;
FOLDER gets their minified scripts and licences. Another registry than npm's is named by $npm_config_registry.
"""
import base64
import hashlib
import io
import os
import pathlib
import sys
import tarfile
import time
import urllib.request

# Package, version, and the checksum ("dist.integrity", sha512) that the registry publishes for it.
PACKAGES = [
    ("vega", "6.4.0", "rHXCq2LpEWCLMjXBEj7hocY9G0/i5TGYRayGGSj06VTF4+l2IG2Z7oeZKCjWbUh/7hTE/mVhbaOPB72wCElh6g=="),
    ("vega-lite", "6.5.0", "fMXF6s0MrIg0UTWnLIfeFtgSLzVhyzSKobzGrh5rhS+mL6FOYFG3m7ouJ4U23gj65EK+gl9FIIT5w7wLNaAzkA=="),
    ("vega-embed", "7.3.0", "wQ8s5GaSzqoKgmRfbRolgBrjE2CP7ZKHXqH7NijxMqPjpdWxSs4Dn8tvp9g0giQvh2cK+3p56sxjWWM0wNngGw=="),
]
ATTEMPTS = 3


def download(url):
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return answer.read()
        except OSError as error:
            if attempt == ATTEMPTS:
                sys.exit(f"fetch_vega: {url}: {error}")
            time.sleep(attempt)


def member(archive, name):
    return archive.extractfile(f"package/{name}").read()


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    registry = os.environ.get("npm_config_registry", "https://registry.npmjs.org").rstrip("/")
    licences = b""
    for package, version, checksum in PACKAGES:
        url = f"{registry}/{package}/-/{package}-{version}.tgz"
        content = download(url)
        given = base64.b64encode(hashlib.sha512(content).digest()).decode()
        if given != checksum:
            sys.exit(f"fetch_vega: {url} has the sha512 {given} (allowed: {checksum})")
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            (folder / f"{package}.min.js").write_bytes(member(archive, f"build/{package}.min.js"))
            licences += f"{package} {version}\n\n".encode() + member(archive, "LICENSE") + b"\n"
    (folder / "LICENSES").write_bytes(licences)


main()
