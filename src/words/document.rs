//! What is said about files and what was found in them: one sentence each, official and kind, with what to do.

use super::time;
use crate::entry::Finding;
use crate::entry::FindingCode;
use crate::entry::Kind;

/// The sentence for a finding, for the receipt, the desk and the judges.
pub fn finding(finding: &Finding) -> String {
    let detail = finding.detail.trim();
    // The sentence must also read well where no detail is known.
    let or = |with: String, without: &str| {
        if detail.is_empty() {
            without.to_owned()
        } else {
            with
        }
    };
    match finding.code {
        FindingCode::Password => {
            "Tệp có đặt mật khẩu nên chưa mở được; đề nghị gửi lại tệp không đặt mật khẩu.".to_owned()
        }
        FindingCode::Damaged => {
            "Tệp bị lỗi nên chưa đọc được đầy đủ; đề nghị kiểm tra và gửi lại tệp.".to_owned()
        }
        FindingCode::TooLarge => {
            let what = match detail {
                "entries" => "số tệp bên trong",
                "size" => "dung lượng khi mở tệp",
                "depth" => "cấu trúc bên trong tệp",
                "text" => "độ dài văn bản",
                "pages" => "số trang",
                "page" => "khổ trang",
                "content" => "nội dung một trang",
                _ => "dung lượng",
            };
            format!("Tệp vượt giới hạn về {what} nên chỉ đọc được một phần; cán bộ sẽ xem trực tiếp tệp đã gửi.")
        }
        FindingCode::NotRead => or(
            format!(
                "Đã nhận và lưu {}; định dạng này chưa được đọc tự động, cán bộ sẽ xem trực tiếp.",
                kind(Kind::read(detail))
            ),
            "Đã nhận và lưu tệp; định dạng này chưa được đọc tự động, cán bộ sẽ xem trực tiếp.",
        ),
        FindingCode::Empty => {
            "Tệp không có nội dung chữ; đề nghị kiểm tra và gửi lại bài dự thi.".to_owned()
        }
        FindingCode::Scan => {
            "Bài là ảnh chụp hoặc bản quét; ban giám khảo sẽ xem trực tiếp hình ảnh các trang.".to_owned()
        }
        FindingCode::Unsure => or(
            format!("Chữ trong ảnh chỉ nhận dạng được với độ tin cậy {detail}%, có thể là chữ viết tay hoặc ảnh mờ; ban giám khảo sẽ xem trực tiếp hình ảnh các trang."),
            "Chưa nhận dạng được chữ trong ảnh; ban giám khảo sẽ xem trực tiếp hình ảnh các trang.",
        ),
        FindingCode::AskZip => {
            "Tệp nén chưa mở được tự động; đề nghị nén lại dạng ZIP, hoặc đính kèm từng tệp vào thư rồi gửi lại.".to_owned()
        }
        FindingCode::UnmappedGlyphs => or(
            format!("Khoảng {detail}% chữ trong tệp không đọc được thành văn bản; nếu có thể, đề nghị gửi thêm tệp Word (.docx)."),
            "Một phần chữ trong tệp không đọc được thành văn bản; nếu có thể, đề nghị gửi thêm tệp Word (.docx).",
        ),
        FindingCode::TrackedChanges => {
            "Tệp còn các chỗ đang theo dõi chỉnh sửa; bài được đọc với các chỗ thêm được giữ và các chỗ xóa được bỏ.".to_owned()
        }
        FindingCode::NotA4 => or(
            format!("Khổ giấy là {detail}, thể lệ đề nghị khổ A4."),
            "Khổ giấy khác khổ A4 mà thể lệ đề nghị.",
        ),
        FindingCode::NotTimesNewRoman => {
            if detail.ends_with('%') {
                format!("Mới có {detail} số chữ dùng phông Times New Roman; thể lệ đề nghị dùng phông này cho cả bài.")
            } else {
                or(
                    format!("Phông chữ chính là {detail}; thể lệ đề nghị dùng phông Times New Roman."),
                    "Phông chữ khác phông Times New Roman mà thể lệ đề nghị.",
                )
            }
        }
        FindingCode::NotSize14 => or(
            format!("Cỡ chữ chính là {}; thể lệ đề nghị cỡ chữ 14.", detail.replace('.', ",")),
            "Cỡ chữ khác cỡ 14 mà thể lệ đề nghị.",
        ),
        FindingCode::NoDiacritics => {
            "Bài viết không có dấu; thể lệ đề nghị trình bày bằng tiếng Việt có dấu.".to_owned()
        }
        FindingCode::LegacyEncoding => or(
            format!("Bài dùng bảng mã cũ {detail}; đề nghị dùng bảng mã Unicode để chữ hiện đúng."),
            "Bài dùng bảng mã cũ; đề nghị dùng bảng mã Unicode để chữ hiện đúng.",
        ),
        FindingCode::NoName => "Chưa thấy họ và tên người dự thi.".to_owned(),
        FindingCode::NoBirthDate => "Chưa thấy ngày, tháng, năm sinh.".to_owned(),
        FindingCode::NoUnit => {
            "Chưa thấy tên đơn vị, trường học hoặc nơi công tác.".to_owned()
        }
        FindingCode::NoAddress => "Chưa thấy địa chỉ liên hệ.".to_owned(),
        FindingCode::NoPhone => "Chưa thấy số điện thoại liên hệ.".to_owned(),
        FindingCode::UnderAge => {
            "Theo ngày sinh đã ghi, người dự thi chưa đủ tuổi theo thể lệ; đề nghị kiểm tra lại ngày sinh.".to_owned()
        }
        FindingCode::RollDiffers => {
            let (fact, listed) = detail.split_once(' ').unwrap_or_default();
            match fact {
                "name" => format!("Danh sách gửi kèm ghi họ và tên là {listed}, khác với bài viết; đề nghị kiểm tra lại."),
                "birth_date" => format!("Danh sách gửi kèm ghi ngày sinh là {}, khác với bài viết; đề nghị kiểm tra lại.", time::iso_date(listed)),
                "class" => format!("Danh sách gửi kèm ghi lớp là {listed}, khác với bài viết; đề nghị kiểm tra lại."),
                _ => "Danh sách gửi kèm ghi khác với bài viết; đề nghị kiểm tra lại.".to_owned(),
            }
        }
        FindingCode::RollAlone => or(
            format!("Thư có danh sách {detail} người dự thi nhưng không có bài nào kèm theo."),
            "Thư có danh sách người dự thi nhưng không có bài nào kèm theo.",
        ),
        FindingCode::InBody => {
            "Bài dự thi được viết ngay trong thư, không có tệp đính kèm; bài vẫn được tiếp nhận.".to_owned()
        }
        FindingCode::Forwarded => or(
            format!("Thư được chuyển tiếp; người gửi ban đầu là {detail}."),
            "Thư được chuyển tiếp từ người khác.",
        ),
        FindingCode::CloudLink => {
            "Thư dẫn tới một tệp trên mạng thay vì đính kèm; đề nghị đính kèm tệp bài dự thi vào thư và gửi lại.".to_owned()
        }
        FindingCode::NoAttachment => {
            "Thư có nhắc tới tệp đính kèm nhưng không có tệp nào; đề nghị gửi lại kèm tệp.".to_owned()
        }
        FindingCode::MailTooComplex => {
            "Thư có cấu trúc quá phức tạp nên chưa đọc được hết; cán bộ sẽ xem trực tiếp.".to_owned()
        }
        FindingCode::MailDamaged => {
            "Một phần lời thư bị lỗi khi gửi nên có thể chưa đọc được đầy đủ; cán bộ sẽ xem trực tiếp.".to_owned()
        }
        FindingCode::Encrypted => or(
            format!("Phần {detail} của thư được mã hóa nên không mở được; đề nghị gửi lại bài dự thi trong thư không mã hóa."),
            "Tệp được mã hóa nên không mở được; đề nghị gửi lại bài dự thi không mã hóa.",
        ),
        FindingCode::PartialMail => {
            "Thư bị chia nhỏ khi gửi nên chỉ tới một phần; đề nghị gửi lại toàn bộ bài dự thi trong một thư.".to_owned()
        }
        FindingCode::FileElsewhere => {
            "Tệp không nằm trong thư mà chỉ được dẫn tới từ nơi khác; đề nghị đính kèm tệp bài dự thi vào thư và gửi lại.".to_owned()
        }
        FindingCode::PartAside => or(
            format!("Phần {detail} của thư không được đọc tự động; cán bộ mở thư gốc để xem trực tiếp."),
            "Một phần của thư không được đọc tự động; cán bộ mở thư gốc để xem trực tiếp.",
        ),
        FindingCode::TextAside => {
            let place = match detail {
                "above" => "trước phần đầu tiên",
                "below" => "sau phần cuối cùng",
                _ => "ngoài các phần",
            };
            format!("Thư có đoạn chữ nằm {place} của thư; cán bộ mở thư gốc để xem trực tiếp.")
        }
        FindingCode::SeveralSenders => {
            "Đầu thư ghi nhiều địa chỉ người gửi khác nhau; thư được trả lời theo địa chỉ thứ nhất, cán bộ kiểm tra lại người gửi.".to_owned()
        }
        FindingCode::Resent => or(
            format!("Bài này đã được gửi trước đó và đã có mã tiếp nhận {detail}; không cần gửi lại."),
            "Bài này đã được gửi trước đó; không cần gửi lại.",
        ),
        FindingCode::SameText => or(
            format!("Nội dung trùng với bài đã tiếp nhận trước, mã {detail}; ban tổ chức sẽ xem xét."),
            "Nội dung trùng với một bài đã tiếp nhận trước; ban tổ chức sẽ xem xét.",
        ),
        FindingCode::TwoUnits => or(
            format!("Người dự thi cũng đã gửi bài tới {detail}; đề nghị cho biết đơn vị dự thi chính thức."),
            "Người dự thi đã gửi bài tới nhiều đơn vị; đề nghị cho biết đơn vị dự thi chính thức.",
        ),
    }
}

