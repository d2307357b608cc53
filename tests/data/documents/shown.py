#!/usr/bin/env python3
"""Writes shown.odt, shown.doc, shown.rtf and shown.docx: a name and three pictures, of 41, 42 and 43 pixels' width in the
order of the text. The second floats beside the text. Needs LibreOffice (soffice); run only to change the samples."""

import base64
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent


def png(width, height=30):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\0" + bytes((x * y * 3) % 256 for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def frame(width, anchor):
    data = base64.b64encode(png(width)).decode()
    return (
        f'<draw:frame text:anchor-type="{anchor}" svg:width="4cm" svg:height="3cm"><draw:image>'
        f"<office:binary-data>{data}</office:binary-data></draw:image></draw:frame>"
    )


spaces = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible")]
)
text = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" '
    'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
    f"<text:p>Họ và tên: Kiều Hạnh Ngân</text:p><text:p>{frame(41, 'as-char')}</text:p>"
    f"<text:p>{frame(42, 'paragraph')}Trang hai</text:p><text:p>{frame(43, 'as-char')}</text:p>"
    "</office:text></office:body></office:document>"
)
with tempfile.TemporaryDirectory() as folder:
    flat = Path(folder) / "shown.fodt"
    flat.write_text(text, encoding="utf-8")
    for ending in ["odt", "doc", "rtf", "docx"]:
        subprocess.run(
            ["soffice", "--headless", "--convert-to", ending, "--outdir", HERE, flat], check=True, capture_output=True
        )
