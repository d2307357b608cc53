//! Words of the official papers: hand-over letters and lists, and the proposal of prizes, in the form of Nghị định 30/2020/NĐ-CP.

use super::time::number;

pub const STATE: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
pub const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
/// What no clerk has numbered and signed yet.
pub const DRAFT: &str = "DỰ THẢO";
pub const TO: &str = "Kính gửi:";
pub const COPIES: &str = "Nơi nhận:";
pub const AS_ABOVE: &str = "Như trên";
pub const ANNEX: &str = "Phụ lục";
pub const LIST_MADE_BY: &str = "NGƯỜI LẬP DANH SÁCH";
pub const SIGN_HERE: &str = "(Ký, ghi rõ họ tên)";
/// The mark at the end of a letter's text.
pub const END: &str = "./.";
/// Under every page of a list; `&P` and `&N` are its number and how many there are (ECMA-376 part 1, §18.3.1.46).
pub const PAGES: &str = "Trang &P/&N";
/// Name of the only worksheet.
pub const TAB: &str = "Danh sách";
/// What a file name has instead of a unit that cannot be written in ASCII.
pub const SOME_UNIT: &str = "don-vi";

/// "Số:        /UBND-PTP", the number left to the clerk.
pub fn number_line(symbol: Option<&str>) -> String {
    format!("Số:        /{}", symbol.unwrap_or("…"))
}

/// "V/v gửi bài dự thi …"
pub fn about_line(about: &str) -> String {
    format!("V/v {about}")
}

/// "Hà Nội, ngày … tháng … năm 2019"
pub fn undated(place: &str, year: i16) -> String {
    format!("{place}, ngày … tháng … năm {year}")
}

/// "Hà Nội, ngày 06 tháng 9 năm 2019": leading zeros for days below 10 and for months 1 and 2.
pub fn dated(place: &str, day: i8, month: i8, year: i16) -> String {
    let month = if month <= 2 {
        format!("{month:02}")
    } else {
        month.to_string()
    };
    format!("{place}, ngày {day:02} tháng {month} năm {year}")
}

/// "Lưu: VT, PTP."
pub fn filed(departments: &str) -> String {
    format!("Lưu: {departments}.")
}

/// Numbers of things in sentences: "03", "100", "13.461".
pub fn count(n: usize) -> String {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    if n < 10 { format!("{n:02}") } else { number(n) }
}

/// "cuộc thi “Tìm hiểu Dịch vụ công trực tuyến”"
pub fn contest(title: &str) -> String {
    format!("cuộc thi “{title}”")
}

/// "Đơn vị: Quận Hoàn Kiếm"
pub fn unit_line(unit: &str) -> String {
    format!("Đơn vị: {unit}")
}

/// "(Kèm theo Công văn số … ngày … tháng … năm 2019 của UBND quận Hoàn Kiếm)"
pub fn annex_of(kind: &str, symbol: Option<&str>, year: i16, issuer: &str) -> String {
    format!(
        "(Kèm theo {kind} số        /{} ngày … tháng … năm {year} của {issuer})",
        symbol.unwrap_or("…")
    )
}

/// Kinds of letters, as an annex names them.
pub const DISPATCH: &str = "Công văn";
pub const PROPOSAL: &str = "Tờ trình";
/// Name of a proposal, as its head prints it.
pub const PROPOSAL_TITLE: &str = "TỜ TRÌNH";

pub mod column {
    //! Heads of columns.

    pub const ORDER: &str = "STT";
    pub const CODE: &str = "Mã tiếp nhận";
    pub const NAME: &str = "Họ và tên";
    pub const BIRTH_DATE: &str = "Ngày sinh";
    pub const UNIT: &str = "Đơn vị/Lớp";
    pub const ADDRESS: &str = "Địa chỉ";
    pub const PHONE: &str = "Điện thoại";
    pub const MEAN: &str = "Điểm trung bình";
    pub const RANK: &str = "Xếp hạng";
    pub const NOTE: &str = "Ghi chú";
    pub const PRIZE: &str = "Giải thưởng";
    pub const PLANNED: &str = "Số giải theo cơ cấu";
    pub const PROPOSED: &str = "Số giải đề nghị trao";
    pub const LEFT: &str = "Chưa đề nghị trao";

