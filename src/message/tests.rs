//! What every kind of mail comes to, from its bytes. Documents are only named here: their reading has its own tests.
//! It is long because each kind of mail is written out as a sender would write it.

mod torture;

use lettre::Message;
use lettre::message::Attachment;
use lettre::message::MultiPart;
use lettre::message::SinglePart;
use lettre::message::header::ContentType;

use super::Parsed;
use super::parse;
use crate::entry::FindingCode;
use crate::entry::MessageKind;

const BOUNCE: &[u8] = include_bytes!("../../tests/data/mails/bounce-postfix.eml");
const FORWARD: &[u8] = include_bytes!("../../tests/data/mails/forward-gmail.eml");
const QUESTION: &[u8] = include_bytes!("../../tests/data/mails/question-signed.eml");

fn essay_text() -> String {
    "Dịch vụ công trực tuyến giúp người dân làm thủ tục ngay tại nhà, tiết kiệm thời gian và chi phí. ".repeat(12)
}

/// A mail of a participant with these files: (file name, media type, bytes).
fn mail(subject: &str, body: &str, files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let builder = Message::builder()
        .from("Nguyễn Thị Ánh <Anh@Example.vn>".parse().unwrap())
        .to("hoankiem@phach.example".parse().unwrap())
        .subject(subject)
        .message_id(Some("<m1@example.vn>".to_owned()));
    let text = SinglePart::plain(body.to_owned());
    if files.is_empty() {
        return builder.singlepart(text).unwrap().formatted();
    }
    let parts = files.iter().fold(
        MultiPart::mixed().singlepart(text),
        |parts, (name, kind, bytes)| {
            let kind = ContentType::parse(kind).unwrap();
            parts.singlepart(Attachment::new((*name).to_owned()).body(bytes.to_vec(), kind))
        },
    );
    builder.multipart(parts).unwrap().formatted()
}

fn read(raw: &[u8]) -> Parsed {
    let (parsed, bytes) = parse(raw).expect("an honest mail");
    assert_eq!(parsed.parts.len(), bytes.len());
    for (part, bytes) in parsed.parts.iter().zip(&bytes) {
        assert_eq!(part.size, bytes.len() as u64);
    }
    parsed
}

fn has(parsed: &Parsed, code: FindingCode) -> bool {
    parsed.findings.iter().any(|finding| finding.code == code)
}

const DOC: &str = "application/msword";
const ZIP: &str = "application/zip";

#[test]
fn every_mail_is_an_entry_a_question_or_a_case_for_a_person() {
    let check = |raw: Vec<u8>, kind: MessageKind, essays: usize| {
        let parsed = read(&raw);
        assert_eq!(
            (parsed.kind, parsed.essays.len()),
            (kind, essays),
            "{} / {}",
            parsed.subject,
            parsed.body
        );
    };
    let essay = essay_text();
    let long = essay.as_str();
    use MessageKind::{Automatic, Entry, Question, Unclear};
    check(mail("Bài dự thi", long, &[]), Entry, 1);
    check(
        mail(
            "Bài dự thi",
            "Em gửi bài ạ.",
            &[("bài.doc", DOC, b"\xd0\xcf\x11\xe0")],
        ),
        Entry,
        1,
    );
    check(
        mail(
            "Bài dự thi",
            "Cho em hỏi bài đã nhận được chưa?",
            &[("bài.doc", DOC, b"x")],
        ),
        Entry,
        1,
    );
    check(
        mail("Bài lớp 9A", "Gửi BTC.", &[("bai.zip", ZIP, b"PK\x03\x04")]),
        Entry,
        1,
    );
    check(
        mail(
            "Bài lớp 9A",
            "Gửi BTC.",
            &[("a.rar", "application/octet-stream", b"Rar!")],
        ),
        Entry,
        1,
    );
    check(
        mail("Hạn nộp", "Cho em hỏi hạn nộp bài là bao giờ ạ?", &[]),
        Question,
        0,
    );
    check(
        mail(
            "Thắc mắc về thể lệ",
            "Học sinh lớp 5 dự thi được không ạ",
            &[],
        ),
        Question,
        0,
    );
    check(
        mail("cho em hoi", "bai viet tay co duoc khong a", &[]),
        Question,
        0,
    );
    check(
        mail(
            "Bài dự thi",
            "Em gửi bài dự thi trong file đính kèm ạ.",
            &[],
        ),
        Unclear,
        0,
    );
    check(
        mail("Bài dự thi", "https://drive.google.com/file/d/1/view", &[]),
        Unclear,
        0,
    );
    check(mail("", "", &[]), Unclear, 0);
    check(mail("test", "test", &[]), Unclear, 0);
    check(mail("Re: Đã nhận", "Em cảm ơn ạ.", &[]), Unclear, 0);
    check(
        mail(
            "Trả lời tự động: Đã nhận bài",
            "Tôi đi công tác đến ngày 9/9.",
            &[],
        ),
        Automatic,
        0,
    );
    check(
        mail("Automatic reply: x", "I am out of office.", &[]),
        Automatic,
        0,
    );
    check(mail("Vắng mặt", "Tôi nghỉ phép.", &[]), Automatic, 0);
    check(QUESTION.to_vec(), Question, 0);
    check(FORWARD.to_vec(), Entry, 1);
    check(b"".to_vec(), Unclear, 0);
    check(b"\0\0\0".to_vec(), Unclear, 0);
    check(
        b"\r\n\r\nCho em h\xe1\xbb\x8fi h\xe1\xba\xa1n n\xe1\xbb\x99p?".to_vec(),
        Question,
        0,
    );
}

