#!/usr/bin/env python3
"""Writes the sample documents of this folder, with the true text of X in X.txt and the facts in truth.json.

Everybody and everything in them is invented. Needs python-docx, reportlab, Pillow, LibreOffice (soffice),
and the fonts Liberation and DejaVu. The files are committed: run this only to change the samples.
"""

import json
import random
import shutil
import subprocess
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

HERE = Path(__file__).resolve().parent
LIBERATION = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"

# name, birth date, unit, address, phone, answers
PEOPLE = [
    ("Trịnh Khánh Vy", "14/03/2005", "Trường THCS Trưng Vương, quận Hoàn Kiếm", "Số 18 ngõ Tạm Thương, phường Hàng Bông, quận Hoàn Kiếm", "0904118263", "BADCA"),
    ("Lưu Quang Hưởng", "27/11/1968", "Tổ dân phố số 5, phường Hàng Bạc, quận Hoàn Kiếm", "47 phố Hàng Bạc, phường Hàng Bạc, quận Hoàn Kiếm", "0913552047", "CADBD"),
    ("Phùng Thị Nhẫn", "02/08/1979", "Hội Liên hiệp Phụ nữ huyện Ba Vì", "Thôn Yên Bồ, xã Vật Lại, huyện Ba Vì", "0978206415", "AACBD"),
    ("Đoàn Mạnh Trường", "19/05/1986", "Phòng Tư pháp quận Đống Đa", "Số 9 ngách 34/12 phố Khâm Thiên, quận Đống Đa", "0987340156", "DBACC"),
    ("Vương Thùy Dương", "30/01/2004", "Trường THPT Kim Liên, quận Đống Đa", "Phòng 305 nhà B4, khu tập thể Kim Liên, quận Đống Đa", "0395627814", "BBDAC"),
    ("Nghiêm Xuân Phú", "08/12/1957", "Hội Cựu chiến binh xã Cổ Loa, huyện Đông Anh", "Xóm Chợ, xã Cổ Loa, huyện Đông Anh", "0362914870", "CDDAB"),
    ("Kiều Hạnh Ngân", "23/09/1991", "UBND phường Quang Trung, quận Hà Đông", "Số 112 phố Quang Trung, phường Quang Trung, quận Hà Đông", "0936481205", "ADBCB"),
    ("Giáp Hữu Thọ", "05/06/1973", "Xí nghiệp xe buýt Thăng Long, quận Nam Từ Liêm", "Số 3 đường Mễ Trì, phường Mễ Trì, quận Nam Từ Liêm", "0948275936", "DACAD"),
    ("Tạ Bích Huệ", "11/10/1983", "Trường Mầm non Hoa Sữa, quận Long Biên", "Tổ 14, phường Ngọc Lâm, quận Long Biên", "0967013584", "BCADA"),
    ("Âu Dương Lâm", "16/02/2006", "Trường THCS Giảng Võ, quận Ba Đình", "Số 61 phố Vạn Bảo, phường Liễu Giai, quận Ba Đình", "0352749618", "CBADB"),
    ("Hứa Thị Quyên", "28/07/1990", "Trạm Y tế xã Phù Lỗ, huyện Sóc Sơn", "Thôn Đông, xã Phù Lỗ, huyện Sóc Sơn", "0971836402", "ABDCA"),
]

OPTIONS = {
    "A": "Nộp hồ sơ qua mạng tại nhà",
    "B": "Nộp hồ sơ tại bộ phận một cửa",
    "C": "Tra cứu bằng mã số hồ sơ",
    "D": "Cả ba cách nêu trên",
}

QUESTIONS = [
    "Phần 1. Anh, chị hãy kể một lần sử dụng dịch vụ công trực tuyến và nêu cảm nghĩ của mình.",
    "Phần 2. Anh, chị đề xuất những việc gì để nhiều người dân dùng dịch vụ công trực tuyến hơn?",
]