    /// "Điểm lần 1"
    pub fn mark(n: usize) -> String {
        format!("Điểm lần {n}")
    }
}

/// Note beside entries of one rank.
pub const SHARED_RANK: &str = "Đồng hạng";

pub mod shortlist {
    //! The best entries of a unit, sent up.

    use super::count;

    pub const LIST_TITLE: &str = "DANH SÁCH BÀI DỰ THI XUẤT SẮC";
    pub const LIST_FILE: &str = "danh-sach-bai-xuat-sac";
    pub const LETTER_FILE: &str = "cong-van-gui-bai-xuat-sac";

    pub fn about(contest: &str) -> String {
        format!("gửi bài dự thi xuất sắc {contest}")
    }

    pub fn opening(basis: Option<&str>, issuer: &str, contest: &str, to: &str) -> String {
        match basis {
            Some(basis) => format!(
                "Thực hiện {basis}, {issuer} đã tổ chức thu nhận và chấm bài dự thi {contest} theo quy định; trân trọng báo cáo kết quả và gửi bài dự thi xuất sắc đến {to} như sau:"
            ),
            None => format!(
                "{issuer} đã tổ chức thu nhận và chấm bài dự thi {contest} theo quy định; trân trọng báo cáo kết quả và gửi bài dự thi xuất sắc đến {to} như sau:"
            ),
        }
    }

    pub const RESULT: &str = "1. Kết quả thu nhận và chấm bài";
    pub const LIST: &str = "2. Danh sách bài dự thi xuất sắc";

    /// How many were taken of how many asked, and why not just as many.
    pub fn taken(taken: usize, asked: usize, tied_at_the_end: usize, why: Option<&str>) -> String {
        let sent = format!("Số bài dự thi xuất sắc được lựa chọn: {} bài", count(taken));
        if taken < asked {
            let why = why.map_or_else(String::new, |why| {
                format!(" Lý do: {}.", why.trim_end_matches(['.', ' ']))
            });
            return format!(
                "{sent}, ít hơn {} bài so với số lượng quy định ({} bài).{why}",
                count(asked - taken),
                count(asked)
            );
        }
        if taken > asked {
            let why = match why {
                Some(why) => format!(" Lý do: {}.", why.trim_end_matches(['.', ' '])),
                None if tied_at_the_end > 1 => format!(
                    " Lý do: có {} bài đồng hạng tại vị trí cuối danh sách.",
                    count(tied_at_the_end)
                ),
                None => String::new(),
            };
            return format!(
                "{sent}, nhiều hơn {} bài so với số lượng quy định ({} bài).{why}",
                count(taken - asked),
                count(asked)
            );
        }
        format!("{sent}, đủ số lượng quy định.")
    }

    pub fn range(round: &str, highest: &str, lowest: &str) -> String {
        format!("Kết quả chấm {round}: điểm trung bình cao nhất {highest}, thấp nhất {lowest}.")
    }

    pub fn shared(n: usize) -> String {
        format!(
            "Trong danh sách có {} bài đồng hạng, được ghi tại cột Ghi chú của tệp danh sách.",
            count(n)
        )
    }
}

pub mod handover {
    //! What both hand-overs say, and the one that sends every entry unmarked.

    use super::count;

    pub const LIST_TITLE: &str = "DANH SÁCH BÀI DỰ THI";
    pub const LIST_FILE: &str = "danh-sach-bai-du-thi";
    pub const LETTER_FILE: &str = "cong-van-gui-bai-du-thi";

    pub fn about(contest: &str) -> String {
        format!("gửi bài dự thi {contest}")
    }