#[test]
fn machines_are_recognised_by_their_headers() {
    let check = |head: &str, body: &str, kind: MessageKind| {
        let raw = format!("From: a@example.vn\r\nSubject: Thong bao\r\n{head}\r\n\r\n{body}");
        assert_eq!(read(raw.as_bytes()).kind, kind, "{head}");
    };
    check(
        "Auto-Submitted: auto-replied",
        "Toi se tra loi sau.",
        MessageKind::Automatic,
    );
    check(
        "List-Id: <tin.example.vn>",
        "Tin tuc trong tuan.",
        MessageKind::Automatic,
    );
    check("Precedence: bulk", &essay_text(), MessageKind::Automatic);
    check("X-Phach-Letter: 42", "Da nhan bai.", MessageKind::Own);
    check("Return-Path: <>", "Da gui thu.", MessageKind::Automatic);

    let answer = b"From: a@example.vn\r\nSubject: Re: Da nhan bai du thi\r\nIn-Reply-To: <1@phach.example>\r\n\r\nEm cam on.";
    let parsed = read(answer);
    assert_eq!(
        (parsed.kind, parsed.findings.len()),
        (MessageKind::Unclear, 0)
    );
}

#[test]
fn a_delivery_report_names_the_letter_that_came_back() {
    let parsed = read(BOUNCE);
    assert_eq!(parsed.kind, MessageKind::Bounce);
    assert!(!parsed.marks.may_answer());
    let bounce = parsed.bounce.expect("a bounce");
    assert_eq!(
        bounce.original_id.as_deref(),
        Some("receipt-7.phach@phach.example")
    );
    assert_eq!(bounce.recipient.as_deref(), Some("khongco@truong.example"));
    assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
    assert!(bounce.permanent);
    assert!(
        bounce.diagnostic.ends_with("rejected: User unknown"),
        "{}",
        bounce.diagnostic
    );

    let delayed = String::from_utf8_lossy(BOUNCE)
        .replace("failed", "delayed")
        .replace("5.1.1", "4.4.1");
    let bounce = read(delayed.as_bytes()).bounce.expect("a bounce");
    assert!(!bounce.permanent);

    let arrived = String::from_utf8_lossy(BOUNCE)
        .replace("failed", "delivered")
        .replace("5.1.1", "2.0.0");
    assert_eq!(read(arrived.as_bytes()).kind, MessageKind::Automatic);

    let note = b"From: MAILER-DAEMON@old.example\r\nSubject: failure notice\r\n\r\n<x@y.example>:\r\nSorry, no mailbox (5.1.1)\r\nMessage-ID: <r1@phach.example>\r\n";
    let bounce = read(note).bounce.expect("a bounce");
    assert_eq!(bounce.original_id.as_deref(), Some("r1@phach.example"));
    assert_eq!(bounce.recipient.as_deref(), Some("x@y.example"));
    assert!(bounce.permanent);
}