SENTENCES = [
    "Hôm đăng ký khai sinh cho cháu nội, cả nhà tôi ngồi quanh chiếc máy tính cũ, điền từng ô theo hướng dẫn rồi bấm nút gửi, hồi hộp như chờ kết quả thi.",
    "Ba ngày sau, tin nhắn báo hồ sơ đã duyệt; tôi chỉ việc ra phường ký nhận một lần, mất chưa đầy mười phút.",
    "Trước kia muốn xin một tờ xác nhận, người ở xa phải đi từ tờ mờ sáng, mang theo cơm nắm, có khi đến nơi lại thiếu giấy tờ phải quay về.",
    "Cổng thông tin nói rõ thành phần hồ sơ, thời hạn, lệ phí, nên không ai phải hỏi dò hay chờ đợi trong lo lắng.",
    "Điều làm tôi tin nhất là mỗi hồ sơ có một mã số riêng, lúc nào muốn biết đang ở khâu nào đều tra được.",
    "Con gái tôi bảo: “Bố cứ thử đi, sai thì sửa, có ai cười đâu”, và thế là tôi học được cách ký số ở tuổi ngoài sáu mươi.",
    "Ở cơ quan tôi, tỷ lệ hồ sơ nộp qua mạng tăng từ 12,5% lên 47% chỉ trong một năm, phòng chờ vắng hẳn.",
    "Tuy vậy, đường truyền ở vài thôn còn yếu, nhiều buổi tối trang cứ quay tròn rồi báo lỗi, người dân nản lòng bỏ dở.",
    "Có cụ già không có điện thoại thông minh, mắt lại kém, nhìn biểu mẫu chi chít chữ mà thở dài.",
    "Tôi nghĩ biểu mẫu nên ngắn lại: những gì cơ quan nhà nước đã biết thì đừng bắt dân khai thêm lần nữa.",
    "Mỗi nhà văn hóa thôn chỉ cần một máy tính, một máy quét và một bạn đoàn viên trực hai buổi mỗi tuần là đã giúp được rất nhiều người.",
    "Nhà trường có thể đưa việc tra cứu thủ tục vào giờ tin học, để học sinh về nhà chỉ lại cho ông bà, cha mẹ.",
    "Loa truyền thanh phường nên đọc từng bước thật chậm, thật dễ hiểu, thay vì chỉ nhắc tên văn bản và con số chỉ tiêu.",
    "Cán bộ tiếp dân cần được tập huấn kỹ, bởi một lời giải thích ân cần đáng giá hơn mười tờ rơi.",
    "Tôi mong có số điện thoại hỗ trợ miễn phí ngoài giờ hành chính, vì công nhân như chúng tôi tan ca đã tám giờ tối.",
    "Việc nộp lệ phí qua ngân hàng vừa minh bạch vừa nhanh, biên lai gửi thẳng về hộp thư nên không sợ thất lạc.",
    "Dữ liệu cá nhân phải được giữ gìn nghiêm ngặt; người dân chỉ yên tâm gửi giấy tờ khi biết chắc không ai đem bán thông tin của mình.",
    "Nếu hồ sơ chậm, hệ thống nên tự gửi lời xin lỗi kèm lý do, đó cũng là một cách tôn trọng nhân dân.",
    "Chị hàng xóm nhà tôi bán rau ngoài chợ, nay tự đăng ký hộ kinh doanh trên mạng, khoe khắp ngõ như vừa trúng số.",
    "Nghĩ cho cùng, công nghệ chỉ là chiếc cầu; người bắc cầu và người dắt nhau qua cầu mới làm nên thay đổi.",
    "Tôi ghi lại quãng đường tiết kiệm được trong một năm: gần hai trăm cây số, chưa kể tiền gửi xe và những buổi nghỉ làm.",
    "Những khuỷu đường dốc quanh co lên xã vùng cao không còn ngăn được bà con làm thủ tục đúng hẹn.",
    "Khi quét mã để đánh giá mức độ hài lòng, tôi chấm năm sao cho cô cán bộ trẻ đã kiên nhẫn chỉ tôi đến ba lần.",
    "Em từng giúp bà ngoại đổi thẻ bảo hiểm y tế, bà cứ xuýt xoa mãi rằng thời nay sung sướng quá.",
    "Một việc nhỏ nên làm ngay là dịch các từ chuyên môn sang lời nói thường ngày, kèm hình vẽ minh họa từng bước.",
    "Theo tôi, mỗi phường nên chọn một ngày trong tháng làm ngày hội số, vừa hướng dẫn tại chỗ vừa nghe dân góp ý.",
    "Cuộc thi này giúp tôi đọc lại các quy định mà trước nay vẫn ngại, và hiểu rằng quyền lợi luôn đi cùng trách nhiệm.",
    "Tôi tin rằng chỉ vài năm nữa, việc xếp hàng nộp giấy tờ sẽ trở thành chuyện kể cho con cháu nghe.",
    "Người khuyết tật ở tổ tôi từ nay có thể tự mình làm thủ tục, không phải nhờ ai cõng lên cầu thang tầng hai.",
    "Các bạn trẻ nên coi việc hỗ trợ người lớn tuổi là một hoạt động tình nguyện thường xuyên chứ không chỉ theo phong trào.",
    "Ủy ban nên công khai mỗi quý số hồ sơ đúng hạn, trễ hạn của từng bộ phận để dân giám sát.",
    "Đừng để người dân phải nhớ năm, sáu mật khẩu khác nhau; một tài khoản dùng chung cho mọi thủ tục là đủ.",
]