    pub fn opening(basis: Option<&str>, issuer: &str, contest: &str, to: &str) -> String {
        match basis {
            Some(basis) => format!(
                "Thực hiện {basis}, {issuer} đã triển khai {contest} và tập hợp bài dự thi tại đơn vị; trân trọng gửi toàn bộ bài dự thi đến {to} để tổ chức chấm, cụ thể như sau:"
            ),
            None => format!(
                "{issuer} đã triển khai {contest} và tập hợp bài dự thi tại đơn vị; trân trọng gửi toàn bộ bài dự thi đến {to} để tổ chức chấm, cụ thể như sau:"
            ),
        }
    }

    pub const RESULT: &str = "1. Kết quả thu nhận bài";
    pub const LIST: &str = "2. Danh sách bài dự thi";

    pub fn received(n: usize) -> String {
        format!("Số bài dự thi đã tiếp nhận: {} bài;", count(n))
    }

    pub fn valid(n: usize) -> String {
        format!("Số bài dự thi hợp lệ: {} bài;", count(n))
    }

    pub fn sent(n: usize) -> String {
        format!("Số bài dự thi gửi kèm: {} bài.", count(n))
    }

    pub fn list_in_annex(n: usize, file: &str) -> String {
        format!(
            "Danh sách {} bài được tóm tắt tại Phụ lục kèm theo; danh sách đầy đủ tại tệp “{file}”.",
            count(n)
        )
    }

    pub fn list_in_file(n: usize, file: &str) -> String {
        format!("Danh sách {} bài được gửi kèm tại tệp “{file}”.", count(n))
    }

    pub const PACKAGE: &str = "3. Gói hồ sơ điện tử";

    pub fn package(name: &str, size: &str, parts: usize, deadline: &str) -> String {
        let parts = if parts > 1 {
            format!(", chia thành {} phần", count(parts))
        } else {
            String::new()
        };
        format!(
            "Bài dự thi được gửi trong gói hồ sơ điện tử “{name}”, dung lượng {size}{parts}. Thời hạn nộp theo quy định: {deadline}."
        )
    }

    pub const HASH: &str = "Mã kiểm tra (SHA-256) của gói hồ sơ:";

    pub fn please(to: &str) -> String {
        format!(
            "Trân trọng đề nghị {to} tiếp nhận, đối chiếu số lượng bài và mã kiểm tra, thông báo kết quả tiếp nhận để đơn vị biết."
        )
    }
}

/// Whom to ask, as the last sentence of a letter.
pub fn contact(name: &str, phone: &str, email: &str) -> String {
    let ways: Vec<String> = [("điện thoại", phone), ("thư điện tử", email)]
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| format!(", {label}: {value}"))
        .collect();
    format!(
        "Thông tin chi tiết đề nghị liên hệ: {name}{}",
        ways.concat()
    )
}

pub mod prizes {
    //! The proposal of prizes.

    use super::count;

    pub const LIST_TITLE: &str = "DANH SÁCH ĐỀ NGHỊ TRAO GIẢI";
    pub const LIST_FILE: &str = "danh-sach-de-nghi-trao-giai";
    pub const LETTER_FILE: &str = "to-trinh-de-nghi-trao-giai";

    pub fn about(contest: &str) -> String {
        format!("Về việc đề nghị trao giải {contest}")
    }

    pub fn opening(
        basis: Option<&str>,
        issuer: &str,
        round: &str,
        marked: usize,
        to: &str,
    ) -> String {
        let basis = basis.map_or_else(String::new, |basis| format!("Thực hiện {basis}, "));
        format!(
            "{basis}{issuer} đã hoàn thành chấm {round} với {} bài dự thi. Căn cứ kết quả chấm, {issuer} kính trình {to} xem xét, quyết định trao giải như sau:",
            count(marked)
        )
    }