#[test]
fn the_pieces_of_a_mail_are_read_as_sent() {
    let parsed = read(&mail(
        "Bài dự thi",
        "Em gửi bài.",
        &[("Bài thi của Ánh.doc", DOC, b"abc")],
    ));
    assert_eq!(
        parsed.from.as_ref().map(|from| from.name.as_str()),
        Some("Nguyễn Thị Ánh")
    );
    assert_eq!(
        parsed.from.as_ref().map(|from| from.email.as_str()),
        Some("anh@example.vn")
    );
    assert_eq!(parsed.rfc_id.as_deref(), Some("m1@example.vn"));
    assert_eq!(parsed.subject, "Bài dự thi");
    assert_eq!(parsed.body, "Em gửi bài.");
    let part = &parsed.parts[0];
    assert_eq!(
        (
            part.path.as_str(),
            part.name.as_str(),
            part.declared.as_str()
        ),
        ("2", "Bài thi của Ánh.doc", DOC)
    );
    assert_eq!(
        part.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let files: Vec<usize> = parsed.essays[0]
        .main
        .into_iter()
        .chain(parsed.essays[0].unread.clone())
        .collect();
    assert_eq!(files, [0]);

    let forward = read(FORWARD);
    assert_eq!(forward.parts[0].name, "Bài dự thi Lê Văn Bình.docx");
    assert_eq!(
        forward
            .forwarded_from
            .as_ref()
            .map(|from| from.email.as_str()),
        Some("binh@example.vn")
    );
    assert_eq!(
        forward.body,
        "Kính chuyển Ban Tổ chức.\n\nEm gửi thầy bài dự thi ạ."
    );
    assert!(has(&forward, FindingCode::Forwarded));

    let question = read(QUESTION);
    assert_eq!(
        question.body,
        "Cho em hỏi bài viết tay có được chấp nhận không ạ?\nMai"
    );
    assert!(question.parts[0].inline);
}

#[test]
fn what_is_missing_in_a_mail_is_said() {
    let check = |body: &str, code: FindingCode| {
        assert!(has(&read(&mail("Bài", body, &[])), code), "{body}")
    };
    check("Em gửi bài trong file đính kèm.", FindingCode::NoAttachment);
    check(
        "Bài của em: https://1drv.ms/w/s!abc",
        FindingCode::CloudLink,
    );
    let parsed = read(&mail("Bài dự thi", &essay_text(), &[]));
    assert!(parsed.essays[0].in_body);
    assert!(
        parsed.essays[0]
            .findings
            .iter()
            .any(|finding| finding.code == FindingCode::InBody)
    );
    assert!(parsed.essays[0].text_hash.is_some());
}

#[test]
fn photos_alone_are_the_pages_of_one_essay_in_order() {
    let names: Vec<String> = [3, 12, 1, 10, 2, 11, 4, 9, 5, 8, 6, 7]
        .iter()
        .map(|n| format!("IMG_{n}.jpg"))
        .collect();
    let files: Vec<(&str, &str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), "image/jpeg", b"\xff\xd8\xff\xe0".as_slice()))
        .collect();
    let parsed = read(&mail("Bài thi viết tay", "Em gửi ạ.", &files));
    assert_eq!(parsed.essays.len(), 1);
    let pages: Vec<&str> = parsed.essays[0]
        .pages
        .iter()
        .map(|page| parsed.parts[*page].name.as_str())
        .collect();
    let want: Vec<String> = (1..=12).map(|n| format!("IMG_{n}.jpg")).collect();
    assert_eq!(pages, want);
}