TABLE = [
    ("Thứ tự", "Tên thủ tục", "Số ngày", "Lệ phí"),
    ("1", "Đăng ký khai sinh", "01", "Không thu"),
    ("2", "Cấp bản sao trích lục hộ tịch", "01", "8.000 đồng"),
    ("3", "Đăng ký hộ kinh doanh", "03", "100.000 đồng"),
]

truth = {}


def head(person):
    name, birth, unit, address, phone, _ = person
    label = "Lớp, trường" if unit.startswith("Trường TH") else "Đơn vị"
    return [
        f"Họ và tên: {name}",
        f"Ngày sinh: {birth}",
        f"{label}: {unit}",
        f"Địa chỉ: {address}",
        f"Số điện thoại: {phone}",
    ]


def essay(number, sentences=26):
    """Lines of an essay: (kind, text)."""
    person = PEOPLE[number]
    chance = random.Random(1000 + number)
    chosen = chance.sample(SENTENCES, sentences)
    lines = [("title", "BÀI DỰ THI TÌM HIỂU DỊCH VỤ CÔNG TRỰC TUYẾN NĂM 2019")]
    lines += [("head", text) for text in head(person)]
    lines.append(("bold", "A. PHẦN TRẮC NGHIỆM"))
    lines += [("line", f"Câu {i}: {letter}. {OPTIONS[letter]}") for i, letter in enumerate(person[5], 1)]
    lines.append(("bold", "B. PHẦN TỰ LUẬN"))
    half = len(chosen) // 2
    for question, part in zip(QUESTIONS, (chosen[:half], chosen[half:])):
        lines.append(("bold", question))
        while part:
            size = chance.choice([3, 4, 5])
            lines.append(("body", " ".join(part[:size])))
            part = part[size:]
    lines.append(("line", f"Hà Nội, ngày {10 + number} tháng 8 năm 2019"))
    lines.append(("line", person[0]))
    return lines


def facts(file, number, **more):
    name, birth, unit, address, phone, answers = PEOPLE[number]
    day, month, year = birth.split("/")
    truth[file] = {
        "name": name,
        "birth_date": f"{year}-{month}-{day}",
        "unit": unit,
        "address": address,
        "phone": phone,
        "answers": {str(i): a for i, a in enumerate(answers, 1)},
        **more,
    }


def write_truth(file, texts):
    text = unicodedata.normalize("NFC", "\n".join(texts))
    (HERE / f"{file}.txt").write_text(text + "\n", encoding="utf-8")


def new_docx(font="Times New Roman", size=14, paper=(21.0, 29.7)):
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = font
    style.font.size = Pt(size)
    fonts = style.element.rPr.rFonts
    for slot in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(slot), font)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(paper[0]), Cm(paper[1])
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    return document


