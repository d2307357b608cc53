#!/usr/bin/env python3
"""Writes one class list as list.xls, list.ods and list.xlsx, and its true rows in list.txt.

Everybody in it is invented. Needs LibreOffice (soffice); run only to change the samples."""

import random
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô"]
MIDDLE = ["Thị", "Văn", "Minh", "Hải", "Thuỳ", "Đức", "Quỳnh", "Gia"]
GIVEN = ["An", "Bình", "Chi", "Dũng", "Hạnh", "Khánh", "Linh", "Mai", "Ngân", "Phúc", "Quân", "Trang", "Uyên", "Vy"]
STREETS = ["Hàng Bạc", "Khâm Thiên", "Quang Trung", "Kim Mã", "Láng Hạ", "Đội Cấn"]

rows = []  # what people see, a tab between cells
cells = []  # XML of the rows


def text(value, more=""):
    return f'<table:table-cell office:value-type="string"{more}><text:p>{escape(value)}</text:p></table:table-cell>'


def number(value, more=""):
    return f'<table:table-cell office:value-type="float" office:value="{value}"{more}><text:p>{value}</text:p></table:table-cell>'


def row(seen, *made):
    if seen:
        rows.append("\t".join(seen).rstrip())
    cells.append(f"<table:table-row>{''.join(made)}</table:table-row>")


def pupils():
    dice = random.Random(7)
    row(["UBND QUẬN HOÀN KIẾM"], text("UBND QUẬN HOÀN KIẾM"))
    row(["TRƯỜNG THCS HOA SỮA"], text("TRƯỜNG THCS HOA SỮA"))
    row([], "<table:table-cell/>")
    heading = ["STT", "Họ và tên", "Ngày sinh", "Lớp", "Địa chỉ", "Điện thoại", "Điểm"]
    row(heading, *map(text, heading))
    for at in range(1, 301):
        name = " ".join([dice.choice(FAMILIES), dice.choice(MIDDLE), dice.choice(GIVEN)])
        year, month, day = dice.randint(2004, 2007), dice.randint(1, 12), dice.randint(1, 28)
        group, house = f"{dice.randint(6, 9)}A{dice.randint(1, 9)}", dice.randint(1, 200)
        address = f"Số {house} phố {dice.choice(STREETS)} & ngõ {at}"
        phone, mark = dice.randint(900_000_000, 989_999_999), dice.choice([8, 8.25, 9.5, 7])
        shown = f"{day:02}/{month:02}/{year}"
        born = (
            f'<table:table-cell table:style-name="day" office:value-type="date" office:date-value="{year}-{month:02}-{day:02}">'
            f"<text:p>{shown}</text:p></table:table-cell>"
        )
        # Some cells are worked out by the program.
        line = len(cells) + 1
        count = number(at, f' table:formula="of:=[.A{line - 1}]+1"' if at > 1 else "")
        joined = text(group, f' table:formula="of:=&quot;{group[0]}&quot;&amp;&quot;{group[1:]}&quot;"' if at % 3 == 0 else "")
        row([str(at), name, shown, group, address, str(phone), str(mark)], count, text(name), born, joined, text(address), number(phone), number(mark))


def document():
    hidden = f"<table:table-row>{text('không ai thấy')}</table:table-row>"
    second = f'<table:table-row><table:table-cell/>{text("Người lập: Đỗ Thị Hạnh")}</table:table-row>'
    rows.append("\tNgười lập: Đỗ Thị Hạnh")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
        'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>'
        '<number:date-style style:name="N1"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
        '<number:text>/</number:text><number:year number:style="long"/></number:date-style>'
        '<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/>'
        '<style:style style:name="away" style:family="table"><style:table-properties table:display="false"/></style:style>'
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Danh sách">{"".join(cells)}</table:table>'
        f'<table:table table:name="Ẩn" table:style-name="away">{hidden}</table:table>'
        f'<table:table table:name="Ký">{second}</table:table>'
        "</office:spreadsheet></office:body></office:document>"
    )


def main():
    pupils()
    with tempfile.TemporaryDirectory() as folder:
        flat = Path(folder) / "list.fods"
        flat.write_text(document(), encoding="utf-8")
        for target in ["xls:MS Excel 97", "ods", "xlsx"]:
            subprocess.run(["soffice", "--headless", "--convert-to", target, "--outdir", HERE, flat], check=True)
    (HERE / "list.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