#[test]
fn each_document_with_an_author_of_its_own_is_an_essay_of_its_own() {
    let document = |name: &str, topic: &str| {
        format!(
            "BÀI DỰ THI\nHọ và tên: {name}\nNgày sinh: 09/02/1981\nĐơn vị: Trường THCS Ngô Sĩ Liên\n\nBÀI LÀM\n{}",
            format!("{topic} là nội dung mà mỗi người dân cần biết và làm theo. ").repeat(20)
        )
    };
    let (one, other) = (
        document("Lê Văn Bình", "Cải cách hành chính"),
        document("Trần Thị Mai", "Dịch vụ công"),
    );
    let plain = "text/plain; charset=utf-8";
    let files: [(&str, &str, &[u8]); 2] = [
        ("bai1.txt", plain, one.as_bytes()),
        ("bai2.txt", plain, other.as_bytes()),
    ];
    let parsed = read(&mail("Bài dự thi", "Trường gửi bài của hai em.", &files));
    assert_eq!((parsed.kind, parsed.essays.len()), (MessageKind::Entry, 2));
    let name = |essay: usize| {
        parsed.essays[essay]
            .slip
            .name
            .as_ref()
            .map(|fact| fact.value.clone())
    };
    assert_eq!(name(0).as_deref(), Some("Lê Văn Bình"));
    assert_eq!(name(1).as_deref(), Some("Trần Thị Mai"));
    assert!(parsed.essays.iter().all(|essay| essay.slip.phone.is_none()));

    // Without a name in it, the only essay of a mail is its sender's.
    let text = essay_text();
    let parsed = read(&mail(
        "Bài dự thi",
        "Em gửi bài.",
        &[("bai.txt", plain, text.as_bytes())],
    ));
    assert_eq!(
        parsed.essays[0]
            .slip
            .name
            .as_ref()
            .map(|fact| fact.value.as_str()),
        Some("Nguyễn Thị Ánh")
    );

    // Photos named after their authors.
    let photo: &[u8] = b"\xff\xd8\xff\xe0";
    let files = ["Lê Văn Bình 1.jpg", "Trần Thị Mai.jpg", "Lê Văn Bình 2.jpg"]
        .map(|name| (name, "image/jpeg", photo));
    let parsed = read(&mail("Bài dự thi", "Gửi BTC.", &files));
    assert_eq!(
        parsed
            .essays
            .iter()
            .map(|essay| essay.pages.len())
            .collect::<Vec<_>>(),
        [2, 1]
    );

    // Ticked answers and a labelled head in the mail itself.
    let body = "Họ và tên: Lê Văn Bình\nNgày sinh: 01/01/2005\nĐịa chỉ: 12 Hàng Bạc, Hoàn Kiếm\nCâu 1: A\nCâu 2: B\nCâu 3: C\nCâu 4: D";
    let parsed = read(&mail("Bài dự thi", body, &[]));
    assert_eq!((parsed.kind, parsed.essays.len()), (MessageKind::Entry, 1));
    assert_eq!(parsed.essays[0].answers.get(&3), Some(&'C'));

    // An illustrated document is one essay, whatever its pictures are called.
    let files = [
        ("bai.txt", plain, one.as_bytes()),
        ("Ảnh 1.jpg", "image/jpeg", photo),
        ("Phụ lục.txt", plain, other.as_bytes()),
    ];
    let parsed = read(&mail("Bài dự thi", "Gửi BTC.", &files));
    assert_eq!(
        (parsed.essays.len(), parsed.essays[0].annexes.len()),
        (1, 2)
    );
}