    pub const STRUCTURE: &str = "1. Cơ cấu giải thưởng và số giải đề nghị trao";
    pub const TIES: &str = "2. Bài dự thi bằng điểm tại ranh giới giữa các giải";
    pub const LIST: &str = "3. Danh sách đề nghị trao giải";
    pub const NO_TIES: &str = "Không có bài dự thi bằng điểm tại ranh giới giữa các giải.";
    /// What comes after the last prize.
    pub const NO_PRIZE: &str = "nhóm không có giải";

    /// "giữa Giải nhất và Giải nhì"
    pub fn tie(above: &str, below: &str, codes: &[&str], mean: &str) -> String {
        format!(
            "Tại ranh giới giữa {above} và {below} có {} bài cùng điểm trung bình {mean} (mã {})",
            count(codes.len()),
            codes.join(", ")
        )
    }

    /// Entries of one rank whose means differ: the ranking itself held them equal.
    pub fn tie_of_rank(above: &str, below: &str, codes: &[&str], rank: i64) -> String {
        format!(
            "Tại ranh giới giữa {above} và {below} có {} bài đồng hạng {rank} (mã {})",
            count(codes.len()),
            codes.join(", ")
        )
    }

    pub fn settled(tie: &str, how: &str) -> String {
        format!(
            "{tie}; đã xác định thứ tự: {}.",
            how.trim_end_matches(['.', ' '])
        )
    }

    pub fn open(tie: &str, to: &str) -> String {
        format!("{tie}; chưa xác định được thứ tự, đề nghị {to} xem xét, quyết định.")
    }

    pub fn list(n: usize, file: &str) -> String {
        format!(
            "Danh sách {} bài dự thi đề nghị trao giải tại Phụ lục kèm theo; kết quả xếp hạng đầy đủ tại tệp “{file}”.",
            count(n)
        )
    }

    pub fn closing(issuer: &str, to: &str) -> String {
        format!("{issuer} kính trình {to} xem xét, quyết định")
    }
}

#[cfg(test)]
mod tests {
    use super::contact;
    use super::count;
    use super::dated;
    use super::number_line;
    use super::shortlist::taken;
    use super::undated;

    #[test]
    fn days_and_numbers_have_the_form_of_the_decree() {
        assert_eq!(
            dated("Hà Nội", 6, 9, 2019),
            "Hà Nội, ngày 06 tháng 9 năm 2019"
        );
        assert_eq!(dated("Huế", 31, 2, 2023), "Huế, ngày 31 tháng 02 năm 2023");
        assert_eq!(undated("Hà Nội", 2019), "Hà Nội, ngày … tháng … năm 2019");
        assert_eq!(number_line(Some("UBND-PTP")), "Số:        /UBND-PTP");
        let check = |n: usize, want: &str| assert_eq!(count(n), want);
        check(0, "00");
        check(3, "03");
        check(35, "35");
        check(13_461, "13.461");
    }

    #[test]
    fn a_number_other_than_the_one_asked_for_is_explained() {
        let check = |n: usize, tied: usize, why: Option<&str>, want: &str| {
            assert_eq!(
                taken(n, 100, tied, why),
                format!("Số bài dự thi xuất sắc được lựa chọn: {want}")
            );
        };
        check(100, 1, None, "100 bài, đủ số lượng quy định.");
        check(
            98,
            1,
            Some("chỉ có 98 bài đạt từ 5,00 điểm."),
            "98 bài, ít hơn 02 bài so với số lượng quy định (100 bài). Lý do: chỉ có 98 bài đạt từ 5,00 điểm.",
        );
        check(
            101,
            2,
            None,
            "101 bài, nhiều hơn 01 bài so với số lượng quy định (100 bài). Lý do: có 02 bài đồng hạng tại vị trí cuối danh sách.",
        );
    }

    #[test]
    fn a_contact_names_only_ways_that_there_are() {
        let start = "Thông tin chi tiết đề nghị liên hệ: Phòng Tư pháp";
        assert_eq!(contact("Phòng Tư pháp", "", ""), start);
        assert_eq!(
            contact("Phòng Tư pháp", "024.38288214", ""),
            format!("{start}, điện thoại: 024.38288214")
        );
    }
}