/// A kind of file as a noun phrase: "tệp Word (.docx)".
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Docx => "tệp Word (.docx)",
        Kind::Doc => "tệp Word đời cũ (.doc)",
        Kind::Odt => "tệp văn bản OpenDocument (.odt)",
        Kind::Rtf => "tệp văn bản RTF (.rtf)",
        Kind::Pdf => "tệp PDF",
        Kind::Text => "tệp văn bản thuần (.txt)",
        Kind::Html => "trang HTML",
        Kind::Jpeg => "ảnh JPEG",
        Kind::Png => "ảnh PNG",
        Kind::Tiff => "ảnh TIFF",
        Kind::Webp => "ảnh WebP",
        Kind::Heic => "ảnh HEIC (chụp bằng iPhone)",
        Kind::Gif => "ảnh GIF",
        Kind::Bmp => "ảnh BMP",
        Kind::Zip => "tệp nén ZIP",
        Kind::Rar => "tệp nén RAR",
        Kind::SevenZip => "tệp nén 7z",
        Kind::Xlsx => "bảng tính Excel (.xlsx)",
        Kind::Xls => "bảng tính Excel đời cũ (.xls)",
        Kind::Ods => "bảng tính OpenDocument (.ods)",
        Kind::Pptx => "bài trình chiếu PowerPoint (.pptx)",
        Kind::Tnef => "tệp winmail.dat của Outlook",
        Kind::Mail => "thư đính kèm",
        Kind::Accessory => "tệp kèm theo thư (chữ ký số, lịch hẹn, danh thiếp)",
        Kind::Unknown => "tệp chưa rõ định dạng",
    }
}