def fill(document, lines):
    for kind, text in lines:
        paragraph = document.add_paragraph()
        run = paragraph.add_run(text)
        run.bold = kind in ("title", "bold")
        if kind == "body":
            paragraph.paragraph_format.first_line_indent = Cm(1)
            paragraph.alignment = 3


def add_margins(document, name):
    section = document.sections[0]
    section.header.paragraphs[0].text = f"Bài dự thi của {name}"
    footer = section.footer.paragraphs[0]
    footer.add_run("Trang ")
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = footer.add_run()
        if kind:
            run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))
        else:
            run._r.append(parse_xml(f'<w:instrText {nsdecls("w")}>{text}</w:instrText>'))


def to_pdf(document, file):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / (Path(file).stem + ".docx")
        document.save(source)
        convert(source, "pdf", folder)
        shutil.copy(source.with_suffix(".pdf"), HERE / file)


def convert(source, target, folder):
    subprocess.run(
        ["soffice", "--headless", "--convert-to", target, "--outdir", str(folder), str(source)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )


def text_pdfs():
    """Eight people, eight PDFs of LibreOffice; some with page margins, one on Letter paper."""
    for number in range(8):
        file = f"pdf_{number + 1:02}.pdf"
        lines = essay(number, 20 + 2 * number if number < 6 else 30)
        document = new_docx(paper=(21.59, 27.94) if number == 7 else (21.0, 29.7), size=13 if number == 6 else 14)
        fill(document, lines)
        margins = number % 2 == 0
        if margins:
            add_margins(document, PEOPLE[number][0])
        to_pdf(document, file)
        write_truth(file, [text for _, text in lines])
        facts(file, number, paper="Letter" if number == 7 else "A4", size=13 if number == 6 else 14, margins=margins)


TEXT_BOX = """<w:r {ns} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml">
<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor behindDoc="0" distT="0" distB="0" distL="0" distR="0"
 simplePos="0" locked="0" layoutInCell="1" allowOverlap="1" relativeHeight="2"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx="4000000" cy="600000"/>
<wp:wrapTopAndBottom/><wp:docPr id="7" name="Khung"/><a:graphic><a:graphicData
 uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr>
<a:prstGeom prst="rect"/></wps:spPr><wps:txbx><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></wps:txbx>
<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>
<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>
</mc:AlternateContent></w:r>"""


def docx_rich():
    """A table, a text box in both of its forms, page margins with the name."""
    lines = essay(8)
    document = new_docx()
    fill(document, lines[:-2])
    table = document.add_table(rows=0, cols=4)
    for row in TABLE:
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    anchor = document.add_paragraph("Xem thêm trong khung:")
    note = "Ghi chú: lệ phí & thời hạn tính đến tháng 8 năm 2019."
    anchor._p.append(parse_xml(TEXT_BOX.format(ns=nsdecls("w"), text=note.replace("&", "&amp;"))))
    fill(document, lines[-2:])
    add_margins(document, PEOPLE[8][0])
    document.save(HERE / "docx_rich.docx")
    write_truth(
        "docx_rich.docx",
        [t for _, t in lines[:-2]] + [" ".join(r) for r in TABLE] + ["Xem thêm trong khung:", note] + [t for _, t in lines[-2:]],
    )
    facts("docx_rich.docx", 8)


def docx_tracked():
    """Insertions are read, deletions are not."""
    lines = essay(9)
    document = new_docx()
    texts = []
    for index, (kind, text) in enumerate(lines):
        fill(document, [(kind, text)])
        paragraph = document.paragraphs[-1]._p
        if kind == "body":
            ns = nsdecls("w")
            paragraph.append(parse_xml(
                f'<w:ins {ns} w:id="{index}" w:author="t" w:date="2019-08-20T08:00:00Z"><w:r><w:t xml:space="preserve"> Đoạn này viết thêm.</w:t></w:r></w:ins>'))
            paragraph.append(parse_xml(
                f'<w:del {ns} w:id="{index + 100}" w:author="t" w:date="2019-08-20T08:00:00Z"><w:r><w:delText xml:space="preserve"> Câu này đã bỏ.</w:delText></w:r></w:del>'))
            text += " Đoạn này viết thêm."
        texts.append(text)
    document.save(HERE / "docx_tracked.docx")
    write_truth("docx_tracked.docx", texts)
    facts("docx_tracked.docx", 9)


def docx_nfd():
    """Diacritics stored apart from their letters, as some phones do; Arial 12 on Letter paper."""
    lines = essay(10)
    document = new_docx(font="Arial", size=12, paper=(21.59, 27.94))
    fill(document, [(k, unicodedata.normalize("NFD", t)) for k, t in lines])
    document.save(HERE / "docx_nfd.docx")
    write_truth("docx_nfd.docx", [t for _, t in lines])
    facts("docx_nfd.docx", 10, font="Arial", size=12, paper="Letter")


def docx_tcvn3():
    """An old file in the TCVN3 encoding (small letters only: the fonts have no capitals with a tone)."""
    table = {}
    for byte in range(0xA1, 0x100):
        letter = subprocess.run(["iconv", "-f", "TCVN", "-t", "UTF-8"], input=bytes([byte]), capture_output=True).stdout.decode()
        table.setdefault(unicodedata.normalize("NFC", letter), chr(byte))
    lines = [(k, t) for k, t in essay(3) if k == "body"]
    lines = [(k, t.replace("“", '"').replace("”", '"')) for k, t in lines]
    document = new_docx(font=".VnTime")
    fill(document, [(k, "".join(table.get(c, c) for c in t)) for k, t in lines])
    document.save(HERE / "docx_tcvn3.docx")
    write_truth("docx_tcvn3.docx", [t for _, t in lines])


def pdf_reportlab():
    """Another producer; every few letters come from a fallback font and are drawn after the line, the title is bold by drawing it twice."""
    pdfmetrics.registerFont(TTFont("Main", LIBERATION))
    pdfmetrics.registerFont(TTFont("Fallback", DEJAVU))
    lines = essay(1, 24)
    pen = canvas.Canvas(str(HERE / "pdf_reportlab.pdf"), pagesize=A4, invariant=1)
    width, height = A4
    left, right, bottom = 85, width - 57, 70
    y, page = height - 90, 1

    def margins():
        pen.setFont("Main", 11)
        pen.drawString(left, height - 40, f"Người dự thi: {PEOPLE[1][0]}")
        pen.drawCentredString(width / 2, 35, f"- {page} -")

    def draw(text, x, y, bold):
        apart = [i for i, c in enumerate(text) if c in "ưứừửữự" and not bold]
        at = x
        later = []
        for i, c in enumerate(text):
            font = "Fallback" if i in apart else "Main"
            size = 14
            advance = pdfmetrics.stringWidth(c, font, size)
            later.append((i in apart, c, at, font)) if i in apart else pen.setFont(font, size) or pen.drawString(at, y, c)
            if bold:
                pen.drawString(at + 0.3, y, c)
            at += advance
        for _, c, at, font in later:
            pen.setFont(font, 14)
            pen.drawString(at, y, c)

    margins()
    for kind, text in lines:
        words, line = text.split(), ""
        rows = []
        for word in words:
            longer = f"{line} {word}".strip()
            wide = sum(pdfmetrics.stringWidth(c, "Fallback" if c in "ưứừửữự" else "Main", 14) for c in longer)
            if wide > right - left:
                rows.append(line)
                longer = word
            line = longer
        rows.append(line)
        for row in rows:
            if y < bottom:
                pen.showPage()
                page += 1
                margins()
                y = height - 90
            draw(row, left, y, kind == "title")
            y -= 21
    pen.save()
    write_truth("pdf_reportlab.pdf", [t for _, t in lines])
    facts("pdf_reportlab.pdf", 1)


def pdf_broken():
    pen = canvas.Canvas(str(HERE / "pdf_password.pdf"), pagesize=A4, encrypt=StandardEncryption("bi-mat", strength=128))
    pen.drawString(100, 700, "Bai du thi")
    pen.save()
    whole = (HERE / "pdf_02.pdf").read_bytes()
    (HERE / "pdf_cut.pdf").write_bytes(whole[: len(whole) * 2 // 3])


def handwriting(lines, size, quality, seed):
    """A page as a telephone sees it: uneven lines, a shadow, a slight turn."""
    chance = random.Random(seed)
    page = Image.new("RGB", size, (236, 232, 220))
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype("/usr/share/fonts/truetype/liberation2/LiberationSerif-Italic.ttf", size[0] // 26)
    y = size[1] // 14
    for line in lines:
        x = size[0] // 12 + chance.randint(-6, 6)
        for word in line.split():
            pen.text((x, y + chance.randint(-3, 3)), word, font=font, fill=(30, 40, 110))
            x += pen.textlength(word + " ", font=font)
        y += size[0] // 17
    shadow = Image.linear_gradient("L").resize(size).point(lambda v: 255 - v // 5)
    page = Image.composite(page, Image.new("RGB", size, (120, 116, 108)), shadow)
    page = page.rotate(1.2, fillcolor=(90, 88, 84)).filter(ImageFilter.GaussianBlur(0.6))
    return page


def wrapped(text, width=52):
    rows, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            rows.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return rows + [line]


def scans():
    rows = [r for _, t in essay(2) for r in wrapped(t)]
    photo = handwriting(rows[:26], (900, 1240), 45, 5)
    photo.save(HERE / "photo.jpg", quality=45)
    # As an iPhone sends it (Debian's libheif-examples), and a small page for readers of damaged files.
    subprocess.run(["heif-enc", "-q", "45", HERE / "photo.jpg", "-o", HERE / "photo.heic"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.png"
        Image.frombytes("L", (96, 64), bytes(40 if x % 7 < 2 else y * 3 for y in range(64) for x in range(96))).save(small)
        subprocess.run(["heif-enc", "-q", "60", small, "-o", HERE / "small.heic"], check=True)
    pages = [handwriting(rows[i : i + 26], (620, 877), 40, i) for i in (0, 26)]
    pages[0].save(HERE / "pdf_scan.pdf", save_all=True, append_images=pages[1:], resolution=75, quality=40)


def others():
    """Kinds that are kept for a person, and plain ones."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "old.docx"
        document = new_docx()
        fill(document, essay(5)[:14])
        document.save(source)
        convert(source, "doc", folder)
        shutil.copy(source.with_suffix(".doc"), HERE / "old.doc")
    lines = [t for _, t in essay(4)]
    with zipfile.ZipFile(HERE / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("bai du thi/bai.txt", (2019, 8, 20, 8, 0, 0)), "\n".join(lines))
    (HERE / "plain_utf16.txt").write_bytes("\r\n".join(lines).encode("utf-16"))
    body = "".join(f"<p>{t.replace('“', '&ldquo;').replace('”', '&rdquo;')}</p>\n" for t in lines)
    (HERE / "page.html").write_text(f"<!DOCTYPE html><html><head><title>x</title><style>p{{}}</style></head><body>{body}</body></html>", encoding="utf-8")
    write_truth("plain_utf16.txt", lines)
    write_truth("page.html", lines)


def other_processors():
    """The same essays as LibreOffice writes them for Word 97, OpenDocument and RTF."""
    for name in ["rich", "tracked", "tcvn3"]:
        for ending, target in [("doc", "doc:MS Word 97"), ("odt", "odt"), ("rtf", "rtf")]:
            with tempfile.TemporaryDirectory() as folder:
                convert(HERE / f"docx_{name}.docx", target, folder)
                shutil.copy(Path(folder) / f"docx_{name}.{ending}", HERE / f"{name}.{ending}")
            shutil.copy(HERE / f"docx_{name}.docx.txt", HERE / f"{name}.{ending}.txt")


def main():
    text_pdfs()
    docx_rich()
    docx_tracked()
    docx_nfd()
    docx_tcvn3()
    other_processors()
    pdf_reportlab()
    pdf_broken()
    scans()
    others()
    (HERE / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