#[test]
fn attached_mails_are_opened_and_keep_their_own_sender() {
    let inner =
        |name: &str| String::from_utf8(mail("Bài", "Em gửi.", &[(name, DOC, b"abc")])).unwrap();
    let part =
        |inner: &str| format!("--=_outer\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n");
    let raw = format!(
        "From: truong@example.vn\r\nSubject: Bai cua lop\r\nContent-Type: multipart/mixed; boundary=\"=_outer\"\r\n\r\n--=_outer\r\n\r\nKinh gui.\r\n{}{}--=_outer--\r\n",
        part(&inner("một.doc")),
        part(&inner("hai.doc")),
    );
    let parsed = read(raw.as_bytes());
    let paths: Vec<(&str, &str)> = parsed
        .parts
        .iter()
        .map(|part| (part.path.as_str(), part.name.as_str()))
        .collect();
    assert_eq!(paths, [("2/2", "một.doc"), ("3/2", "hai.doc")]);
    assert_eq!((parsed.kind, parsed.essays.len()), (MessageKind::Entry, 2));
    assert_eq!(
        parsed.forwarded_from.map(|from| from.email).as_deref(),
        Some("anh@example.vn")
    );

    let essay = String::from_utf8(mail("Bài", &essay_text(), &[])).unwrap();
    let raw = format!(
        "From: t@example.vn\r\nContent-Type: multipart/mixed; boundary=\"=_outer\"\r\n\r\n{}--=_outer--\r\n",
        part(&essay)
    );
    let parsed = read(raw.as_bytes());
    assert_eq!(parsed.parts[0].path, "1/0");
    assert_eq!(parsed.essays[0].main, Some(0));
}

#[test]
fn old_encodings_and_broken_mails_still_give_their_text() {
    let check = |raw: &[u8], body: &str| assert_eq!(read(raw).body, body);
    check(b"From: a@b.vn\r\nContent-Type: text/plain; charset=windows-1258\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nTi=EA=ECng Vi=EA=F2t", "Tiếng Việt");
    check(b"From: a@b.vn\r\nContent-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n//5CAOAAaQA=\r\n", "Bài");
    check(
        b"From: a@b.vn\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>B\xc3\xa0i</p>",
        "Bài",
    );
    check(b"From: a@b.vn\n\nB\xc3\xa0i\0 thi", "Bài thi");
    // The boundary in the head is not the one in the body.
    let raw = String::from_utf8_lossy(FORWARD).replace("boundary=\"outer\"", "boundary=\"other\"");
    assert_eq!(read(raw.as_bytes()).parts.len(), 1);
}

#[test]
fn copies_of_one_mail_in_two_mailboxes_have_one_content_hash() {
    let raw = String::from_utf8(mail("Bài", "Em gửi.", &[("a.doc", DOC, b"abc")])).unwrap();
    let copy = format!(
        "Delivered-To: dongda@phach.example\r\nReceived: by x; Fri, 6 Sep 2019 09:00:00 +0700\r\n{raw}"
    );
    assert_eq!(
        read(raw.as_bytes()).content_hash,
        read(copy.as_bytes()).content_hash
    );
    assert_eq!(
        read(raw.as_bytes()).below_head,
        read(copy.as_bytes()).below_head
    );
    let other = mail("Bài", "Em gửi.", &[("a.doc", DOC, b"abd")]);
    assert_ne!(read(raw.as_bytes()).content_hash, read(&other).content_hash);
    assert_ne!(read(raw.as_bytes()).below_head, read(&other).below_head);
}

#[test]
fn bombs_are_refused_unread() {
    let check = |name: &str, raw: &[u8]| assert!(parse(raw).is_none(), "{name}");
    let parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(10_000);
    check(
        "parts",
        format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}").as_bytes(),
    );
    check(
        "nested",
        "Content-Type: message/rfc822\r\n\r\n"
            .repeat(32_000)
            .as_bytes(),
    );
    check(
        "nested less deeply",
        "Content-Type: message/rfc822\r\n\r\n"
            .repeat(200)
            .as_bytes(),
    );
    check(
        "nested oddly",
        "Content-Type: message/ (x) RFC822\r\n\r\n"
            .repeat(100)
            .as_bytes(),
    );
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(32_000);
    let wrapped = format!(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{nested}"
    );
    check("nested in an encoded part", wrapped.as_bytes());
    check("headers", "X-A: 1\r\n".repeat(30_000).as_bytes());
}

#[test]
fn damaged_mails_never_stop_the_program() {
    for raw in [BOUNCE, FORWARD, QUESTION] {
        for end in (0..raw.len()).step_by(37) {
            let _ = parse(&raw[..end]);
        }
        let mut seed = 1u32;
        for _ in 0..150 {
            let mut broken = raw.to_vec();
            for _ in 0..4 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = seed as usize % broken.len();
                broken[at] ^= 1 << (seed >> 29);
            }
            let _ = parse(&broken);
        }
    }
}