/// "tệp PDF, 3 trang"
pub fn about(of: Kind, pages: Option<i64>) -> String {
    match pages {
        Some(pages) => format!("{}, {pages} trang", kind(of)),
        None => kind(of).to_owned(),
    }
}

/// "tệp PDF, 3 trang, 12 KB"
pub fn about_sized(of: Kind, pages: Option<i64>, bytes: i64) -> String {
    format!("{}, {}", about(of, pages), time::size(bytes))
}

#[cfg(test)]
mod tests {
    use super::finding;
    use super::kind;
    use crate::entry::Finding;
    use crate::entry::FindingCode;
    use crate::entry::Kind;

    #[test]
    fn findings_are_whole_sentences_with_or_without_their_detail() {
        let check = |code, detail: &str, part: &str| {
            let sentence = finding(&Finding::new(code, detail));
            assert!(sentence.contains(part), "{sentence}");
            assert!(
                sentence.ends_with('.') && !sentence.contains("  "),
                "{sentence}"
            );
        };
        check(FindingCode::NotRead, "seven_zip", "tệp nén 7z");
        check(FindingCode::NotRead, "", "lưu tệp");
        check(
            FindingCode::Encrypted,
            "2 (application/pkcs7-mime)",
            "Phần 2 (application/pkcs7-mime)",
        );
        check(FindingCode::Encrypted, "", "Tệp được mã hóa");
        check(
            FindingCode::TextAside,
            "below",
            "sau phần cuối cùng của thư",
        );
        check(FindingCode::TextAside, "", "ngoài các phần của thư");
        check(FindingCode::NotSize14, "13.5", "13,5");
        check(FindingCode::NotTimesNewRoman, "62%", "62% số chữ");
        check(FindingCode::NotTimesNewRoman, "Arial", "là Arial");
        check(
            FindingCode::RollDiffers,
            "birth_date 2007-02-09",
            "ngày sinh là 09/02/2007,",
        );
        check(FindingCode::RollDiffers, "class 9 A2", "lớp là 9 A2,");
        check(
            FindingCode::RollDiffers,
            "name Lê Văn An",
            "họ và tên là Lê Văn An,",
        );
        check(FindingCode::RollDiffers, "", "khác với bài viết");
        check(FindingCode::RollAlone, "42", "danh sách 42 người");
        check(FindingCode::TooLarge, "pages", "số trang");
        check(FindingCode::NotA4, "216×330", "216×330");
    }

    #[test]
    fn every_kind_of_file_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Kind::ALL.into_iter().map(kind).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
    }
}
